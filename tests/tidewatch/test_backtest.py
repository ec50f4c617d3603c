"""`tidewatch backtest` end to end: three forms of lines, bad lines, order, the report, and the index."""

from __future__ import annotations

import asyncio
import gzip
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from agents.rules import RulesFile
from agents.watching import Watching
from alerts.backtest import Alert, Known, in_order
from alerts.rules import Rules
from models.stub import StubModel
from streams.alerting import AlertTransition
from streams.clock import ManualClock
from streams.decoding import decode_article, decode_record, encode_record
from streams.enrichment import EnrichedArticle
from streams.errors import DataMissing, MisconfiguredError
from streams.records import Article
from streams.settings import Settings, load_settings
from streams.sinks.index import ArticleDocument, EmbeddingSpace
from streams.sinks.opening import open_index
from streams.topics import Topic
from tests.agents.durability import StandIn, message
from tests.alerts.timelines import words
from tidewatch.__main__ import app

START = datetime(2026, 3, 2, 14, tzinfo=UTC)
ONSET = START + timedelta(hours=60)


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIDEWATCH_MODEL", "stub")
    monkeypatch.setenv("TIDEWATCH_DATA_DIR", str(tmp_path / "data"))


def _line(at: datetime, ticker: str, key: str, *, bad: bool) -> dict[str, Any]:
    text = words(key, 30)
    return {
        "title": f"${ticker} {'falls' if bad else 'rises'} {text[:40]}",
        "body": f"{text}. {'A loss, a probe and weak sales.' if bad else 'Sales and profit rose.'}",
        "published_at": at.isoformat(),
        "source": ("wire", "herald", "ledger")[len(key) % 3],
        "url": f"https://news.example/{key}",
    }


def _news(start: datetime = START) -> list[dict[str, Any]]:
    rng = random.Random(3)
    tickers = [f"QX{a}{b}" for a in "ABCDE" for b in "FGHJK"]
    rows = [
        _line(
            start + timedelta(minutes=5 * place + 4 * rng.random()),
            rng.choice(tickers),
            f"b{place * 7919}",
            bad=rng.random() < 0.15,
        )
        for place in range(12 * 84)
    ]
    onset = start + (ONSET - START)
    return rows + [_line(onset + timedelta(minutes=9 * k), "QXAF", f"spike{'x' * k}", bad=True) for k in range(12)]


def _invoke(*arguments: str, text: bytes | None = None) -> Result:
    result = CliRunner().invoke(app, ["backtest", *arguments], input=text)
    if result.exception is not None:
        raise result.exception
    return result


def _alerts(*arguments: str, text: bytes | None = None) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in _invoke(*arguments, text=text).stdout_bytes.splitlines()]


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def _decoded(row: dict[str, Any], received_at: datetime | None = None) -> Article:
    at = received_at or datetime.fromisoformat(row["published_at"])
    return decode_article(orjson.dumps(row), received_at=at, max_body_chars=10_000, max_future_s=60)


def _enriched(rows: list[dict[str, Any]], received_at: datetime | None = None) -> list[EnrichedArticle]:
    articles = [_decoded(row, received_at) for row in rows]
    return [
        EnrichedArticle(article=article, enrichment=enrichment)
        for article, enrichment in zip(articles, StubModel().enrich(articles), strict=True)
    ]


def test_one_alert_a_line(tmp_path: Path) -> None:
    """Raw news gives the spike as one line that holds all that the manual promises."""
    source = tmp_path / "news.jsonl"
    source.write_bytes(_lines(_news()))
    (alert,) = _alerts(str(source))
    assert {
        "series", "entity", "rule", "opened_at", "resolved_at", "severity", "observed", "expected", "rarity", "stories",
        "evidence",
    } <= set(alert)  # fmt: skip
    assert (alert["series"], alert["entity"]) == ("entity:ticker:QXAF", "ticker:QXAF")
    opened = datetime.fromisoformat(alert["opened_at"])
    assert ONSET <= opened <= ONSET + timedelta(hours=2)
    assert all(datetime.fromisoformat(piece["at"]) <= opened for piece in alert["evidence"])
    assert alert["evidence"][0]["url"].startswith("https://news.example/spike")


