"""`/v1/articles`: push, search and get; `/v1/sentiment`: the time line of a search."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request

from streams.decoding import decode_article
from streams.records import ArticleId, EntityId, Label, Moment
from streams.sinks.index import ArticleQuery
from streams.topics import Topic
from web.api.dependencies import UsedClock, UsedIndex, UsedProducer, UsedSettings
from web.api.pushing import Checked, Receipts, check_items, read_items
from web.api.views import ArticleView, BucketView, HitView, PageView
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
    q: Annotated[str, Query(description="Words of title and body.", max_length=500)] = "",
    entity: Annotated[str | None, Query(description="Id of an entity, such as cik:0000320193.")] = None,
    topic: str | None = None,
    label: Label | None = None,
    source: str | None = None,
    since: Moment | None = None,
    until: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(description="From the page before.")] = None,
) -> ArticleQuery:
    return ArticleQuery(
        text=q,
        entity_id=EntityId(entity) if entity else None,
        topic=topic,
        label=label,
        source=source,
        since=since,
        until=until,
        limit=limit,
        cursor=cursor,
    )


Asked = Annotated[ArticleQuery, Depends(_query)]


@router.post(
    "/articles",
    status_code=202,
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
async def push_articles(request: Request, producer: UsedProducer, settings: UsedSettings, clock: UsedClock) -> Receipts:
    """Push one article, an array of them, or one a line; each is checked before any is taken."""

    def check(value: bytes) -> Checked:
        article = decode_article(
            value,
            received_at=clock.now(),
            max_body_chars=settings.max_body_chars,
            max_future_s=settings.max_future_s,
        )
        return Checked(article.article_id, article.article_id.encode(), value)

    taken, refused = check_items(await read_items(request), check)
    await asyncio.gather(*(producer.send(Topic.NEWS_RAW, key=each.key, value=each.value) for each in taken))
    return Receipts(accepted=[each.id for each in taken], refused=refused)


@router.get("/articles", dependencies=[Read])
async def search_articles(index: UsedIndex, query: Asked) -> PageView:
    """Search articles: best first where words are given, else newest first."""
    page = await index.search_articles(query)
    return PageView(total=page.total, articles=[HitView.of_hit(hit) for hit in page.hits], cursor=page.cursor)


@router.get("/articles/{article_id}", dependencies=[Read])
async def get_article(index: UsedIndex, article_id: str) -> ArticleView:
    """Get one article with every sentence."""
    found = await index.get_article(ArticleId(article_id))
    if found is None:
        raise HTTPException(404, f"no article {article_id!r}: it may not be indexed yet, or have been put aside")
    return ArticleView.of(found)


@router.get("/sentiment", dependencies=[Read])
async def sentiment_timeline(
    index: UsedIndex, query: Asked, bucket_s: Annotated[int, Query(ge=60, le=604_800)] = 3_600
) -> list[BucketView]:
    """Count the articles that a search matches by label, in slices of time."""
    buckets = await index.sentiment_timeline(query, bucket_s)
    return [BucketView(start=b.start, counts=b.counts, mean_score=b.mean_score) for b in buckets]
