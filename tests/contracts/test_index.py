"""The index contract: whatever keeps articles, profiles and alerts passes all of this."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.alerting import AlertTransition, Evidence, Novelty
from streams.enrichment import (
    Embedding,
    EnrichedArticle,
    Enrichment,
    EntityMention,
    Sentence,
    Sentiment,
    Span,
    Summary,
    Topic,
)
from streams.errors import IndexUnavailable, MisconfiguredError, UnreadableInput
from streams.interests import Interest, Profile
from streams.records import Article, ArticleId, EntityId, EpisodeId, ReaderId, SeriesId, StoryId
from streams.settings import Settings
from streams.sinks.index import (
    AlertQuery,
    ArticleDocument,
    ArticleQuery,
    EmbeddingSpace,
    Index,
    NoveltyDocument,
    Written,
)
from streams.sinks.opening import open_index
from streams.sinks.scores import Score
from tests.stack.server import free_ports

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SPACE = EmbeddingSpace("test-space", 8)
NEGATIVE, POSITIVE = Sentiment.of(0.8, 0.15, 0.05), Sentiment.of(0.1, 0.2, 0.7)

Reopen = Callable[..., Index]
Refresh = Callable[[], Awaitable[None]]


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.stack)])
def settings(request: pytest.FixtureRequest, tmp_path: Path, namespace: str) -> Settings:
    """Return settings of an index that nobody has used."""
    if request.param == "sqlite":
        return Settings(index="sqlite", data_dir=tmp_path, namespace=namespace)
    server = request.getfixturevalue("elasticsearch")
    return Settings(index="elasticsearch", elasticsearch_url=server.url, namespace=namespace)


@pytest.fixture
async def index(settings: Settings) -> AsyncIterator[Index]:
    """Return the index, prepared."""
    opened = open_index(settings)
    await opened.prepare()
    yield opened
    await opened.close()


@pytest.fixture
def refresh(settings: Settings) -> Refresh:
    """Return what makes all that was written findable at once, instead of at the next refresh."""

    async def now() -> None:
        if settings.index == "elasticsearch":
            address = f"{settings.elasticsearch_url}/{settings.namespace}-*/_refresh?ignore_unavailable=true"
            request = urllib.request.Request(address, method="POST")
            await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=30).close())

    return now


def vector(*values: float) -> Embedding:
    """Return a unit vector of 8 dimensions that begins with the values."""
    full = np.zeros(SPACE.dimensions, dtype=np.float32)
    full[: len(values)] = values
    return Embedding.of(SPACE.name, full / np.linalg.norm(full))


def enriched(
    name: str,
    *,
    title: str = "Northwind Airways cancels flights",
    body: str = "Crews walked out on Monday. The airline expects losses.",
    at: datetime = NOON,
    updated: datetime | None = None,
    source: str = "wire",
    sentiment: Sentiment = NEGATIVE,
    topics: tuple[str, ...] = ("labour",),
    entities: tuple[str, ...] = ("nwa",),
    embedding: Embedding | None = None,
    generation: int = 0,
) -> EnrichedArticle:
    """Return an article about an invented company, with the model's answer."""
    return EnrichedArticle(
        article=Article(
            article_id=ArticleId(name),
            title=title,
            body=body,
            source=source,
            url=f"https://news.example/{name}",
            language="en",
            published_at=at,
            updated_at=updated or at,
            received_at=at + timedelta(seconds=3),
        ),
        enrichment=Enrichment(
            summary=Summary(text=body, sentences=(0,)),
            sentiment=sentiment,
            topics=tuple(Topic(topic=topic, probability=0.9) for topic in topics),
            entities=tuple(
                EntityMention(
                    id=EntityId(entity),
                    name=entity.upper(),
                    relevance=0.7,
                    sentiment=sentiment,
                    spans=(Span(field="title", start=0, end=9),),
                    sentences=(0,),
                )
                for entity in entities
            ),
            sentences=(Sentence(text=body, start=0, end=len(body), sentiment=sentiment),),
            embedding=embedding or vector(1.0),
            language="en",
            model="test-1",
            generation=generation,
        ),
    )


def filed(article: EnrichedArticle, day: date | None = None) -> ArticleDocument:
    """Return the article with the day of its publication, or another."""
    return ArticleDocument(article, day or article.article.published_at.date())


async def put(index: Index, *articles: EnrichedArticle) -> list[Written]:
    """Store articles, and return what became of each."""
    return [outcome.written for outcome in await index.put_articles([filed(article) for article in articles])]


def ids(hits: object) -> list[str]:
    """Return the ids of hits."""
    return [hit.article.article.article_id for hit in hits]  # type: ignore[attr-defined]


