"""Cleaning keeps every offset."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.cleaning import folded, latin, plain_text, readable, unpadded, word_places


def test_markup_becomes_space_and_tickers_stay() -> None:
    """Known tags, comments and entities go, in place; Reuters' bracketed tickers stay."""
    text = "<p>Vantor &amp; Co</p> <b>rose</b>. <!-- ad --> BRITISH OIL <XON> fell &#8217;s"
    clean = readable(text)
    assert len(clean) == len(text)
    assert clean.split() == ["Vantor", "&", "Co", "rose", ".", "BRITISH", "OIL", "<XON>", "fell", "'", "s"]


def test_a_script_is_not_read() -> None:
    """What stands in a script element is no text."""
    assert readable("a<script>let b = 1 < 2;</script>c").split() == ["a", "c"]


def test_an_unclosed_tag_costs_no_time() -> None:
    """A long run of opening brackets is passed over in linear time, as text."""
    text = "<p " * 60_000
    assert len(readable(text)) == len(text)


@given(st.text(st.characters(codec=None), max_size=200))
def test_length_never_changes(text: str) -> None:
    """Whatever the text holds, cleaning and folding keep its length."""
    assert len(readable(text)) == len(text)
    assert len(folded(text)) == len(text)


def test_folding_keeps_the_place_of_what_grows() -> None:
    """A letter whose lower case is two code points stays one."""
    assert folded("İSTANBUL X") == "İstanbul x"


def test_no_letter_is_latin_only_without_regard_to_case() -> None:
    """Every letter that a pattern takes for a Latin one has that letter as its lower case, once the odd ones went."""
    letters = latin("".join(map(chr, range(sys.maxunicode + 1))))
    assert all(letter.lower() in "abcdefghijklmnopqrstuvwxyz" for letter in re.findall("[a-z]", letters, re.I))


def test_blanks_of_a_reference_go_and_leave_the_places() -> None:
    """The blanks behind an ampersand go once, however many follow, and every letter knows where it stood."""
    text = readable("R&amp;V fell &" + " " * 50_000 + "and rose")
    plain, places = unpadded(text)
    assert plain == "R&V fell & and rose"
    assert "".join(text[place] for place in places) == plain
    assert list(unpadded("R&V")[1]) == [0, 1, 2]


def test_hidden_parts_end_where_they_are_closed() -> None:
    """A script, a style and a comment end at their own mark; one that is never closed hides nothing."""
    text = "a<style>b</style>c<!-- d -->e<SCRIPT src='x'>f<style></script >g<!-- h<script>i"
    assert readable(text).split() == ["a", "c", "e", "g<!--", "h<script>i"]


@pytest.mark.parametrize("mark", ["<script>", "<script", "<style ", "<!--", "</script", "<!-- <script>"])
def test_unclosed_hidden_parts_cost_no_time(mark: str) -> None:
    """A text of nothing but marks that begin or end what is hidden is read in one go."""
    text = mark * (200_000 // len(mark))
    assert readable(text) == text
    assert len(readable(text + "</script>-->")) == len(text) + 12


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("R&#038;V and R &amp; V", "R&V and R & V"),
        ("Vantor&#8217;s and Vantors&rsquo; and Vantor&#39;s", "Vantor's and Vantors' and Vantor's"),
        ("Tide&#8209;Orrin Tide\u2011Orrin", "Tide-Orrin Tide-Orrin"),
        ("Vantor&nbsp;Robotics\u00a0rose\u202f5\u2007%", "Vantor Robotics rose 5 %"),
        ("Vantor <b>Robotics</b> \t fell\tby \r\n 5", "Vantor Robotics fell by\n5"),
        ("Vantor\n\nOrrin<p>Tide", "Vantor\n\nOrrin\n\n Tide"),
    ],
)
def test_one_blank_between_words(text: str, plain: str) -> None:
    """Unbroken blanks, tabs, tags and references leave one blank, a line end stays one, and paragraphs stay apart."""
    assert unpadded(readable(text))[0] == plain


def test_text_for_showing_has_no_gaps() -> None:
    """Where HTML was nothing is left, and the characters are those that the model reads."""
    assert plain_text("R&amp;V&#8217;s <b>profit</b>\u00a0rose.") == "R&V's profit rose."
    assert plain_text("‘Tide’ rose.") == readable("‘Tide’ rose.")


@given(st.text(st.sampled_from("&' -\n\t\rsVa"), max_size=60))
def test_every_letter_knows_where_it_stood(text: str) -> None:
    """What is left of a text is what stands at the places, white space aside."""
    plain, places = unpadded(text)
    assert len(plain) == len(places)
    assert list(places) == sorted(set(places))
    assert all(text[place] == letter or not letter.strip() for place, letter in zip(places, plain, strict=True))


@given(st.text(st.sampled_from("Ti d_5."), max_size=30), st.sampled_from(["Tid", "T", "i", "d.", "Ti d"]))
def test_a_word_is_found_where_it_stands_by_itself(text: str, word: str) -> None:
    """As a pattern between two edges of words would find it, and nothing behind the end."""
    pattern = re.compile(rf"(?<!\w)(?={re.escape(word)}(?!\w))")
    found = [match.start() for match in pattern.finditer(text)]
    assert list(word_places(word, text, len(text))) == found
    assert list(word_places(word, text, 10)) == [place for place in found if place + len(word) <= 10]
