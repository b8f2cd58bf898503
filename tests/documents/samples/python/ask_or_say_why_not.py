"""One question through the openai package; what goes wrong is printed."""

import os
import sys

from openai import OpenAI

model, question = sys.argv[1:]
try:
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
    assert completion.model_dump_json()
except Exception as error:
    print("== error ==")
    print(error)
