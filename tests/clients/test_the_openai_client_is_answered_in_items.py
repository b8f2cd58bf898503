"""The official `openai` package through its Responses API: whole, streamed, helped, parsed."""

import json
from collections.abc import Callable, Generator
from typing import Any

import openai
import pytest
from openai.types.responses import Response
from pydantic import BaseModel, Field
from tests.callers import SCRIPTS, calling_server
from tests.functions import TOOLS, perform
from tests.servers import KEY

Ask = Callable[..., Response]
ANSWER = "I heard: get_weather of Rome, get_weather of Oslo."
QUESTION = "What is the weather in Rome and Oslo?"
MODELS = {"qwen3": "qwen-plus", "qwen3-coder": "qwen3-coder-plus"}
FLAT: list[Any] = [{"type": "function", "strict": None, **tool["function"]} for tool in TOOLS]
FLAT[1].setdefault("description", None)


@pytest.fixture(scope="module", params=SCRIPTS)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def base_url(family: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with calling_server(tmp_path_factory.mktemp("home"), family) as url:
        yield f"{url}/compatible-mode/v1"


@pytest.fixture(scope="module")
def caller(base_url: str) -> Generator[openai.OpenAI]:
    """Where functions are called."""
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def client(url: str) -> Generator[openai.OpenAI]:
    """Where the double answers."""
    base_url = f"{url}/compatible-mode/v1"
    with openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        yield client


def whole(client: openai.OpenAI, **asked: Any) -> Response:
    return client.responses.create(**asked)


def streamed(client: openai.OpenAI, **asked: Any) -> Response:
    """What is heard piece by piece is what the last event says."""
    said: dict[str, str] = {}
    last: Any = None
    for number, event in enumerate(client.responses.create(**asked, stream=True)):
        assert event.sequence_number == number
        if event.type.endswith(".delta"):
            said[event.item_id] = said.get(event.item_id, "") + event.delta
        last = event
    assert last.type in ("response.completed", "response.incomplete")
    assert [text for text in map(text_of, last.response.output) if text] == list(said.values())
    return last.response


def helped(client: openai.OpenAI, **asked: Any) -> Response:
    snapshots: dict[int, str] = {}
    with client.responses.stream(**asked) as stream:
        for event in stream:
            if event.type in (
                "response.output_text.delta",
                "response.function_call_arguments.delta",
            ):
                snapshots[event.output_index] = event.snapshot
        response = stream.get_final_response()
    for place, item in enumerate(response.output):
        if item.type != "reasoning":
            assert snapshots.get(place, "") == text_of(item)
    return response


def text_of(item: Any) -> str:
    if item.type == "reasoning":
        return item.summary[0].text
    return item.arguments if item.type == "function_call" else item.content[0].text


WAYS: dict[str, Ask] = {"whole": whole, "streamed": streamed, "the helper": helped}
WAY = pytest.mark.parametrize("ask", WAYS.values(), ids=WAYS)


@WAY
def test_a_text_is_answered(client: openai.OpenAI, ask: Ask) -> None:
    response = ask(client, model="qwen-plus", input="Which tea is good late at night?")
    (message,) = response.output
    assert message.status == "completed"
    assert response.output_text == text_of(message) != ""
    assert (response.status, response.object, response.store) == ("completed", "response", False)
    assert response.id.startswith("resp_")
    assert response.error is response.incomplete_details is None
    usage = response.usage
    assert usage is not None
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert usage.output_tokens_details.reasoning_tokens == 0
    assert usage.input_tokens_details.cache_write_tokens == 0


@WAY
def test_a_thought_is_an_item_of_its_own(client: openai.OpenAI, ask: Ask) -> None:
    response = ask(client, model="qwen-plus", input="Which tea?", reasoning={"effort": "high"})
    thought, message = response.output
    assert (thought.type, message.type) == ("reasoning", "message")
    assert text_of(thought)
    assert response.output_text == text_of(message)
    assert response.reasoning is not None
    assert response.reasoning.effort == "high"
    assert response.usage is not None
    assert response.usage.output_tokens_details.reasoning_tokens > 0


@WAY
def test_an_answer_that_is_cut_says_so(client: openai.OpenAI, ask: Ask) -> None:
    asked = {"model": "qwen-plus", "input": "Tell me everything about tea, at length."}
    if ask is helped:
        with client.responses.stream(**asked, max_output_tokens=16) as stream:
            response = list(stream)[-1].response
    else:
        response = ask(client, **asked, max_output_tokens=16)
    assert response.status == "incomplete"
    assert response.incomplete_details.reason == "max_output_tokens"
    assert response.output[-1].status == "incomplete"
    assert response.usage.output_tokens == 16


def test_a_conversation_goes_on_with_what_came(client: openai.OpenAI) -> None:
    items: list[Any] = []
    counts: list[int] = []
    for text in ("Which tea?", "And which coffee?", "Why?"):
        items.append({"role": "user", "content": text})
        response = client.responses.create(
            model="qwen3.6-plus", instructions="Be brief.", input=items
        )
        items += response.output
        assert response.usage is not None
        counts.append(response.usage.input_tokens)
    assert counts == sorted(set(counts))
    assert [getattr(item, "type", None) for item in items] == [None, "reasoning", "message"] * 3


@WAY
@pytest.mark.parametrize("parallel", [False, True], ids=["one at a time", "side by side"])
def test_the_loop_of_calls(caller: openai.OpenAI, family: str, ask: Ask, parallel: bool) -> None:
    items: list[Any] = [{"role": "user", "content": QUESTION}]
    rounds: list[list[str]] = []
    while len(rounds) < 5:
        response = ask(
            caller,
            model=MODELS[family],
            input=items,
            tools=FLAT,
            parallel_tool_calls=parallel,
        )
        items += [item.to_dict() for item in response.output]
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            break
        rounds.append([call.arguments for call in calls])
        assert response.output_text.startswith("Let me look.")
        for call in calls:
            assert call.status == "completed"
            output = perform(call.name, call.arguments)
            items.append(
                {"type": "function_call_output", "call_id": call.call_id, "output": output}
            )
    assert response.output_text == ANSWER
    cities = [[json.loads(arguments)["city"] for arguments in each] for each in rounds]
    assert cities == ([["Rome", "Oslo"]] if parallel else [["Rome"], ["Oslo"]])


@WAY
@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("required", {"get_weather", "get_time"}),
        ({"type": "function", "name": "get_time"}, {"get_time"}),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "get_time"}],
            },
            {"get_time"},
        ),
    ],
    ids=["required", "named", "allowed"],
)
def test_calls_that_must_come(
    caller: openai.OpenAI, family: str, ask: Ask, choice: Any, names: set[str]
) -> None:
    response = ask(caller, model=MODELS[family], input="Hello!", tools=FLAT, tool_choice=choice)
    calls = [item for item in response.output if item.type == "function_call"]
    assert [call.name in names for call in calls] == [True]
    assert response.tools[1].name == "get_time"
    assert response.tools[1].strict is None