def test_every_form_gives_the_same(tmp_path: Path) -> None:
    """Raw lines, flat enriched lines and enriched records give the same alerts; gzip and any order of lines too."""
    rows = _news()
    raw, flat, records = tmp_path / "raw.jsonl", tmp_path / "flat.jsonl", tmp_path / "records.jsonl.gz"
    raw.write_bytes(_lines(rows))
    CliRunner().invoke(app, ["enrich", "--embedding", str(raw), "-o", str(flat)])
    shuffled = random.Random(5).sample(_enriched(rows), len(rows))
    records.write_bytes(gzip.compress(b"".join(encode_record(article) + b"\n" for article in shuffled)))
    expected = _alerts(str(raw))
    assert expected
    assert _alerts(str(flat)) == expected
    assert _alerts(str(records)) == expected
    assert _alerts("-", text=records.read_bytes()) == expected


def test_an_article_without_a_date_counts_where_its_arrival_is_recorded(tmp_path: Path) -> None:
    """The date of its reading is not when it was known: raw and flat lines are skipped, records count."""
    rows = _news()[:20]
    undated = {"title": "$QXAF falls", "body": "A loss."}
    raw, flat = tmp_path / "raw.jsonl", tmp_path / "flat.jsonl"
    raw.write_bytes(_lines([*rows, undated]))
    CliRunner().invoke(app, ["enrich", "--embedding", str(raw), "-o", str(flat)])
    for told in (_invoke(str(raw)).stderr, _invoke(str(flat)).stderr):
        assert ":21: skipped: impossible_date: no published_at" in told
        assert "from 20 articles" in told
    records = [*_enriched(rows), *_enriched([undated], received_at=START)]
    told = _invoke("-", text=b"".join(encode_record(record) + b"\n" for record in records)).stderr
    assert "from 21 articles" in told
    assert "0 lines skipped" in told


def test_overlapping_files_and_corrections_give_the_same_in_any_order(tmp_path: Path) -> None:
    """A line that comes twice counts once, and of two versions the first stands, raw or enriched."""
    rows = _news()
    corrected = [
        row | {"title": "Corrected", "updated_at": (ONSET + timedelta(days=1)).isoformat()} for row in rows[-12:]
    ]
    plain, twice, flat = tmp_path / "plain.jsonl", tmp_path / "twice.jsonl", tmp_path / "flat.jsonl"
    plain.write_bytes(_lines(rows))
    twice.write_bytes(_lines([*corrected, *rows[400:], *rows]))
    CliRunner().invoke(app, ["enrich", "--embedding", str(twice), "-o", str(flat)])
    expected = _alerts(str(plain))
    assert len(expected) == 1
    assert _alerts(str(twice)) == _alerts(str(flat)) == expected
    assert f"from {len(rows):,} articles" in _invoke(str(twice)).stderr


def test_a_corrected_text_is_not_known_before_its_correction(tmp_path: Path) -> None:
    """Where only the correction is there, it comes when it was made, and too late if that was long after."""
    rows = _news()
    soon, late = ([*rows[:-12], *_moved(rows[-12:], timedelta(hours=hours))] for hours in (3, 20))
    (plain,) = _alerts("-", text=_lines(rows))
    raw, flat = tmp_path / "raw.jsonl", tmp_path / "flat.jsonl"
    raw.write_bytes(_lines(soon))
    CliRunner().invoke(app, ["enrich", "--embedding", str(raw), "-o", str(flat)])
    (alert,) = _alerts(str(raw))
    assert _alerts(str(flat)) == [alert]
    opened, later = (datetime.fromisoformat(found["opened_at"]) for found in (plain, alert))
    assert opened < ONSET + timedelta(hours=2)
    # Event time is that of the articles before: some minutes behind.
    assert later > ONSET + timedelta(hours=2.9)
    told = _invoke("-", text=_lines(late))
    assert told.stdout_bytes == b""
    assert "12 articles were known so long after they were published" in told.stderr


