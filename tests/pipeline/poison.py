"""Poisoned messages of every kind, each with the reason that its dead letter must give."""

from __future__ import annotations

import random
from collections.abc import Callable

from streams.errors import DeadLetterReason

Poison = tuple[bytes | None, DeadLetterReason]


def poisoned_messages(count: int, seed: int, max_body_chars: int) -> list[Poison]:
    """Generate messages that can never be taken; the kinds take turns, their contents are random."""
    rng = random.Random(seed)

    def word() -> str:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 12)))

    kinds: list[Callable[[], Poison]] = [
        lambda: (f'{{"title": "{word()}", "body": {word()}'.encode(), DeadLetterReason.NOT_JSON),
        lambda: (f'{{"title": "{word()}'.encode() + b'\xc3\x28"}', DeadLetterReason.NOT_UTF8),
        lambda: (
            rng.choice(
                [
                    f'{{"title": {rng.randint(1, 9)}, "body": "{word()}"}}',
                    f'{{"title": "{word()}", "entities": "{word()}"}}',
                    f'["{word()}"]',
                    f'{{"title": "{word()}", "published_at": ["{word()}"]}}',
                ]
            ).encode(),
            DeadLetterReason.WRONG_TYPE,
        ),
        lambda: (
            f'{{"title": "{word()}", "body": "{"x" * (max_body_chars + rng.randint(1, 50))}"}}'.encode(),
            DeadLetterReason.TOO_LARGE,
        ),
        lambda: (
            f'{{"title": "{word()}", "published_at": "{rng.choice(_IMPOSSIBLE_DATES)}"}}'.encode(),
            DeadLetterReason.IMPOSSIBLE_DATE,
        ),
        lambda: (
            f'{{"title": "{word()}", "tree": '.encode() + b"[" * 10_000 + b"]" * 10_000 + b"}",
            DeadLetterReason.NESTED_TOO_DEEP,
        ),
        lambda: (rng.choice([b"", b" ", b"\n\t "]), DeadLetterReason.EMPTY),
        lambda: (rng.choice([None, b"null"]), DeadLetterReason.NULL),
    ]
    return [kinds[place % len(kinds)]() for place in range(count)]


_IMPOSSIBLE_DATES = (
    "2026-02-30T10:00:00Z",
    "2026-13-01T10:00:00Z",
    "2999-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1650-06-01T00:00:00Z",
    "soon",
)
