"""Calls after a thought, put together from native frames."""

import json
import os
import sys

import dashscope

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1/"
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
completion = dashscope.Generation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    model=sys.argv[1],
    messages=[{"role": "user", "content": input()}],
    enable_thinking=True,
    tools=tools,
    parallel_tool_calls=True,
    stream=True,
    incremental_output=True,
    result_format="message",
)
thought, answer, calls, answering = "", "", [], False
print("== thought ==")
for chunk in completion:
    if chunk.status_code == 200:
        message = chunk.output.choices[0].message
        if "reasoning_content" in message and message.reasoning_content:
            thought += message.reasoning_content
            print(message.reasoning_content, end="", flush=True)
        if "content" in message and message.content:
            if not answering:
                answering = True
                print("\n== answer ==")
            answer += message.content
            print(message.content, end="", flush=True)
        if "tool_calls" in message and message.tool_calls:
            for piece in message.tool_calls:
                index = piece["index"]
                while len(calls) <= index:
                    calls.append({"id": "", "name": "", "arguments": ""})
                if "id" in piece:
                    calls[index]["id"] += piece.get("id", "")
                if "function" in piece:
                    function = piece["function"]
                    if "name" in function:
                        calls[index]["name"] += function.get("name", "")
                    if "arguments" in function:
                        calls[index]["arguments"] += function.get("arguments", "")
print("\n== calls ==")
for call in calls:
    print(json.dumps({**call, "arguments": json.loads(call["arguments"])}))
