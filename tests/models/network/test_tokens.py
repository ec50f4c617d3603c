"""Tokens: where the words of direction are put in, and what a window of characters touches."""

from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from models.network.bases import base_folder
from models.network.tokens import Tokenizer
from streams.settings import Settings

TEXT = "Vantor posted profit of 8 mln, after 5 mln a year earlier"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Load the packaged tokenizer."""
    return Tokenizer(AutoTokenizer.from_pretrained(base_folder(Settings())).backend_tokenizer)


def _words(tokenizer: Tokenizer, ids: list[int]) -> list[str]:
    return [tokenizer._backend.id_to_token(i) for i in ids]


def test_the_direction_stands_behind_its_figure(tokenizer: Tokenizer) -> None:
    """The word follows the current figure, stands for no characters, and moves no other token's place."""
    (tokens,) = tokenizer.tokenize([TEXT])
    words = _words(tokenizer, tokens.ids)
    assert words[words.index("up") - 1] == "ml" or words[words.index("up") - 1].startswith("##")
    assert tokens.offsets[words.index("up")] == (0, 0)
    assert words.index("up") < words.index("5")
    start, end = tokens.window(0, 6)
    assert "".join(words[start:end]).replace("##", "") == "vantor"
    start, end = tokens.window(TEXT.index("year"), TEXT.index("year") + 4)
    assert words[start:end] == ["year"]


def test_a_figure_at_the_very_end_is_marked_inside(tokenizer: Tokenizer) -> None:
    """The closing token stays the last."""
    (tokens,) = tokenizer.tokenize(["Costs rose from 5 mln to 8 mln"])
    words = _words(tokenizer, tokens.ids)
    assert words[-2:] == ["up", "[SEP]"]


def test_what_is_cut_off_is_not_marked(tokenizer: Tokenizer) -> None:
    """A figure beyond the last token leaves no word behind, and no text grows past the limit."""
    (tokens,) = tokenizer.tokenize([f"{'word ' * 600}{TEXT}"])
    assert len(tokens.ids) == 512
    assert "up" not in _words(tokenizer, tokens.ids)


def test_a_window_of_nothing_is_empty(tokenizer: Tokenizer) -> None:
    """White space and what lies past the text touch no token."""
    (tokens,) = tokenizer.tokenize(["Vantor fell"])
    assert tokens.window(6, 7) == (0, 0)
    assert tokens.window(90, 95) == (0, 0)
