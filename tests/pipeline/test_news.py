"""News on its way through the whole service."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

import orjson

from agents.inference import KILL_MARK
from streams.dead_letters import dead_letters
from streams.decoding import decode_article
from streams.enrichment import EnrichedArticle
from streams.errors import DeadLetterReason
from streams.identity import article_id_of
from streams.records import ArticleId, DeadLetter
from streams.settings import Role
from streams.sinks.index import ArticleQuery, Index
from streams.topics import Topic
from tests.pipeline.conftest import MAX_MESSAGE_BYTES, Parts, publish, until
from tests.pipeline.poison import poisoned_messages

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _news(source: str, place: int, **fields: object) -> bytes:
    article = {
        "title": f"Harbourline report {place}: profit {'rises' if place % 2 else 'falls'}",
        "body": f"Harbourline Shipping said profit moved {place} per cent. Analysts had expected more. Shares fell.",
        "published_at": (START + timedelta(minutes=place)).isoformat(),
        "source": source,
        "url": f"https://{source}.example/{place}",
        "entities": [{"name": "Harbourline Shipping", "id": "demo:harbourline"}],
    }
    return orjson.dumps(article | fields)


async def _count(index: Index, source: str) -> int:
    return (await index.search_articles(ArticleQuery(source=source, limit=1))).total


async def _letters_at(parts: Parts, places: set[tuple[int, int]]) -> dict[tuple[int, int], DeadLetter] | None:
    letters = await dead_letters(parts.settings, [Topic.NEWS_RAW])
    found = {(x.partition, x.offset): x for x in letters if (x.partition, x.offset) in places}
    return found if len(found) == len(places) else None


async def test_good_news_is_indexed_and_poison_put_aside(parts: Parts, index: Index) -> None:
    """Among good articles, every poisoned message becomes a dead letter with its own reason, and nothing else does."""
    source = f"s{uuid.uuid4().hex[:8]}"
    poison = poisoned_messages(48, seed=5, max_body_chars=parts.settings.max_body_chars)
    good = [_news(source, place) for place in range(200)]
    undated = orjson.dumps({"title": "Harbourline names a chairman", "source": source, "url": "https://x.example/u"})
    mixed: list[tuple[bytes | None, DeadLetterReason | None]] = [*((g, None) for g in [*good, undated]), *poison]
    random.Random(5).shuffle(mixed)
    receipts = await publish(
        parts.settings, Topic.NEWS_RAW, [(str(n).encode(), value) for n, (value, _) in enumerate(mixed)]
    )
    expected = {
        (receipt.partition, receipt.offset): reason
        for receipt, (_, reason) in zip(receipts, mixed, strict=True)
        if reason is not None
    }

    async def all_there() -> bool | None:
        return await _count(index, source) == 201 or None

    await until(all_there)
    letters = await until(lambda: _letters_at(parts, set(expected)))
    assert {place: letter.reason for place, letter in letters.items()} == expected
    everywhere = {(r.partition, r.offset) for r in receipts}
    strangers = [
        x
        for x in await dead_letters(parts.settings, [Topic.NEWS_RAW])
        if (x.partition, x.offset) in everywhere - set(expected)
    ]
    assert strangers == []
    stand_in = await index.get_article(article_id_of(source, "https://x.example/u", "", None))
    assert stand_in is not None
    assert stand_in.article.published_at_source == "broker"


async def test_the_newest_correction_wins(parts: Parts, index: Index) -> None:
    """Corrections in and out of order, one with a changed date, leave one document: the newest."""
    source = f"s{uuid.uuid4().hex[:8]}"
    key = b"one"
    versions = [
        _news(source, 1, updated_at="2026-03-02T10:00:00Z", body="First reading."),
        _news(source, 1, updated_at="2026-03-02T12:00:00Z", body="Third reading.", published_at="2026-02-01T08:00:00Z"),
        _news(source, 1, updated_at="2026-03-02T11:00:00Z", body="Second reading, late."),
        _news(source, 2, body="The last message."),
    ]
    await publish(parts.settings, Topic.NEWS_RAW, [(key, value) for value in versions])
    last = article_id_of(source, f"https://{source}.example/2", "", None)

    async def both() -> bool | None:
        return (await index.get_article(last) is not None and await _count(index, source) == 2) or None

    await until(both)
    found = await index.get_article(article_id_of(source, f"https://{source}.example/1", "", None))
    assert found is not None
    assert found.article.body == "Third reading."
    assert found.article.published_at == datetime(2026, 2, 1, 8, tzinfo=UTC)
    page = await index.search_articles(ArticleQuery(source=source))
    assert len(page.hits) == page.total == 2


async def test_an_enriched_article_over_the_limit_is_put_aside(parts: Parts, index: Index) -> None:
    """An article that grows past the broker's limit when enriched is a dead letter; its neighbours go on."""
    source = f"s{uuid.uuid4().hex[:8]}"
    sentence = "鉄道会社の業績見通しが変わる. "
    huge = _news(source, 1, body=sentence * (MAX_MESSAGE_BYTES * 95 // 100 // len(sentence.encode())))
    assert len(huge) < MAX_MESSAGE_BYTES
    receipts = await publish(
        parts.settings, Topic.NEWS_RAW, [(b"k", _news(source, 0)), (b"k", huge), (b"k", _news(source, 2))]
    )
    place = (receipts[1].partition, receipts[1].offset)
    letters = await until(lambda: _letters_at(parts, {place}))
    assert letters[place].reason == DeadLetterReason.OUTPUT_TOO_LARGE

    async def neighbours() -> bool | None:
        return await _count(index, source) == 2 or None

    await until(neighbours)


async def test_an_article_that_kills_the_process_is_put_aside(parts: Parts, index: Index) -> None:
    """An article that kills its process each time ends as a dead letter; what lies around it is indexed."""
    source = f"s{uuid.uuid4().hex[:8]}"
    values = [_news(source, place) for place in range(30)]
    values[15] = _news(source, 15, title=f"{KILL_MARK} Harbourline")
    receipts = await publish(parts.settings, Topic.NEWS_RAW, [(b"k", value) for value in values])
    place = (receipts[15].partition, receipts[15].offset)
    letters = await until(lambda: _letters_at(parts, {place}), within_s=150)
    assert letters[place].reason == DeadLetterReason.KILLS_PROCESS

    async def rest() -> bool | None:
        return await _count(index, source) == 29 or None

    await until(rest)


async def test_what_is_indexed_is_what_the_model_says(parts: Parts, index: Index) -> None:
    """The indexed article is the decoded one with the model's answer, whatever batch it was in."""
    from models.stub import StubModel

    source = f"s{uuid.uuid4().hex[:8]}"
    values = [_news(source, place) for place in range(20)]
    await publish(parts.settings, Topic.NEWS_RAW, [(str(n).encode(), value) for n, value in enumerate(values)])
    for value in values:
        decoded = decode_article(value, received_at=START, max_body_chars=10_000, max_future_s=1e9)

        async def found(article_id: ArticleId = decoded.article_id) -> EnrichedArticle | None:
            return await index.get_article(article_id)

        stored = await until(found)
        assert stored.enrichment == StubModel().enrich([decoded])[0]
        assert stored.article == decoded.model_copy(update={"received_at": stored.article.received_at})


async def test_every_role_gets_on(parts: Parts) -> None:
    """Each role reports itself live, with its commits at the end of its topics."""
    from agents.progress import Status
    from agents.roles import status_path

    for role in Role:

        async def live(role: Role = role) -> bool | None:
            path = status_path(role, parts.settings)
            if not path.exists():
                return None
            status = Status(**orjson.loads(path.read_bytes()))
            return (status.state == "live" and status.lag == 0) or None

        assert await until(live)
