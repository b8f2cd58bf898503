"""An answer whose beginning is given."""

import os
import sys

from openai import OpenAI

model, question, prefix = sys.argv[1:]
client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
completion = client.chat.completions.create(
    model=model,
    messages=[
        {"role": "user", "content": question},
        {"role": "assistant", "content": prefix, "partial": True},
    ],
)
print("== continuation ==")
print(completion.choices[0].message.content)
