"""The whole service under kills, a rebalance and an index that goes away: the benchmark of delivery, shortened."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from benchmarks.delivery import KILLS, survive
from streams.sources.scenario import scripted_day
from tests.stack.elasticsearch import ElasticsearchServer
from tests.stack.kafka import KafkaServer

ARTICLES = 400


@pytest.mark.stack
@pytest.mark.timeout(600)
async def test_the_index_is_the_same_after_kills(kafka: KafkaServer, elasticsearch: ElasticsearchServer) -> None:
    """With roles killed at random, a second worker and the index away, the end is that of one process."""
    day = scripted_day(datetime(2026, 3, 2, 13, 0, tzinfo=UTC))
    # One version of each article: which of two with the same time of correction stands is left open.
    by_address = {str(fields["url"]): orjson.dumps(fields) for _, fields in day.articles}
    raw = list(by_address.values())[:ARTICLES]
    report = await survive(kafka, elasticsearch, raw, poison_count=40, model="stub", away_s=5.0, seed=3)
    assert len(report.kills) == KILLS
    assert report.differences == []
    assert report.indexed == report.articles == ARTICLES
    assert report.dead_letters == report.poison