def transition(
    episode: str, revision: int, kind: str = "updated", at: datetime = NOON, rarity_days: float = 120.0
) -> AlertTransition:
    """Return one step of an episode."""
    return AlertTransition(
        transition_id=f"{episode}-{revision}",
        episode_id=EpisodeId(episode),
        series=SeriesId("entity:nwa"),
        entity_id=EntityId("nwa"),
        name="Northwind Airways",
        kind=kind,  # type: ignore[arg-type]
        revision=revision,
        rule="surge",
        severity="high",
        opened_at=NOON,
        at=at,
        received_at=at,
        observed=9.0,
        expected=1.5,
        window_s=21_600.0,
        p_value=1e-6,
        rarity_days=rarity_days,
        stories=9,
        articles=14,
        evidence=(Evidence(article_id=ArticleId("a"), sentence="Crews walked out.", at=at, score=-0.7),),
        model="test-1",
        detector="1",
    )


async def listed(index: Index, **fields: Any) -> list[AlertTransition]:
    """Return the first page of the episodes that a query finds."""
    return list((await index.search_alerts(AlertQuery(**fields))).alerts)


def novelty(name: str, series: str = "entity:nwa", story: str = "00ff", before: int = 3) -> NoveltyDocument:
    """Return how new an article was to a series."""
    told = Novelty(
        article_id=ArticleId(name),
        series=SeriesId(series),
        story=StoryId(story),
        first=before == 0,
        before_24h=before,
        before_7d=before + 1,
    )
    return NoveltyDocument(told, NOON)


def profile(reader: str, at: datetime = NOON, clicks: int = 3) -> Profile:
    """Return a reader's profile."""
    interest = Interest(id="nwa", name="Northwind Airways", weight=2.5)
    return Profile(reader_id=ReaderId(reader), at=at, clicks=clicks, entities=(interest,), embedding=vector(0.0, 1.0))


# --- articles: what is written


async def test_article_comes_back_as_it_was_written(index: Index, refresh: Refresh) -> None:
    """What is stored and read is equal to the last digit, with the embedding and a body of 200,000 characters."""
    article = enriched("a", body="Crews & <b>pilots</b> \U0001f6eb said: \u201cno\u201d.\0 " * 5200)
    assert await put(index, article) == [Written.NEW]
    await refresh()
    assert await index.get_article(ArticleId("a")) == article
    assert await index.get_article(ArticleId("b")) is None


async def test_no_documents_have_no_outcomes(index: Index) -> None:
    """An empty write is answered with nothing."""
    assert await index.put_articles([]) == []
    assert await index.put_profiles([]) == []
    assert await index.put_alerts([]) == []
    assert await index.put_novelties([]) == []


async def test_repeat_is_stale(index: Index) -> None:
    """The same version again changes nothing, and is no error, in one request or in two."""
    article = enriched("a")
    assert await put(index, article, article) == [Written.NEW, Written.STALE]
    assert await put(index, article) == [Written.STALE]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_later_correction_wins_in_either_order(index: Index, refresh: Refresh, order: tuple[int, int]) -> None:
    """Of two versions the later stands, however they arrive, and only its words are found."""
    versions = (
        enriched("a", title="Profit falls"),
        enriched("a", title="Profit soars", updated=NOON + timedelta(milliseconds=1)),
    )
    written = [(await put(index, versions[each]))[0] for each in order]
    assert written == ([Written.NEW, Written.NEW] if order == (0, 1) else [Written.NEW, Written.STALE])
    await refresh()
    assert await index.get_article(ArticleId("a")) == versions[1]
    assert (await index.search_articles(ArticleQuery(text="soars"))).total == 1
    assert (await index.search_articles(ArticleQuery(text="falls"))).total == 0


async def test_rescoring_wins_over_the_same_text(index: Index, refresh: Refresh) -> None:
    """A higher generation of the same text replaces the lower, entities and topics included."""
    await put(index, enriched("a", entities=("nwa",), topics=("labour",)))
    better = enriched("a", entities=("fab",), topics=("energy",), generation=1)
    assert await put(index, better) == [Written.NEW]
    await refresh()
    assert (await index.search_articles(ArticleQuery(entity_id=EntityId("nwa")))).total == 0
    assert (await index.search_articles(ArticleQuery(topic="labour"))).total == 0
    assert ids((await index.search_articles(ArticleQuery(entity_id=EntityId("fab"), topic="energy"))).hits) == ["a"]


async def test_correction_of_the_date_leaves_one_document(index: Index, refresh: Refresh) -> None:
    """An article whose date is corrected by months keeps its first day, and is found once, at the new date."""
    first = enriched("a")
    corrected = enriched("a", at=NOON + timedelta(days=70), updated=NOON + timedelta(days=70))
    await index.put_articles([filed(first)])
    (outcome,) = await index.put_articles([filed(corrected, day=NOON.date())])
    assert outcome.written is Written.NEW
    await refresh()
    page = await index.search_articles(ArticleQuery())
    assert (page.total, ids(page.hits)) == (1, ["a"])
    assert (await index.search_articles(ArticleQuery(until=NOON + timedelta(days=1)))).total == 0
    assert (await index.search_articles(ArticleQuery(since=NOON + timedelta(days=69)))).total == 1


