"""Text of others on the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tidewatch.terminal import harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Vantor [red]sinks[/red] 3%", "Vantor [red]sinks[/red] 3%"),
        ("\x1b[2J\x1b[31mALL IS WELL\x1b]0;t\x07", "\\x1b[2J\\x1b[31mALL IS WELL\\x1b]0;t\\x07"),
        ("one\nline\ttwo\r", "one\nline\\ttwo\\r"),
        ("\x9b31m and \u202egnp.exe", "\\x9b31m and \\u202egnp.exe"),
        ("Nestlé – 日本 😀", "Nestlé – 日本 😀"),
    ],
)
def test_what_a_feed_writes_is_shown_and_does_nothing(text: str, shown: str) -> None:
    """Escapes are spelled out; brackets and letters of any language stay."""
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(harmless(text), end="")
    assert out.getvalue() == shown
