"""One question about a picture through the dashscope package."""

import os
import sys

import dashscope
from dashscope import MultiModalConversation

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"
model, picture, question = sys.argv[1:]
messages = [{"role": "user", "content": [{"image": picture}, {"text": question}]}]
response = MultiModalConversation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"), model=model, messages=messages
)
print("== answer ==")
print(response.output.choices[0].message.content[0]["text"])
