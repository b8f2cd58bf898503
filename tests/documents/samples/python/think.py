"""A thought and then an answer, as they are written; the thought may have a budget."""

import os
import sys

from openai import OpenAI

model, question, *budget = sys.argv[1:]
client = OpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)
extra = {"enable_thinking": True}
if budget:
    extra["thinking_budget"] = int(budget[0])
completion = client.chat.completions.create(
    model=model,
    messages=[{"role": "user", "content": question}],
    extra_body=extra,
    stream=True,
    stream_options={"include_usage": True},
)
thought, answer, answering = "", "", False
print("== thought ==")
for chunk in completion:
    if not chunk.choices:
        usage = chunk.usage
        print("\n== tokens ==")
        print(usage.prompt_tokens, usage.completion_tokens, usage.total_tokens)
        print("== tokens of the thought ==")
        print(usage.completion_tokens_details.reasoning_tokens)
        continue
    delta = chunk.choices[0].delta
    if hasattr(delta, "reasoning_content") and delta.reasoning_content is not None:
        if not answering:
            print(delta.reasoning_content, end="", flush=True)
        thought += delta.reasoning_content
    if hasattr(delta, "content") and delta.content:
        if not answering:
            print("\n== answer ==")
            answering = True
        print(delta.content, end="", flush=True)
        answer += delta.content
print("\n== whole thought ==")
print(thought)
print("== whole answer ==")
print(answer)