async def _served(records: list[EnrichedArticle], settings: Settings) -> list[Alert]:
    """Return the alerts of the agent's way, from the bytes that it takes to the bytes that it sends."""
    clock = ManualClock(START)
    application: Any = StandIn(clock, settings)
    watching = Watching(application, RulesFile(settings, clock))
    for known in in_order(Known.of(record, 0.5) for record in records):
        for mention in known.mentions:
            await watching.take(message(Topic.MENTIONS, mention.series.encode(), encode_record(mention)))
    alerts: dict[str, Alert] = {}
    for sent in application.outlet.records:
        if sent.topic == Topic.ALERTS:
            transition = decode_record(AlertTransition, sent.value)
            before = alerts.get(transition.episode_id)
            alerts[transition.episode_id] = Alert.of(transition) if before is None else before.after(transition)
    return list(alerts.values())


def test_the_service_gives_the_very_same_steps_with_another_lateness(monkeypatch: pytest.MonkeyPatch) -> None:
    """`MAX_LATENESS_S` holds in both: here half of a burst comes two hours late, and one hour is too late."""
    rows = [row | {"source": "wire"} for row in _news()]
    records = _enriched(rows[:-6])
    for late in _enriched(rows[-6:]):
        received_at = late.article.published_at + timedelta(hours=2)
        records.append(
            late.model_copy(update={"article": late.article.model_copy(update={"received_at": received_at})})
        )
    lines = b"".join(encode_record(record) + b"\n" for record in records)
    usual = _alerts("-", text=lines)
    monkeypatch.setenv("TIDEWATCH_MAX_LATENESS_S", "3600")
    result = _invoke("-", text=lines)
    found = [orjson.loads(line) for line in result.stdout_bytes.splitlines()]
    served = asyncio.run(_served(records, load_settings()))
    assert found == [alert.model_dump(mode="json") for alert in served] != usual
    assert found
    assert "6 articles were known so long after they were published" in result.stderr


def test_what_the_service_leaves_out_as_an_aside_is_left_out_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`ALERT_MIN_RELEVANCE` holds beside what the rules ask, as mentions of less are never made."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(Rules.default().model_copy(update={"min_relevance": 0.3}).model_dump_json())
    lines = b""
    for record in _enriched(_news()):
        entities = tuple(entity.model_copy(update={"relevance": 0.4}) for entity in record.enrichment.entities)
        aside = record.enrichment.model_copy(update={"entities": entities})
        lines += encode_record(record.model_copy(update={"enrichment": aside})) + b"\n"
    assert _alerts("-", "--rules", str(rules), text=lines) == []
    monkeypatch.setenv("TIDEWATCH_ALERT_MIN_RELEVANCE", "0.3")
    assert len(_alerts("-", "--rules", str(rules), text=lines)) == 1


def _moved(rows: list[dict[str, Any]], by: timedelta) -> list[dict[str, Any]]:
    return [row | {"updated_at": (datetime.fromisoformat(row["published_at"]) + by).isoformat()} for row in rows]


def test_enriched_lines_without_an_embedding_are_told_of(tmp_path: Path) -> None:
    """Stories are told apart with its help, so the alerts need not be those of the raw articles."""
    raw, flat = tmp_path / "raw.jsonl", tmp_path / "flat.jsonl"
    raw.write_bytes(_lines(_news()[:20]))
    CliRunner().invoke(app, ["enrich", str(raw), "-o", str(flat)])
    assert "20 enriched lines hold no embedding" in _invoke(str(flat)).stderr
    CliRunner().invoke(app, ["enrich", "--embedding", str(raw), "-o", str(flat)])
    assert "hold no embedding" not in _invoke(str(flat)).stderr


