"""Lanes: how many tries run at once, and who makes room for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from agents.lanes import FAST_LANE, SLOW_LANE, Lanes
from alerts.receivers.lookups import HUNG_BEGIN_BELOW, LOOKUPS_AT_ONCE
from alerts.receivers.receiver import Attempt

WITHIN_S = 30.0
NEVER_S = 3_600.0
ENDPOINTS, DEAD = 10_000, 1_000


class Endpoints:
    """Answer tries at once, or hang until told, and note how many are under way."""

    def __init__(self) -> None:
        self.hung = asyncio.Event()
        self.under_way = 0
        self.most = 0

    async def healthy(self, steps: int = 0) -> Attempt:
        """Deliver after so many turns of the loop."""
        self._enter()
        for _ in range(steps):
            await asyncio.sleep(0)
        self.under_way -= 1
        return Attempt("delivered")

    async def hanging(self) -> Attempt:
        """Deliver only when told."""
        self._enter()
        try:
            await self.hung.wait()
        finally:
            self.under_way -= 1
        return Attempt("delivered")

    def _enter(self) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)


async def _outcomes(tasks: Sequence[asyncio.Task[Attempt]]) -> list[str]:
    async with asyncio.timeout(WITHIN_S):
        return [attempt.outcome for attempt in await asyncio.gather(*tasks)]


@pytest.mark.parametrize("hangs", [range(0, ENDPOINTS, ENDPOINTS // DEAD), range(DEAD)])
async def test_a_thousand_that_hang_delay_nobody_of_ten_thousand(hangs: range) -> None:
    """All are due at once: every healthy one ends while every hanging one hangs, none having had to make room."""
    lanes, endpoints = Lanes(slow_after_s=NEVER_S), Endpoints()
    tries = [
        asyncio.create_task(lanes.run(False, endpoints.hanging() if place in hangs else endpoints.healthy()))
        for place in range(ENDPOINTS)
    ]
    dead = [tries[place] for place in hangs]
    healthy = [each for place, each in enumerate(tries) if place not in hangs]
    assert await _outcomes(healthy) == ["delivered"] * (ENDPOINTS - DEAD)
    assert not any(each.done() for each in dead)
    assert endpoints.most <= FAST_LANE + SLOW_LANE
    endpoints.hung.set()
    assert await _outcomes(dead) == ["delivered"] * DEAD


async def test_those_that_hang_can_all_be_slow() -> None:
    """A thousand that take too long keep their tries in the slow lane, beside as many fast ones as ever."""
    lanes, endpoints = Lanes(slow_after_s=0.01), Endpoints()
    dead = [asyncio.create_task(lanes.run(False, endpoints.hanging())) for _ in range(DEAD)]
    await asyncio.sleep(0.1)
    healthy = [asyncio.create_task(lanes.run(False, endpoints.healthy())) for _ in range(ENDPOINTS)]
    assert await _outcomes(healthy) == ["delivered"] * ENDPOINTS
    endpoints.hung.set()
    assert await _outcomes(dead) == ["delivered"] * DEAD


async def test_no_place_of_the_fast_is_kept_where_the_slow_lane_is_full() -> None:
    """A try that takes too long then ends as failed, and has really ended; those behind it have their turn."""
    lanes, endpoints = Lanes(fast=2, slow=2, slow_after_s=0.01), Endpoints()
    dead = [asyncio.create_task(lanes.run(False, endpoints.hanging())) for _ in range(50)]
    healthy = asyncio.create_task(lanes.run(False, endpoints.healthy()))
    assert await _outcomes([healthy]) == ["delivered"]
    async with asyncio.timeout(WITHIN_S):
        while sum(each.done() for each in dead) < 48:
            await asyncio.sleep(0.001)
    assert endpoints.under_way == 2
    assert endpoints.most <= 4
    endpoints.hung.set()
    assert sorted(await _outcomes(dead)) == ["delivered"] * 2 + ["failed"] * 48
    assert all(each.result().detail for each in dead if each.result().outcome == "failed")


async def test_where_none_is_slow_none_is_ended() -> None:
    """Without a time after which a try is slow, the others wait for their turn however long those under way take."""
    lanes, endpoints = Lanes(fast=1, slow=1, slow_after_s=None), Endpoints()
    tries = [asyncio.create_task(lanes.run(False, endpoints.hanging())) for _ in range(10)]
    async with asyncio.timeout(WITHIN_S):
        while endpoints.under_way < 2:
            await asyncio.sleep(0.001)
    endpoints.hung.set()
    assert await _outcomes(tries) == ["delivered"] * 10
    assert endpoints.most == 2


async def test_the_suspect_take_turns_among_themselves() -> None:
    """However many are suspect, they have no more than the slow lane, a healthy one passes, and each has its try."""
    lanes, endpoints = Lanes(fast=1, slow=2, slow_after_s=0.01), Endpoints()
    suspect = [asyncio.create_task(lanes.run(True, endpoints.hanging())) for _ in range(10)]
    assert await _outcomes([asyncio.create_task(lanes.run(False, endpoints.healthy()))]) == ["delivered"]
    assert endpoints.under_way == 2
    endpoints.hung.set()
    assert await _outcomes(suspect) == ["delivered"] * 10


async def test_tries_begin_no_faster_than_the_process_can_work() -> None:
    """Where tries only have work to do, few are under way together: none waits for the work of a thousand others."""
    lanes, endpoints = Lanes(slow_after_s=NEVER_S), Endpoints()
    tries = [asyncio.create_task(lanes.run(False, endpoints.healthy(steps=20))) for _ in range(2_000)]
    assert await _outcomes(tries) == ["delivered"] * 2_000
    assert endpoints.most <= 20


async def test_lanes_are_given_back() -> None:
    """However tries end, none keeps its place: also when they are slow, cancelled or suspect."""
    lanes = Lanes(fast=2, slow=2, slow_after_s=0.01)

    async def never() -> Attempt:
        await asyncio.Event().wait()
        return Attempt("delivered")

    async def at_once() -> Attempt:
        return Attempt("delivered")

    for _ in range(4):
        tasks = [asyncio.create_task(lanes.run(suspect, never())) for suspect in (False, True, False)]
        await asyncio.sleep(0.03)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for suspect in (False, True):
        results = await asyncio.gather(*(lanes.run(suspect, at_once()) for _ in range(6)))
        assert len(results) == 6


def test_each_try_can_look_a_name_up() -> None:
    """There are as many threads for names as places; names that hang leave the fast theirs."""
    assert LOOKUPS_AT_ONCE >= FAST_LANE + SLOW_LANE
    assert LOOKUPS_AT_ONCE - HUNG_BEGIN_BELOW >= FAST_LANE
