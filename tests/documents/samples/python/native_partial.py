"""An answer whose beginning is given, through the dashscope package."""

import os
import sys
from http import HTTPStatus

import dashscope

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"
model, question, prefix = sys.argv[1:]
response = dashscope.Generation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    model=model,
    messages=[
        {"role": "user", "content": question},
        {"role": "assistant", "content": prefix, "partial": True},
    ],
    result_format="message",
)
if response.status_code == HTTPStatus.OK:
    print("== continuation ==")
    print(response.output.choices[0].message.content)
else:
    print("== error ==")
    print(response.status_code, response.code, response.message)