async def test_bad_documents_are_refused_alone(index: Index, refresh: Refresh) -> None:
    """Among good ones, a document that cannot be taken is rejected with a reason, and nothing else is."""
    wrong_space = enriched("b", embedding=Embedding.of("elsewhere", np.ones(8, dtype=np.float32)))
    wrong_size = enriched("c", embedding=Embedding.of(SPACE.name, np.ones(9, dtype=np.float32)))
    not_finite = enriched("d", embedding=Embedding.of(SPACE.name, np.full(8, np.inf, dtype=np.float32)))
    no_base64 = enriched("e", embedding=Embedding(space=SPACE.name, vector="*"))
    articles = [enriched("a"), wrong_space, wrong_size, not_finite, no_base64, enriched("x" * 513), enriched("f")]
    outcomes = await index.put_articles([filed(article) for article in articles])
    assert [outcome.written for outcome in outcomes] == [Written.NEW, *[Written.REJECTED] * 5, Written.NEW]
    assert "elsewhere" in outcomes[1].detail
    assert "9 dimensions" in outcomes[2].detail
    assert "513 bytes" in outcomes[5].detail
    assert all(outcome.detail for outcome in outcomes[1:6])
    await refresh()
    assert (await index.search_articles(ArticleQuery())).total == 2


async def test_long_names_are_kept(index: Index, refresh: Refresh) -> None:
    """A name longer than any search takes does not make the index refuse the article."""
    article = enriched("a", source="s" * 40_000, entities=("e" * 40_000,))
    assert await put(index, article) == [Written.NEW]
    await refresh()
    assert await index.get_article(ArticleId("a")) == article


async def test_dates_of_any_year_are_taken(index: Index, refresh: Refresh) -> None:
    """Articles of 1905 and of 1987 are found in the order of their time."""
    old, older = enriched("b", at=datetime(1987, 2, 26, tzinfo=UTC)), enriched("c", at=datetime(1905, 1, 9, tzinfo=UTC))
    assert await put(index, enriched("a"), older, old) == [Written.NEW] * 3
    await refresh()
    assert ids((await index.search_articles(ArticleQuery())).hits) == ["a", "b", "c"]


async def test_every_part_of_an_answer_is_kept(index: Index, refresh: Refresh) -> None:
    """Evidence, versions and the time of scoring, and what each topic and entity rests on, come back as they were."""
    plain = enriched("a", generation=1)
    answer = plain.enrichment
    topics = tuple(topic.model_copy(update={"sentences": (1, 0)}) for topic in answer.topics)
    entities = tuple(each.model_copy(update={"first_sentence": 2, "companions": 3}) for each in answer.entities)
    fields = {"evidence": (2, 0), "gazetteer": "names-7", "scored_at": NOON, "topics": topics, "entities": entities}
    article = plain.model_copy(update={"enrichment": answer.model_copy(update=fields)})
    assert await put(index, article) == [Written.NEW]
    await refresh()
    assert await index.get_article(ArticleId("a")) == article


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
async def test_rescoring_keeps_the_earlier_answers(index: Index, refresh: Refresh, order: tuple[int, ...]) -> None:
    """The article shows the latest generation; what each said stays, in order, however they came and once."""
    versions = (
        enriched("a", sentiment=NEGATIVE),
        enriched("a", sentiment=POSITIVE, entities=("nwa", "fab"), generation=1),
        enriched("a", sentiment=NEGATIVE, updated=NOON + timedelta(minutes=1)),
    )
    for number in order:
        await put(index, versions[number])
    assert await put(index, versions[0], enriched("b"), versions[2]) == [Written.STALE, Written.NEW, Written.STALE]
    await refresh()
    assert await index.get_article(ArticleId("a")) == versions[2]

    def score(version: EnrichedArticle) -> Score:
        answer = version.enrichment
        return Score(
            article_id=ArticleId("a"),
            version=version.version,
            updated_at=version.article.updated_at,
            generation=answer.generation,
            model="test-1",
            sentiment=answer.sentiment,
            entities={each.id: each.sentiment for each in answer.entities},
        )

    assert await index.scores_of(ArticleId("a")) == [score(version) for version in versions]
    assert await index.scores_of(ArticleId("c")) == []


# --- articles: what is found


