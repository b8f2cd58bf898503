"""One question about a picture through the openai package."""

import os
import sys

from openai import OpenAI

model, picture, question = sys.argv[1:]
client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
messages = [
    {
        "role": "user",
        "content": [
            {"type": "image_url", "image_url": {"url": picture}},
            {"type": "text", "text": question},
        ],
    }
]
completion = client.chat.completions.create(model=model, messages=messages)
print("== answer ==")
print(completion.choices[0].message.content)
