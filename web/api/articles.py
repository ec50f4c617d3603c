"""`/v1/articles`: push, search and get; `/v1/sentiment`: the time line of a search."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse

from streams.decoding import decode_article
from streams.enrichment import Label
from streams.records import ArticleId, EntityId, Moment
from streams.sinks.index import MAX_SLICES, ArticleQuery
from streams.topics import Topic
from web.api.dependencies import UsedClock, UsedIndex, UsedProducer, UsedSettings
from web.api.pushing import Checked, Receipts, push_items
from web.api.views import BucketView, FoundView, HitView, PageView
from web.keys import Read, Write

router = APIRouter(prefix="/v1", tags=["articles"])

EXAMPLE = {
    "title": "Quillon Foods cuts its outlook",
    "body": "Quillon Foods expects a loss this year. Its shares fell.",
    "published_at": "2026-03-02T14:30:00Z",
    "source": "Coastal Wire",
    "url": "https://wire.example/quillon-outlook",
    "entities": [{"name": "Quillon Foods", "id": "demo:quillon"}],
}


def _query(
    q: Annotated[str, Query(description="Words, and phrases in double quotes: all must occur.", max_length=500)] = "",
    entity: Annotated[
        str | None, Query(min_length=1, description="Id of an entity.", examples=["demo:quillon"])
    ] = None,
    topic: Annotated[str | None, Query(min_length=1, description="One of the model's topics.")] = None,
    label: Annotated[Label | None, Query(description="Sentiment of the whole article.")] = None,
    source: Annotated[str | None, Query(min_length=1, description="Name of the source, as the feed gave it.")] = None,
    since: Annotated[Moment | None, Query(description="Published at this time or later; UTC if no zone.")] = None,
    until: Annotated[Moment | None, Query(description="Published before this time.")] = None,
) -> ArticleQuery:
    return ArticleQuery(
        text=q,
        entity_id=None if entity is None else EntityId(entity),
        topic=topic,
        label=label,
        source=source,
        since=since,
        until=until,
    )


Asked = Annotated[ArticleQuery, Depends(_query)]


@router.post(
    "/articles",
    status_code=202,
    response_model=Receipts,
    dependencies=[Write],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"example": EXAMPLE},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
async def push_articles(
    request: Request, producer: UsedProducer, settings: UsedSettings, clock: UsedClock
) -> Receipts | JSONResponse:
    """Push one article, an array of them, or one a line.

    Each is checked before any is published, and published as the bytes that came. `accepted` names the ids under which
    they will be found; `refused` says why others cannot be taken. Where nothing can be taken the answer is 422 or 413.

    A correction has the `source` and `url` of what it corrects and a later `updated_at`; without one, what came first
    under the same `published_at` stands.
    """

    def check(value: bytes, now: datetime) -> Checked:
        article = decode_article(
            value, received_at=now, max_body_chars=settings.max_body_chars, max_future_s=settings.max_future_s
        )
        return Checked(article.article_id, article.article_id.encode(), value)

    return await push_items(request, Topic.NEWS_RAW, check, producer, settings, clock)


@router.get("/articles", dependencies=[Read])
async def search_articles(
    index: UsedIndex,
    query: Asked,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(description="Where the page before ended: its `cursor`.")] = None,
) -> PageView:
    """Search articles: best first where words are given, else newest first."""
    page = await index.search_articles(replace(query, limit=limit, cursor=cursor))
    return PageView(total=page.total, articles=[HitView.of_hit(hit) for hit in page.hits], cursor=page.cursor)


@router.get("/articles/{article_id}", dependencies=[Read])
async def get_article(index: UsedIndex, article_id: str) -> FoundView:
    """Get one article with every sentence, and how new it was to each of its series."""
    found = await index.get_article(ArticleId(article_id))
    if found is None:
        raise HTTPException(404, f"no article {article_id!r}: it may not be indexed yet, or have been put aside")
    return FoundView.with_novelty(found, await index.novelties_of(found.article.article_id))


@router.get("/sentiment", dependencies=[Read])
async def sentiment_timeline(
    index: UsedIndex,
    query: Asked,
    bucket_s: Annotated[int, Query(ge=60, le=604_800, description="Width of a slice, in seconds.")] = 3_600,
) -> list[BucketView]:
    """Count the articles that a search matches by label, in slices of time; those without an article are left out.

    Where there would be more than 50,000 slices the answer is 422.
    """
    buckets = await index.sentiment_timeline(query, bucket_s, MAX_SLICES + 1)
    if len(buckets) > MAX_SLICES:
        detail = f"over {MAX_SLICES:,} slices of {bucket_s} s: give a wider `bucket_s`, or `since` and `until`"
        raise HTTPException(422, detail)
    return [BucketView(start=b.start, counts=b.counts, mean_score=b.mean_score) for b in buckets]
