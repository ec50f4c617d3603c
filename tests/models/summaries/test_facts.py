"""Facts in a summary against those of its article: the same thing said otherwise holds, another thing does not."""

from __future__ import annotations

import pytest

from models.summaries.facts import find_facts, unsupported

ARTICLE = (
    "Vantor Robotics Inc. said on Tuesday, 3 March 2026 that third-quarter profit rose 5 percent to $1.2 billion. "
    "It has 1,000 staff at three plants. Between 5 and 6 million euros go to Bank of Norland's fund, and 34 cents "
    "a share to holders. Guidance is $2.85 to $3.10. The rate fell 20 basis points, chief executive Ana Lind "
    "said. Sales were USD 5,000,000."
)


@pytest.mark.parametrize(
    "summary",
    [
        "Vantor Robotics' profit was up 5% at $1.2bn on March 3.",
        "Profits rose 5 per cent to 1.2 billion dollars in Q3.",
        "On 3rd March 2026, Vantor spoke of 1000 people and 3 plants.",
        "Sales of $5m, and €5 million or €6 million for the fund of Norland.",
        "It guides to between $2.85 and $3.1.",
        "Ana Lind saw the rate 20 bps lower; 34 cts a share.",
        "However, the company now has three plants.",
    ],
)
def test_said_otherwise(summary: str) -> None:
    """Other forms of the same numbers, days, currencies and names are supported."""
    assert unsupported(summary, ARTICLE) == ()


@pytest.mark.parametrize(
    ("summary", "kind", "text"),
    [
        ("Profit rose 6%.", "number", "6"),
        ("Profit rose to $1.2 million.", "number", "$1.2 million"),
        ("Profit rose to 5 billion.", "number", "5 billion"),
        ("Profit rose to €1.2 billion.", "number", "€1.2 billion"),
        ("It has 34% of the staff.", "number", "34"),
        ("It has four plants.", "number", "four"),
        ("It was announced on March 4.", "date", "March 4"),
        ("It was announced on Monday.", "date", "Monday"),
        ("It was announced in April.", "date", "April"),
        ("Profit rose in the second quarter.", "date", "second quarter"),
        ("The fund is paid in yen.", "currency", "yen"),
        ("The chief of Brightwell spoke.", "name", "Brightwell"),
        ("Brightwell said so.", "name", "Brightwell"),
        ("It was Vantor Lind.", "name", "Vantor Lind"),
    ],
)
def test_invented(summary: str, kind: str, text: str) -> None:
    """What the article does not say is found, by its kind."""
    assert (kind, text) in [(fact.kind, fact.text) for fact in unsupported(summary, ARTICLE)]


@pytest.mark.parametrize(
    ("said", "article"),
    [
        ("Vantor earned 5 billion {}.", ("won", "yen")),
        ("Vantor earned 5 billion {}.", ("pesos", "dollars")),
        ("Vantor earned 5 billion {}.", ("roubles", "dollars")),
        ("Vantor earned 5 billion {}.", ("kronor", "euros")),
        ("Vantor earned 5 billion {}.", ("Canadian dollars", "dollars")),
        ("Vantor earned {} 5 billion.", ("NOK", "SEK")),
        ("Vantor paid {}5 million.", ("C$", "$")),
        ("It costs 5 {}.", ("cents", "pence")),
        ("The rate rose by 2{}.", ("%", " percentage points")),
        ("The rate rose by 2{}.", (" pct", " pct points")),
        ("It sold {} shops.", ("five hundred", "five")),
        ("It sold {} shops.", ("two dozen", "two")),
        ("It sold {} shops.", ("a dozen", "two dozen")),
        ("It cuts {} jobs.", ("1,000,000", "half a million")),
        ("It cuts {} jobs.", ("half a million", "a quarter of a million")),
        ("It earned {} dollars.", ("two and a half billion", "two billion")),
        ("Sales grew {} percent.", ("one and a half", "one and a quarter")),
        ("It lost {} dollars.", ("two hundred million", "two hundred")),
        ("The buyer is {}.", ("eVantor", "Orrin")),
        ("Its {}-half profit fell.", ("first", "second")),
        ("Profit fell in {}.", ("H1", "H2")),
        ("It is rated {}.", ("BBB+", "BBB-")),
        ("It is rated {}.", ("BBB", "BBB-")),
        ("It is rated {} there.", ("BBB plus", "BBB minus")),
    ],
)
def test_another_unit_scale_half_or_grade(said: str, article: tuple[str, str]) -> None:
    """Neither of two that a currency, a scale, a half or a sign tells apart supports the other; each does itself."""
    one, other = (said.format(word) for word in article)
    assert unsupported(one, other) != ()
    assert unsupported(one, one) == unsupported(other, other) == ()


