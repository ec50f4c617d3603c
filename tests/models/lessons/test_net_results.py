"""Examples from Reuters' lines of results: labels, renderings, and what makes no example."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import orjson
import pytest

from models.lessons.net_results import net_result_examples, net_results

NEGATIVE, NEUTRAL, POSITIVE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("Net 2,253,000 vs 1,332,000", POSITIVE),
        ("Net 1,332,000 vs 2,253,000", NEGATIVE),
        ("Net 1,010,000 vs 1,000,000", NEUTRAL),
        ("Net loss 515,000 vs profit 294,000", NEGATIVE),
        ("Net loss 515,000 vs loss 1,294,000", POSITIVE),
        ("Oper net profit 863,000 vs loss 2,390,000", POSITIVE),
        ("Net profit 4.4 mln vs profit 5.3 mln", NEGATIVE),
    ],
)
def test_the_figures_give_the_label(line: str, target: tuple[float, float, float]) -> None:
    """More profit or less loss is positive, the contrary negative, and a change within two per cent neutral."""
    (example,) = net_results(
        "VANTOR ROBOTICS INC <VTR> 4TH QTR NET", f"Shr 34 cts vs 20 cts {line} Sales 89.7 mln vs 85"
    )
    assert example.target == target
    assert example.text.endswith(line)


def test_longer_periods_make_their_own_example() -> None:
    """The year's net result is one more example where its lines say that they are the year's; a note makes none."""
    body = (
        "Shr 34 cts vs 20 cts Net 253,000 vs 132,000 Sales 9.7 mln vs 8.9 mln Year Shr 64 cts vs 94 cts"
        " Net 419,000 vs 625,000 NOTE: Year net includes 21,000 vs 45,000 from a sale. Reuter"
    )
    quarter, year = net_results("VANTOR ROBOTICS INC <VTR> 4TH QTR NET", body)
    assert quarter.target == POSITIVE
    assert year.target == NEGATIVE
    assert year.text.endswith("Net 419,000 vs 625,000")


def test_renderings_vary_and_name_the_company() -> None:
    """Titles with one line, titles with all lines, and lines alone all occur; a span is the company's name."""
    seen: Counter[str] = Counter()
    for number in range(60):
        title = f"{'ABCDEFGHIJ'[number % 10] * 3}{'KLMNOP'[number // 10]} FOODS INC <ABC> 3RD QTR NET"
        (example,) = net_results(title, "Shr 34 cts vs 20 cts Net 253,000 vs 132,000 Revs 9.7 mln vs 8.9 mln")
        if example.span is None:
            seen["lines"] += 1
            assert example.text == "Shr 34 cts vs 20 cts Net 253,000 vs 132,000"
        else:
            seen["all" if "Shr" in example.text else "line"] += 1
            assert example.text[slice(*example.span)] == title.partition(" <")[0]
    assert set(seen) == {"lines", "all", "line"}


@pytest.mark.parametrize(
    "body",
    [
        "Qtly div 20 cts vs 19 cts prior",
        "Revs 9.7 mln vs 8.9 mln",
        "Net 253,000",
        "Net income rose to 8 mln from 5 mln",
        "",
    ],
)
def test_other_articles_make_none(body: str) -> None:
    """Only a line of net profit beside the previous one tells the label."""
    assert net_results("VANTOR ROBOTICS INC <VTR> NOTICE", body) == []


def test_only_training_articles_are_read(tmp_path: Path) -> None:
    """The test articles of ModApte stay unread."""
    rows = [
        {"modapte": part, "title": f"{part.upper()} INC <T> YEAR NET", "body": "Net 8 mln vs 5 mln", "topics": ["earn"]}
        for part in ("train", "test", "")
    ]
    path = tmp_path / "topics" / "reuters21578.jsonl.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in rows)))
    assert [example.target for example in net_result_examples(tmp_path)] == [POSITIVE]


def test_the_real_articles_give_two_thousand_examples(real_data: Path) -> None:
    """The training part holds enough of them to learn from, good and bad."""
    examples = net_result_examples(real_data)
    assert len(examples) > 2_000
    assert sum(example.target == NEGATIVE for example in examples) > 800
