"""One question; the package finds the key and the address in the environment."""

import sys
from http import HTTPStatus

import dashscope

model, question, *prefix = sys.argv[1:]
messages = [{"role": "user", "content": question}]
if prefix:
    messages.append({"role": "assistant", "content": prefix[0], "partial": True})
response = dashscope.Generation.call(model=model, messages=messages, result_format="message")
if response.status_code == HTTPStatus.OK:
    print("== continuation ==" if prefix else "== answer ==")
    print(response.output.choices[0].message.content)
else:
    print("== error ==")
    print(
        "Request id: %s, Status code: %s, error code: %s, error message: %s"
        % (response.request_id, response.status_code, response.code, response.message)
    )