@WAY
def test_no_call_where_none_may_be(caller: openai.OpenAI, family: str, ask: Ask) -> None:
    response = ask(caller, model=MODELS[family], input=QUESTION, tools=FLAT, tool_choice="none")
    assert response.output_text == "I cannot look."
    assert response.tool_choice == "none"


class Tea(BaseModel):
    """What is asked for."""

    name: str = Field(min_length=1, max_length=40)
    minutes: int = Field(ge=1, le=10)


def test_an_answer_comes_into_a_model_of_the_callers(client: openai.OpenAI) -> None:
    asked: dict[str, Any] = {"model": "qwen-plus", "input": "Which tea?", "text_format": Tea}
    parsed = client.responses.parse(**asked)
    assert isinstance(parsed.output_parsed, Tea)
    with client.responses.stream(**asked) as stream:
        final = stream.get_final_response()
    assert isinstance(final.output_parsed, Tea)


def test_arguments_come_into_a_model_of_the_callers(caller: openai.OpenAI, family: str) -> None:
    class Weather(BaseModel):
        city: str

    tool: Any = openai.pydantic_function_tool(Weather, name="get_weather")
    asked: dict[str, Any] = {"model": MODELS[family], "input": QUESTION, "tools": [tool]}
    parsed = caller.responses.parse(**asked)
    calls = [item for item in parsed.output if item.type == "function_call"]
    assert [call.parsed_arguments for call in calls] == [Weather(city="Rome")]


@pytest.mark.anyio
async def test_the_async_client(url: str) -> None:
    base_url = f"{url}/compatible-mode/v1"
    asked: dict[str, Any] = {"model": "qwen3.6-plus", "input": "Which tea?"}
    async with openai.AsyncOpenAI(api_key=KEY, base_url=base_url, max_retries=0) as client:
        response = await client.responses.create(**asked)
        events = [event async for event in await client.responses.create(**asked, stream=True)]
        async with client.responses.stream(**asked) as stream:
            final = await stream.get_final_response()
    assert events[-1].type == "response.completed"
    told = [each.output_text for each in (response, events[-1].response, final)]
    assert told == [response.output_text] * 3


def test_refusals_are_those_of_the_client(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.responses.create(model="qwen-plus", input="hi", previous_response_id="resp_1")
    assert refused.value.code == "previous_response_not_found"
    with pytest.raises(openai.BadRequestError, match="web_search tool does not run here"):
        client.responses.create(model="qwen-plus", input="hi", tools=[{"type": "web_search"}])
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve("resp_1")
    with pytest.raises(openai.NotFoundError):
        client.responses.delete("resp_1")
