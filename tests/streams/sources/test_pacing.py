"""Pacing by event time and by lag, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from streams.sources.pacing import CHECK_EVERY, LagPacer, TimePacer, delay_s, parse_speed

START = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class _Time:
    now_s: float = 100.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


def test_a_delay_is_event_time_by_speed_less_what_has_passed() -> None:
    """An hour at sixty times is a minute; what is late is due at once."""
    hour = START + timedelta(hours=1)
    assert delay_s(hour, START, 60, 0) == 60
    assert delay_s(hour, START, 60, 45) == 15
    assert delay_s(hour, START, 60, 90) == 0
    assert delay_s(START - timedelta(hours=1), START, 60, 0) == 0


async def test_a_replay_keeps_its_pace() -> None:
    """Events are due at their distance from the first; one without a time, or an older one, does not wait."""
    clock = _Time()
    pacer = TimePacer(3600, clock.monotonic, clock.sleep)
    for hours in (0, 1, 1.5, 1.2):
        await pacer.wait_for(START + timedelta(hours=hours))
    await pacer.wait_for(None)
    assert clock.slept == pytest.approx([1.0, 0.5])


@pytest.mark.parametrize("years", [[-56, 0], [0, 10, 0]])
async def test_a_wrong_date_holds_nothing_up(years: list[int]) -> None:
    """Neither is it waited for, nor are those behind it, and these keep their pace."""
    clock = _Time()
    pacer = TimePacer(3600, clock.monotonic, clock.sleep)
    for event in (*(START + timedelta(days=365 * year) for year in years), START + timedelta(hours=2)):
        await pacer.wait_for(event)
    assert clock.slept == pytest.approx([2.0])


async def test_lag_holds_a_replay_back_until_readers_are_near() -> None:
    """Only every 200th message asks; it goes on as soon as the lag is small."""
    clock, lags = _Time(), iter([5000, 3000, 1999])

    async def lag() -> int:
        return next(lags)

    pacer = LagPacer(lag, clock.sleep, clock.monotonic)
    for _ in range(CHECK_EVERY - 1):
        await pacer.wait_for(None)
    assert clock.slept == []
    await pacer.wait_for(None)
    assert len(clock.slept) == 2
    assert next(lags, None) is None


async def test_readers_that_stand_still_are_not_waited_for_for_ever() -> None:
    """After half a minute without progress the replay goes on."""
    clock = _Time()

    async def lag() -> int:
        return 5000

    pacer = LagPacer(lag, clock.sleep, clock.monotonic)
    for _ in range(CHECK_EVERY):
        await pacer.wait_for(None)
    assert sum(clock.slept) == pytest.approx(30.0, abs=0.1)


def test_speeds() -> None:
    """A speed is max or a positive number."""
    assert parse_speed("max") == "max"
    assert parse_speed("2.5") == 2.5
    for text in ("0", "-1", "nan", "inf", "fast"):
        with pytest.raises(ValueError):
            parse_speed(text)
