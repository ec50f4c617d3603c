"""Sentences and their exact places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.sentences import MAX_SENTENCE_CHARS, split_sentences


def test_sentences_of_title_and_body() -> None:
    """The title is one sentence; abbreviations and decimals end none."""
    body = "Vantor Inc. said net was 1.2 bln dlrs vs. 1.1 bln. The U.S. firm rose.  \n\nIt ends here"
    found = split_sentences("VANTOR <VTR> 4TH QTR NET. UP", body)
    assert [s.text for s in found] == [
        "VANTOR <VTR> 4TH QTR NET. UP",
        "Vantor Inc. said net was 1.2 bln dlrs vs. 1.1 bln.",
        "The U.S. firm rose.",
        "It ends here",
    ]
    assert [s.field for s in found] == ["title", "body", "body", "body"]


@pytest.mark.parametrize(
    "body",
    [
        "Profit at Vantor Cos. fell 40% to $100 million.",
        "Vantor Cos.\nfell 3% on Friday.",
        "The drugmaker Vantor PLC. said its trial failed.",
        "About 15 pct. of the cost is tax.",
        "Spending rose by $1.2 bn. in the spring.",
        "It has 5mln. shares.",
        "Approx. 40 percent of the shares were sold.",
        "Adj. EPS was $1.02 vs. est. of $0.98.",
        "Vantor beat the est. $2bn by far.",
        "The firm, est. 1921, has 40 shops.",
        "Shares of Orrin and Co., Intl. Vantor and Tidal rose.",
        "The fund holds shares of Intl. Vantor.",
        "Wm. Orrin was named chairman.",
        "The No. 3 airline, vs. No. 4, cut jobs.",
        "See Vol. 3 of the report.",
        "Vantor VNTR.N said on Monday that orders fell.",
        "Orrin ORRb.ST, Tidal TDL.L and Brightwell 7203.T rose.",
        "The code of Holm is 005930.KS in Seoul.",
        "Class BRK.B shares fell by 3%.",
        "The S&P 500 .SPX rose, and so did the STOXX .STOXX in Europe.",
        "ORRIN.COM POSTS A LOSS.",
    ],
)
def test_short_forms_end_no_sentence(body: str) -> None:
    """A stop behind a short form that the sentence goes on from is none of its ends."""
    assert [s.text for s in split_sentences("Vantor", body)] == ["Vantor", body]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Orrin bought Vantor Cos.", "Shares of both fell."],
        ["Orrin bought Vantor PLC.", "eBay sold it."],
        ["Orrin bought Vantor PLC.", "iPhone sales fell."],
        ["Shares fell 3.2 pct.", "Volume was heavy."],
        ["Sales were $3 bn.", "40 shops were shut."],
        ["Profit beat the est.", "Shares rose."],
        ["He left Vantor Intl.", "Orrin took him on."],
        ["Nike fell.", "adidas rose."],
        ["It opens on the 4th.", "adidas is its tenant."],
        ["The fund sold PLC.", "b) It bought Orrin."],
        ["Vantor VNTR.N fell.", "BRK.B rose."],
    ],
)
def test_sentences_behind_short_forms(sentences: list[str]) -> None:
    """What begins as a sentence does, or behind a word in full, is one of its own."""
    assert [s.text for s in split_sentences("Vantor", " ".join(sentences))][1:] == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Vantor was built by VTR.", "It fell."],
        ["Vantor posts a loss.", "Shares fall."],
        ["Profit fell.", "EPS was flat."],
        ["Units rose to 5.", "EPS fell."],
        ["It was founded in 1923.", "EPS fell."],
    ],
)
def test_sentences_without_a_blank_between(sentences: list[str]) -> None:
    """Where the blank behind a stop is missing, a word in full still begins a sentence."""
    assert [s.text for s in split_sentences("Vantor", "".join(sentences))][1:] == sentences


def test_paragraphs_of_html_are_boundaries() -> None:
    """A closing paragraph ends a sentence, and tags are not part of one."""
    body = "<p>Vantor cut its outlook</p><p>Shares fell 9%</p>"
    found = split_sentences("", body)
    assert [s.text for s in found] == ["Vantor cut its outlook", "Shares fell 9%"]
    assert all(body[s.start : s.end] == s.text for s in found)


def test_lines_of_a_list_are_sentences() -> None:
    """A list has a sentence a line, wherever it stands; prose that is broken into lines has its own."""
    items = ["Vantor shares rise 3%", "Orrin misses estimates, shares sink", "Tidal raises guidance"]
    prose = (
        "Vantor Robotics rose by 3% in early trading on Friday, as the\nBank of Tallin Bay had forecast a month ago."
    )
    body = f"{prose}\n \n" + "\r\n".join(items)
    found = split_sentences("Movers", body)
    assert [s.text for s in found] == ["Movers", prose, *items]
    assert all(body[s.start : s.end] == s.text for s in found[1:])


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\u3000"])
def test_a_text_without_boundaries_is_cut_at_white_space(space: str) -> None:
    """No sentence is longer than the cap, words stay whole, and nothing is lost."""
    body = f"profit{space}" * 2_000
    found = split_sentences("", body)
    assert max(len(s.text) for s in found) <= MAX_SENTENCE_CHARS
    assert " ".join(s.text for s in found).split() == body.split()


def test_marks_alone_are_no_sentence() -> None:
    """Sentences without letter or digit say nothing and are left out."""
    assert split_sentences("***", "-- \n\n ... !") == []


@given(st.text(max_size=300), st.text(max_size=600))
def test_offsets_are_true(title: str, body: str) -> None:
    """Whatever the text, each sentence is exactly what stands at its offsets, in order and without overlap."""
    fields = {"title": title, "body": body}
    ends = {"title": 0, "body": 0}
    for sentence in split_sentences(title, body):
        assert fields[sentence.field][sentence.start : sentence.end] == sentence.text
        assert sentence.start >= ends[sentence.field]
        ends[sentence.field] = sentence.end


@pytest.mark.parametrize("run", ["<!--", "!-", "\u597d\u3002"])
def test_a_long_text_without_white_space(run: str) -> None:
    """A text of marks that has no white space comes to an end, and what stands behind it is read."""
    found = split_sentences("", run * (200_000 // len(run)) + " Tide rose. Vantor fell.")
    assert [sentence.text for sentence in found[-2:]] == ["Tide rose.", "Vantor fell."]
