"""A question with the settings of an occasion, through the dashscope package."""

import os
import sys

import dashscope
from dashscope import Generation

OCCASIONS = {
    "code": {"temperature": 0.2, "top_p": 0.8},
    "a fact": {"temperature": 0.1, "top_p": 0.7},
}
dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"
model, occasion, question = sys.argv[1:]
response = Generation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    model=model,
    messages=[{"role": "user", "content": question}],
    result_format="message",
    **OCCASIONS[occasion],
)
print("== answer ==")
print(response.output.choices[0].message.content)
