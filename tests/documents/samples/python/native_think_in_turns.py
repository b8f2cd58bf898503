"""A conversation at the terminal through the dashscope package."""

import os
import sys

import dashscope

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1/"
messages = []
while True:
    try:
        messages.append({"role": "user", "content": input()})
    except EOFError:
        break
    response = dashscope.Generation.call(
        api_key=os.getenv("DASHSCOPE_API_KEY"),
        model=sys.argv[1],
        messages=messages,
        enable_thinking=True,
        result_format="message",
        stream=True,
        incremental_output=True,
    )
    thought, answer, answering = "", "", False
    print("\n== thought ==")
    for chunk in response:
        message = chunk.output.choices[0].message
        if message.content == "" and message.reasoning_content == "":
            pass
        elif message.reasoning_content != "" and message.content == "":
            print(message.reasoning_content, end="", flush=True)
            thought += message.reasoning_content
        elif message.content != "":
            if not answering:
                print("\n== answer ==")
                answering = True
            print(message.content, end="", flush=True)
            answer += message.content
    messages.append({"role": "assistant", "content": answer})
