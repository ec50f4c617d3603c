"""Holding: decoded states in front of their bytes, written in an order that a crash cannot break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from alerts.detection.calibration import Calibration
from alerts.detection.state import SeriesState

CALIBRATION_PREFIX = "rule:"
DECODED_KEPT = 8_192


class States(Protocol):
    """Keep bytes by key: a table in the service, a dictionary in a backtest."""

    def get(self, key: str) -> bytes | None:
        """Return the value of a key."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Write a value; writes become durable in their order."""
        ...

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield every key with its value."""
        ...


class MemoryStates:
    """Keep states in a dictionary."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """Return the value of a key."""
        return self.values.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Write a value."""
        self.values[key] = value

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield every key with its value."""
        yield from self.values.items()


class Holding:
    """Hold decoded states; `commit` writes those that changed.

    Calibrations are written before the series that taught them. After a crash in between, the repeated message finds
    its cause in the calibration, and the series still without it: nothing is learned twice, and nothing is missed.
    Without `states` everything stays decoded and nothing is written: for a backtest, which begins anew after a crash.
    """

    def __init__(self, states: States | None) -> None:
        self._states = states
        self._series: dict[str, SeriesState] = {}
        self._calibrations: dict[str, Calibration] = {}
        self._changed: dict[str, None] = {}
        self._taught: dict[str, None] = {}

    def series(self, key: str) -> SeriesState:
        """Return the state of a series, a new one where nothing was heard of it."""
        held = self._series.get(key)
        if held is not None and self._states is None:
            return held
        if held is None:
            stored = None if self._states is None else self._states.get(key)
            held = SeriesState.new(key) if stored is None else SeriesState.from_bytes(stored)
        else:
            del self._series[key]
        self._series[key] = held  # the one used last is the last to go
        return held

    def calibration(self, rule: str) -> Calibration:
        """Return what a rule has learned."""
        held = self._calibrations.get(rule)
        if held is None:
            stored = None if self._states is None else self._states.get(CALIBRATION_PREFIX + rule)
            held = Calibration(rule) if stored is None else Calibration.from_bytes(stored)
            self._calibrations[rule] = held
        return held

    def change(self, series: SeriesState) -> None:
        """Note that a series has to be written."""
        self._changed[series.series] = None

    def teach(self, calibration: Calibration) -> None:
        """Note that a calibration has to be written."""
        self._taught[calibration.rule] = None

    def commit(self) -> None:
        """Write what changed."""
        if self._states is None:
            return
        for rule in self._taught:
            self._states.put(CALIBRATION_PREFIX + rule, self._calibrations[rule].to_bytes())
        for key in self._changed:
            self._states.put(key, self._series[key].to_bytes())
        self._taught.clear()
        self._changed.clear()
        while len(self._series) > DECODED_KEPT:
            del self._series[next(iter(self._series))]

    def forget(self) -> None:
        """Drop what is decoded: the bytes may have changed behind it."""
        if self._states is None:
            return
        for held in (self._series, self._calibrations, self._changed, self._taught):
            held.clear()

    def every_series(self) -> Iterator[SeriesState]:
        """Yield every series that is stored."""
        if self._states is None:
            yield from list(self._series.values())
            return
        for key, value in self._states.items():
            if not key.startswith(CALIBRATION_PREFIX):
                yield SeriesState.from_bytes(value)
