"""An answer read as it is written, with the count of tokens in the last chunk."""

import os
import sys

from openai import OpenAI

model, question = sys.argv[1:]
client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
completion = client.chat.completions.create(
    model=model,
    messages=[
        {"role": "system", "content": "You are a patient colleague."},
        {"role": "user", "content": question},
    ],
    stream=True,
    stream_options={"include_usage": True},
)
parts = []
print("== answer ==")
for chunk in completion:
    if chunk.choices:
        content = chunk.choices[0].delta.content or ""
        print(content, end="", flush=True)
        parts.append(content)
    elif chunk.usage:
        print("\n== tokens ==")
        print(chunk.usage.prompt_tokens, chunk.usage.completion_tokens, chunk.usage.total_tokens)
print("== whole answer ==")
print("".join(parts))
