"""Several questions at once through the asynchronous client."""

import asyncio
import os
import sys

from openai import AsyncOpenAI

client = AsyncOpenAI(
    api_key=os.getenv("DASHSCOPE_API_KEY"),
    base_url=os.environ["STUDIOLO_URL"] + "/compatible-mode/v1",
)


async def ask(model: str, question: str) -> None:
    response = await client.chat.completions.create(
        messages=[{"role": "user", "content": question}], model=model
    )
    print("== answer ==")
    print(response.choices[0].message.content)


async def main() -> None:
    await asyncio.gather(*(ask(sys.argv[1], question) for question in sys.argv[2:]))


if __name__ == "__main__":
    asyncio.run(main(), debug=False)
