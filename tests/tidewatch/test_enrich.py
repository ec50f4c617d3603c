"""`tidewatch enrich` end to end: order, blank and bad lines, gzip, and what each line holds."""

from __future__ import annotations

import gzip
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from rich.console import Console
from typer.testing import CliRunner

from models.explanation import explain
from models.stub import StubModel
from streams.decoding import decode_article
from streams.errors import DataMissing, MisconfiguredError
from tidewatch.__main__ import app
from tidewatch.enrich import marked, show

GOOD = [
    {
        "title": "Vantor falls",
        "body": "A loss. Sales were weak.",
        "published_at": "2026-11-24T09:00:00Z",
        "source": "wire",
    },
    {
        "title": "Brightwell & $BRW rise",
        "url": "https://news.example/1",
        "entities": [{"name": "Brightwell", "id": "b-1"}],
    },
]


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEWATCH_MODEL", "stub")


def _run(*arguments: str, text: bytes = b"") -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["enrich", *arguments], input=text)
    if result.exception is not None:
        raise result.exception
    return [orjson.loads(line) for line in result.stdout_bytes.splitlines()]


def _lines(*rows: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def test_one_line_out_for_each_line_in() -> None:
    """Order is kept, blank lines are passed over, and a line that cannot be read says why and which it is."""
    text = _lines(GOOD[0]) + b"\n   \n" + b"{not json\n" + b'{"source": "x"}\n' + _lines(GOOD[1])
    first, broken, empty, last = _run("-", text=text)
    assert (first["title"], last["title"]) == ("Vantor falls", "Brightwell & $BRW rise")
    assert (broken["line"], broken["reason"]) == (4, "not_json")
    assert (empty["line"], empty["reason"]) == (5, "missing_text")
    assert "title" in empty["error"]


def test_what_a_line_holds() -> None:
    """The object is flat: what the feed gave, then what the model says, without the vector."""
    first, second = _run("-", text=_lines(*GOOD))
    assert first["published_at"] == "2026-11-24T09:00:00Z"
    assert first["updated_at"] == first["published_at"]
    assert first["source"] == "wire"
    assert (first["published_at_source"], second["published_at_source"]) == ("feed", "broker")
    assert set(first["sentiment"]) == {"label", "score", "probabilities"}
    assert first["sentences"][1] | {"sentiment": None} == {
        "text": "A loss.", "field": "body", "start": 0, "end": 7, "sentiment": None,
    }  # fmt: skip
    assert first["summary"]["sentences"] == [1, 2]
    assert [(e["id"], e["name"]) for e in second["entities"]] == [("b-1", "Brightwell"), ("ticker:BRW", "$BRW")]
    assert second["url"] == "https://news.example/1"
    assert "embedding" not in first


def test_the_vector_on_request() -> None:
    """`--embedding` adds the numbers and the name of their space."""
    (row,) = _run("-", "--embedding", text=_lines(GOOD[0]))
    assert len(row["embedding"]) == 384
    assert row["embedding_space"] == "stub-1"


def test_gzip_in_and_a_file_out(tmp_path: Path) -> None:
    """A gzipped file is read by its content, whatever its name, and the answers go to the file named."""
    source, target = tmp_path / "news", tmp_path / "out.jsonl"
    source.write_bytes(gzip.compress(_lines(*GOOD * 100)))
    assert _run(str(source), "-o", str(target)) == []
    titles = [orjson.loads(line)["title"] for line in target.read_bytes().splitlines()]
    assert titles == [row["title"] for row in GOOD * 100]
    assert len(_run("-", text=gzip.compress(_lines(GOOD[0])))) == 1


def test_a_pipe_is_read_as_a_file() -> None:
    """What a shell puts in the place of `<(command)` has a path and is no regular file."""
    reading, writing = os.pipe()
    os.write(writing, _lines(*GOOD))
    os.close(writing)
    assert [row["title"] for row in _run(f"/dev/fd/{reading}")] == [row["title"] for row in GOOD]
    os.close(reading)


def test_files_that_do_not_do(tmp_path: Path) -> None:
    """A missing file and one that would be written over itself are refused; of a broken one all before is written."""
    with pytest.raises(DataMissing, match="is not there"):
        _run(str(tmp_path / "nowhere"))
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(_lines(*GOOD * 50))[:-8])
    answers = tmp_path / "answers.jsonl"
    with pytest.raises(DataMissing, match=r"broken\.gz breaks off after 100 lines"):
        _run(str(broken), "-o", str(answers))
    assert len(answers.read_bytes().splitlines()) == 100
    with pytest.raises(MisconfiguredError, match="also the input"):
        _run(str(broken), "-o", str(broken))


def test_a_broken_gazetteer_is_not_the_inputs_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the operator's file of names lacks is told of that file, and the file of answers is not touched."""
    names, answers = tmp_path / "names.jsonl.gz", tmp_path / "answers.jsonl"
    names.write_bytes(gzip.compress(b'{"id": "desk:1", "name": "Vantor"}\n' * 50)[:-20])
    answers.write_bytes(b"kept")
    monkeypatch.delenv("TIDEWATCH_MODEL")
    monkeypatch.setenv("TIDEWATCH_GAZETTEER_FILES", str(names))
    with pytest.raises(DataMissing, match=r"names\.jsonl\.gz breaks off"):
        _run("-", "-o", str(answers), text=_lines(GOOD[0]))
    assert answers.read_bytes() == b"kept"


def test_the_words_behind_each_label() -> None:
    """`--explain` adds, for the article and each entity, the places of words and what they weigh."""
    (row,) = _run(
        "-", "--explain", text=_lines({"title": "$VTR falls", "body": "Its plant is old. $BRW had strong sales."})
    )
    whole, *entities = row["explanation"]
    assert (whole["entity"], whole["label"]) == (None, row["sentiment"]["label"])
    assert {word["field"] for word in whole["words"]} <= {"title", "body"}
    told = {e["entity"]: [word for word in e["words"] if word["weight"] > 0.01] for e in entities}
    assert told["ticker:VTR"] == [{"field": "title", "start": 5, "end": 10, "weight": told["ticker:VTR"][0]["weight"]}]
    body = "Its plant is old. $BRW had strong sales."
    assert [body[word["start"] : word["end"]] for word in told["ticker:BRW"]] == ["strong"]


def test_words_in_colour() -> None:
    """On a terminal the word behind the label stands out, at its place in the text."""
    article = decode_article(
        _lines(GOOD[0]), received_at=datetime(2026, 11, 24, 12, tzinfo=UTC), max_body_chars=1_000, max_future_s=0
    )
    (whole, *_) = explain(StubModel(), article)
    text = marked(article, whole)
    assert text.plain == "Vantor falls\nA loss. Sales were weak."
    assert ("falls", "bold reverse green") in [(text.plain[s.start : s.end], s.style) for s in text.spans]
    console = Console(record=True, width=60, file=io.StringIO())
    show(article, StubModel(), console)
    show({"error": "line 3 says nothing"}, StubModel(), console)
    shown = console.export_text()
    assert "article: negative" in shown
    assert "Vantor falls" in shown
    assert "line 3 says nothing" in shown
