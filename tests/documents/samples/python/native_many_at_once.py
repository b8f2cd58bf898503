"""Several questions at once through the dashscope package."""

import asyncio
import os
import sys

import dashscope
from dashscope.aigc.generation import AioGeneration

dashscope.base_http_api_url = os.environ["STUDIOLO_URL"] + "/api/v1"


async def ask(model: str, question: str) -> None:
    response = await AioGeneration.call(
        api_key=os.getenv("DASHSCOPE_API_KEY"),
        model=model,
        messages=[
            {"role": "system", "content": "You are a patient colleague."},
            {"role": "user", "content": question},
        ],
        result_format="message",
    )
    print("== answer ==")
    print(response.output.choices[0].message.content)


async def main() -> None:
    await asyncio.gather(*(ask(sys.argv[1], question) for question in sys.argv[2:]))


if __name__ == "__main__":
    asyncio.run(main(), debug=False)
