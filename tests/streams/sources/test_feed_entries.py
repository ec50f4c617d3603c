"""Entries of feeds as raw articles."""

from __future__ import annotations

import pytest

from streams.sources.feed_entries import articles_of


def _texts(title: str, description: str) -> tuple[object, object]:
    feed = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><item><title>{title}</title>
<link>https://wire.example/1</link><description>{description}</description></item></channel></rss>"""
    (fields,) = articles_of(feed.encode(), "application/rss+xml", "https://wire.example/feed")
    return fields["title"], fields["body"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Vantor soars &#55357;&#56832;!", "Vantor soars \U0001f600!"),
        ("Vantor soars &#xD83D;&#xDE00;&#33;", "Vantor soars \U0001f600!"),
        ("Vantor soars &#xd83d;&#56832;", "Vantor soars \U0001f600"),
        ("&#8364;5 &#55357;&#56832;&#55357;&#56842; at Orrin &amp; Co", "€5 \U0001f600\U0001f60a at Orrin & Co"),
        ("Vantor &#55357;soars", "Vantor soars"),
        ("Vantor &#56832;&#55357; soars", "Vantor  soars"),
        ("Vantor &#99999999;soars", "Vantor soars"),
        ("Vantor &#x110000;soars", "Vantor soars"),
        ("Vantor &#" + "9" * 5_000 + ";soars", "Vantor soars"),
        ("&#99999999;&#60;b&#62; is a tag", "<b> is a tag"),
        ("Vantor soars &#128512;", "Vantor soars \U0001f600"),
        ("Vantor&#0000000039;s &#x1F600;&#x10FFFD;", "Vantor's \U0001f600\U0010fffd"),
        ("Figures &#1; of Vantor", "Figures \x01 of Vantor"),
    ],
)
def test_a_reference_that_names_no_character_costs_no_article(sent: str, read: str) -> None:
    """Halves of a character are joined, as a writer in UTF-16 meant them; what names none goes; others stay."""
    assert _texts("Orrin", sent) == ("Orrin", read)
    assert _texts(sent, "Orrin") == (read, "Orrin")
