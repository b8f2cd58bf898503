"""One question through the dashscope package."""

import os
import sys

import dashscope

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"
model, question = sys.argv[1:]
messages = [
    {"role": "system", "content": "You are a patient colleague."},
    {"role": "user", "content": question},
]
response = dashscope.Generation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"), model=model, messages=messages, result_format="message"
)
if response.status_code == 200:
    print("== answer ==")
    print(response.output.choices[0].message.content)
else:
    print("== error ==")
    print(response.status_code, response.code, response.message)
