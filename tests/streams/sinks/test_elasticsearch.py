"""What is Elasticsearch's own; the rest is in the index contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from elasticsearch import AsyncElasticsearch
from pydantic import SecretStr

from streams.alerting import Novelty
from streams.errors import IndexUnavailable, MisconfiguredError
from streams.interests import Profile
from streams.records import ArticleId, ReaderId, SeriesId, StoryId
from streams.settings import Settings
from streams.sinks import elasticsearch_search, mapping
from streams.sinks.bulk import BulkWriter
from streams.sinks.elasticsearch import ElasticsearchIndex
from streams.sinks.index import ArticleDocument, ArticleQuery, EmbeddingSpace, NoveltyDocument, Written
from tests.alerts.people import alert
from tests.stack.elasticsearch import USERNAME, ElasticsearchServer
from tests.streams.sinks.articles import NOON, enriched

pytestmark = pytest.mark.stack
PASSWORD = "correct horse battery staple"
MONTH_INDEX = "news-2026.03.01-1"
LIMITED = "tidewatch"
LIMITED_FILES = {
    # bcrypt of the password above.
    "users": f"{LIMITED}:$2b$04$wPUSB4UrxQNW9HsO0twbc.b5T2Rc66QAb.nn9qBzNn1gw0SbUB8/C\n",
    "users_roles": f"limited:{LIMITED}\n",
    "roles.yml": """limited:
  cluster: [monitor, manage_index_templates]
  indices:
    - names: ['*-news*', '*-profiles', '*-episodes', '*-alerts', '*-novelties', '*-scores']
      privileges: [manage, read, write]
""",
}
"""An account with no more than `docs/operations.md` asks for."""
NOVELTY = NoveltyDocument(
    Novelty(
        article_id=ArticleId("a"), series=SeriesId("market"), story=StoryId("s"), first=True, before_24h=0, before_7d=0
    ),
    NOON,
)


@pytest.fixture
def settings(elasticsearch: ElasticsearchServer, namespace: str) -> Settings:
    """Return settings of the open server."""
    return Settings(index="elasticsearch", elasticsearch_url=elasticsearch.url, namespace=namespace)


@pytest.fixture
async def client(elasticsearch: ElasticsearchServer) -> AsyncIterator[AsyncElasticsearch]:
    """Return a client of the open server."""
    async with AsyncElasticsearch(elasticsearch.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def guarded(stack: None) -> Iterator[ElasticsearchServer]:
    """Run a second server that wants a password and takes requests of at most one megabyte."""
    with ElasticsearchServer(PASSWORD, ["http.max_content_length: 1mb"], LIMITED_FILES) as server:
        yield server


@pytest.fixture
def guarded_settings(guarded: ElasticsearchServer, namespace: str) -> Settings:
    """Return settings of the server that wants a password."""
    return Settings(
        index="elasticsearch",
        namespace=namespace,
        elasticsearch_url=guarded.url,
        elasticsearch_username=USERNAME,
        elasticsearch_password=SecretStr(PASSWORD),
    )


def filed(name: str = "a", **details: object) -> ArticleDocument:
    """Return an article with its day."""
    return ArticleDocument(enriched(name, **details), NOON.date())  # type: ignore[arg-type]


async def test_refused_document_is_rejected_alone(settings: Settings, client: AsyncElasticsearch) -> None:
    """What a mapping does not take is rejected with the cluster's reason; the others are written."""
    body = {"properties": {"tidewatch": {"properties": {"article": {"properties": {"body": {"type": "long"}}}}}}}
    name = f"{settings.namespace}-{MONTH_INDEX}"
    await client.indices.create(index=name, mappings={"dynamic": False, "properties": body["properties"]})
    index = ElasticsearchIndex(settings)
    outcomes = await index.put_articles([filed("a", body="12"), filed("b", body="twelve"), filed("c", body="13")])
    assert [outcome.written for outcome in outcomes] == [Written.NEW, Written.REJECTED, Written.NEW]
    assert "document_parsing_exception" in outcomes[1].detail
    assert "twelve" in outcomes[1].detail
    await index.close()


