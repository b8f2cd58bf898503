"""One question through the openai package, answered whole."""

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
)
print("== answer ==")
print(completion.choices[0].message.content)
