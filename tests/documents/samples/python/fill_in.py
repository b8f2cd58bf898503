"""Code goes on behind its beginning, or fills the gap before its end."""

import os
import sys

from openai import OpenAI

model, before, *after = sys.argv[1:]
client = OpenAI(
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
    api_key=os.getenv("DASHSCOPE_API_KEY"),
)
prompt = f"<|fim_prefix|>{before}<|fim_suffix|>"
if after:
    prompt = f"<|fim_prefix|>{before}<|fim_suffix|>{after[0]}<|fim_middle|>"
completion = client.completions.create(model=model, prompt=prompt)
print("== continuation ==")
print(completion.choices[0].text)
