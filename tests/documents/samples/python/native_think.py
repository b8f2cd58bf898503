"""A thought and then an answer, frame by frame; the thought may have a budget."""

import os
import sys

import dashscope
from dashscope import Generation

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1/"
model, question, *budget = sys.argv[1:]
limit = {"thinking_budget": int(budget[0])} if budget else {}
completion = Generation.call(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    model=model,
    messages=[{"role": "user", "content": question}],
    result_format="message",
    enable_thinking=True,
    stream=True,
    incremental_output=True,
    **limit,
)
thought, answer, answering = "", "", False
print("== thought ==")
for chunk in completion:
    message = chunk.output.choices[0].message
    if message.content == "" and message.reasoning_content == "":
        pass
    elif message.reasoning_content != "" and message.content == "":
        print(message.reasoning_content, end="", flush=True)
        thought += message.reasoning_content
    elif message.content != "":
        if not answering:
            print("\n== answer ==")
            answering = True
        print(message.content, end="", flush=True)
        answer += message.content
print("\n== whole thought ==")
print(thought)
print("== whole answer ==")
print(answer)
print("== tokens ==")
print(chunk.usage.input_tokens, chunk.usage.output_tokens, chunk.usage.total_tokens)
print("== tokens of the thought ==")
print(chunk.usage.output_tokens_details["reasoning_tokens"])
