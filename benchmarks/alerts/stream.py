"""The real background: StockNet's tweets, cleaned of what its collection did wrong.

A ticker counts only where the text names it with a clean cashtag (the collection took "L$D" for D); rows of one tweet
are one article with several entities; one spam campaign is left out. Gaps of a day or more are faults of the
collection: no rate counts them, and a rule for silent feeds should have told of each.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import orjson

from alerts.backtest import Known, in_order
from alerts.detection.mentions import MARKET
from benchmarks.alerts.background import Background, Target, with_series
from benchmarks.alerts.predictions import Predictions
from streams.decoding import decode_article
from streams.errors import DataMissing
from streams.records import Article, SeriesId

STOCKNET = Path("interest/stocknet_stream.jsonl.gz")
CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,5}(?:[.-][A-Za-z])?)(?![\w$])")
CAMPAIGN = re.compile(r"^RT @newyorkcittyy\b", re.IGNORECASE)
"""Of May and June 2014: some 2,700 retweets of one account's talk of a purchase."""
GAP = timedelta(days=1)
LEARNING = timedelta(days=56)
SPLIT = 0.6
"""Share of the time that is for learning and tuning."""
MIN_RELEVANCE = 0.5
MIN_MENTIONS = 10
"""A ticker with fewer in the first part is no series to speak of."""


@dataclass(frozen=True, slots=True)
class Row:
    """Be one row as it was collected."""

    at: datetime
    ticker: str
    tweet: str
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Tweet:
    """Be one tweet with the tickers that it names cleanly."""

    at: datetime
    tweet: str
    user: str
    text: str
    tickers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Count what cleaning did."""

    rows: int
    of_campaign: int
    without_cashtag: int
    tweets: int


def read_rows(data: Path) -> list[Row]:
    """Read the stream in its order of time.

    Raises:
        DataMissing: the folder of data is not there.
    """
    path = data / STOCKNET
    if not path.is_file():
        raise DataMissing(f"{path} is not there: name the folder of data with --data")
    with gzip.open(path, "rb") as lines:
        parsed = [orjson.loads(line) for line in lines]
    return [Row(datetime.fromisoformat(r["ts"]), r["ticker"], r["id"], r["user"], r["text"]) for r in parsed]


def clean_cashtags(text: str) -> frozenset[str]:
    """Return the tickers that a text names with a dollar sign before and no letter, digit or dollar around them."""
    return frozenset(found.upper().replace(".", "-") for found in CASHTAG.findall(text))


def clean(rows: Iterable[Row]) -> tuple[list[Tweet], Cleaning]:
    """Return each tweet once, with the tickers of its rows that it names cleanly; a tweet without any is left out."""
    tweets: dict[str, Tweet] = {}
    count = campaign = without = 0
    for row in rows:
        count += 1
        if CAMPAIGN.match(row.text):
            campaign += 1
        elif row.ticker not in clean_cashtags(row.text):
            without += 1
        else:
            known = tweets.get(row.tweet) or Tweet(row.at, row.tweet, row.user, row.text, ())
            if row.ticker not in known.tickers:
                tweets[row.tweet] = replace(known, tickers=(*known.tickers, row.ticker))
    found = sorted(tweets.values(), key=lambda tweet: (tweet.at, tweet.tweet))
    return found, Cleaning(count, campaign, without, len(found))


def gaps_of(times: Sequence[datetime]) -> tuple[tuple[datetime, datetime], ...]:
    """Return the times of a day or more in which nothing was collected; `times` are sorted."""
    return tuple((before, after) for before, after in pairwise(times) if after - before >= GAP)


def article_of(tweet: Tweet, *, source: str | None = None) -> Article:
    """Return a tweet as the article that the feed would have sent; each account is a source unless one is named."""
    return raw_article(tweet.text, tweet.at, tweet.at, source or f"account {tweet.user}", f"{tweet.user}/{tweet.tweet}")


def raw_article(text: str, at: datetime, received_at: datetime, source: str, path: str) -> Article:
    """Send a text through the same door as every message of a feed."""
    message = {
        "body": text,
        "published_at": at.isoformat(),
        "source": source,
        "url": f"https://posts.example/{path}",
        "language": "en",
    }
    return decode_article(orjson.dumps(message), received_at=received_at, max_body_chars=200_000, max_future_s=86_400.0)


def stocknet(
    data: Path, predictions: Predictions, *, tickers: int | None = None, days: int | None = None
) -> Background:
    """Return the real background.

    Args:
        data: the folder of data.
        predictions: the model.
        tickers: only so many of the most frequent tickers.
        days: only so many days from the beginning.
    """
    rows = read_rows(data)
    every, _ = clean(rows)
    gaps = gaps_of([row.at for row in rows])
    if days is not None:
        every = [tweet for tweet in every if tweet.at < every[0].at + timedelta(days=days)]
    counted = _frequent(every, tickers)
    tweets = [tweet for tweet in every if counted.intersection(tweet.tickers)]
    named: dict[str, set[str]] = {}
    articles: list[Known] = []
    enriched = predictions.enriched([article_of(tweet) for tweet in tweets])
    for tweet, article in zip(tweets, enriched, strict=True):
        known = Known.of(article, MIN_RELEVANCE)
        wanted = counted.intersection(tweet.tickers)
        series = {m.series: ticker for m in known.mentions if (ticker := _ticker(m.ticker)) in wanted}
        for key, ticker in series.items():
            named.setdefault(ticker, set()).add(key)
        articles.append(with_series(known, series))
    start, end = tweets[0].at, tweets[-1].at
    split = start + (end - start) * SPLIT
    heard = _mention_counts(articles, split)
    targets = tuple(
        Target(SeriesId(series), ticker)
        for ticker in sorted(named)
        for series in sorted(named[ticker])
        if heard.get(series, 0) >= MIN_MENTIONS
    )
    admitted = {target.series for target in targets}
    return Background(
        name="StockNet",
        articles=tuple(in_order(with_series(known, admitted) for known in articles)),
        targets=targets,
        learning_until=start + min(LEARNING, (split - start) / 2),
        split=split,
        end=end,
        gaps=tuple((before, after) for before, after in gaps if after < end),
    )


def _ticker(ticker: str | None) -> str:
    return (ticker or "").upper().replace(".", "-")


def _frequent(tweets: Sequence[Tweet], tickers: int | None) -> set[str]:
    counts: dict[str, int] = {}
    for tweet in tweets:
        for ticker in tweet.tickers:
            counts[ticker] = counts.get(ticker, 0) + 1
    return set(sorted(counts, key=lambda ticker: -counts[ticker])[:tickers])


def _mention_counts(articles: Sequence[Known], until: datetime) -> dict[str, int]:
    counts: dict[str, int] = {}
    for known in articles:
        for mention in known.mentions:
            if mention.series != MARKET and mention.at < until:
                counts[mention.series] = counts.get(mention.series, 0) + 1
    return counts
