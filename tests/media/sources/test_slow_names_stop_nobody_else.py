"""Names of hosts are looked up beside each other, and whoever's hang holds up nobody else's."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import pytest
from tests.media.conftest import MakeViewer

from studiolo.core.errors import Overloaded
from studiolo.core.media.errors import MediaDownloadFailed, MediaDownloadTimeout
from studiolo.core.messages import MediaPart
from studiolo.media.sources.names import THREAD, Names, domain_of

pytestmark = pytest.mark.anyio

HERE = ["127.0.0.1"]


class System:
    """Knows all names, but says nothing of some until it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if "slow" in host:
            self.go_on.wait()
        if "nowhere" in host:
            raise OSError(host)
        if "late" in host:
            raise TimeoutError(host)
        return HERE


@pytest.fixture
async def system(anyio_backend: str) -> AsyncIterator[System]:
    made = System()
    yield made
    made.go_on.set()


async def go_away(names: Names, *hosts: str) -> None:
    """Ask for these, and wait for none."""
    asking = [asyncio.create_task(names(host, 80)) for host in hosts]
    await asyncio.sleep(0)
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def test_names_are_looked_up_beside_those_that_hang(system: System) -> None:
    names = Names(most=21, find=system)
    hanging = [asyncio.create_task(names(f"slow.a{each}.example", 80)) for each in range(20)]
    await asyncio.sleep(0)
    assert await names("fast.example", 80) == HERE
    system.go_on.set()
    assert await asyncio.gather(*hanging) == [HERE] * 20


async def test_a_name_that_hangs_is_given_up(system: System) -> None:
    with pytest.raises(MediaDownloadTimeout):
        await Names(most=1, find=system, limit_s=0.02)("slow.example", 80)


@pytest.mark.parametrize(("host", "error"), [("nowhere", OSError), ("late", TimeoutError)])
async def test_what_the_system_says_is_said(
    system: System, host: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=host):
        await Names(most=1, find=system)(host, 80)


async def test_when_too_many_hang_others_come_again(system: System) -> None:
    names = Names(most=3, find=system)
    await go_away(names, *(f"slow.a{each}.example" for each in range(3)))
    with pytest.raises(Overloaded) as refused:
        await names("fast.example", 80)
    assert refused.value.retry_after_s == 5
    assert "fast.example" not in system.asked


async def test_names_of_one_domain_hang_alone(system: System) -> None:
    names = Names(most=4, find=system)
    for each in range(2):
        await go_away(names, f"slow{each}.a.example")
    with pytest.raises(Overloaded):
        await names("fast.a.example", 80)
    assert await names("fast.b.example", 80) == HERE


async def test_whoever_waits_keeps_nobody_from_his_domain(system: System) -> None:
    names = Names(most=4, find=system)
    waiting = [asyncio.create_task(names(f"slow{each}.a.example", 80)) for each in range(3)]
    await asyncio.sleep(0)
    assert await names("fast.a.example", 80) == HERE
    system.go_on.set()
    await asyncio.gather(*waiting)


async def test_what_hung_and_ended_is_forgotten(system: System) -> None:
    names = Names(most=1, find=system)
    before = threading.enumerate()
    await go_away(names, "slow.example")
    hanging = [each for each in threading.enumerate() if each not in before]
    assert [each.name for each in hanging] == [THREAD]
    system.go_on.set()
    for each in hanging:
        await asyncio.to_thread(each.join)
    assert await names("fast.example", 80) == HERE


async def test_where_no_thread_can_be_others_come_again(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    names = Names(most=1, find=system)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(Overloaded):
            await names("fast.example", 80)
    assert await names("fast.example", 80) == HERE


DOMAINS = {
    "example.com": "example.com",
    "a.b.Example.com.": "example.com",
    "a.b.example.co.uk": "example.co.uk",
    "a.b.example.com.cn": "example.com.cn",
    "a.b.example.cn": "example.cn",
    "b.t.co": "b.t.co",
    "localhost": "localhost",
}


@pytest.mark.parametrize("host", DOMAINS)
def test_a_domain_has_one_owner(host: str) -> None:
    assert domain_of(host) == DOMAINS[host]


async def test_the_system_knows_this_machine(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(private_hosts=("localhost",))
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    with pytest.raises(MediaDownloadFailed):
        await viewer.look(MediaPart("image", (f"http://localhost:{port}/a.png",)))
    assert "127.0.0.1" in await Names(most=1)("localhost", 80)