async def test_all_words_must_occur(index: Index, refresh: Refresh) -> None:
    """Words are looked for in title and body together, without regard to case; all have to be there."""
    await put(
        index,
        enriched("a", title="Northwind strike", body="Pilots walked out."),
        enriched("b", title="Northwind profit", body="Pilots applaud."),
    )
    await refresh()
    assert ids((await index.search_articles(ArticleQuery(text="NORTHWIND pilots strike"))).hits) == ["a"]
    assert (await index.search_articles(ArticleQuery(text="northwind pilots"))).total == 2
    assert (await index.search_articles(ArticleQuery(text="northwind volcano"))).total == 0


async def test_phrases_must_occur_as_they_stand(index: Index, refresh: Refresh) -> None:
    """Words between double quotes are found side by side only."""
    await put(index, enriched("a", body="A strike vote is due."), enriched("b", body="They vote to strike."))
    await refresh()
    assert ids((await index.search_articles(ArticleQuery(text='"strike vote"'))).hits) == ["a"]
    assert (await index.search_articles(ArticleQuery(text="strike vote"))).total == 2


@pytest.mark.parametrize("text", ['"', "AND", "NOT (", "title:", "*", "a OR", "\x00", "!!! ???", "col^2 -x", "'; --"])
async def test_no_text_is_a_syntax_error(index: Index, refresh: Refresh, text: str) -> None:
    """Whatever is typed is looked for as words; what has none finds nothing."""
    await put(index, enriched("a"))
    await refresh()
    assert (await index.search_articles(ArticleQuery(text=text))).total == 0


async def test_better_match_comes_first(index: Index, refresh: Refresh) -> None:
    """With text, an article that has the word in its title is before a newer one that has it in a long body."""
    await put(
        index,
        enriched("title", title="Strike", body="Crews walked out.", at=NOON - timedelta(days=40)),
        enriched("body", title="Weather", body="Rain. " * 50 + "A strike. " + "Rain. " * 50),
    )
    await refresh()
    hits = (await index.search_articles(ArticleQuery(text="strike"))).hits
    assert ids(hits) == ["title", "body"]
    assert hits[0].score > hits[1].score > 0


async def test_highlights_are_marked_and_escaped(index: Index, refresh: Refresh) -> None:
    """Fragments show the matches in <mark>; what the article says itself can do no harm in a page."""
    hostile = "<script>alert('x')</script> &"
    await put(index, enriched("a", title=f"Strike {hostile}", body=f"{hostile} The strike goes on. {hostile}"))
    await refresh()
    (hit,) = (await index.search_articles(ArticleQuery(text="strike"))).hits
    assert len(hit.highlight) == 2
    for fragment in hit.highlight:
        assert "<mark>" in fragment
        assert "</mark>" in fragment
        assert "<script" not in fragment
    assert "&lt;script&gt;" in hit.highlight[0]


async def test_conditions_hold_together(index: Index, refresh: Refresh) -> None:
    """Entity, topic, label, source and time each narrow the result, the end of the time being exclusive."""
    wanted = enriched("a", source="paper", sentiment=POSITIVE, topics=("energy", "labour"), entities=("nwa", "fab"))
    others = [
        enriched("b", source="paper", sentiment=POSITIVE, topics=("energy",), entities=("xyz",)),
        enriched("c", source="paper", sentiment=POSITIVE, topics=("trade",), entities=("fab",)),
        enriched("d", source="paper", sentiment=NEGATIVE, topics=("energy",), entities=("fab",)),
        enriched("e", source="wire", sentiment=POSITIVE, topics=("energy",), entities=("fab",)),
        enriched(
            "f", source="paper", sentiment=POSITIVE, topics=("energy",), entities=("fab",), at=NOON + timedelta(1)
        ),
        enriched(
            "g", source="paper", sentiment=POSITIVE, topics=("energy",), entities=("fab",), at=NOON - timedelta(1)
        ),
    ]
    await put(index, wanted, *others)
    await refresh()
    query = ArticleQuery(
        text="crews",
        entity_id=EntityId("fab"),
        topic="energy",
        label="positive",
        source="paper",
        since=NOON,
        until=NOON + timedelta(days=1),
    )
    page = await index.search_articles(query)
    assert (ids(page.hits), page.total, page.cursor) == (["a"], 1, None)


@pytest.mark.parametrize("text", ["", "crews"])
async def test_pages_follow_each_other_without_gap_or_repeat(index: Index, refresh: Refresh, text: str) -> None:
    """Following the cursor shows each article once, equal times and scores included, and then ends."""
    articles = [enriched(f"a{number:02}", at=NOON + timedelta(days=number % 3 * 20)) for number in range(23)]
    await put(index, *articles)
    await refresh()
    seen: list[str] = []
    cursor = None
    for _ in range(6):
        page = await index.search_articles(ArticleQuery(text=text, limit=5, cursor=cursor))
        assert page.total == 23
        seen += ids(page.hits)
        cursor = page.cursor
        if cursor is None:
            break
    assert cursor is None
    assert sorted(seen) == sorted(article.article.article_id for article in articles)
    newest_first = sorted(articles, key=lambda each: (-each.article.published_at.timestamp(), each.article.article_id))
    if not text:
        assert seen == [each.article.article_id for each in newest_first]


