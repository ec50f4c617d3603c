"""Reading the labelled sets: folds, spans, near-copies, and what is missing."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from models.lessons import datasets
from models.lessons.near_copies import near_copies
from streams.errors import DataMissing, MisconfiguredError


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in rows)))


def test_a_missing_set_says_what_to_do(tmp_path: Path) -> None:
    """The error names the file and the option."""
    with pytest.raises(DataMissing, match=r"tfns_train\.jsonl\.gz is not there: --data"):
        datasets.tfns(tmp_path, "train")


def test_a_set_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Gzip that breaks off, a line that is not JSON, and labels that mean nothing here are each told."""
    packed = tmp_path / "sentiment" / "tfns_train.jsonl.gz"
    row = {"text": "Vantor falls", "label": "negative"}
    for label in ("Bearish", 0, None):
        _write(packed, [row, {**row, "label": label}])
        with pytest.raises(MisconfiguredError, match=rf"{label!r} is no label of sentiment"):
            datasets.tfns(tmp_path, "train")
    _write(packed, [row] * 9)
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(DataMissing, match=r"tfns_train\.jsonl\.gz breaks off"):
        datasets.tfns(tmp_path, "train")
    packed.write_bytes(gzip.compress(b'{"text": "Vantor falls", "label": "negative"}\n\n{"text": '))
    with pytest.raises(MisconfiguredError, match=r"tfns_train\.jsonl\.gz:3: not JSON"):
        datasets.tfns(tmp_path, "train")
    _write(tmp_path / "topics" / "tftopic_train.jsonl.gz", [{"text": "Vantor", "label": "Astrology"}])
    with pytest.raises(MisconfiguredError, match="'Astrology' is no label of tweets"):
        datasets.tweet_topics(tmp_path, "train")


def test_a_fold_ignores_digits_case_and_spacing() -> None:
    """Two headlines that differ in their figures only are never on both sides of a split."""
    assert datasets.fold_of("Vantor Q2 net  at 10.4", 5) == datasets.fold_of("vantor q3 net at 99.1", 5)
    assert len({datasets.fold_of(f"headline {chr(97 + n)}", 5) for n in range(26)}) == 5


def test_sentfin_splits_by_text(tmp_path: Path) -> None:
    """Every entity of a headline is on one side, with its span."""
    names = ("Brightwell", "Harbourline", "Anvil", "Tide", "Ebbco", "Corvid", "Lumen", "Quill")
    rows = [{"text": f"Vantor up, {name} down", "entities": {"Vantor": "positive", name: "negative"}} for name in names]
    _write(tmp_path / "sentiment" / "sentfin.jsonl.gz", rows)
    taught, held = (datasets.sentfin(tmp_path, held_out=side) for side in (False, True))
    assert len(taught) + len(held) == 16
    assert not {e.text for e in taught} & {e.text for e in held}
    for example in (*taught, *held):
        assert example.span is not None
        name = example.text[slice(*example.span)]
        assert example.target == ((0.0, 0.0, 1.0) if name == "Vantor" else (1.0, 0.0, 0.0))


def test_near_copies_are_found() -> None:
    """Case, addresses and one changed word of many make no new text; another story does."""
    known = ["Vantor Robotics cuts its full-year forecast after weak demand in Europe http://x.example/1"]
    texts = [
        "VANTOR ROBOTICS cuts its full-year forecast after weak demand in Europe http://x.example/2",
        "Vantor Robotics cuts its full-year forecast after weak demand in Asia",
        "Brightwell raises its dividend",
    ]
    assert near_copies(texts, known) == [True, True, False]


def test_the_real_tweets_hold_the_copies_that_were_counted(real_data: Path) -> None:
    """125 rows of TFNS valid are near-copies of a training row, as the notes on the data say."""
    known = [e.text for e in datasets.tfns(real_data, "train")]
    assert sum(near_copies([e.text for e in datasets.tfns(real_data, "valid")], known)) == 125
