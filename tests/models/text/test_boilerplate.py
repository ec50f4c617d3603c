"""Boilerplate, and news that uses its words."""

from __future__ import annotations

import pytest

from models.text.boilerplate import is_boilerplate


@pytest.mark.parametrize(
    "sentence",
    [
        "Click here to subscribe to our newsletter today.",
        "Sign up now for free access to news!",
        "Subscribe to the Harbour Times to get our pick of the week.",
        ">> Follow us on Facebook or by e-mail.",
        "READ MORE: The facts behind the claims",
        "All rights reserved by the publisher of this.",
        "© 2026 Harbour Times.",
        "Copyright 2026 Harbour Times, all rights reserved.",
        "(c) 2026 Harbour Times",
        "(C) Copyright Harbour Times 2026.",
        "Past performance is no guarantee of future results.",
        "This article was generated with automated technology and reviewed.",
        "This article does not constitute investment advice of any kind.",
        "Reporting by Ana Lind in Tallin Bay; Editing by Jo Roe.",
        "Our Standards: The Harbour Times Trust Principles.",
        "Media playback is not supported on this device",
        "For more information, please visit our website.",
    ],
)
def test_what_a_page_says_of_itself(sentence: str) -> None:
    """It tells the reader what to do, who wrote it or what it is worth."""
    assert is_boilerplate(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Vantor asks its users to sign up now for a newsletter.",
        "Subscribers to Vantor rose by 5% in the quarter.",
        "Existing shareholders may subscribe to one share for each ten.",
        "Readers of the newsletter said they would not follow us on this.",
        "Copyright holders sued Vantor on Friday.",
        "(c) net income rose to $5 million from $4 million on strong loan growth.",
        "(C) Segment profit fell 12% to $5 million as costs rose.",
        "Copyright 2026 verdict costs Vantor $5 million.",
        "Reporting by banks has improved, Vantor said.",
        "The past performance of Vantor is no secret.",
        "This report was worse than what analysts had expected.",
        "Vantor was fined for its investment advice.",
        "The fund reserved all rights to sell its shares.",
    ],
)
def test_news_in_the_same_words(sentence: str) -> None:
    """News about subscribers, copyright or advice is news."""
    assert not is_boilerplate(sentence)
