"""What a browser shows of a feed's text."""

from __future__ import annotations

import time

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
        ("5 &lt; 6: &amp;lt;b&amp;gt; and &amp;amp; are written so", "5 < 6: &lt;b&gt; and &amp; are written so"),
        ("<center>Vantor</center>: <ins>up</ins><svg><text>x</text></svg> <NAV> <Q>", "\n\nVantor\n\n: up <NAV> <Q>"),
        (f'a<img src="data:image/png;base64,{"A" * 5_000}"/>b', "ab"),
        ("R&D of Vantor & Sons, “5 < 6”, &nosuch;", "R&D of Vantor & Sons, “5 < 6”, &nosuch;"),
    ],
)
def test_what_is_shown(text: str, seen: str) -> None:
    """Tags go and leave nothing, references become their characters, and other text stays as it is."""
    assert shown(text) == seen


@pytest.mark.parametrize("mark", ["<script>", "<a ", "<a /", "<svg "])
def test_tags_that_never_end_take_no_time(mark: str) -> None:
    """What opens thousands and closes none is read in one go: 20,000 scripts took half a minute and more."""
    began_s = time.process_time()
    assert shown(mark * 20_000) == mark * 20_000
    assert time.process_time() - began_s < 3
