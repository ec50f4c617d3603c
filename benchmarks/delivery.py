"""Nothing lost, nothing twice: real articles and poison through kills, a rebalance and an index that goes away.

    python -m benchmarks delivery --data ../shared/data [--articles 3000] [--poison 150] [--model packaged]

What is in the index at the end is compared with what the model says of the same articles in one process. Each
reader's profile is compared with the arithmetic over the same clicks and the indexed articles: scores may differ in
the seventh digit from batch to batch, and a weight is a sum over a hundred of them. The suite runs the same, smaller.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from rich.console import Console

from benchmarks.news import reuters_articles
from benchmarks.service import Service, new_service
from models.features import features_of
from models.interest import ProfileState, learn, publish
from models.loading import load_model
from streams.dead_letters import dead_letters
from streams.decoding import decode_article, decode_click
from streams.enrichment import EnrichedArticle, Enrichment, Sentiment
from streams.errors import IndexUnavailable
from streams.interests import Profile
from streams.records import Article, ArticleId, ReaderId
from streams.settings import Role
from streams.topics import Topic
from tests.pipeline.poison import poisoned_messages
from tests.stack.elasticsearch import ElasticsearchServer
from tests.stack.kafka import KafkaServer
from tests.stack.workers import Workers

CLOSE = 1e-4
"""How far scores, in float32, may lie from those of one process: the order of sums differs with the batch."""
WEIGHTS_CLOSE = 1e-6
KILLS = 5
READERS = 20


@dataclass(slots=True)
class Report:
    """Be what was found at the end, against what must be there."""

    articles: int
    indexed: int
    poison: Counter[str] = field(default_factory=Counter)
    dead_letters: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)
    took_s: float = 0.0


def main(arguments: Sequence[str]) -> None:
    """Run in full, print the report, and end with status 1 where anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks delivery", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--poison", type=int, default=150)
    parser.add_argument("--model", default="packaged")
    parser.add_argument("--away-s", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    raw = reuters_articles(options.data, options.articles)
    with KafkaServer() as kafka, ElasticsearchServer() as elasticsearch:
        report = asyncio.run(
            survive(kafka, elasticsearch, raw, options.poison, options.model, options.away_s, options.seed)
        )
    console = Console()
    console.print(f"{report.indexed} of {report.articles} articles indexed, each once, in {report.took_s:.0f} s")
    console.print(f"killed: {', '.join(report.kills)}; index away for {options.away_s:g} s; a second worker joined")
    console.print(f"poison {dict(report.poison)}")
    console.print(f"dead letters {dict(report.dead_letters)}")
    console.print(f"{len(report.differences)} differences from one process", *report.differences[:20], sep="\n  ")
    if report.differences or report.indexed != report.articles or report.poison != report.dead_letters:
        raise SystemExit(1)


async def survive(
    kafka: KafkaServer,
    elasticsearch: ElasticsearchServer,
    raw: Sequence[bytes],
    poison_count: int,
    model: str,
    away_s: float,
    seed: int,
) -> Report:
    """Send everything while roles are killed, a second worker joins and the index goes away; compare the end."""
    rng = random.Random(seed)
    async with new_service(
        kafka.address,
        elasticsearch.url,
        model=model,
        precision="float32",
        log_level="WARNING",
        broker_session_timeout_s=5.0,
    ) as service:
        began = time.monotonic()
        poison = poisoned_messages(poison_count, seed, service.settings.max_body_chars)
        news: list[bytes | None] = [*raw, *(value for value, _ in poison)]
        rng.shuffle(news)
        articles = [_decoded(value) for value in raw]
        clicks = _clicks(articles, rng)
        report = Report(len(raw), 0, Counter(str(reason) for _, reason in poison))
        half = len(clicks) // 2
        second = service.settings.model_copy(update={"data_dir": service.settings.data_dir / "second"})
        with Workers(service.settings) as first_workers:
            await service.publish(clicks[:half], Topic.CLICKS_RAW)
            sending = asyncio.create_task(_publish_timed(service, news))
            for turn in range(KILLS):
                await _until_share(service, len(raw), (turn + 0.5) / (KILLS + 1))
                role = rng.choice(list(Role))
                first_workers.kill(role)
                report.kills.append(role.value)
                if turn == 1:
                    elasticsearch.stop()
                    await asyncio.sleep(away_s)
                    elasticsearch.start()
                if turn == 2:
                    break
            with Workers(second):
                for _ in range(KILLS - len(report.kills)):
                    await asyncio.sleep(rng.uniform(1, 4))
                    role = rng.choice(list(Role))
                    first_workers.kill(role)
                    report.kills.append(role.value)
                await sending
                await service.publish(clicks[half:], Topic.CLICKS_RAW)
                await service.until_indexed(len(raw), within_s=560)
                expected = {a.article_id: e for a, e in zip(articles, _enriched(service, articles), strict=True)}
                indexed = await _compare_articles(service, articles, expected, report)
                await _compare_profiles(service, indexed, clicks, report)
                await _collect_letters(service, poison_count, report)
        report.indexed = await service.indexed()
        report.took_s = time.monotonic() - began
    return report


async def _publish_timed(service: Service, news: Sequence[bytes | None]) -> None:
    # Fast at first, so that there is a backlog to die in; then a trickle, so that deaths meet live traffic as well.
    bulk = len(news) * 3 // 4
    await service.publish(news[:bulk])
    await service.publish(news[bulk:], per_s=200)


async def _until_share(service: Service, total: int, share: float) -> None:
    async with asyncio.timeout(560):
        while True:
            try:
                if await service.indexed() >= share * total:
                    return
            except IndexUnavailable:
                pass
            await asyncio.sleep(0.2)


def _decoded(value: bytes) -> Article:
    return decode_article(value, received_at=datetime.now(UTC), max_body_chars=200_000, max_future_s=86_400)


def _clicks(articles: Sequence[Article], rng: random.Random) -> list[bytes]:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    return [
        orjson.dumps(
            {
                "reader_id": f"reader-{rng.randrange(READERS)}",
                "article_id": rng.choice(articles).article_id,
                "kind": rng.choice(["open", "read", "share"]),
                "at": (start + timedelta(minutes=place)).isoformat(),
            }
        )
        for place in range(len(articles))
    ]


def _enriched(service: Service, articles: Sequence[Article]) -> list[Enrichment]:
    model = load_model(service.settings)
    return [answer for start in range(0, len(articles), 64) for answer in model.enrich(articles[start : start + 64])]


async def _compare_articles(
    service: Service, articles: Sequence[Article], expected: dict[ArticleId, Enrichment], report: Report
) -> list[EnrichedArticle]:
    indexed: list[EnrichedArticle] = []
    for article in articles:
        stored = await service.index.get_article(article.article_id)
        if stored is None:
            report.differences.append(f"{article.article_id}: not in the index")
        else:
            indexed.append(stored)
            found = different(stored.enrichment, expected[article.article_id])
            report.differences += [f"{article.article_id}: {what}" for what in found]
    return indexed


def different(found: Enrichment, expected: Enrichment) -> list[str]:
    """Name what differs: ids, sentences and summary must be equal, scores close, labels equal outside that margin."""
    differences: list[str] = []
    if [s.text for s in found.sentences] != [s.text for s in expected.sentences]:
        return ["other sentences"]
    if found.summary != expected.summary:
        differences.append("another summary")
    if [e.id for e in found.entities] != [e.id for e in expected.entities]:
        return [*differences, "other entities"]
    pairs: list[tuple[str, Sentiment, Sentiment]] = [("article", found.sentiment, expected.sentiment)]
    pairs += [(e.id, e.sentiment, x.sentiment) for e, x in zip(found.entities, expected.entities, strict=True)]
    pairs += [
        (f"sentence {place}", s.sentiment, x.sentiment)
        for place, (s, x) in enumerate(zip(found.sentences, expected.sentences, strict=True))
    ]
    for name, one, other in pairs:
        if abs(one.score - other.score) > CLOSE:
            differences.append(f"{name}: score {one.score} for {other.score}")
        ranked = sorted(other.probabilities.values())
        if one.label != other.label and ranked[-1] - ranked[-2] > CLOSE:
            differences.append(f"{name}: {one.label} for {other.label}")
    return differences


async def _compare_profiles(
    service: Service, indexed: Sequence[EnrichedArticle], clicks: Sequence[bytes], report: Report
) -> None:
    features = {each.article.article_id: features_of(each) for each in indexed}
    states: dict[str, ProfileState] = {}
    for value in clicks:
        click = decode_click(value, received_at=datetime.now(UTC), max_future_s=86_400)
        state = states.get(click.reader_id) or ProfileState.new(click.reader_id)
        read = features[click.article_id].read(click)
        states[click.reader_id] = learn(state, read, service.settings.interest_half_life_days)
    for reader, state in states.items():
        wanted = publish(state)
        stored = await _complete_profile(service, ReaderId(reader), wanted)
        if stored is None:
            report.differences.append(f"{reader}: profile with other clicks than the {wanted.clicks} sent")
            continue
        for kind in ("entities", "topics"):
            one = {i.id: i.weight for i in getattr(stored, kind)}
            other = {i.id: i.weight for i in getattr(wanted, kind)}
            apart = max((abs(one.get(key, 0.0) - other.get(key, 0.0)) for key in one | other), default=0.0)
            if apart > WEIGHTS_CLOSE:
                report.differences.append(f"{reader}: weights of {kind} lie {apart:.2g} apart")


async def _complete_profile(service: Service, reader: ReaderId, wanted: Profile) -> Profile | None:
    for _ in range(300):
        stored = await service.index.get_profile(reader)
        if stored is not None and stored.clicks == wanted.clicks and stored.at == wanted.at:
            return stored
        await asyncio.sleep(0.2)
    return None


async def _collect_letters(service: Service, count: int, report: Report) -> None:
    for _ in range(150):
        letters = await dead_letters(service.settings)
        if len(letters) >= count:
            break
        await asyncio.sleep(0.2)
    report.dead_letters = Counter(letter.reason for letter in letters)
