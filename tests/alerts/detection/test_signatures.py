"""MinHash signatures."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.signatures import PERMUTATIONS, signature_of, sketch_of, title_hash, unpack
from tests.alerts.likeness import similarity
from tests.alerts.timelines import words


def test_case_addresses_and_punctuation_do_not_count_but_digits_do() -> None:
    """A copy under another address is equal; another figure is not."""
    one = signature_of("Harbourline falls 4%", "It fell, again: see https://a.example/1 for more.")
    assert one == signature_of("HARBOURLINE falls 4 %", "It fell again -- see www.b.example/x for more")
    assert one != signature_of("Harbourline falls 5%", "It fell, again: see https://a.example/1 for more.")


def test_a_signature_is_stable() -> None:
    """The bytes of a signature are pinned: states that were kept must stay comparable."""
    assert unpack(signature_of("Quillon Foods cuts its outlook", "")).tolist()[:3] == [1797642991, 54027096, 939408733]
    assert len(base64.b64decode(signature_of("a", ""))) == 4 * PERMUTATIONS


def test_rewrites_are_nearer_than_other_stories() -> None:
    """Dropping a fifth of a text keeps it near; another text is far."""
    text = words("a", 100)
    cut = " ".join(text.split()[:80])
    assert similarity(signature_of("", text), signature_of("", cut)) > 0.6
    assert similarity(signature_of("", text), signature_of("", words("b", 100))) < 0.1


def test_short_texts_differ() -> None:
    """Texts of one or two words, or of no word at all, have a signature of their own."""
    texts = ["", "!", "?!", "up", "down", "shares up", "shares down"]
    assert len({signature_of(text, "") for text in texts}) == len(texts)
    assert signature_of("shares", "up") == signature_of("shares up", "")


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_has_a_signature(title: str, body: str) -> None:
    """No text is refused, and a signature is like itself."""
    signature = signature_of(title, body)
    assert similarity(signature, signature) == 1.0
    assert sketch_of(signature).shape == (PERMUTATIONS,)


def test_titles_tell_a_story_by_five_words() -> None:
    """A long title hashes alike in any case; a short one says nothing."""
    assert title_hash("Quillon Foods cuts its outlook!") == title_hash("QUILLON FOODS cuts its outlook") != 0
    assert title_hash("Shares fall") == 0
