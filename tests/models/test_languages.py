"""The language an article is read as."""

from __future__ import annotations

import pytest

from models.languages import LanguageIdentifier

GERMAN = (
    "Der Gewinn der Vantor AG steigt deutlich, und die Aktie legt um fünf Prozent zu, sagte ein Sprecher am Freitag."
)
ENGLISH = (
    "The company said on Friday that its profit rose sharply, and the shares gained five percent in early trading."
)


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    """Load the identifier once."""
    return LanguageIdentifier()


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (ENGLISH, None, "en"),
        (ENGLISH.upper(), None, "en"),
        (GERMAN, None, "de"),
        (GERMAN, "en", "de"),
        ("Oil up", None, "en"),
        ("Aktie steigt", "de-AT", "de"),
        ("Aktie steigt", "ger", "de"),
        ("Aktie steigt", "fil", "fil"),
        ("Oil up", "eng", "en"),
        ("Oil up", "English", "en"),
        ("Oil up", "ENG-US", "en"),
        ("Oil up", " en_GB.UTF-8 ", "en"),
        ("Oil up", "german", "en"),
        ("Oil up", "n/a", "en"),
        ("Компания сообщила об убытках", None, "ru"),
        ("$VTR 🙂 +5% https://x.example/abc", "en", "und"),
        ("", None, "und"),
    ],
)
def test_a_text_has_its_language(
    identifier: LanguageIdentifier, text: str, declared: str | None, language: str
) -> None:
    """A long text speaks for itself, a short one as declared, and a text without a letter has none."""
    assert identifier.identify(text, declared) == language
