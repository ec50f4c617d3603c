"""Names looked up by the system: those that hang hold up no other, and are asked for once."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.receivers.answers import Verdicts
from alerts.receivers.connection import Egress
from alerts.receivers.lookups import MAX_ADDRESSES, SystemResolver
from alerts.receivers.receiver import Attempt
from streams.clock import ManualClock
from tests.alerts.receivers.endpoint import answering, serving

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WITHIN_S = 30.0


class NameServer:
    """Be what the system asks: names lead here, and those that begin with `hung` do so only when it answers."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.answers = threading.Event()
        self._system = socket.getaddrinfo

    def getaddrinfo(self, host: str, *rest: Any, **named: Any) -> list[Any]:
        """Look a name up."""
        if not host.endswith(".example"):
            return self._system(host, *rest, **named)
        self.asked[host] += 1
        if host.startswith("hung"):
            self.answers.wait()
        return self._system("127.0.0.1", *rest, **named)

    async def answer_all(self) -> None:
        """Answer, and wait until it is known to whoever asked."""
        self.answers.set()
        async with asyncio.timeout(WITHIN_S):
            while any(thread.name == "lookup" for thread in threading.enumerate()):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    """Give a name server that the system asks."""
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server.getaddrinfo)
    yield server
    server.answers.set()


@pytest.fixture
async def resolver() -> AsyncIterator[SystemResolver]:
    """Give a resolver that asks the system."""
    resolver = SystemResolver()
    yield resolver
    await resolver.close()


@pytest.fixture
async def hasty(resolver: SystemResolver) -> AsyncIterator[Egress]:
    """Give a way out that waits for nothing for long."""
    egress = Egress(allow_private=True, timeout_s=0.2, clock=ManualClock(NOW), resolver=resolver)
    yield egress
    await egress.close()


@pytest.fixture
async def patient(resolver: SystemResolver) -> AsyncIterator[Egress]:
    """Give a way out of the same resolver that waits for longer."""
    egress = Egress(allow_private=True, timeout_s=10, clock=ManualClock(NOW), resolver=resolver)
    yield egress
    await egress.close()


async def _post(egress: Egress, url: str) -> Attempt:
    return await egress.post(url, b"{}", {}, Verdicts())


async def test_names_are_looked_up_by_the_system() -> None:
    """The system's resolver is asked, and gives a few addresses at most."""
    resolver = SystemResolver()
    found = await resolver.resolve("localhost", 443)
    await resolver.close()
    assert 1 <= len(found) <= MAX_ADDRESSES
    assert {entry["host"] for entry in found} <= {"127.0.0.1", "::1"}


async def test_a_thousand_names_that_hang_hold_up_no_other(names: NameServer, patient: Egress) -> None:
    """While the lookups of a thousand names hang, another endpoint is looked up and reached."""
    async with serving(answering(200)) as endpoint:
        hung = [asyncio.create_task(_post(patient, f"https://hung{place}.example/")) for place in range(1_000)]
        await asyncio.sleep(0.1)
        attempt = await _post(patient, f"http://good.example:{endpoint.port}/")
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
    assert attempt.outcome == "delivered"


async def test_a_name_that_hangs_is_looked_up_once(names: NameServer, hasty: Egress, patient: Egress) -> None:
    """Try after try waits for the one lookup that goes on; when that has ended, the name is looked up anew."""
    async with serving(answering(200)) as endpoint:
        url = f"http://hung.example:{endpoint.port}/"
        for _ in range(3):
            attempts = await asyncio.gather(*(_post(hasty, url) for _ in range(10)))
            assert {attempt.outcome for attempt in attempts} == {"failed"}
        assert names.asked["hung.example"] == 1
        await names.answer_all()
        assert (await _post(patient, url)).outcome == "delivered"
        assert names.asked["hung.example"] == 2


async def test_an_address_that_several_waited_for_is_judged_for_each(names: NameServer) -> None:
    """Tries that share a lookup are each refused where it leads inside."""
    egress = Egress(allow_private=False, timeout_s=10, clock=ManualClock(NOW))
    tries = [asyncio.create_task(_post(egress, "https://hung.example/")) for _ in range(5)]
    while not names.asked:
        await asyncio.sleep(0.01)
    names.answers.set()
    attempts = await asyncio.gather(*tries)
    await egress.close()
    assert {attempt.outcome for attempt in attempts} == {"refused"}
    assert {attempt.detail for attempt in attempts} == {"hung.example leads to 127.0.0.1 is loopback"}


async def test_names_that_hang_again_leave_threads_to_others(
    names: NameServer, hasty: Egress, patient: Egress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many names hang, only so many are looked up again at once; those that answered since have their turn."""
    monkeypatch.setattr("alerts.receivers.lookups.HUNG_BEGIN_BELOW", 2)
    async with serving(answering(200)) as endpoint:
        urls = [f"http://hung{place}.example:{endpoint.port}/" for place in range(10)]
        assert {(await _post(hasty, url)).outcome for url in urls} == {"failed"}
        await names.answer_all()
        assert (await _post(patient, urls[9])).outcome == "delivered"
        names.answers.clear()
        attempts = [await _post(hasty, url) for url in urls]
        assert sum("the lookups of too many names hang" in attempt.detail for attempt in attempts) == 7
        assert ["did not answer" in attempts[place].detail for place in (0, 1, 9)] == [True] * 3
        assert (await _post(patient, f"http://good.example:{endpoint.port}/")).outcome == "delivered"


async def test_names_that_hung_are_kept_in_bounded_memory(
    names: NameServer, hasty: Egress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the bound a name that hung is looked up as if it were new."""
    monkeypatch.setattr("alerts.receivers.lookups.MAX_HUNG_KEPT", 1)
    urls = [f"https://hung{place}.example/" for place in range(4)]
    for url in urls:
        await _post(hasty, url)
    await names.answer_all()
    names.answers.clear()
    monkeypatch.setattr("alerts.receivers.lookups.HUNG_BEGIN_BELOW", 0)
    attempts = await asyncio.gather(*(_post(hasty, url) for url in urls))
    assert sum("too many names hang" in attempt.detail for attempt in attempts) == 1


async def test_lookups_are_bounded(names: NameServer, patient: Egress, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the bound, or where the system has no thread left, a try fails with the reason."""
    with monkeypatch.context() as none_left:
        none_left.setattr("alerts.receivers.lookups.LOOKUPS_AT_ONCE", 0)
        assert "the lookups of too many names hang" in (await _post(patient, "https://good.example/")).detail

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as none_left:
        none_left.setattr("alerts.receivers.lookups.Thread.start", refuse)
        attempt = await _post(patient, "https://good.example/")
        assert (attempt.outcome, "no thread left" in attempt.detail) == ("failed", True)
    assert names.asked == {}


def test_a_lookup_that_hangs_does_not_hold_up_the_end_of_the_process() -> None:
    """A process ends while the system still looks a name up."""
    code = """
import asyncio, socket, threading
from alerts.receivers.lookups import SystemResolver
socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
async def main():
    resolver = SystemResolver()
    try:
        async with asyncio.timeout(0.1):
            await resolver.resolve("hung.example")
    except TimeoutError:
        await resolver.close()
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=WITHIN_S)
    assert done.stderr == ""