def test_a_date_that_its_zone_moves_past_the_calendar_is_told_and_skipped(tmp_path: Path) -> None:
    """In a line of any form it is a mistake of that line, and no end of the run."""
    flat = {"article_id": "a", "published_at": "0001-01-01T00:00:00+05:00", "sentences": []}
    lines = [flat, {"enrichment": {}, "article": flat}, {"title": "a", "published_at": flat["published_at"]}]
    told = _invoke("-", text=_lines([*lines, *_news()[:1]])).stderr
    fault = (
        "published_at: '0001-01-01T00:00:00+05:00' is no date: it lies outside the calendar once its zone"
        " is counted in; write 2026-03-02T09:00:00Z, or seconds since 1970"
    )
    assert [line for line in told.splitlines() if "published_at" in line] == [
        f"-:1: skipped: impossible_date: article.{fault}",
        f"-:2: skipped: impossible_date: article.{fault}",
        f"-:3: skipped: impossible_date: {fault}",
    ]


def test_a_date_in_another_form_is_told_alike_in_each_form_of_line() -> None:
    """What the service says of it in a dead letter, with a date that it would take, is said of enriched lines too."""
    flat = {"article_id": "a", "published_at": "Mon, 02 Mar 2026 09:00:00 GMT", "sentences": []}
    lines = [flat, {"enrichment": {}, "article": flat}, {"title": "a", "published_at": flat["published_at"]}]
    told = _invoke("-", text=_lines([*lines, *_news()[:1]])).stderr
    fault = (
        "published_at: 'Mon, 02 Mar 2026 09:00:00 GMT' is no date; write 2026-03-02T09:00:00Z, or seconds since 1970"
    )
    assert [line.split("impossible_date: ")[-1] for line in told.splitlines() if "published_at" in line] == [
        f"article.{fault}",
        f"article.{fault}",
        fault,
    ]


@pytest.mark.parametrize("year", [b"0001", b"9999"])
def test_an_enriched_line_of_no_time_is_told_and_skipped(tmp_path: Path, year: bytes) -> None:
    """A date that no raw article may have is none in the other forms either."""
    raw, flat = tmp_path / "raw.jsonl", tmp_path / "flat.jsonl"
    raw.write_bytes(_lines(_news()[:20]))
    CliRunner().invoke(app, ["enrich", str(raw), "-o", str(flat)])
    first, *others = flat.read_bytes().splitlines(keepends=True)
    flat.write_bytes(re.sub(rb'("published_at":")\d{4}', rb"\g<1>" + year, first) + b"".join(others))
    result = _invoke(str(flat), "--report", str(tmp_path / "report.html"))
    assert "flat.jsonl:1: skipped: impossible_date: published_at is" in result.stderr
    assert "19 enriched lines hold no embedding" in result.stderr


def test_progress_is_told() -> None:
    """A long reading says how far it is."""
    told = _invoke("-", text=_lines(_news()[:20])).stderr
    assert "articles read    20/?" in told
    assert "articles watched 20/20" in told


def test_a_file_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    """An array of articles is no JSON lines; a file with nothing in it is a feed without news."""
    source, target = tmp_path / "array.json", tmp_path / "alerts.jsonl"
    source.write_bytes(b"[\n" + _lines(_news()[:3]).replace(b"}\n", b"},\n") + b"]\n")
    with pytest.raises(DataMissing, match="no line could be read: name files of JSON lines"):
        _invoke(str(source), "-o", str(target))
    assert not target.exists()
    source.write_bytes(b"")
    assert _alerts(str(source)) == []


