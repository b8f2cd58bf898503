"""The judge is asked about small schemas that cost without end, killed, and asked again."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator
from time import perf_counter

import pytest
from tests.http.bad_formats import doubling

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.checks import Fault, check_schema
from studiolo.core.schemas.grammar import as_rule, whole_grammar
from studiolo.engines.forced_calls import held_calls, open_calls
from studiolo.engines.judge.judge import Judge

pytestmark = pytest.mark.anyio

KEPT = '{"type": "object", "properties": {"a": {"type": "integer"}}}'
REFUSED = '{"type": "object", "properties": {"a": {"uniqueItems": true}}}'
TOO_COSTLY = Fault((), "it costs too much to be kept")
COSTLY = json.dumps(doubling(14))


@pytest.fixture
async def judge(anyio_backend: str) -> AsyncGenerator[Judge]:
    found = Judge()
    yield found
    await found.close()


async def test_a_schema_that_can_be_kept_has_its_grammar(judge: Judge) -> None:
    assert await judge.fault_in(KEPT) is None
    assert (await judge.schema_grammar(KEPT)).grammar == whole_grammar(as_rule(KEPT))


async def test_the_part_at_fault_is_named(judge: Judge) -> None:
    fault = Fault(("properties", "a"), 'it cannot be kept with ["uniqueItems"]')
    assert await judge.fault_in(REFUSED) == fault


async def test_what_is_no_schema_is_refused_and_the_process_lives(judge: Judge) -> None:
    for text in ("no JSON", "[" * 100_000):
        fault = await judge.fault_in(text)
        assert fault is not None
        assert fault.reason.startswith("it is no schema")
        pid = judge.pid
        assert await judge.fault_in(KEPT) is None
        assert judge.pid == pid


async def test_what_costs_too_much_is_refused_and_others_are_served(judge: Judge) -> None:
    check_schema(COSTLY, field="f")
    assert await judge.fault_in(COSTLY) == TOO_COSTLY
    assert judge.pid is None
    assert await judge.fault_in(KEPT) is None
    assert judge.pid is not None


async def test_what_breaks_it_is_refused_and_others_are_served(judge: Judge) -> None:
    assert await judge.fault_in('{"const": -9223372036854775808}') == TOO_COSTLY
    assert judge.pid is None
    assert await judge.fault_in(KEPT) is None


async def test_what_was_found_out_is_remembered(judge: Judge) -> None:
    for schema in (KEPT, REFUSED, COSTLY):
        await judge.fault_in(schema)
    await judge.close()
    since = perf_counter()
    found = [await judge.fault_in(schema) for schema in (KEPT, REFUSED, COSTLY)]
    assert perf_counter() - since < 0.05
    assert [fault is None for fault in found] == [True, False, False]
    assert judge.pid is None


async def test_many_are_forgotten_again(judge: Judge) -> None:
    schemas = [json.dumps({"const": place}) for place in range(260)]
    for schema in schemas:
        assert await judge.fault_in(schema) is None
    await judge.close()
    assert await judge.fault_in(schemas[-1]) is None
    assert judge.pid is None
    assert await judge.fault_in(schemas[0]) is None
    assert judge.pid is not None


async def test_the_same_question_of_many_is_asked_once(judge: Judge) -> None:
    found = await asyncio.gather(*(judge.fault_in(COSTLY) for _ in range(20)))
    assert found == [TOO_COSTLY] * 20


async def test_a_process_that_others_killed_is_started_again(judge: Judge) -> None:
    assert await judge.fault_in(KEPT) is None
    for ended_by in (signal.SIGKILL, signal.SIGTERM):
        pid = judge.pid
        assert pid is not None
        os.kill(pid, ended_by)
        fault = await judge.fault_in(f'{{"uniqueItems": true, "title": "{ended_by}"}}')
        assert fault is not None
        assert "uniqueItems" in fault.reason
        assert judge.pid not in (None, pid)


async def test_whoever_goes_away_takes_his_question_along(judge: Judge) -> None:
    asking = asyncio.create_task(judge.fault_in(COSTLY))
    while judge.pid is None:
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert judge.pid is None
    assert await judge.fault_in(KEPT) is None


async def test_calls_have_their_grammar(judge: Judge) -> None:
    calls = ForcedCalls((CallForm("<", KEPT, ">"),))
    assert (await judge.calls_grammar(calls)).grammar == held_calls(calls).grammar


async def test_of_calls_that_cost_too_much_the_arguments_are_free(judge: Judge) -> None:
    calls = ForcedCalls((CallForm("<", COSTLY, ">"), CallForm("[", KEPT, "]")))
    verdict = await judge.calls_grammar(calls)
    assert verdict.reason == ""
    assert verdict.grammar == open_calls(calls).grammar
    assert "integer" not in verdict.grammar


async def test_closed_twice_is_fine_and_it_comes_back() -> None:
    judge = Judge()
    await judge.close()
    assert await judge.fault_in(KEPT) is None
    await judge.close()
    await judge.close()
    assert await judge.fault_in(REFUSED) is not None
    await judge.close()
