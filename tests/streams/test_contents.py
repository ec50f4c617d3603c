"""What topics hold, where the broker does not give what was asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from streams import contents
from streams.contents import read_one
from streams.errors import BrokerUnavailable, DataMissing
from streams.settings import Settings


class _Consumer:
    """Stand in for aiokafka's consumer of a topic that was compacted: of offsets 0 to 9 only 7 is left."""

    left: tuple[int, ...] = (7,)

    def __init__(self, **_: Any) -> None:
        self._at = 0

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""

    def assign(self, places: list[Any]) -> None:
        """Do nothing."""

    async def beginning_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, 10)

    def seek(self, place: Any, offset: int) -> None:
        self._at = offset

    async def getmany(self, place: Any, **_: Any) -> dict[Any, list[Any]]:
        found = [SimpleNamespace(offset=offset) for offset in self.left if offset >= self._at]
        return {place: found[:1]} if found else {}


@pytest.fixture(autouse=True)
def compacted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-in in the place of the consumer."""
    monkeypatch.setattr(contents, "AIOKafkaConsumer", _Consumer)


async def test_what_compaction_took_is_not_the_record_behind_it() -> None:
    """A dead letter of a subscription may be about a message that a later one replaced: that one is not sent again."""
    assert (await read_one(Settings(), "subscriptions", 0, 7)).offset == 7
    with pytest.raises(DataMissing, match="no longer holds offset 5"):
        await read_one(Settings(), "subscriptions", 0, 5)


async def test_a_record_that_does_not_come_is_a_broker_that_is_away() -> None:
    """Where nothing comes in time, that is said."""
    with pytest.raises(BrokerUnavailable, match="offset 8 did not come"):
        await read_one(Settings(), "subscriptions", 0, 8)
