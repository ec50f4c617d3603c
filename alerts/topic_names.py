"""Topics of news that people write: one that is misspelt matches nothing, and nobody would notice."""

from __future__ import annotations

from collections.abc import Collection, Iterator


def unknown_topics(written: object, known: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the place of each name in a list that is no topic, with what to say; nothing where it is no list."""
    if isinstance(written, list | tuple):
        for place, name in enumerate(written):
            if isinstance(name, str) and name not in known:
                yield place, f"there is no topic {name!r}: the topics are {', '.join(known)}"
