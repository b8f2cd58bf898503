"""The child process: refused weights, crashes, kills, sockets left behind."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.engines.llamacpp.asking import GREEDY, asked, said, told
from tests.engines.llamacpp.processes import alive, until_gone
from tests.engines.tiny import cut_vocabulary, tiny_model

from studiolo.core.errors import EngineFailed, InputTooLong, ModelUnavailable
from studiolo.core.generation import Delta, Generation
from studiolo.core.prompt import Prompt, Text
from studiolo.engines.gguf import read_header
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.llamacpp.process.child import Child
from studiolo.engines.llamacpp.process.pulse import Pulse
from studiolo.engines.llamacpp.process.settings import worker_settings
from studiolo.engines.llamacpp.remote import LlamaServerEngine

PARENT = """
import asyncio, sys
from pathlib import Path
from studiolo.engines.llamacpp.engine import LlamaCppEngine

async def main() -> None:
    engine = LlamaCppEngine(
        Path(sys.argv[1]), name="m", context=64, parallel=1, run_dir=Path(sys.argv[2])
    )
    await engine.start()
    print(engine.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def tiny(smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    vocabulary = cut_vocabulary(read_header(smollm2_path).vocabulary, 600, pre="smollm")
    return tiny_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf", vocabulary)


def engine_on(weights: Path, run_dir: Path, *, context: int = 256) -> LlamaCppEngine:
    return LlamaCppEngine(weights, name="org/model:1", context=context, parallel=2, run_dir=run_dir)


@pytest.fixture
async def engine(smollm2_path: Path, tmp_path: Path) -> AsyncIterator[LlamaCppEngine]:
    found = engine_on(smollm2_path, tmp_path / "run")
    await found.start()
    yield found
    await found.close()


async def test_an_engine_that_nobody_can_reach_is_started_again(tiny: Path, tmp_path: Path) -> None:
    found = engine_on(tiny, tmp_path / "run")
    await found.start()
    first = found.pid
    shutil.rmtree(tmp_path / "run")
    async with asyncio.timeout(30):
        await found.ready(generation=2)
    assert first is not None
    assert not alive(first)
    assert await said(found, await asked(found, max_tokens=4))
    await found.close()


async def test_an_engine_that_says_nothing_is_started_again(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    settings = worker_settings(
        tiny, socket=tmp_path / "run" / "tiny.sock", context=64, parallel=1, threads=None
    )
    child = Child(
        settings, read_header(tiny), name="tiny", pulse=Pulse(every_s=0.01, patience_s=1.0)
    )
    await child.start()
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    with capture_logs() as logs:
        async with asyncio.timeout(30):
            await child.ready(generation=2)
    assert ("engine.died", "silent for 1 s") in {(log["event"], log.get("reason")) for log in logs}
    assert not alive(first)
    await child.close()


async def test_one_that_hangs_while_it_is_closed_can_be_killed(tiny: Path, tmp_path: Path) -> None:
    found = engine_on(tiny, tmp_path / "run")
    await found.start()
    pid = found.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    closing = asyncio.create_task(found.close())
    await asyncio.sleep(0)
    assert alive(pid)
    found.kill()
    async with asyncio.timeout(1):
        await closing
    assert not alive(pid)
    assert list((tmp_path / "run").iterdir()) == []


async def test_one_that_was_killed_is_not_started_again(tiny: Path, tmp_path: Path) -> None:
    found = engine_on(tiny, tmp_path / "run")
    await found.start()
    pid = found.pid
    assert pid is not None
    with capture_logs() as logs:
        found.kill()
        await until_gone(pid)
        await found.close()
    assert [log["event"] for log in logs] == []


async def test_one_that_hangs_while_it_loads_can_be_killed(tiny: Path, tmp_path: Path) -> None:
    found = engine_on(tiny, tmp_path / "run")
    starting = asyncio.create_task(found.start())
    async with asyncio.timeout(30):
        while found.pid is None:
            await asyncio.sleep(0)
    pid = found.pid
    os.kill(pid, signal.SIGSTOP)
    starting.cancel()
    found.kill()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await starting
    assert not alive(pid)


async def test_while_it_is_restarted_the_next_attempt_is_told(tiny: Path, tmp_path: Path) -> None:
    weights = tmp_path / "model.gguf"
    shutil.copy(tiny, weights)
    found = engine_on(weights, tmp_path / "run")
    await found.start()
    assert found.pid is not None
    weights.unlink()
    os.kill(found.pid, signal.SIGKILL)
    told_s: set[int | None] = set()
    async with asyncio.timeout(30):
        while len(told_s) < 2:
            try:
                await told(found, Generation(Prompt((), (1,)), GREEDY, 1))
            except ModelUnavailable as error:
                told_s.add(error.retry_after_s)
            except EngineFailed:
                pass
            await asyncio.sleep(0.01)
    assert min(filter(None, told_s)) >= 5
    await found.close()


def remove(weights: Path) -> None:
    weights.unlink()


def spoil(weights: Path) -> None:
    weights.unlink()
    weights.write_text("not weights")


BROKEN = [(remove, "no such file"), (spoil, "not a GGUF file (11 bytes)")]


@pytest.mark.parametrize(("breaks", "reason"), BROKEN, ids=[row[0].__name__ for row in BROKEN])
async def test_weights_that_broke_meanwhile_are_named_as_at_the_first_start(
    tiny: Path, tmp_path: Path, breaks: Callable[[Path], None], reason: str
) -> None:
    weights = tmp_path / "model.gguf"
    shutil.copy(tiny, weights)
    found = engine_on(weights, tmp_path / "run")
    await found.start()
    assert found.pid is not None
    breaks(weights)
    line = f"weights {weights}: {reason}"
    with capture_logs() as logs:
        os.kill(found.pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            while found.state.reason != line:
                assert not found.state.reason.startswith("weights"), found.state.reason
                await asyncio.sleep(0.01)
        with pytest.raises(ModelUnavailable, match=re.escape(line)):
            await told(found, Generation(Prompt((), (1,)), GREEDY, 1))
        shutil.copy(tiny, weights)
        async with asyncio.timeout(30):
            await found.ready(generation=2)
    failed = [log for log in logs if log["event"] == "engine.restart_failed"]
    assert {log["reason"] for log in failed} == {line}
    await found.close()


async def test_other_weights_in_the_place_of_the_first_are_not_taken_for_them(
    tiny: Path, smollm2_path: Path, tmp_path: Path
) -> None:
    weights = tmp_path / "model.gguf"
    shutil.copy(tiny, weights)
    found = engine_on(weights, tmp_path / "run")
    await found.start()
    assert found.pid is not None
    others = cut_vocabulary(read_header(smollm2_path).vocabulary, 700, pre="smollm")
    tiny_model(weights, others)
    os.kill(found.pid, signal.SIGKILL)
    async with asyncio.timeout(30):
        while "others are there since they were loaded; send" not in found.state.reason:
            await asyncio.sleep(0.01)
    with pytest.raises(ModelUnavailable, match="SIGHUP"):
        await told(found, Generation(Prompt((), (1,)), GREEDY, 1))
    await found.close()


async def test_a_crash_fails_the_answer_and_the_next_one_is_served(
    engine: LlamaCppEngine,
) -> None:
    generation = await asked(engine, max_tokens=200)
    first = engine.pid
    assert first is not None
    with pytest.raises(EngineFailed, match="broke off"):
        await killing(engine, generation, first)
    async with asyncio.timeout(30):
        await engine.ready(generation=2)
    assert engine.pid != first
    assert await said(engine, await asked(engine))


async def killing(engine: LlamaCppEngine, generation: Generation, pid: int) -> None:
    """Listen, and kill the process at the first word."""
    async with aclosing(engine.generate(generation)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Delta):
                os.kill(pid, signal.SIGKILL)


async def test_while_it_restarts_the_reason_is_told(engine: LlamaCppEngine) -> None:
    generation = await asked(engine)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    refused = ""
    async with asyncio.timeout(30):
        while not refused:
            try:
                await told(engine, generation)
            except ModelUnavailable as error:
                refused = str(error)
            except EngineFailed:
                await asyncio.sleep(0)
        await engine.ready(generation=2)
    assert engine.state.generation == 2


async def test_a_second_crash_is_mended_too(engine: LlamaCppEngine) -> None:
    for generation in (2, 3):
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            await engine.ready(generation)
    assert engine.restarts == 2
    assert await said(engine, await asked(engine))
    await engine.close()
    assert engine.restarts == 2
    await engine.start()
    assert engine.restarts == 2


async def test_closing_leaves_nothing_behind(tiny: Path, tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    engine = engine_on(tiny, run_dir)
    await engine.start()
    pid = engine.pid
    assert pid is not None
    assert [each.suffix for each in run_dir.iterdir()] == [".sock"]
    assert run_dir.stat().st_mode & 0o077 == 0
    await engine.close()
    await engine.close()
    assert not alive(pid)
    assert list(run_dir.iterdir()) == []
    with pytest.raises(ModelUnavailable, match="not started"):
        await engine.busy()


async def test_it_can_be_started_again(tiny: Path, tmp_path: Path) -> None:
    engine = engine_on(tiny, tmp_path / "run")
    for _ in range(2):
        await engine.start()
        await engine.start()
        assert engine.info.architecture == "llama"
        await engine.close()


async def test_the_engine_dies_with_its_killed_parent(tiny: Path, tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        str(tiny),
        str(tmp_path / "run"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    lines = [line async for line in until_a_number(parent.stdout)]
    child = int(lines[-1])
    assert alive(child)
    parent.kill()
    await parent.wait()
    await until_gone(child)


async def until_a_number(output: asyncio.StreamReader) -> AsyncIterator[str]:
    async for line in output:
        yield line.decode().strip()
        if line.strip().isdigit():
            return


async def test_a_socket_left_behind_is_replaced(tiny: Path, tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(run_dir / "org-model-1.sock"))
    stale.close()
    engine = engine_on(tiny, run_dir)
    await engine.start()
    assert await engine.busy() == 0
    await engine.close()


async def test_a_run_folder_too_deep_for_a_socket_is_no_hindrance(
    tiny: Path, tmp_path: Path
) -> None:
    engine = engine_on(tiny, tmp_path / ("deep" * 15) / ("deeper" * 10))
    await engine.start()
    assert await engine.busy() == 0
    await engine.close()


async def test_weights_that_do_not_load_are_refused_with_the_engines_reason(
    smollm2_path: Path, tmp_path: Path
) -> None:
    vocabulary = cut_vocabulary(read_header(smollm2_path).vocabulary, 600, pre="smollm")
    weights = tiny_model(tmp_path / "m.gguf", vocabulary, leave_out="output_norm.weight")
    engine = engine_on(weights, tmp_path / "run")
    with pytest.raises(ModelUnavailable) as fault:
        await engine.start()
    assert str(weights) in str(fault.value)
    assert "\n" not in str(fault.value)
    assert engine.pid is None
    assert engine.state.phase == "failed"
    assert engine.state.reason == str(fault.value)


async def test_damaged_weights_start_no_process(tmp_path: Path) -> None:
    weights = tmp_path / "m.gguf"
    weights.write_text("not weights")
    engine = engine_on(weights, tmp_path / "run")
    with pytest.raises(ModelUnavailable, match="not a GGUF file"):
        await engine.start()
    assert not (tmp_path / "run").exists()
    assert engine.state.phase == "failed"


async def test_the_context_is_at_most_what_was_trained(tiny: Path, tmp_path: Path) -> None:
    engine = engine_on(tiny, tmp_path / "run", context=100_000)
    await engine.start()
    assert engine.info.context == 512
    with pytest.raises(InputTooLong):
        await told(engine, Generation(Prompt((), (5,) * 600), GREEDY, 1))
    await engine.close()


async def test_nobody_at_the_url_is_said_so() -> None:
    engine = LlamaServerEngine("http://127.0.0.1:9", name="theirs")
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await engine.start()
    await engine.close()


async def test_an_engine_for_embeddings_embeds_and_writes_no_text(
    smollm2_path: Path, tmp_path: Path
) -> None:
    engine = LlamaCppEngine.for_embeddings(
        smollm2_path, name="e", context=128, parallel=2, run_dir=tmp_path
    )
    await engine.start()
    try:
        texts = ("one", "two", "one")
        prompts = [await engine.tokenize((Text(text),)) for text in texts]
        rows = await engine.embed(prompts)
        assert [len(row) for row in rows] == [576] * 3
        assert rows[0] == pytest.approx(rows[2], abs=1e-3)
        assert rows[0] != pytest.approx(rows[1], abs=1e-3)
        assert await engine.embed([]) == []
        with pytest.raises(ModelUnavailable, match="embed"):
            await told(engine, await asked(engine))
    finally:
        await engine.close()


async def test_an_engine_for_text_neither_embeds_nor_ranks(smollm2_engine: LlamaCppEngine) -> None:
    prompt = (await asked(smollm2_engine)).prompt
    with pytest.raises(ModelUnavailable, match="does not embed"):
        await smollm2_engine.embed([prompt])
    with pytest.raises(ModelUnavailable, match="does not rerank"):
        await smollm2_engine.rerank(prompt, [prompt])