async def test_cluster_holds_what_the_conventions_ask(settings: Settings, client: AsyncElasticsearch) -> None:
    """Articles lie in a strict index of their month behind the alias, by ECS names, the vector's options stated."""
    index = ElasticsearchIndex(settings)
    await index.put_articles([filed(url="https://news.example/a")])
    name = f"{settings.namespace}-{MONTH_INDEX}"
    stored = await client.get(index=name, id="a")
    assert stored["_version"] == filed().article.version
    assert stored["_source"]["url"]["domain"] == "news.example"
    made = (await client.indices.get(index=name))[name]
    assert made["aliases"] == {f"{settings.namespace}-news": {}}
    assert made["mappings"]["dynamic"] == "strict"
    vector = made["mappings"]["properties"]["tidewatch"]["properties"]["embedding"]
    assert (vector["dims"], vector["index_options"]["type"]) == (8, "int8_hnsw")
    assert made["settings"]["index"]["number_of_shards"] == "1"
    await index.close()


async def test_index_of_an_earlier_version_goes_on(settings: Settings, client: AsyncElasticsearch) -> None:
    """A strict index that was made before a field was known gets it at the next start, and takes what has it."""
    fields = mapping.news_fields(english=False)["properties"]
    del fields["tidewatch"]["properties"]["gazetteer"]
    name = f"{settings.namespace}-{MONTH_INDEX}"
    await client.indices.create(
        index=name,
        mappings={"dynamic": "strict", "properties": fields},
        aliases={f"{settings.namespace}-news": {}},
    )
    index = ElasticsearchIndex(settings)
    await index.prepare()
    made = (await client.indices.get_mapping(index=name))[name]["mappings"]
    assert made["dynamic"] == "strict"
    assert made["properties"]["tidewatch"]["properties"]["gazetteer"]["type"] == "keyword"
    await index.close()


@pytest.mark.parametrize("kind", ["profiles", "episodes", "alerts", "novelties", "scores"])
async def test_an_index_with_another_mapping_is_named(
    settings: Settings, client: AsyncElasticsearch, kind: str
) -> None:
    """A field of another type is refused before anything is written, with the index, the field and what to do."""
    name = f"{settings.namespace}-{kind}"
    await client.indices.create(index=name, mappings={"properties": {"tidewatch": {"type": "keyword"}}})
    index = ElasticsearchIndex(settings)
    try:
        with pytest.raises(MisconfiguredError, match=rf"index '{name}'.*\[tidewatch\].* TIDEWATCH_NAMESPACE"):
            await index.prepare()
    finally:
        await index.close()


async def test_an_index_that_was_deleted_is_made_again(settings: Settings, client: AsyncElasticsearch) -> None:
    """Writing goes on with the template's mapping, also where a cluster makes no indices by itself."""
    index = ElasticsearchIndex(settings)
    name = f"{settings.namespace}-{MONTH_INDEX}"
    await index.put_articles([filed("a")])
    await client.indices.delete(index=name)
    await client.cluster.put_settings(persistent={"action.auto_create_index": "false"})
    try:
        (outcome,) = await index.put_articles([filed("b")])
    finally:
        await client.cluster.put_settings(persistent={"action.auto_create_index": None})
    assert outcome.written is Written.NEW
    made = (await client.indices.get(index=name))[name]
    assert made["mappings"]["dynamic"] == "strict"
    assert f"{settings.namespace}-news" in made["aliases"]
    await index.close()


async def test_a_time_line_has_as_many_slices_as_there_are(settings: Settings, client: AsyncElasticsearch) -> None:
    """Also more than a cluster counts in one search: they come in pages, each once and in order."""
    index = ElasticsearchIndex(settings)
    days = [NOON + timedelta(days=number) for number in range(5)]
    await index.put_articles([filed(f"a{number}", at=day) for number, day in enumerate(days)])
    await client.indices.refresh(index=f"{settings.namespace}-news")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elasticsearch_search, "SLICES_AT_ONCE", 2)
        await client.cluster.put_settings(persistent={"search.max_buckets": 8})
        try:
            buckets = await index.sentiment_timeline(ArticleQuery(), 60)
            first = await index.sentiment_timeline(ArticleQuery(), 60, 3)
        finally:
            await client.cluster.put_settings(persistent={"search.max_buckets": None})
    assert [(bucket.start, bucket.counts["negative"]) for bucket in buckets] == [(day, 1) for day in days]
    assert first == buckets[:3]
    await index.close()


