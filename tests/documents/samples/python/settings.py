"""A question with the settings of an occasion."""

import os
import sys

from openai import OpenAI

OCCASIONS = {
    "a story": {"temperature": 0.9, "top_p": 0.95},
    "a fact": {"temperature": 0.1, "top_p": 0.7},
    "a translation": {"temperature": 0.3, "top_p": 0.8},
    "code alone": {"temperature": 0.2, "stop": ["\n# Remarks:", "Remarks:", "Note:"]},
}
model, occasion, question = sys.argv[1:]
client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
completion = client.chat.completions.create(
    model=model, messages=[{"role": "user", "content": question}], **OCCASIONS[occasion]
)
print("== answer ==")
print(completion.choices[0].message.content)
