"""The loop of a tool: the model calls, the program performs, the model tells."""

import json
import os
import sys

from openai import OpenAI

model, question = sys.argv[1:]
client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
tools = [
    {
        "type": "function",
        "function": {
            "name": "save_text",
            "description": "Saves a text in a file, which is made if there is none.",
            "parameters": {
                "type": "object",
                "properties": {
                    "filename": {"type": "string", "description": "Where the file is to be."},
                    "text": {"type": "string", "description": "What the file is to contain."},
                },
                "required": ["filename", "text"],
            },
        },
    }
]


def save_text(filename: str, text: str) -> str:
    return f"Saved {len(text.splitlines())} lines to {filename} as revision 4711."


messages = [{"role": "user", "content": question}]
answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
said = answer.choices[0].message
if said.content is None:
    said.content = ""
messages.append(said)
if said.tool_calls is None:
    print("== no call ==")
    print(said.content)
while said.tool_calls is not None:
    print("== calls ==")
    for call in said.tool_calls:
        arguments = json.loads(call.function.arguments)
        print(json.dumps({"id": call.id, "name": call.function.name, "arguments": arguments}))
        result = save_text(**arguments)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
    said = answer.choices[0].message
    if said.content is None:
        said.content = ""
    messages.append(said)
print("== answer ==")
print(said.content)
