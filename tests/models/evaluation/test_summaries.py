"""Figures of summaries on small sets of invented texts."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from models.evaluation.summaries import lead, summary_figures
from models.network.encoder import Encoder
from models.network.heads import BUILT_IN
from models.summaries.salience import load_salience
from streams.errors import DataMissing

TEXT = (
    "Published: 12 May. Vantor Robotics cut its forecast for the year on Friday morning. Its shares fell 12 "
    "percent in early trading on the main exchange. Nobody at the company was there to answer calls. It rained "
    "all day in Tallin Bay, where the company has its main plant and nine hundred of its people work."
)


def _write(path: Path, count: int) -> None:
    path.parent.mkdir(exist_ok=True)
    rows = [
        {"text": f"{TEXT} Item {'x' * n}.", "summary": "vantor cut forecast; shares fell 12 percent"}
        for n in range(count)
    ]
    path.write_bytes(gzip.compress(b"".join(orjson.dumps(row) + b"\n" for row in rows)))


def test_figures_beside_the_lead(encoder: Encoder, tmp_path: Path) -> None:
    """Each set has three scores and a length beside its lead's, none longer than it in news, and no invented number."""
    for name in ("ectsum_val", "cnndm_200"):
        _write(tmp_path / f"summaries/{name}.jsonl.gz", 1)
    _write(tmp_path / "summaries/xsum_1000.jsonl.gz", 6)
    figures = {(f.test, f.measure): f for f in summary_figures(encoder, load_salience(BUILT_IN), tmp_path)}
    assert len(figures) == 15
    for test in ("ECTSum val", "CNN/DM 200", "XSum, half held out"):
        assert 0 < figures[test, "ROUGE-1"].value <= 100
        assert figures[test, "numbers that the article lacks"].value == 0
    for test in ("CNN/DM 200", "XSum, half held out"):
        words = figures[test, "words"]
        assert words.baseline is not None
        assert words.value <= words.baseline
    assert figures["XSum, half held out", "ROUGE-1"].rows < 6


def test_the_lead_passes_over_fragments() -> None:
    """A byline is no sentence."""
    assert lead(["By Ana Lind", "Vantor cut its forecast on Friday.", "Its shares fell by a great deal."], 1) == (
        "Vantor cut its forecast on Friday."
    )


def test_without_data_it_is_said(encoder: Encoder, tmp_path: Path) -> None:
    """The missing file is named."""
    with pytest.raises(DataMissing, match="ectsum_val"):
        summary_figures(encoder, load_salience(BUILT_IN), tmp_path)
