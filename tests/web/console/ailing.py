"""`tidewatch web` where the index takes its time to give an alert, or the broker confirms no answer."""

from __future__ import annotations

import asyncio
import os

from streams.alerting import AlertTransition
from streams.errors import BrokerUnavailable
from streams.records import EpisodeId
from streams.settings import load_settings
from streams.sinks.sqlite import SqliteIndex
from web.changes import Changes
from web.server import serve

AILMENT = "TEST_AILMENT"
SLOW, UNCONFIRMED = "slow", "unconfirmed"

_get_alert = SqliteIndex.get_alert


async def _slowly(index: SqliteIndex, episode_id: EpisodeId) -> AlertTransition | None:
    await asyncio.sleep(2)
    return await _get_alert(index, episode_id)


async def _in_vain(*_: object) -> None:
    raise BrokerUnavailable("the broker did not confirm")


if __name__ == "__main__":
    if os.environ[AILMENT] == SLOW:
        SqliteIndex.get_alert = _slowly  # type: ignore[method-assign]
    else:
        Changes.respond = _in_vain  # type: ignore[assignment,method-assign]
    asyncio.run(serve(load_settings()))
