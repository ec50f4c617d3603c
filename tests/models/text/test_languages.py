"""The language an article is read as."""

from __future__ import annotations

import pytest

from models.text.languages import LanguageIdentifier

GERMAN = (
    "Der Gewinn der Vantor AG steigt deutlich, und die Aktie legt um fünf Prozent zu, sagte ein Sprecher am Freitag."
)
ENGLISH = (
    "The company said on Friday that its profit rose sharply, and the shares gained five percent in early trading."
)


SPANISH = (
    "Vantor redujo su beneficio neto un 15% hasta los 450 millones de euros en el primer trimestre, según informó la"
    " compañía a la CNMV."
)
NORWEGIAN = (
    "Vantor leverte et justert driftsresultat på 6,5 milliarder dollar i andre kvartal, ned fra 7,5 milliarder dollar"
    " året før."
)
INDONESIAN = (
    "Vantor membukukan laba bersih Rp 14,1 triliun pada kuartal pertama, naik 9,8 persen dibandingkan periode yang sama"
    " tahun lalu."
)
FIGURES = (
    "UK PPI Output NSA (M/M) Jun: 1.4% (est 1.0%; prev 1.6%)  - UK PPI Output NSA (Y/Y) Jun: 16.5% (est 16.0%; prev"
    " 15.7%)  - UK PPI Input NSA (M/M) Jun: 1.8% (est 1.1%; prev 2.1%)"
)
NAMES = (
    "La Caisse Centrale de Tallin du Vantor is issuing a 10 billion yen bond, lead manager Banque Orrin de Paris said"
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
        (SPANISH, None, "es"),
        (NORWEGIAN, None, "no"),
        ("Vantor erhöht Dividende und kauft eigene Aktien zurück", None, "de"),
        ("Le bénéfice net de Vantor bondit de 12% au premier trimestre", None, "fr"),
        ("Vantor recorta sus previsiones de beneficio para 2024", "en", "es"),
        ("Utile netto di Vantor in calo del 15% nel trimestre", "en-GB", "it"),
        ("Vantor verlaagt winstverwachting na zwak kwartaal", None, "nl"),
        ("Vantor säger upp 1.200 anställda i Sverige", None, "sv"),
        ("Vantorin liikevoitto kasvoi 12 prosenttia", None, "fi"),
        ("Akcje Vantora tracą po ostrzeżeniu o wynikach", None, "pl"),
        ("Vantor hisseleri kâr uyarısının ardından geriledi", None, "tr"),
        ("Aktie von Vantor steigt deutlich", "de", "de"),
        ("Vantor fällt deutlich zurück", None, "en"),
        ("Vantor erhöht Dividende und kauft eigene Aktien zurück", "sv", "sv"),
        ("Société Générale, BNP Paribas, Crédit Agricole shares fall", None, "en"),
        ("Münchener Rückversicherungs-Gesellschaft raises dividend", None, "en"),
        ("KONINKLIJKE NEDERLANDSE PAPIERFABRIEKEN 1ST QTR", None, "en"),
        (INDONESIAN, None, "id"),
        (INDONESIAN, "ms", "ms"),
        (INDONESIAN, "en", "id"),
        (FIGURES, None, "en"),
        (NAMES, None, "en"),
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