async def test_every_word_is_looked_for(
    settings: Settings, client: AsyncElasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AT&T is not found wherever a T is, nor everything for `will`. This cluster knows English by its name alone."""
    stated = mapping.ENGLISH["analysis"]["analyzer"]["english"] | {"type": "standard"}
    monkeypatch.setattr(mapping, "ENGLISH", {"analysis": {"analyzer": {"english": stated}}})
    index = ElasticsearchIndex(settings)
    await index.put_articles([filed("a", body="AT&T cuts its outlook."), filed("b", body="T-Mobile adds customers.")])
    await index.prepare()
    await client.indices.refresh(index=f"{settings.namespace}-news")
    made = await client.indices.get_mapping(index=f"{settings.namespace}-{MONTH_INDEX}")
    (fields,) = [each["mappings"]["properties"]["tidewatch"]["properties"] for each in made.values()]
    assert fields["article"]["properties"]["body"]["analyzer"] == "english"
    for text, expected in (("AT&T", ["a"]), ("its", ["a"]), ("T", ["a", "b"]), ("will", [])):
        hits = (await index.search_articles(ArticleQuery(text=text))).hits
        assert sorted(hit.article.article.article_id for hit in hits) == expected, text
    await index.close()


async def test_two_namings_of_the_space_agree(settings: Settings) -> None:
    """When another process settled another space first, the second is told."""
    first, second = ElasticsearchIndex(settings), ElasticsearchIndex(settings)
    await asyncio.gather(first.prepare(), second.prepare())
    results = await asyncio.gather(
        first.prepare(EmbeddingSpace("one", 8)), second.prepare(EmbeddingSpace("two", 8)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["MisconfiguredError", "NoneType"]
    await first.close()
    await second.close()


async def test_templates_of_a_later_format_are_left_alone(settings: Settings, client: AsyncElasticsearch) -> None:
    """What a later version made is refused by name, not overwritten."""
    name = f"{settings.namespace}-news-fields"
    await client.cluster.put_component_template(name=name, template={}, meta={"format": 99})
    index = ElasticsearchIndex(settings)
    with pytest.raises(MisconfiguredError, match="format 99"):
        await index.prepare()
    await index.close()


async def test_writing_goes_on_when_the_cluster_comes_back(
    elasticsearch: ElasticsearchServer, settings: Settings
) -> None:
    """With the server stopped writes are tried again, and none is lost when it comes back."""
    index = ElasticsearchIndex(settings)
    await index.put_articles([filed("first")])
    failed = asyncio.Event()

    async def write(documents: object) -> object:
        try:
            return await index.put_articles(documents)  # type: ignore[arg-type]
        except IndexUnavailable:
            failed.set()
            raise

    writer: BulkWriter[ArticleDocument] = BulkWriter(write, max_items=3, max_bytes=10**6, max_age_s=0.05)  # type: ignore[arg-type]
    await asyncio.to_thread(elasticsearch.stop)
    futures = [await writer.put(filed(f"a{number}"), 1000) for number in range(10)]
    await failed.wait()
    assert not (await index.check()).reachable
    await asyncio.to_thread(elasticsearch.start)
    outcomes = await asyncio.gather(*futures)
    assert [outcome.written for outcome in outcomes] == [Written.NEW] * 10
    await writer.close()
    async with AsyncElasticsearch(elasticsearch.url) as client:
        await client.indices.refresh(index=f"{settings.namespace}-news")
    assert (await index.search_articles(ArticleQuery())).total == 11
    await index.close()


async def test_full_cluster_asks_for_patience(guarded: ElasticsearchServer, guarded_settings: Settings) -> None:
    """When the cluster takes no more shards, or no writes, the documents wait; they are not thrown away."""
    index = ElasticsearchIndex(guarded_settings)
    await index.put_articles([filed()])
    later = ArticleDocument(enriched("b", at=NOON + timedelta(days=90)), (NOON + timedelta(days=90)).date())
    async with AsyncElasticsearch(guarded.url, basic_auth=(USERNAME, PASSWORD)) as client:
        for full in ({"cluster.max_shards_per_node": 1}, {"cluster.blocks.read_only": True}):
            await client.cluster.put_settings(persistent=full)
            with pytest.raises(IndexUnavailable):
                await index.put_articles([later])
            with pytest.raises(IndexUnavailable):
                await index.put_novelties([NOVELTY])
            await client.cluster.put_settings(persistent=dict.fromkeys(full))
    outcomes = [*await index.put_articles([later]), *await index.put_novelties([NOVELTY])]
    assert [outcome.written for outcome in outcomes] == [Written.NEW, Written.NEW]
    await index.close()


async def test_credentials_are_used_and_their_lack_is_named(guarded_settings: Settings) -> None:
    """With user and password the index works; without, or with wrong ones, the setting to see to is named."""
    index = ElasticsearchIndex(guarded_settings)
    assert [outcome.written for outcome in await index.put_articles([filed()])] == [Written.NEW]
    await index.close()
    for lacking in (
        {"elasticsearch_username": None},
        {"elasticsearch_password": SecretStr("wrong")},
        {"elasticsearch_api_key": SecretStr("d3Jvbmc6d3Jvbmc=")},
    ):
        index = ElasticsearchIndex(guarded_settings.model_copy(update=lacking))
        with pytest.raises(MisconfiguredError, match="TIDEWATCH_ELASTICSEARCH_API_KEY"):
            await index.put_articles([filed()])
        health = await index.check()
        assert not health.reachable
        assert PASSWORD not in health.detail
        await index.close()


async def test_the_privileges_that_are_documented_suffice(guarded_settings: Settings) -> None:
    """An account that may not manage the cluster makes the templates, writes everything and reads it."""
    index = ElasticsearchIndex(guarded_settings.model_copy(update={"elasticsearch_username": LIMITED}))
    await index.prepare()
    reader = ReaderId("r")
    outcomes = [
        *await index.put_articles([filed()]),
        *await index.put_profiles([Profile(reader_id=reader, at=NOON, clicks=1)]),
        *await index.put_alerts([alert()]),
        *await index.put_novelties([NOVELTY]),
    ]
    assert [outcome.written for outcome in outcomes] == [Written.NEW] * 4
    assert (await index.check()).reachable
    assert await index.get_profile(reader) is not None
    await index.search_articles(ArticleQuery())
    assert await index.forget_reader(reader)
    await index.close()


async def test_request_that_is_too_large_is_divided(guarded_settings: Settings) -> None:
    """A batch above the server's limit arrives in parts; a document that is above it alone is rejected alone."""
    index = ElasticsearchIndex(guarded_settings)
    documents = [filed(f"a{number}", body="word " * 10_000) for number in range(20)]
    documents.insert(7, filed("huge", body="word " * 300_000))
    outcomes = await index.put_articles(documents)
    rejected = [number for number, outcome in enumerate(outcomes) if outcome.written is Written.REJECTED]
    assert rejected == [7]
    assert "413" in outcomes[7].detail
    assert [outcome.written for outcome in outcomes].count(Written.NEW) == 20
    await index.close()


async def test_other_servers_are_recognised(elasticsearch: ElasticsearchServer, settings: Settings) -> None:
    """A server that is no Elasticsearch is named as such."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    index = ElasticsearchIndex(settings.model_copy(update={"elasticsearch_url": f"http://127.0.0.1:{port}"}))
    with pytest.raises(MisconfiguredError, match="no Elasticsearch"):
        await index.prepare()
    await index.close()
    server.close()
