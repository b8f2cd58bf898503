"""Deployments: who began with an engine keeps it to the end, and the last one out closes it."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from tests.studios import scripted, until

from studiolo.core.errors import AnswerCut, EngineFailed, ModelUnavailable, Overloaded
from studiolo.engines.base import EngineInfo
from studiolo.engines.scripted.engine import ScriptedEngine
from studiolo.engines.scripted.steps import Recital, Say
from studiolo.families.table import FAMILIES
from studiolo.service.admission import Places
from studiolo.service.deployments import Deployment, Deployments

pytestmark = pytest.mark.anyio


class Watched(ScriptedEngine):
    """An engine that tells whether it is open; one named `broken` does not start."""

    def __init__(self, name: str) -> None:
        super().__init__(Recital(Say("hi")), name=name, context=256, parallel=1)
        self.name = name
        self.open = False
        self.template = ""

    @property
    def info(self) -> EngineInfo:
        return msgspec.structs.replace(super().info, chat_template=self.template)

    async def start(self) -> None:
        if self.name == "broken":
            raise ModelUnavailable("it does not load")
        await super().start()
        self.open = True

    async def close(self) -> None:
        self.open = False
        await super().close()


def deployment(name: str, engine: Watched, made_from: object = None) -> Deployment:
    places = Places(1, queue=1, wait_s=1)
    return Deployment(name, engine, FAMILIES["chatml"], places, made_from)


async def test_nothing_runs_before_the_start() -> None:
    deployments = Deployments([deployment("a", Watched("a"))])
    assert deployments.waiting == ("a",)
    with pytest.raises(ModelUnavailable), deployments.visit("a"):
        pytest.fail("it is not running")
    await deployments.start()
    assert deployments.waiting == ()
    await deployments.close()


async def test_one_whose_engine_is_away_is_waited_for() -> None:
    engine = Watched("a")
    deployments = Deployments([deployment("a", engine)])
    await deployments.start()
    await engine.close()
    assert deployments.waiting == ("a",)
    await deployments.close()


async def test_one_that_fails_to_start_closes_the_others() -> None:
    good = Watched("good")
    deployments = Deployments([deployment("good", good), deployment("bad", Watched("broken"))])
    with pytest.raises(ModelUnavailable, match="does not load"):
        await deployments.start()
    assert not good.open


async def test_weights_of_another_family_are_told_apart_at_the_start() -> None:
    family = msgspec.structs.replace(FAMILIES["chatml"], needs=frozenset({"<|turn|>"}))
    engine = Watched("a")
    wrong = Deployment("a", engine, family, Places(1, queue=1, wait_s=1))
    with pytest.raises(ModelUnavailable, match=r"has no <\|turn\|>, which the family 'chatml'"):
        await Deployments([wrong]).start()
    assert not engine.open


async def test_a_family_is_found_out_at_the_start() -> None:
    engine = Watched("a")
    deployments = Deployments(
        [Deployment("a", engine, FAMILIES["auto"], Places(1, queue=1, wait_s=1), "same")]
    )
    await deployments.start()
    with deployments.visit("a") as running:
        assert running.family is FAMILIES["chatml"]
    again = Deployment("a", Watched("b"), FAMILIES["auto"], Places(1, queue=1, wait_s=1), "same")
    assert await deployments.change([again], then=lambda: None) == ()
    with deployments.visit("a") as running:
        assert (running.engine, running.family) == (engine, FAMILIES["chatml"])
    await deployments.close()


TEMPLATES = [
    ("one that breaks", "{{ 1 // 0 }}", "the chat template of these weights: integer division"),
    ("one that cannot be read", "{% if %}", "the chat template of these weights: Expected"),
    ("none", "", "these weights bring no chat template"),
]


@pytest.mark.parametrize(
    ("template", "reason"), [row[1:] for row in TEMPLATES], ids=[row[0] for row in TEMPLATES]
)
async def test_a_chat_template_that_fails_is_told_with_its_weights(
    template: str, reason: str
) -> None:
    engine = Watched("model.gguf")
    engine.template = template
    family = FAMILIES["template"]
    broken = Deployment("small", engine, family, Places(1, queue=1, wait_s=1))
    line = re.escape(f"deployment 'small': model.gguf: {reason}")
    with pytest.raises(ModelUnavailable, match=f"^{line}"):
        await Deployments([broken]).start()
    assert not engine.open


async def test_an_equal_deployment_is_kept_and_its_twin_never_started() -> None:
    kept, twin = Watched("kept"), Watched("twin")
    deployments = Deployments([deployment("a", kept, made_from=1)])
    await deployments.start()
    assert await deployments.change([deployment("a", twin, made_from=1)], then=lambda: None) == ()
    assert (kept.open, twin.open) == (True, False)
    await deployments.close()


async def test_a_changed_one_is_swapped_when_the_last_answer_is_out() -> None:
    old, new = Watched("old"), Watched("new")
    deployments = Deployments([deployment("a", old, made_from=1)])
    await deployments.start()
    swapped: list[str] = []
    with deployments.visit("a") as running:
        made = await deployments.change(
            [deployment("a", new, made_from=2)], then=lambda: swapped.append("now")
        )
        assert (made, swapped) == (("a",), ["now"])
        assert running.engine is old
        assert old.open
        with deployments.visit("a") as later:
            assert later.engine is new
    await until(lambda: not old.open)
    assert new.open
    await deployments.close()
    assert not new.open


async def test_answers_that_do_not_end_are_cut_after_the_drain() -> None:
    old = Watched("old")
    deployments = Deployments([deployment("a", old, made_from=1)], drain_s=0.01)
    await deployments.start()
    with deployments.visit("a"):
        await deployments.change([], then=lambda: None)
        await until(lambda: not old.open)
    await deployments.close()


async def broken_after(deployments: Deployments, step: Callable[[], Awaitable[None]]) -> None:
    """What becomes of an answer that breaks after this."""
    with deployments.visit("a"):
        await step()
        raise EngineFailed("it broke")


async def test_answers_that_are_cut_are_told_so_and_no_others() -> None:
    old = Watched("old")
    deployments = Deployments([deployment("a", old, made_from=1)], drain_s=0.01)
    await deployments.start()
    with pytest.raises(EngineFailed) as broken, deployments.visit("a"):
        raise EngineFailed("it broke")
    assert type(broken.value) is EngineFailed

    async def cut() -> None:
        await deployments.change([], then=lambda: None)
        await until(lambda: not old.open)

    with pytest.raises(AnswerCut):
        await broken_after(deployments, cut)
    await deployments.close()


async def test_engines_are_closed_side_by_side() -> None:
    together = asyncio.Barrier(3)

    class Slow(Watched):
        async def close(self) -> None:
            if self.open:
                await together.wait()
            await super().close()

    engines = [Slow(name) for name in ("leaving", "a", "b")]
    deployments = Deployments([deployment("a", engines[0], made_from=1)])
    await deployments.start()
    with deployments.visit("a"):
        new = [deployment("a", engines[1], made_from=2), deployment("b", engines[2])]
        await deployments.change(new, then=lambda: None)
        async with asyncio.timeout(10):
            await deployments.close()
    assert not any(engine.open for engine in engines)


async def test_all_engines_are_killed_also_those_that_load_or_leave() -> None:
    killed: list[str] = []

    class Killed(Watched):
        def kill(self) -> None:
            killed.append(self.name)

    class Loading(Killed):
        async def start(self) -> None:
            await asyncio.Event().wait()

    old, new = Killed("old"), Killed("new")
    deployments = Deployments([deployment("a", old, made_from=1)])
    await deployments.start()

    async def kill() -> None:
        await deployments.change([deployment("a", new, made_from=2)], then=lambda: None)
        loads = deployment("a", Loading("loads"), made_from=3)
        changing = asyncio.create_task(deployments.change([loads], then=lambda: None))
        await asyncio.sleep(0)
        deployments.kill()
        assert sorted(killed) == ["loads", "new", "old"]
        changing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await changing

    with pytest.raises(AnswerCut):
        await broken_after(deployments, kill)
    await deployments.close()


async def test_a_change_that_fails_changes_nothing() -> None:
    old, swapped = Watched("old"), asyncio.Event()
    deployments = Deployments([deployment("a", old, made_from=1)])
    await deployments.start()
    with pytest.raises(ModelUnavailable):
        await deployments.change(
            [deployment("a", Watched("broken"), made_from=2)], then=swapped.set
        )
    assert not swapped.is_set()
    assert old.open
    with deployments.visit("a") as running:
        assert running.engine is old
    await deployments.close()


async def test_scripted_engines_are_what_this_file_says() -> None:
    engine = scripted(Recital(Say("hi")))
    await engine.start()
    assert engine.restarts == 0
    await engine.close()


async def test_a_change_waits_for_the_start_before_it() -> None:
    loading = asyncio.Event()

    class Slow(Watched):
        async def start(self) -> None:
            await loading.wait()
            await super().start()

    old, new = Slow("old"), Watched("new")
    deployments = Deployments([deployment("old", old)])
    starting = asyncio.create_task(deployments.start())
    await asyncio.sleep(0)
    routed: list[str] = []
    changing = asyncio.create_task(
        deployments.change([deployment("new", new)], then=lambda: routed.append("new"))
    )
    await asyncio.sleep(0)
    assert not routed
    loading.set()
    await starting
    assert await changing == ("new",)
    await until(lambda: not old.open)
    with deployments.visit("new") as running:
        assert running.engine is new
    assert set(deployments.all) == {"new"}
    await deployments.close()


async def test_one_that_stays_takes_on_the_bounds_of_its_queue() -> None:
    kept = deployment("a", Watched("a"), "same")
    deployments = Deployments([kept])
    await deployments.start()
    wider = msgspec.structs.replace(kept, places=Places(1, queue=0, wait_s=1))
    assert await deployments.change([wider], then=lambda: None) == ()
    async with kept.places.take("k", 1):
        with pytest.raises(Overloaded):
            async with kept.places.take("k", 1):
                pytest.fail("nobody may wait any more")
    await deployments.close()
