"""An answer read frame by frame; each has what is new."""

import os
import sys
from http import HTTPStatus

import dashscope
from dashscope import Generation

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"
model, question = sys.argv[1:]
responses = Generation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    model=model,
    messages=[
        {"role": "system", "content": "You are a patient colleague."},
        {"role": "user", "content": question},
    ],
    result_format="message",
    stream=True,
    incremental_output=True,
)
parts = []
print("== answer ==")
for response in responses:
    if response.status_code == HTTPStatus.OK:
        content = response.output.choices[0].message.content
        print(content, end="", flush=True)
        parts.append(content)
        if response.output.choices[0].finish_reason == "stop":
            usage = response.usage
            print("\n== tokens ==")
            print(usage.input_tokens, usage.output_tokens, usage.total_tokens)
    else:
        print("== error ==")
        print(response.status_code, response.code, response.message)
print("== whole answer ==")
print("".join(parts))