@pytest.mark.parametrize(
    ("summary", "article"),
    [
        ("It sold 500 shops and 24 mills.", "It sold five hundred shops and two dozen mills."),
        ("It cuts 500,000 jobs.", "It cuts half a million jobs."),
        ("It earned 2 and a half billion dollars.", "It earned $2.5 billion."),
        ("The rate fell 0.25 percentage points.", "The rate fell a quarter of a percentage point."),
        ("It sold 250 shops.", "It sold two hundred and fifty shops."),
        ("It lost a million dollars.", "It lost $1m."),
        ("It lost 200m won.", "It lost two hundred million won."),
        ("It lost C$5m.", "It lost 5 million Canadian dollars."),
        ("It lost 500 million crowns.", "It lost 500 million Swedish crowns."),
        ("The rate rose 2 percentage points.", "The rate rose by 2 pct points, or 3 to 4 percentage points."),
        ("The rate rose 3 percentage points.", "The rate rose 3 to 4 percentage points."),
        ("Profit fell in the second half.", "H2 profit fell."),
        ("It was cut to BBB minus.", "It was cut to BBB-."),
        ("Mark Orrin won.", "It was Mark Orrin who won, which marks an end."),
        ("Vantor won a crown as well.", "Vantor took the crown."),
    ],
)
def test_words_for_scales_units_and_grades(summary: str, article: str) -> None:
    """Hundreds and dozens are counted, points and halves written otherwise are the same; `won` is also a deed."""
    assert unsupported(summary, article) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000", "1000"),
        ("$5m", "5000000 USD"),
        ("5 million dollars", "5000000 USD"),
        ("US$5mn", "5000000 USD"),
        ("Rs 2 crore", "20000000 INR"),
        ("1,25,000", "125000"),
        ("twenty-five percent", "25 %"),
        ("2.50", "2.5"),
        ("3-for-1", "3"),
        ("half a dozen", "6"),
        ("two hundred and fifty thousand", "250000"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    """Scales, units, separators and words come to one form."""
    assert next(fact.value for fact in find_facts(text) if fact.kind == "number") == value


def test_a_text_supports_itself() -> None:
    """No text holds a fact that it lacks."""
    assert unsupported(ARTICLE, ARTICLE) == ()


@pytest.mark.parametrize("text", ["", "   ", "…", "😀 5", "A" * 10_000, "1" * 5_000, "$$$ €€ %%"])
def test_strange_texts(text: str) -> None:
    """Nothing breaks on what is hardly language."""
    assert unsupported(text, text) == ()


@pytest.mark.parametrize("summary", ["On ſep 3 it rose.", "It roſe 5 mıllıon.", "ſix fell in the fırſt quarter."])
def test_letters_that_are_latin_in_capitals_only(summary: str) -> None:
    """A long s or a dotless i is read as the letter that it is in capitals."""
    article = "It rose by 5 million on September 3. Six of them fell in the first quarter."
    assert unsupported(summary, article) == ()


def test_an_article_with_html() -> None:
    """What a reader sees of an article supports a summary: names and amounts behind references and tags."""
    article = "R&amp;V Tidal&#8217;s profit rose to $5&nbsp;million, said <b>Ana</b> Lind."
    assert unsupported("R&V Tidal's profit was $5m, Ana Lind said.", article) == ()
