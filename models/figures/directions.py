"""Which way figures go: pairs of a current and a previous figure, and the word that says how they compare.

A small encoder reads "profit of 8, after 5" and "profit of 5, after 8" as nearly the same text. Read as "profit of 8
up, after 5" it can learn what that means. Which things are good when they rise is not known here: that is learned.
A pair that is not there does less harm than a wrong one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from models.figures.amounts import PROPORTIONS, Figure, figures
from models.figures.asides import annotates, in_brackets, sentence_before
from models.figures.comparisons import (
    AMOUNT,
    ASIDE,
    CHANGE,
    CHANGE_BEHIND,
    CHANGE_OF,
    CONNECTION,
    END_OF_AFTER,
    EXPECTED,
    FALL,
    FROM_BEFORE,
    LIST_BEHIND,
    MOVE_BEHIND,
    NOW,
    OR,
    PLAIN,
    RESPECTIVELY,
    SAME,
    SENTENCE_END,
    THEN,
    THEN_ALONE,
    THING,
    TO,
    TO_BEHIND,
    TURNED,
    UNCHANGED_AT,
    YEAR_BEHIND,
)
from models.figures.pairs import Direction, FigurePair, compared, fitted, ratio
from models.figures.ranges import joined_ranges
from models.figures.signs import lost, moved, signs
from models.text.cleaning import unpadded

__all__ = ["Direction", "FigurePair", "directions"]

Order = Literal["current first", "previous first"]

_GATE = re.compile(r"\d|[\s-](?:vs|pct|cts|mln|[mb]illion|per\s?cent|points?|crore|lakh)\b", re.I)
"""Without any of these there is no figure worth a look: most sentences end here."""
MAX_GAP = 90
"""Characters between the two figures of a pair."""
_JOINED = re.compile(r"(?: (?:an?|per) (?:[a-z]+ )*(?:share|unit))? and ", re.I)
_PER_SHARE = re.compile(r"\b(?:an?|per) (?:\w+ )?share\b", re.I)
_MOVES = frozenset({"points", "basis points"})
"""Units of how far something went, as `raised by half a point`."""
ROUNDED = 0.05
"""Share by which a difference that is told may miss that of the figures."""
MAX_FIGURES = 60
"""Of one text; more are a table, and nothing in it is read."""


def directions(text: str) -> tuple[FigurePair, ...]:
    """Return the pairs of figures of a text, in order."""
    if not _GATE.search(text):
        return ()
    plain, places = unpadded(text)
    found = figures(plain)
    if not found or len(found) > MAX_FIGURES:
        return ()
    return tuple(
        replace(pair, current=_placed(pair.current, places), previous=_placed(pair.previous, places))
        for pair in _Reading(plain, found).pairs()
    )


def _placed(figure: Figure, places: Sequence[int]) -> Figure:
    return replace(figure, start=places[figure.start], end=places[figure.end - 1] + 1)


@dataclass(slots=True)
class _Reading:
    text: str
    figures: list[Figure]
    bracketed: frozenset[int] = frozenset()
    """Where figures begin that stand in brackets behind what they are compared with."""

    def pairs(self) -> list[FigurePair]:
        """Take each figure as the second of a pair, and look back for its first."""
        self.figures, self.bracketed = in_brackets(self.text, joined_ranges(self.text, self.figures))
        found: list[FigurePair] = []
        taken: set[int] = set()
        for second in range(len(self.figures)):
            same = self._same(second)
            if same is not None:
                found.append(same)
                taken.add(second)
            if second not in taken and self._in_list(second - 1, second):
                taken.update((second, second + 1))
            if second in taken:
                continue
            for first in range(second - 1, max(-1, second - 4), -1):
                if first in taken or self.figures[second].start - self.figures[first].end > MAX_GAP:
                    break
                pair = self._pair(first, second)
                if pair is not None and not self._is_the_difference(first, second, taken):
                    if first and first - 1 not in taken and self._restates(first):
                        pair = min((pair, self._pair(first - 1, second) or pair), key=ratio)
                    found.append(pair)
                    taken.update((first, second))
                    break
        return sorted(found, key=lambda pair: pair.current.start)

    def _is_the_difference(self, first: int, second: int, taken: Collection[int]) -> bool:
        """Tell whether a figure only says how far one before lies from the second ("8 mln, 3 mln more than 5 mln")."""
        a, b = self.figures[first], self.figures[second]
        for place in range(first - 1, max(-1, first - 3), -1):
            whole = self.figures[place]
            both, apart = fitted(whole, b, close=False), fitted(a, b, close=False)
            if place in taken or both is None or apart is None or SENTENCE_END.search(self.text, whole.end, a.start):
                continue
            told, between = abs(apart[0].value), abs(both[0].value - both[1].value)
            if told < abs(both[0].value) and math.isclose(between, told, rel_tol=ROUNDED):
                return True
        return False

    def _restates(self, place: int) -> bool:
        """Tell whether a figure only says the one before it in other terms ("8 mln, or 12 cents a share")."""
        between = self.text[self.figures[place - 1].end : self.figures[place].start]
        return bool(OR.fullmatch(between))

    def _same(self, place: int) -> FigurePair | None:
        figure = self.figures[place]
        same = SAME.match(self.text, figure.end)
        near = [each for each in self.figures[place + 1 : place + 2] if each.start <= figure.end + 50]
        nothing_follows = all(each.unit != figure.unit and each.unit in _MOVES for each in near)
        if (same and (nothing_follows or "same" in same[0])) or (
            nothing_follows and UNCHANGED_AT.search(self.text, 0, figure.start)
        ):
            return FigurePair(figure, figure, figure.value, figure.value, "flat")
        return None

    def _pair(self, first: int, second: int) -> FigurePair | None:
        a, b = self.figures[first], self.figures[second]
        gap = self.text[a.end : b.start]
        both = fitted(a, b, close=len(gap) <= 12)
        if both is None:
            return None
        before = sentence_before(self.text, a, self.figures[first - 1].end if first else 0)
        if ASIDE.search(before):
            return None
        order = self._order(first, second, gap, before)
        if order is None:
            return None
        told = signs(self.text, *both, sentence_before(self.text, a))
        return compared(*both, told, current_first=order == "current first") if told else None

    def _order(self, first: int, second: int, gap: str, before: str) -> Order | None:
        a, b = self.figures[first], self.figures[second]
        dated = self._dated(a, b)
        behind = self.text[b.end : b.end + 60]
        crosses = SENTENCE_END.search(gap)
        if not crosses:
            if b.start in self.bracketed or (second == first + 1 and annotates(self.text, a, gap, before)):
                return "current first"
            from_a = FROM_BEFORE.search(before)
            to = [*TO.finditer(gap)]
            if from_a and to and len(gap) - to[-1].end() <= 25 and second == first + 1:
                changes = CHANGE.search(before) or CHANGE.search(gap) or self._changed_before(first)
                return "previous first" if changes else None
            connections = [*CONNECTION.finditer(gap)]
            if connections:
                if connections[-1].start() < self.figures[second - 1].end - a.end:
                    return None  # it leads to the figure between them
                if self._connects(first, second, gap, before, behind, connections[-1]):
                    return dated or "current first"
                return None
        if second == first + 1 and (a.unit or a.scale) and not _other_thing(gap, sentence_before(self.text, a)):
            return dated or self._by_period(gap, before, behind)
        return None

    def _changed_before(self, first: int) -> bool:
        return bool(first and CHANGE.search(sentence_before(self.text, self.figures[first])))

    def _connects(self, first: int, second: int, gap: str, before: str, behind: str, connection: re.Match[str]) -> bool:
        a, b = self.figures[first], self.figures[second]
        kind = connection.lastgroup
        lead, tail = gap[: connection.start()], gap[connection.end() :]
        if len(tail) > 50 or _other_thing(tail, sentence_before(self.text, a)) or FALL.search(tail):
            return False
        if THEN_ALONE.match(tail):
            return False
        against = kind in {"versus", "compared"}
        if against and FALL.match(behind.lstrip()):
            return False
        amount = None if lost(a, before) else AMOUNT.search(before)
        move = moved(b, tail)
        if move is not None:
            compares = (against or kind == "from") if amount else (against and a.unit in PROPORTIONS)
            return compares and bool(PLAIN.fullmatch(tail[: move.start()]))
        if kind == "from":
            changes = amount or CHANGE_OF.search(before) or CHANGE_BEHIND.match(self.text, a.end)
            if changes or TO_BEHIND.match(behind):
                return False
        elif amount and (
            amount["falling"] or (kind == "than" and not (amount["rising"] and _says(EXPECTED, tail, behind[:35])))
        ):
            return False
        if kind == "beats":
            expected = _says(EXPECTED, tail, behind[:30])
            return bool(expected and not amount and PLAIN.fullmatch(EXPECTED.sub("", tail)))
        if kind in {"from", "after"} and MOVE_BEHIND.match(behind):
            return False
        if kind == "after" and (len(lead) > 40 or not END_OF_AFTER.match(behind) or not PLAIN.fullmatch(tail)):
            return False
        if kind == "than" and not any(_says(told, tail, behind[:35]) for told in (THEN, EXPECTED)):
            return False
        if a.bare and b.bare and not (a.grouped or a.number % 1 or b.number % 1):
            head = sentence_before(self.text, a)
            return connection[0].lower() not in {"v", "v."} and bool(THING.search(head) or CHANGE.search(head))
        return True

    def _in_list(self, first: int, second: int) -> bool:
        """Tell whether two figures before stand against two behind ("8 and 20 against 5 and 18")."""
        if second + 1 >= len(self.figures) or first < 1:
            return False
        b, after = self.figures[second], self.figures[second + 1]
        joined = re.search(r"\band\b", self.text[self.figures[first - 1].end : self.figures[first].start])
        return bool(joined and LIST_BEHIND.fullmatch(self.text[b.end : after.start]))

    def _dated(self, a: Figure, b: Figure) -> Order | None:
        """Return the order by the years that are given with both."""
        year_a = YEAR_BEHIND.match(self.text, a.end, b.start)
        year_b = YEAR_BEHIND.match(self.text, b.end)
        both = RESPECTIVELY.match(self.text, b.end)
        if both and both[1] != both[2] and self._are_of_one_thing(a, b):
            return "current first" if both[1] > both[2] else "previous first"
        if not year_a or not year_b or year_a[1] == year_b[1]:
            return None
        return "current first" if year_a[1] > year_b[1] else "previous first"

    def _are_of_one_thing(self, a: Figure, b: Figure) -> bool:
        """Tell whether two joined figures are those of one thing at two times, and not how far something went."""
        before = sentence_before(self.text, a)
        things = list(THING.finditer(before))
        several = any(re.search(r"\band\b", before[one.end() : other.start()]) for one, other in pairwise(things))
        changes = AMOUNT.search(before) and not lost(a, before)
        return bool(things and _JOINED.fullmatch(self.text, a.end, b.start)) and not several and not changes

    def _by_period(self, gap: str, before: str, behind: str) -> Order | None:
        """Return the order by words such as "last year" and "now" next to them."""
        parts = re.split(r"[,;.]\s|\b(?:and|but|while|whereas|where)\b", gap)
        near_a, near_b = parts[0], parts[-1] if len(parts) > 1 else ""
        end = re.split(r"[,;.]\s|\b(?:and|but|while)\b", behind[:40])[0]
        then_a = bool(THEN.search(near_a) or THEN.search(before[-60:]))
        then_b = bool(THEN.search(near_b) or (len(parts) > 1 and THEN.search(end)))
        now_a = bool(NOW.search(near_a) or NOW.search(before[-60:]))
        now_b = bool(NOW.search(near_b) or (len(parts) > 1 and NOW.search(end)))
        if then_a and not then_b and (now_b or TURNED.search(gap)):
            return "previous first"
        if then_b and not then_a and not now_b and (now_a or THEN.search(near_b)):
            return "current first"
        return None


def _says(told: re.Pattern[str], *near: str) -> bool:
    return any(told.search(each) for each in near)


def _other_thing(tail: str, before: str) -> bool:
    """Tell whether the text before the second figure names a thing that the text before the first does not."""
    named = {match["other"].lower() for match in THING.finditer(_PER_SHARE.sub("", tail)) if match["other"]}
    known = {match["other"].lower() for match in THING.finditer(before) if match["other"]}
    return bool(named - known)
