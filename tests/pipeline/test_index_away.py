"""The index goes away; what does not need it goes on."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from agents.progress import Status
from agents.roles import status_path
from streams.alerting import AlertTransition
from streams.contents import read_to_end
from streams.decoding import decode_record
from streams.events import from_cloudevent
from streams.identity import article_id_of
from streams.interests import Profile
from streams.records import ReaderId
from streams.settings import Role
from streams.sinks.index import AlertQuery, ArticleQuery
from streams.sinks.opening import open_index
from streams.topics import Topic
from tests.alerts.timelines import words
from tests.pipeline.conftest import Parts, publish, until
from tests.stack.elasticsearch import ElasticsearchServer

WEEK = datetime(2026, 2, 23, 14, 0, tzinfo=UTC)
QUIET = ("an office opens", "sales fell, a loss")
CRISIS = (
    "regulators open a probe into its books",
    "its lender calls a default on the loan",
    "a recall of its main product is ordered",
    "its finance chief resigns over a fraud",
    "a court freezes accounts after a loss at its unit",
    "auditors refuse to sign and report a loss",
    "customers leave after the fraud, sales fell",
    "its main plant stops after a fire, a loss is certain",
    "a rating firm cuts it to default",
    "its bank ends the credit line after the probe",
)


def _article(source: str, place: int, at: datetime, name: str, text: str) -> tuple[bytes, bytes]:
    fields = {
        "title": f"{name}: {text}",
        "body": f"{name} is in the news: {text}. {words(place, 40).capitalize()}.",
        "published_at": at.isoformat(),
        "source": f"{source}-{place % 5}",
        "url": f"https://{source}.example/{place}",
        "entities": [{"name": name, "id": f"{source}:{name.lower()}"}],
    }
    # One key, so one partition: sent at once, news of five days would otherwise reach detection out of its order.
    return b"one", orjson.dumps(fields)


@pytest.mark.stack
@pytest.mark.timeout(400)
async def test_alerts_and_profiles_go_on_without_the_index(
    real_parts: Parts, elasticsearch: ElasticsearchServer
) -> None:
    """With Elasticsearch away, a crisis is alerted on and a reader's profile grows; then indexing catches up."""
    settings = real_parts.settings
    source = f"s{uuid.uuid4().hex[:8]}"
    names = [f"Firm{letter}" for letter in "ABCDEFGHIJ"]
    history = [
        _article(source, place, WEEK + timedelta(minutes=30 * place), names[place % 10], QUIET[place % 7 == 0])
        for place in range(240)
    ]
    onset = WEEK + timedelta(hours=121)
    crisis = [
        _article(source, 1_000 + place, onset + timedelta(minutes=12 * place), "FirmA", text)
        for place, text in enumerate(CRISIS)
    ]
    elasticsearch.stop()
    try:
        await publish(settings, Topic.NEWS_RAW, history)
        await publish(settings, Topic.NEWS_RAW, crisis)
        click = {
            "reader_id": f"reader-{source}",
            "article_id": article_id_of(f"{source}-0", f"https://{source}.example/0", "", None),
            "at": onset.isoformat(),
        }
        await publish(settings, Topic.CLICKS_RAW, [(b"r", orjson.dumps(click))])

        async def alerted() -> AlertTransition | None:
            async for record in read_to_end(settings, [settings.named(Topic.ALERTS)]):
                transition = from_cloudevent(record.headers, record.value)
                if transition.entity_id == f"{source}:firma" and transition.kind == "opened":
                    return transition
            return None

        async def profiled() -> Profile | None:
            async for record in read_to_end(settings, [settings.named(Topic.PROFILES)]):
                profile = decode_record(Profile, record.value)
                if profile.reader_id == f"reader-{source}":
                    return profile
            return None

        opened = await until(alerted)
        assert onset <= opened.opened_at <= onset + timedelta(hours=2)
        assert await until(profiled)

        async def waiting() -> bool | None:
            status = Status(**orjson.loads(status_path(Role.INDEX, settings).read_bytes()))
            return status.state == "waiting" or None

        assert await until(waiting)
    finally:
        elasticsearch.start()
    index = open_index(settings)
    try:

        async def caught_up() -> bool | None:
            counts = [
                (await index.search_articles(ArticleQuery(source=f"{source}-{n}", limit=1))).total for n in range(5)
            ]
            return sum(counts) == len(history) + len(crisis) or None

        assert await until(caught_up)
        profile = await index.get_profile(ReaderId(f"reader-{source}"))
        assert profile is not None
        assert opened.episode_id in {a.episode_id for a in (await index.search_alerts(AlertQuery(limit=100))).alerts}
    finally:
        await index.close()
