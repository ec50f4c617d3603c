"""Lists: lines that each say something by themselves, told from prose that only happens to be broken into lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from models.figures.comparisons import METRIC_FIRST

NARROWEST = 50
"""Columns: prose is seldom broken into shorter lines."""
APART = 2 / 3
"""Of the line ends between two blank lines, from which on these are a list: most part one statement from another."""
ROOM = 1 / 2
"""Of those line ends, that come before the line is full: in prose the next word would have stood there."""
ROWS = 1 / 3
"""Of the lines between two blank lines, from which on these are a table of results: it is read, and taught, as one."""
FEW_LINES = 4
"""Of so few, one without a full stop before one with it is the beginning of the same sentence."""
_JOINING_TEXT = """
a an the of to in on at by for from with and or but nor as than that which who whose is are was were be been being has
have had will would could should may might its their his her our my this these those into between among about against
per vs versus via not after before during under until while if because
"""
_JOINING = frozenset(_JOINING_TEXT.split())
"""Words that end no statement."""
_VERSUS = re.compile(r"\s(?:vs\.?|versus)\s")


def item_starts(text: str) -> Iterator[int]:
    """Yield where the lines of lists begin, and what stands behind a blank line, ascending."""
    run: list[tuple[int, str]] = []
    start = 0
    for line in [*text.split("\n"), ""]:
        if line.strip():
            run.append((start, line.rstrip()))
        elif run:
            yield from _starts(run)
            run = []
        start += len(line) + 1


def _starts(run: Sequence[tuple[int, str]]) -> Iterator[int]:
    if run[0][0]:
        yield run[0][0]
    if sum(map(_is_row, (line.strip() for _, line in run))) >= ROWS * len(run):
        return
    # A line without a blank is as long as its one word, however wide the text is.
    widest = max([NARROWEST, *(len(line) for _, line in run if " " in line.strip())])
    few = len(run) <= FEW_LINES
    apart = [
        (start, len(line) + 1 + len(following.split()[0]) <= widest)
        for (_, line), (start, following) in pairwise(run)
        if _are_apart(line, following, few=few)
    ]
    ends = len(run) - 1
    if len(apart) >= APART * ends and sum(room for _, room in apart) >= ROOM * ends:
        yield from (start for start, _ in apart)


def _is_row(line: str) -> bool:
    return bool(_VERSUS.search(line) and METRIC_FIRST.match(line))


def _are_apart(line: str, following: str, *, few: bool) -> bool:
    words, begun = line.split(), following.split()
    if len(words) < 2 or len(begun) < 2 or words[-1].lower() in _JOINING or _goes_on(begun[0]):
        return False
    return line[-1] not in ",;&(/+–—-" and not (few and _is_ended(following) and not _is_ended(line))


def _is_ended(line: str) -> bool:
    return line.rstrip("\"')]").endswith((".", "!", "?", "…"))


def _goes_on(word: str) -> bool:
    # "eBay" is a name and may begin what it likes.
    return word.islower() if word[0].isalpha() else word[0] in "&)]%,;:."