def test_of_a_file_that_breaks_off_what_came_before_counts(tmp_path: Path) -> None:
    """The alerts are those of the lines before, the other files are read, and the status tells that it was not all."""
    rows = _news()
    first, second, target = tmp_path / "first.gz", tmp_path / "second.jsonl", tmp_path / "alerts.jsonl"
    first.write_bytes(gzip.compress(_lines(rows[:500]))[:-8])
    second.write_bytes(_lines(rows[500:]))
    with pytest.raises(DataMissing, match=r"first\.gz breaks off after 500 lines"):
        _invoke(str(first), str(second), "-o", str(target))
    assert target.read_bytes() == _invoke("-", text=_lines(rows)).stdout_bytes != b""


def test_several_files_are_one_feed(tmp_path: Path) -> None:
    """Files are read together, in any order, blank lines and all."""
    rows = _news()
    late, early = tmp_path / "late.jsonl", tmp_path / "early.jsonl"
    late.write_bytes(b"\n" + _lines(rows[500:]))
    early.write_bytes(_lines(rows[:500]) + b"  \n")
    whole = tmp_path / "whole.jsonl"
    whole.write_bytes(_lines(rows))
    assert _alerts(str(late), str(early)) == _alerts(str(whole))


def test_lines_that_cannot_be_read_are_told_and_skipped(tmp_path: Path) -> None:
    """Each bad line is named by file and number; the others count."""
    rows = _lines(_news())
    bad = [
        b"{not json\n",
        b'{"source": "x"}\n',
        b'{"title": "no date"}\n',
        b'{"article_id": "a", "sentences": [{"text": 3}]}\n',
        b'{"article": {}, "enrichment": {}}\n',
        b'{"error": "empty: nothing", "reason": "empty", "line": 4}\n',
        b"[]\n",
    ]
    source = tmp_path / "news.jsonl"
    source.write_bytes(b"".join(bad) + rows)
    result = _invoke(str(source))
    clean = tmp_path / "clean.jsonl"
    clean.write_bytes(rows)
    assert result.stdout_bytes == _invoke(str(clean)).stdout_bytes
    for number in range(1, len(bad) + 1):
        assert f"news.jsonl:{number}: skipped" in result.stderr.replace("\n", "")
    assert "7 lines skipped" in result.stderr


def test_what_is_wrong_with_a_line_is_said_as_enrich_says_it() -> None:
    """Text in another encoding is no mistake of JSON, and a sentence without a text is told by its place."""
    other = '{"title": "Société"}\n'.encode("latin-1")
    flat = b'{"article_id": "a", "published_at": "2026-03-02", "sentences": [{"text": "a", "field": "body"}]}\n'
    told = _invoke("-", text=other + flat + _lines(_news()[:1])).stderr
    assert "-:1: skipped: not_utf8: byte 15" in told
    assert "-:2: skipped: wrong_type: sentences.0.start: Field required" in told


def test_a_budget_and_rules(tmp_path: Path) -> None:
    """A rules file, given or the service's, can switch off all but what finds nothing; a budget changes the version."""
    source, rules = tmp_path / "news.jsonl", tmp_path / "rules.yaml"
    source.write_bytes(_lines(_news()))
    rules.write_text(
        "rules:\n  - name: good\n    kind: positive-spike\n    budget_per_day: 0.1\n    min_stories: 900\n"
    )
    assert _alerts(str(source), "--rules", str(rules)) == []
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIDEWATCH_RULES_FILE", str(rules))
        assert _alerts(str(source)) == []
    plain, asked = _invoke(str(source)).stderr, _invoke(str(source), "--budget", "5").stderr
    assert plain.split("rules ")[-1] != asked.split("rules ")[-1]


@pytest.mark.parametrize("budget", ["0", "10001", "nan", "inf"])
def test_a_budget_has_bounds_of_its_own(budget: str) -> None:
    """What no rule could have is refused as the option's fault, before anything is read."""
    result = CliRunner().invoke(app, ["backtest", "nowhere.jsonl", "--budget", budget])
    assert result.exit_code == 2
    assert "--budget" in result.stderr


