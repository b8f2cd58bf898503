"""The loop of a tool through the dashscope package."""

import json
import os
import sys

import dashscope

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"
model, question = sys.argv[1:]
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
asked = {
    "api_key": os.getenv("DASHSCOPE_API_KEY"),
    "model": model,
    "tools": tools,
    "result_format": "message",
}
response = dashscope.Generation.call(messages=messages, **asked)
if response.status_code != 200:
    print("== error ==")
    print(response)
    sys.exit()
said = response.output.choices[0].message
messages.append(said)
if "tool_calls" not in said or not said["tool_calls"]:
    print("== no call ==")
    print(said["content"])
while "tool_calls" in said and said["tool_calls"]:
    print("== calls ==")
    for call in said["tool_calls"]:
        name = call["function"]["name"]
        arguments = json.loads(call["function"]["arguments"])
        print(json.dumps({"id": call.get("id"), "name": name, "arguments": arguments}))
        result = save_text(**arguments)
        messages.append({"role": "tool", "content": result, "tool_call_id": call.get("id")})
    response = dashscope.Generation.call(messages=messages, **asked)
    if response.status_code != 200:
        print("== error ==")
        print(response)
        break
    print("== answer ==")
    print(response.output.choices[0].message.content)
    said = response.output.choices[0].message
    messages.append(said)
