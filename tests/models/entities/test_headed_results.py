"""Whose results are under a heading."""

from __future__ import annotations

import pytest

from models.entities.finding import find_entities
from models.entities.gazetteer import Gazetteer, GazetteerEntry
from models.entities.headed_results import headed_results
from models.text.sentences import split_sentences
from streams.records import EntityHint, EntityId
from tests.models.conftest import MakeArticle

GAZETTEER = Gazetteer(
    [
        GazetteerEntry(id=EntityId("t:VTR"), name="Vantor Robotics Inc.", ticker="VTR", aliases=("Vantor",)),
        GazetteerEntry(id=EntityId("t:ORN"), name="Orrin Corp", ticker="ORN", aliases=("Orrin",)),
    ],
    set(),
)
ROW = "Net profit 4.1 mln vs 2.2 mln"


def _told(article_of: MakeArticle, title: str, body: str, *hints: str) -> list[str]:
    article = article_of(title, body, hints=tuple(EntityHint(name=name) for name in hints))
    entities, sentences = find_entities(article, GAZETTEER), split_sentences(title, body)
    headed = headed_results(title, entities, sentences)
    assert headed is None or entities[headed.entity].id == "t:VTR"
    return [sentences[place].text for place in headed.sentences] if headed else []


@pytest.mark.parametrize(
    ("title", "body", "told"),
    [
        ("Vantor Q3 results", ROW, [ROW]),
        (
            "VANTOR ROBOTICS INC <VTRR> 3RD QTR JAN 31 NET",
            f"Shr 22 cts vs 38 cts {ROW}",
            [f"Shr 22 cts vs 38 cts {ROW}"],
        ),
        ("TABLE-Vantor (VTR) reports third-quarter 2026 results", "Net loss was $4m compared to $2m.", None),
        ("Vantor Q3 results", f"{ROW}.\n\nIt hires a manager.\n\nSales 5 mln vs 4 mln", [f"{ROW}."]),
        ("Vantor Q3 results", f"{ROW}.\n\nOrrin fell.", [f"{ROW}."]),
    ],
)
def test_results_without_a_name(make_article: MakeArticle, title: str, body: str, told: list[str] | None) -> None:
    """The rows that an article begins with are those of the company in its heading."""
    assert _told(make_article, title, body) == ([body] if told is None else told)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Vantor partner Brightwell Q3 results", ROW),
        ("Vantor and Orrin report results", ROW),
        ("Vantor Brightwell 3RD QTR NET", ROW),
        ("Results", f"Vantor Q3. {ROW}"),
        ("Vantor Q3 results", f"Orrin rose. {ROW}"),
        ("Vantor Q3 results", f"{ROW} at Vantor"),
        ("Vantor Q3 results", "Sales at Brightwell rose to 5 mln from 4 mln"),
        ("Vantor Q3 results", f"Brightwell told its own. {ROW}"),
        ("Vantor Q3 results", "Net profit 4.1 mln"),
        ("Vantor Q3 results", ""),
    ],
)
def test_what_may_be_anothers(make_article: MakeArticle, title: str, body: str) -> None:
    """Where the heading says more, or anybody is named before or in the row, it is given to nobody."""
    assert _told(make_article, title, body) == []


def test_another_company_that_the_feed_names(make_article: MakeArticle) -> None:
    """The results may be those of one that the text does not spell out."""
    assert _told(make_article, "Vantor Q3 results", ROW, "Brightwell Foods") == []