@pytest.mark.parametrize("cursor", ["", "nonsense", "WzFd", "WyJhIiwiYiJd", "e30=", "WzFlOTksImEiXQ=="])
async def test_foreign_cursor_is_unreadable(index: Index, cursor: str) -> None:
    """A cursor that no such search gave is refused as bad input."""
    with pytest.raises(UnreadableInput, match="cursor"):
        await index.search_articles(ArticleQuery(cursor=cursor))


async def test_search_leaves_the_vector_out(index: Index, refresh: Refresh) -> None:
    """A found article is the one that was stored but for the vector of its embedding."""
    article = enriched("a")
    await put(index, article)
    await refresh()
    (hit,) = (await index.search_articles(ArticleQuery())).hits
    assert hit.article.enrichment.embedding == Embedding(space=SPACE.name, vector="")
    assert hit.article.article == article.article
    assert hit.article.enrichment.sentences == article.enrichment.sentences


async def test_nearest_come_by_cosine(index: Index, refresh: Refresh) -> None:
    """The nearest come first, with their cosine and their embedding; one without direction is never found."""
    await put(
        index,
        enriched("same", embedding=vector(1.0)),
        enriched("near", embedding=vector(0.8, 0.6), at=NOON - timedelta(days=40)),
        enriched("far", embedding=vector(0.0, 1.0)),
        enriched("opposite", embedding=vector(-1.0)),
        enriched("nowhere", embedding=Embedding.of(SPACE.name, np.zeros(8, dtype=np.float32))),
    )
    await refresh()
    query = np.eye(8, dtype=np.float32)[0]
    hits = await index.nearest_articles(SPACE.name, query, 10)
    assert ids(hits) == ["same", "near", "far", "opposite"]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.8, 0.0, -1.0], abs=2e-3)
    assert hits[1].article.enrichment.embedding == vector(0.8, 0.6)
    assert ids(await index.nearest_articles(SPACE.name, query, 1)) == ["same"]
    assert ids(await index.nearest_articles(SPACE.name, query, 2, since=NOON)) == ["same", "far"]
    assert await index.nearest_articles("elsewhere", query, 10) == []
    assert await index.nearest_articles(SPACE.name, np.zeros(8, dtype=np.float32), 10) == []


async def test_nearest_see_what_was_written_since(index: Index, refresh: Refresh) -> None:
    """A corrected vector replaces the one that an earlier search has seen."""
    query = np.eye(8, dtype=np.float32)[0]
    await put(index, enriched("a", embedding=vector(1.0)), enriched("b", embedding=vector(0.6, 0.8)))
    await refresh()
    assert ids(await index.nearest_articles(SPACE.name, query, 5)) == ["a", "b"]
    later = NOON + timedelta(seconds=1)
    await put(
        index, enriched("a", embedding=vector(0.0, 1.0), updated=later), enriched("c", embedding=vector(0.9, 0.1))
    )
    await refresh()
    assert ids(await index.nearest_articles(SPACE.name, query, 5)) == ["c", "b", "a"]


async def test_timeline_counts_by_slice_and_label(index: Index, refresh: Refresh) -> None:
    """Slices begin at whole multiples of their length since 1970, before it too; empty ones are left out."""
    old = datetime(1965, 7, 1, 0, 30, tzinfo=UTC)
    await put(
        index,
        enriched("a", at=NOON + timedelta(minutes=5)),
        enriched("b", at=NOON + timedelta(minutes=59), sentiment=POSITIVE),
        enriched("c", at=NOON + timedelta(hours=3)),
        enriched("d", at=old),
        enriched("e", at=NOON, entities=("xyz",)),
    )
    await refresh()
    slices = await index.sentiment_timeline(ArticleQuery(text="crews", entity_id=EntityId("nwa")), 3600)
    assert [each.start for each in slices] == [old - timedelta(minutes=30), NOON, NOON + timedelta(hours=3)]
    assert slices[1].counts == {"negative": 1, "neutral": 0, "positive": 1}
    assert slices[1].mean_score == pytest.approx((NEGATIVE.score + POSITIVE.score) / 2, abs=1e-6)
    assert slices[2].counts == {"negative": 1, "neutral": 0, "positive": 0}
    everything = await index.sentiment_timeline(ArticleQuery(), 3600)
    assert [sum(each.counts.values()) for each in everything] == [1, 3, 1]
    for most in (1, 2, 3, 4):
        assert await index.sentiment_timeline(ArticleQuery(), 3600, most) == everything[:most]
    assert await index.sentiment_timeline(ArticleQuery(text="volcano"), 3600) == []
    assert await index.sentiment_timeline(ArticleQuery(text="???"), 3600) == []


