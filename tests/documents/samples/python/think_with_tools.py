"""Calls after a thought, put together from the pieces of the stream."""

import json
import os
import sys

from openai import OpenAI

client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
tools = [
    {
        "type": "function",
        "function": {
            "name": "tell_clock",
            "description": "Tells what the clock says.",
            "parameters": {},
        },
    },
    {
        "type": "function",
        "function": {
            "name": "tides_of_port",
            "description": "Looks up the tides of a port.",
            "parameters": {
                "type": "object",
                "properties": {
                    "port": {"type": "string", "description": "A port, such as Cork or Bilbao."}
                },
                "required": ["port"],
            },
        },
    },
]
completion = client.chat.completions.create(
    model=sys.argv[1],
    messages=[{"role": "user", "content": input()}],
    extra_body={"enable_thinking": True},
    tools=tools,
    parallel_tool_calls=True,
    stream=True,
)
thought, answer, calls, answering = "", "", [], False
print("== thought ==")
for chunk in completion:
    if not chunk.choices:
        print(chunk.usage)
    else:
        delta = chunk.choices[0].delta
        if hasattr(delta, "reasoning_content") and delta.reasoning_content is not None:
            thought += delta.reasoning_content
            print(delta.reasoning_content, end="", flush=True)
        else:
            if not answering:
                answering = True
                print("\n== answer ==")
            if delta.content is not None:
                answer += delta.content
                print(delta.content, end="", flush=True)
            if delta.tool_calls is not None:
                for piece in delta.tool_calls:
                    while len(calls) <= piece.index:
                        calls.append({})
                    call = calls[piece.index]
                    if piece.id:
                        call["id"] = call.get("id", "") + piece.id
                    if piece.function and piece.function.name:
                        call["name"] = call.get("name", "") + piece.function.name
                    if piece.function and piece.function.arguments:
                        call["arguments"] = call.get("arguments", "") + piece.function.arguments
print("\n== calls ==")
for call in calls:
    print(json.dumps({**call, "arguments": json.loads(call["arguments"])}))
