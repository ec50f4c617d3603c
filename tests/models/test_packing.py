"""Batches by tokens and length."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.packing import pack, repack


@given(st.lists(st.integers(1, 600), max_size=80), st.integers(64, 2048))
def test_every_text_once_and_within_the_budget(lengths: list[int], budget: int) -> None:
    """Each text is in exactly one batch; padded tokens stay within the budget unless a text alone exceeds it."""
    batches = pack(lengths, budget)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= budget


def test_equal_lengths_share_a_batch() -> None:
    """Texts are sorted, so that short ones do not pay for a long one."""
    assert pack([5, 100, 5, 100], 200) == [[1, 3], [0, 2]]


def test_what_waits_is_packed_anew() -> None:
    """The same texts come in batches of another budget, wherever they lay."""
    lengths = [5, 100, 5, 100, 7]
    assert repack(lengths, [[1, 3], [0]], 100) == [[1], [3], [0]]
    assert repack(lengths, [[3], [0], [2]], 1_000) == [[3, 0, 2]]