async def test_empty_index_has_nothing(index: Index) -> None:
    """Before the first document every question has an answer, and it is: none."""
    page = await index.search_articles(ArticleQuery(text="crews"))
    assert (page.hits, page.total, page.cursor) == ((), 0, None)
    assert await index.nearest_articles(SPACE.name, np.eye(8, dtype=np.float32)[0], 5) == []
    assert await index.sentiment_timeline(ArticleQuery(), 3600) == []
    assert await index.get_article(ArticleId("a")) is None
    assert await index.get_profile(ReaderId("r")) is None
    assert await listed(index) == []
    assert await index.get_alert(EpisodeId("e")) is None
    assert await index.novelties_of(ArticleId("a")) == []
    assert await index.scores_of(ArticleId("a")) == []
    assert not await index.forget_reader(ReaderId("r"))
    health = await index.check()
    assert (health.reachable, health.articles, health.spaces) == (True, 0, ())


# --- profiles


async def test_latest_profile_stands(index: Index) -> None:
    """A profile of a later moment replaces, and so does one of the same moment with more clicks: of a late click."""
    first, late, later = profile("r"), profile("r", clicks=4), profile("r", NOON + timedelta(seconds=1), clicks=1)
    outcomes = await index.put_profiles([first, late, first, later, late, later, profile("s")])
    new, stale = Written.NEW, Written.STALE
    assert [outcome.written for outcome in outcomes] == [new, new, stale, new, stale, stale, new]
    assert await index.get_profile(ReaderId("r")) == later


async def test_forgotten_reader_is_gone(index: Index) -> None:
    """Erasing says whether there was a profile, erases this one only, and a new one may follow."""
    await index.put_profiles([profile("r"), profile("s")])
    assert await index.forget_reader(ReaderId("r"))
    assert not await index.forget_reader(ReaderId("r"))
    assert await index.get_profile(ReaderId("r")) is None
    assert await index.get_profile(ReaderId("s")) == profile("s")
    (outcome,) = await index.put_profiles([profile("r", NOON + timedelta(seconds=1), clicks=1)])
    assert outcome.written is Written.NEW


async def test_profile_without_a_usable_id_is_refused(index: Index) -> None:
    """An empty or endless id is refused, and asking for it finds nothing."""
    outcomes = await index.put_profiles([profile(""), profile("r" * 513), profile("r")])
    assert [outcome.written for outcome in outcomes] == [Written.REJECTED, Written.REJECTED, Written.NEW]
    assert await index.get_profile(ReaderId("")) is None
    assert not await index.forget_reader(ReaderId("r" * 513))


# --- alerts


async def test_each_episode_shows_its_latest_step(index: Index, refresh: Refresh) -> None:
    """Episodes are listed once, by their highest revision however they arrived, the newest first."""
    steps = [
        transition("e1", 0, "opened"),
        transition("e1", 2, "resolved", NOON + timedelta(hours=2)),
        transition("e1", 1, "updated", NOON + timedelta(hours=1)),
        transition("e2", 0, "opened", NOON + timedelta(hours=1)),
        transition("e3", 0, "opened", NOON - timedelta(days=9), rarity_days=float("inf")),
    ]
    assert [outcome.written for outcome in await index.put_alerts(steps)] == [Written.NEW] * 5
    await refresh()
    assert await listed(index) == [steps[1], steps[3], steps[4]]
    assert await listed(index, limit=1) == [steps[1]]
    assert await listed(index, state="open") == [steps[3], steps[4]]
    assert await listed(index, state="open", since=NOON) == [steps[3]]


async def test_episodes_are_found_by_each_condition(index: Index, refresh: Refresh) -> None:
    """Entity, severity, rule, state and time narrow the list, alone and together, by the latest step alone."""
    graver, other = {"severity": "high"}, {"entity_id": "qln", "severity": "low", "rule": "turn"}
    taken = {"acknowledged_by": "ada", "severity": "medium"}
    was = transition("e1", 0, "opened").model_copy(update={"severity": "low"})
    e1 = transition("e1", 1, "updated", NOON + timedelta(hours=3)).model_copy(update=graver)
    e2 = transition("e2", 0, "opened", NOON + timedelta(hours=2), float("inf")).model_copy(update=other)
    e3 = transition("e3", 1, "acknowledged", NOON + timedelta(hours=1)).model_copy(update=taken)
    e4 = transition("e4", 2, "resolved", NOON).model_copy(update=taken | {"entity_id": None})
    await index.put_alerts([was, e1, e2, e3, e4])
    await refresh()
    asked: list[tuple[dict[str, Any], list[AlertTransition]]] = [
        ({"entity_id": "qln"}, [e2]),
        ({"entity_id": "nobody"}, []),
        ({"severity": "low"}, [e2]),
        ({"severity": "high"}, [e1]),
        ({"rule": "surge"}, [e1, e3, e4]),
        ({"state": "open"}, [e1, e2, e3]),
        ({"state": "unacknowledged"}, [e1, e2]),
        ({"state": "acknowledged"}, [e3]),
        ({"state": "resolved"}, [e4]),
        ({"since": e3.at, "until": e1.at}, [e2, e3]),
        ({"entity_id": "nwa", "severity": "medium", "rule": "surge", "state": "open", "until": e2.at}, [e3]),
        ({"entity_id": "nwa", "severity": "low"}, []),
    ]
    for conditions, found in asked:
        assert await listed(index, **conditions) == found, conditions


