"""Texts as the encoder's tokens, with the words of direction put after the figures that they belong to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.network.marks import Mark, marks

MAX_TOKENS = 512
"""Of one text; what lies beyond is not read. A sentence has at most 1,000 characters, so that is rare."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Be the tokens of one text, and of each the characters that it stands for: (0, 0) of one that was put in."""

    ids: list[int]
    offsets: list[tuple[int, int]]

    def window(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of tokens that touch some characters; empty where none does."""
        touching = [place for place, (a, b) in enumerate(self.offsets) if a < end and b > start and b > a]
        return (touching[0], touching[-1] + 1) if touching else (0, 0)


class Tokenizer:
    """Cut texts into tokens. `marked` puts in whether one figure is above the other, which small encoders miss."""

    def __init__(self, backend: Any, max_tokens: int = MAX_TOKENS, *, marked: bool = True) -> None:
        self.pad_id = backend.token_to_id(backend.padding["pad_token"]) if backend.padding else 0
        self._backend = backend
        self._marked = marked
        self._max_tokens = max_tokens
        self._words: dict[str, list[int]] = {}
        backend.no_padding()
        backend.enable_truncation(max_tokens)

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text, at most `max_tokens`."""
        return [
            self._with_marks(Tokens(encoding.ids, encoding.offsets), marks(text) if self._marked else ())
            for text, encoding in zip(texts, self._backend.encode_batch(list(texts)), strict=True)
        ]

    def _with_marks(self, tokens: Tokens, found: Sequence[Mark]) -> Tokens:
        if not found:
            return tokens
        ids, offsets = list(tokens.ids), list(tokens.offsets)
        last = len(ids) - 1  # the closing token stays the last
        starts = [start for start, _ in offsets[1:last]]
        end = max((end for _, end in offsets), default=0)
        for mark in sorted(found, key=lambda mark: -mark.at):
            place = 1 + bisect_left(starts, mark.at)
            word = self._word(mark.word)
            if mark.at <= end and len(ids) + len(word) <= self._max_tokens:
                ids[place:place] = word
                offsets[place:place] = [(0, 0)] * len(word)
        return Tokens(ids, offsets)

    def _word(self, word: str) -> list[int]:
        if word not in self._words:
            self._words[word] = self._backend.encode(word, add_special_tokens=False).ids
        return self._words[word]
