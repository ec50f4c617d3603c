"""The labelled sets: read from a folder that is given, mapped to our labels, and split by what they say.

Nothing of the sets is kept in the repository. Financial PhraseBank is never read: it is kept for measuring.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from models.lines import numbered_lines
from models.topics import REUTERS_TOP10, reuters_target, tweet_target
from streams.enrichment import LABELS, Label
from streams.errors import DataMissing, MisconfiguredError

FILES = {
    "tfns_train": "sentiment/tfns_train.jsonl.gz",
    "tfns_valid": "sentiment/tfns_valid.jsonl.gz",
    "sentfin": "sentiment/sentfin.jsonl.gz",
    "fiqa_train": "sentiment/fiqa_train.jsonl.gz",
    "tftopic_train": "topics/tftopic_train.jsonl.gz",
    "tftopic_valid": "topics/tftopic_valid.jsonl.gz",
    "reuters": "topics/reuters21578.jsonl.gz",
    "ectsum_train": "summaries/ectsum_train.jsonl.gz",
    "ectsum_val": "summaries/ectsum_val.jsonl.gz",
    "xsum": "summaries/xsum_1000.jsonl.gz",
    "cnndm": "summaries/cnndm_200.jsonl.gz",
}
TEACHING = ("tfns_train", "sentfin", "tftopic_train", "reuters", "ectsum_train", "xsum")
"""The sets that a training reads; to measure it reads all of them."""
_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SentimentExample:
    """Be one text with the probabilities of the three labels, about a span of it or (None) about all of it."""

    text: str
    span: tuple[int, int] | None
    target: tuple[float, float, float]
    template: str = ""
    """What it was told from, where one text is told several times, of other names: all of them teach, or none does."""


def strongest(target: tuple[float, float, float]) -> int:
    """Return the place of the likeliest of the three labels."""
    return max(range(3), key=target.__getitem__)


@dataclass(frozen=True, slots=True)
class TopicExample:
    """Be one article with a number for each topic: 1, 0, or NaN where nothing is known."""

    title: str
    body: str
    target: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CategoryExample(TopicExample):
    """Be one Reuters article with its topics here and, of Reuters' own ten largest categories, each as 1 or 0."""

    categories: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SummaryExample:
    """Be one text with the summary that a person wrote."""

    text: str
    summary: str


def data_file(data: Path, name: str) -> Path:
    """Return the path of a set in the data folder.

    Raises:
        DataMissing: it is not there.
    """
    path = data / FILES[name]
    if not path.is_file():
        raise DataMissing(
            f"{path} is not there: --data names the folder that holds sentiment/, topics/ and summaries/;"
            " models/lessons/datasets.py lists the files"
        )
    return path


def check_sets(data: Path, *, measure: bool) -> None:
    """Refuse a data folder that lacks a set which a training reads, or its measurement.

    Raises:
        DataMissing: names the first that is not there.
    """
    for name in FILES if measure else TEACHING:
        data_file(data, name)


def rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a set.

    Raises:
        DataMissing: it is not there, or its gzip breaks off.
        MisconfiguredError: a line is not JSON.
    """
    path = data_file(data, name)
    for number, line in numbered_lines(path):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise MisconfiguredError(f"{path}:{number}: not JSON: {error}") from None


def fold_of(text: str, folds: int, salt: str = "") -> int:
    """Return the fold of a text, by the hash of what it says without case, spacing and digits."""
    masked = _SPACE.sub(" ", _DIGIT.sub("0", text.lower())).strip()
    return int.from_bytes(hashlib.sha256(f"{salt}{masked}".encode()).digest()[:8], "big") % folds


def tfns(data: Path, part: str) -> list[SentimentExample]:
    """Read the financial tweets of a part, `train` or `valid`: bearish, neutral, bullish."""
    return [SentimentExample(row["text"], None, _one_hot(row["label"])) for row in rows(data, f"tfns_{part}")]


def sentfin(data: Path, *, held_out: bool) -> list[SentimentExample]:
    """Read the headlines of SEntFiN, one example for each entity: four fifths, or the fifth held out."""
    found: list[SentimentExample] = []
    for row in rows(data, "sentfin"):
        if (fold_of(row["text"], 5) == 0) is held_out:
            for name, label in row["entities"].items():
                start = row["text"].find(name)
                span = (start, start + len(name)) if start >= 0 else None
                found.append(SentimentExample(row["text"], span, _one_hot(label)))
    return found


def fiqa(data: Path) -> tuple[list[SentimentExample], npt.NDArray[np.float64]]:
    """Read FiQA's training rows, one example for each target, and their scores (N,) in −1 to 1.

    They are measured in folds, and teach the encoder nothing.
    """
    found: list[SentimentExample] = []
    scores: list[float] = []
    for row in rows(data, "fiqa_train"):
        for item in row["targets"]:
            start = row["text"].find(item["target"])
            span = (start, start + len(item["target"])) if start >= 0 else None
            scores.append(float(item["score"]))
            found.append(SentimentExample(row["text"], span, _one_hot(LABELS[int(np.sign(scores[-1])) + 1])))
    return found, np.array(scores)


def tweet_topics(data: Path, part: str) -> list[TopicExample]:
    """Read the financial tweets with one topic each, of a part, `train` or `valid`."""
    return [TopicExample("", row["text"], _of_tweet(row["label"])) for row in rows(data, f"tftopic_{part}")]


def reuters(data: Path, part: str) -> list[CategoryExample]:
    """Read the Reuters articles of the ModApte split, `train` or `test`, every one of them."""
    return [
        CategoryExample(
            row["title"],
            row["body"],
            tuple(reuters_target(row["topics"], row["title"])),
            tuple(float(name in row["topics"]) for name in REUTERS_TOP10),
        )
        for row in rows(data, "reuters")
        if row["modapte"] == part
    ]


def ectsum(data: Path) -> list[SummaryExample]:
    """Read the validation rows of ECTSum: earnings calls, and the bullets that Reuters made of them."""
    return [SummaryExample(row["text"], _text_of(row["summary"])) for row in rows(data, "ectsum_val")]


def ectsum_train(data: Path) -> list[SummaryExample]:
    """Read the training rows of ECTSum."""
    return [SummaryExample(row["text"], _text_of(row["summary"])) for row in rows(data, "ectsum_train")]


def xsum(data: Path, *, held_out: bool) -> list[SummaryExample]:
    """Read the BBC articles of XSum with their one-sentence summaries: half of them, or the half held out."""
    return [
        SummaryExample(row["text"], _text_of(row["summary"]))
        for row in rows(data, "xsum")
        if (fold_of(row["text"], 2, "summary") == 0) is held_out
    ]


def cnndm(data: Path) -> list[SummaryExample]:
    """Read the articles of CNN and the Daily Mail with their highlights: for measuring only."""
    return [SummaryExample(row["text"], _text_of(row["summary"])) for row in rows(data, "cnndm")]


def _of_tweet(label: str) -> tuple[float, ...]:
    try:
        return tuple(tweet_target(label))
    except KeyError:
        raise MisconfiguredError(f"{label!r} is no label of tweets that models/topics.py maps onto a topic") from None


def _text_of(summary: Any) -> str:
    return summary if isinstance(summary, str) else "\n".join(summary)


def _one_hot(label: Label) -> tuple[float, float, float]:
    if label not in LABELS:
        raise MisconfiguredError(f"{label!r} is no label of sentiment: the sets say {', '.join(LABELS)}")
    negative, neutral, positive = (float(label == known) for known in LABELS)
    return negative, neutral, positive