async def test_episodes_are_read_page_by_page(index: Index, refresh: Refresh) -> None:
    """Each page begins where the one before ended, also among those of one moment; what is no cursor is refused."""
    steps = [transition(f"e{n}", 0, "opened", NOON + timedelta(minutes=n // 3)) for n in range(8)]
    await index.put_alerts([*steps, transition("other", 0).model_copy(update={"rule": "turn"})])
    await refresh()
    seen: list[AlertTransition] = []
    query = AlertQuery(rule="surge", limit=3)
    for expected in (3, 3, 2):
        page = await index.search_alerts(query)
        assert len(page.alerts) == expected
        seen += page.alerts
        query = replace(query, cursor=page.cursor)
    assert query.cursor is None
    assert seen == sorted(steps, key=lambda step: (-step.at.timestamp(), step.episode_id))
    with pytest.raises(UnreadableInput, match="cursor"):
        await index.search_alerts(AlertQuery(cursor="nonsense"))


async def test_repeated_transition_is_stale(index: Index, refresh: Refresh) -> None:
    """A transition that is written again is there once."""
    step = transition("e1", 0, "opened")
    outcomes = await index.put_alerts([step, step]) + await index.put_alerts([step])
    assert [outcome.written for outcome in outcomes] == [Written.NEW, Written.STALE, Written.STALE]
    await refresh()
    assert await listed(index) == [step]


async def test_each_episode_is_found_by_its_id(index: Index) -> None:
    """The latest step of one episode is there at once, by the highest revision; an unknown one is not."""
    steps = [transition("e1", 2), transition("e1", 1), transition("e2", 0, "opened")]
    await index.put_alerts(steps)
    assert await index.get_alert(EpisodeId("e1")) == steps[0]
    assert await index.get_alert(EpisodeId("e2")) == steps[2]
    for unknown in ("e3", "", "e" * 513):
        assert await index.get_alert(EpisodeId(unknown)) is None


async def test_every_field_of_a_step_is_kept(index: Index, refresh: Refresh) -> None:
    """Rule, labels of any name, topic, threshold, what was held back and who acknowledged come back as they were."""
    fields = {
        "rule_kind": "turn",
        "rules_version": "4f1c",
        "labels": {"desk": "transport", "team.lead": "ada", "note": "n" * 40_000},
        "topic": "labour",
        "threshold": 1e-5,
        "inhibited": 17,
        "acknowledged_by": "ada",
    }
    step = transition("e1", 3, "acknowledged").model_copy(update=fields)
    plain = transition("e2", 0, "opened", NOON - timedelta(hours=1))
    assert [outcome.written for outcome in await index.put_alerts([step, plain])] == [Written.NEW, Written.NEW]
    await refresh()
    assert await listed(index, state="open") == [step, plain]
    assert await index.get_alert(EpisodeId("e1")) == step


# --- novelties


async def test_first_novelty_of_an_article_and_series_stands(index: Index, refresh: Refresh) -> None:
    """Each article has one for each of its series; what is said again changes nothing."""
    entity, market, other = novelty("a"), novelty("a", "market", before=0), novelty("b")
    again = novelty("a", before=9)
    outcomes = await index.put_novelties([market, entity, other, again, novelty("x" * 513)])
    outcomes += await index.put_novelties([again, market])
    new, stale = Written.NEW, Written.STALE
    assert [outcome.written for outcome in outcomes] == [new, new, new, stale, Written.REJECTED, stale, stale]
    await refresh()
    assert await index.novelties_of(ArticleId("a")) == [entity.novelty, market.novelty]
    assert await index.novelties_of(ArticleId("b")) == [other.novelty]
    assert await index.novelties_of(ArticleId("c")) == []


# --- the whole


async def test_namespaces_do_not_meet(index: Index, settings: Settings, refresh: Refresh) -> None:
    """What one namespace holds, another, even one that begins with its name, neither finds nor overwrites."""
    neighbours = [settings.model_copy(update={"namespace": f"{settings.namespace}{tail}"}) for tail in ("-news", "x")]
    await put(index, enriched("a", title="Ours"))
    await index.put_profiles([profile("r")])
    await index.put_alerts([transition("e1", 0)])
    for neighbour in map(open_index, neighbours):
        await neighbour.prepare()
        assert (await neighbour.search_articles(ArticleQuery())).total == 0
        assert await neighbour.get_profile(ReaderId("r")) is None
        assert await neighbour.put_articles([filed(enriched("a", title="Theirs", updated=NOON + timedelta(days=1)))])
        await neighbour.put_alerts([transition("e1", 5, at=NOON + timedelta(days=1))])
        await neighbour.put_novelties([novelty("a", "market")])
        await neighbour.close()
    await refresh()
    assert [hit.article.article.title for hit in (await index.search_articles(ArticleQuery())).hits] == ["Ours"]
    assert await listed(index) == [transition("e1", 0)]
    assert await index.novelties_of(ArticleId("a")) == []
    assert len(await index.scores_of(ArticleId("a"))) == 1


async def test_preparing_again_keeps_everything(index: Index, settings: Settings, refresh: Refresh) -> None:
    """A second process prepares, reads what the first wrote, and goes on writing."""
    await put(index, enriched("a"))
    await refresh()
    second = open_index(settings)
    await second.prepare()
    assert await put(second, enriched("a"), enriched("b")) == [Written.STALE, Written.NEW]
    await refresh()
    assert (await index.search_articles(ArticleQuery())).total == 2
    health = await second.check()
    assert (health.reachable, health.articles, health.spaces) == (True, 2, (SPACE.name,))
    await second.close()


async def test_writing_needs_no_preparation(settings: Settings, refresh: Refresh) -> None:
    """An index that nobody prepared prepares itself at the first write."""
    index = open_index(settings)
    assert await put(index, enriched("a")) == [Written.NEW]
    await refresh()
    assert (await index.nearest_articles(SPACE.name, np.eye(8, dtype=np.float32)[0], 5))[0].score > 0.99
    await index.close()


async def test_another_embedding_space_is_refused(index: Index, settings: Settings) -> None:
    """The first space that is named or written is kept; another one is a person's choice to make."""
    await index.prepare(SPACE)
    await index.prepare(SPACE)
    await index.prepare()
    second = open_index(settings)
    for other in (EmbeddingSpace("elsewhere", 8), EmbeddingSpace(SPACE.name, 9)):
        with pytest.raises(MisconfiguredError, match="TIDEWATCH_NAMESPACE"):
            await second.prepare(other)
    assert (await second.check()).spaces == (SPACE.name,)
    await second.close()


async def test_two_processes_write_at_once(index: Index, settings: Settings, refresh: Refresh) -> None:
    """Two writers of the same new index and the same articles get in nobody's way: each article is new once."""
    second = open_index(settings)
    batches = [[enriched(f"a{number}") for number in range(start, start + 40)] for start in (0, 20, 40)]
    results = await asyncio.gather(*(put(writer, *batch) for batch in batches for writer in (index, second)))
    assert [written for result in results for written in result].count(Written.NEW) == 80
    await refresh()
    assert (await index.search_articles(ArticleQuery())).total == 80
    await second.close()


async def test_index_that_is_away_says_so(settings: Settings, tmp_path: Path) -> None:
    """Every verb of an index that cannot be reached raises what may be tried again; only `check` answers."""
    (tmp_path / "file").touch()
    (port,) = free_ports(1)
    away = {"data_dir": tmp_path / "file", "elasticsearch_url": f"http://127.0.0.1:{port}"}
    index = open_index(settings.model_copy(update=away))
    asked: list[Awaitable[object]] = [
        index.prepare(),
        index.put_articles([filed(enriched("a"))]),
        index.put_profiles([profile("r")]),
        index.put_alerts([transition("e", 0)]),
        index.put_novelties([novelty("a")]),
        index.get_article(ArticleId("a")),
        index.search_articles(ArticleQuery()),
        index.nearest_articles(SPACE.name, np.eye(8, dtype=np.float32)[0], 5),
        index.sentiment_timeline(ArticleQuery(), 3600),
        index.get_profile(ReaderId("r")),
        index.search_alerts(AlertQuery()),
        index.get_alert(EpisodeId("e")),
        index.novelties_of(ArticleId("a")),
        index.scores_of(ArticleId("a")),
        index.forget_reader(ReaderId("r")),
    ]
    for verb in asked:
        with pytest.raises(IndexUnavailable):
            await verb
    health = await index.check()
    assert not health.reachable
    assert health.detail
    await index.close()