def test_the_largest_budget_is_shared_by_several_rules(tmp_path: Path) -> None:
    """The bound holds for all of them together."""
    source, rules = tmp_path / "news.jsonl", tmp_path / "rules.yaml"
    source.write_bytes(_lines(_news()[:2]))
    several = "".join(f"  - {{name: r{n}, kind: negative-spike, budget_per_day: 1}}\n" for n in range(3))
    rules.write_text(f"rules:\n{several}")
    assert _alerts(str(source), "--rules", str(rules), "--budget", "10000") == []


def test_the_report_and_the_output_file(tmp_path: Path) -> None:
    """Alerts go to the file named, and the report compares four budgets and the rules as asked."""
    source, target, report = tmp_path / "news.jsonl", tmp_path / "alerts.jsonl", tmp_path / "report.html"
    source.write_bytes(_lines(_news()))
    assert _alerts(str(source), "-o", str(target), "--report", str(report)) == []
    assert len(target.read_bytes().splitlines()) == 1
    page = report.read_text()
    assert all(f"{budget} a day" in page for budget in ("1", "2", "5", "10"))
    assert "<svg" in page


def test_from_the_index() -> None:
    """The last days of the index give what its articles give from a file, undated ones too; older ones are left out."""
    start = datetime.now(UTC) - timedelta(days=6)
    recent, old = _enriched(_news(start)), _enriched(_news(start - timedelta(days=100)))
    recent += _enriched([{"title": "$QXAF falls", "body": "A loss."}], received_at=start + timedelta(hours=62))

    async def fill() -> None:
        index = open_index(load_settings())
        await index.prepare(EmbeddingSpace("stub-1", 384))
        documents = [ArticleDocument(a, a.article.published_at.date()) for a in (*recent, *old)]
        await index.put_articles(documents)
        await index.close()

    asyncio.run(fill())
    found = _alerts("--index", "--days", "30")
    lines = b"".join(encode_record(article) + b"\n" for article in recent)
    assert found == _alerts("-", text=lines)
    assert len(found) == 1
    assert f"from {len(recent):,} articles" in _invoke("--index").stderr


def test_what_cannot_be_done_is_said() -> None:
    """Neither files nor the index, both, or a file that is not there."""
    with pytest.raises(MisconfiguredError, match="one of the two"):
        _invoke()
    with pytest.raises(MisconfiguredError, match="one of the two"):
        _invoke("--index", "x.jsonl")
    with pytest.raises(DataMissing, match="is not there"):
        _invoke("nowhere.jsonl")
    with pytest.raises(DataMissing, match="is a folder: name the files in it"):
        _invoke("/")


def test_outputs_are_looked_at_before_anything_is_read(tmp_path: Path) -> None:
    """Neither an input nor the rules nor the other output is written over, and a folder has to be there."""
    source, rules, target = tmp_path / "news.jsonl", tmp_path / "rules.yaml", str(tmp_path / "out")
    source.write_bytes(_lines(_news()[:2]))
    rules.write_text("no rules yet")
    for option in ("-o", "--report"):
        with pytest.raises(MisconfiguredError, match="also the input"):
            _invoke("nowhere.jsonl", str(source), option, str(source))
        with pytest.raises(MisconfiguredError, match="also the input"):
            _invoke("nowhere.jsonl", "--rules", str(rules), option, str(rules))
        with pytest.raises(MisconfiguredError, match="make it first"):
            _invoke("nowhere.jsonl", option, str(tmp_path / "nodir" / "x"))
    with pytest.raises(MisconfiguredError, match="written twice"):
        _invoke("nowhere.jsonl", "-o", target, "--report", target)
    assert source.read_bytes() == _lines(_news()[:2])
    assert rules.read_text() == "no rules yet"
