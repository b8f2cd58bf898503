"""One input through the Responses API of the openai package; what goes wrong is printed."""

import os
import sys

from openai import OpenAI

model, question = sys.argv[1:]
try:
    client = OpenAI(
        api_key=os.getenv("DASHSCOPE_API_KEY"),
        base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
    )
    response = client.responses.create(model=model, input=question)
    for item in response.output:
        if item.type == "reasoning":
            print("== thought ==")
            print(item.summary[0].text)
    print("== answer ==")
    print(response.output_text)
    usage = response.usage
    print("== tokens ==")
    print(usage.input_tokens, usage.output_tokens, usage.total_tokens)
    print("== tokens of the thought ==")
    print(usage.output_tokens_details.reasoning_tokens)
    assert str(response)
except Exception as error:
    print("== error ==")
    print(error)
