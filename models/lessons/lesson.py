"""Lessons: what any source of labels comes to before it teaches."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Be one text to read, as sentences, with what its set says of it."""

    source: str
    sentences: tuple[str, ...]
    sentiments: tuple[tuple[Span | None, tuple[float, float, float]], ...] = ()
    """About spans of the first sentence, or (None) about all of it."""
    guessed: bool = False
    """Whether nobody said the sentiment: it is what the weights said that a training goes on from."""
    topics: tuple[float, ...] | None = None
    one_topic: bool = False
    """Whether its set names one topic of each text: any other is then most likely not there."""
    categories: tuple[float, ...] | None = None
    choosing: bool = False
    rest: tuple[str, ...] = ()
    """What follows the sentences: read once the encoder is tuned, by the head of the categories alone."""

    @property
    def whole(self) -> tuple[str, ...]:
        """Return everything that is read of the text."""
        return self.sentences + self.rest
