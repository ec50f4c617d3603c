"""What a browser shows of a feed's text."""

from __future__ import annotations

import pytest

from streams.markup import shown


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("R&amp;V&#8217;s <b>quarterly</b>&nbsp;profit.", "R&V’s quarterly\u00a0profit."),
        ("<p>Van<!-- ad -->tor</p>rose", "\n\nVantor\n\nrose"),
        (
            '<figure><img src="x"><figcaption>Vantor</figcaption></figure>Up <time datetime="2026">today</time>',
            "\n\n\n\nVantor\n\n\n\nUp today",
        ),
        ("a<script>let b = 1 < 2;</script>c <XON> &amp;lt;", "ac <XON> &lt;"),
        ("R&D of Vantor & Sons, “5 < 6”, &nosuch;", "R&D of Vantor & Sons, “5 < 6”, &nosuch;"),
    ],
)
def test_what_is_shown(text: str, seen: str) -> None:
    """Tags go and leave nothing, references become their characters, and other text stays as it is."""
    assert shown(text) == seen
