"""Alerts as they come."""

from __future__ import annotations

import asyncio
from pathlib import Path

from streams.broker import EmbeddedBroker
from streams.events import to_cloudevent
from streams.producer import open_producer
from streams.settings import Settings
from streams.topics import FIRST_PARTITION, Topic
from tests.pipeline.conftest import embedded_topics
from tests.web.conftest import transition
from web.live import KEPT, Broadcast, LiveAlert, follow_alerts


async def test_a_listener_catches_up_and_a_slow_one_is_let_go() -> None:
    """A listener gets what it missed and then what comes; one that does not read is let go and slows nobody."""
    broadcast = Broadcast()
    for offset in range(3):
        broadcast.tell(LiveAlert(offset, transition(offset)))
    listener = broadcast.listen(after=0)
    assert [(await anext(listener)).offset for _ in range(2)] == [1, 2]
    coming = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    broadcast.tell(LiveAlert(3, transition(3)))
    assert (await coming).offset == 3
    for offset in range(4, 6 + KEPT):
        broadcast.tell(LiveAlert(offset, transition(offset)))
    seen = [alert.offset async for alert in listener]
    assert len(seen) == KEPT - 1


async def test_what_is_old_goes_only_to_those_who_come_back() -> None:
    """An alert from before the start is no news to a new listener, but one who names its place gets it."""
    broadcast = Broadcast()
    new, back = broadcast.listen(), broadcast.listen(after=4)
    waiting = [asyncio.ensure_future(anext(listener)) for listener in (new, back)]
    await asyncio.sleep(0)
    for offset in (4, 5):
        broadcast.tell(LiveAlert(offset, transition(offset)), old=True)
    broadcast.tell(LiveAlert(6, transition(6)))
    assert [(await each).offset for each in waiting] == [6, 5]


def test_what_lapsed_is_known() -> None:
    """After more alerts than are kept, an early place is out of reach."""
    broadcast = Broadcast()
    for offset in range(KEPT + 2):
        broadcast.tell(LiveAlert(offset, transition(offset)))
    assert not broadcast.reaches(0)
    assert broadcast.reaches(1)


async def test_who_waits_for_another_life_of_the_topic_is_let_go() -> None:
    """When the topic begins anew, who waits for a place past its end comes back to hear of the gap; others stay."""
    broadcast = Broadcast()
    past, within, new = (broadcast.listen(after=after) for after in (5_000, 1, None))
    waiting = [asyncio.ensure_future(anext(listener, None)) for listener in (past, within, new)]
    await asyncio.sleep(0)
    broadcast.begin(0, 2)
    broadcast.tell(LiveAlert(2, transition(2)))
    assert [each and each.offset for each in [await task for task in waiting]] == [None, 2, 2]
    assert not broadcast.reaches(5_000)
    assert not broadcast.reaches(3)
    assert broadcast.reaches(2)


async def test_the_topic_is_followed(tmp_path: Path) -> None:
    """Alerts on the topic reach a listener with their offsets, and what is no alert is passed over."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        broadcast = Broadcast()

        async def send(number: int) -> None:
            headers, value = to_cloudevent(transition(number), settings)
            sent = {"headers": list(headers.items()), "partition": FIRST_PARTITION}
            await producer.send(Topic.ALERTS, key=b"k", value=value, **sent)  # type: ignore[arg-type]

        async with asyncio.timeout(30), open_producer(settings) as producer:
            await send(1)
            await producer.send(Topic.ALERTS, key=b"k", value=b"{}", partition=FIRST_PARTITION)
            following = asyncio.create_task(follow_alerts(settings, broadcast))
            listener = broadcast.listen(after=-1)
            assert (await anext(listener)).transition == transition(1)
            await send(2)
            alert = await anext(listener)
            assert (alert.offset, alert.transition) == (2, transition(2))
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
