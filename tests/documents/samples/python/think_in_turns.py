"""A conversation at the terminal; only answers are remembered, thoughts are not."""

import os
import sys

from openai import OpenAI

client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
messages = []
while True:
    try:
        messages.append({"role": "user", "content": input()})
    except EOFError:
        break
    thought, answer, answering = "", "", False
    completion = client.chat.completions.create(
        model=sys.argv[1],
        messages=messages,
        extra_body={"enable_thinking": True},
        stream=True,
    )
    print("\n== thought ==")
    for chunk in completion:
        if not chunk.choices:
            print(chunk.usage)
        else:
            delta = chunk.choices[0].delta
            if hasattr(delta, "reasoning_content") and delta.reasoning_content != None:
                print(delta.reasoning_content, end="", flush=True)
                thought += delta.reasoning_content
            else:
                if delta.content != "" and answering is False:
                    print("\n== answer ==")
                    answering = True
                print(delta.content, end="", flush=True)
                answer += delta.content
    messages.append({"role": "assistant", "content": answer})
