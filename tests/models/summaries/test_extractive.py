"""The extractive summary with weights made by hand and the built-in ones."""

from __future__ import annotations

import numpy as np
import pytest

from models.network.heads import BUILT_IN
from models.summaries.extractive import Extract, summarise, unit
from models.summaries.facts import unsupported
from models.summaries.salience import SHAPES, Salience, load_salience
from models.summaries.salience_features import SIGNS

NEWS = [
    "Vantor Robotics opened a plant near the harbour on Friday morning.",
    "Advertisement",
    "The mayor of Tallin Bay spoke to a crowd of four hundred people.",
    "Vantor Robotics opened a plant near the harbour on Friday morning.",
    "Brightwell Foods closed its oldest bakery after ninety years of work.",
]
CALL = [
    "Good morning, everyone, and thank you for joining our first quarter call.",
    "I'm pleased to report that our revenue rose 12% to $410 million, driven by strong orders from our customers.",
    "We are very proud of our teams and of what they do for our customers every day.",
    "Adjusted earnings per share were $1.24, compared to $1.10 in the first quarter of last year.",
    "For the full year, we now expect adjusted earnings per share of $5.00 to $5.20.",
    "Operator, we are now ready to take the first question from the line.",
] * 5


@pytest.fixture
def plain() -> Salience:
    """Return weights to which every word is alike and every text is news."""
    weights = {name: np.zeros(shape, dtype=np.float32) for name, shape in SHAPES.items()}
    weights["dense_scale"] += 1
    weights["news_bias"] += np.array([0.3, 0.1], dtype=np.float32)
    weights["gate_bias"] -= 20
    return Salience(weights)


@pytest.fixture(scope="module")
def built_in() -> Salience:
    """Return the built-in weights."""
    return load_salience(BUILT_IN)


def _run(texts: list[str], salience: Salience, sentences: int, chars: int | None = None, title: str = "") -> Extract:
    seeds = [np.random.default_rng(sum(text.encode())) for text in texts]
    vectors = unit(np.stack([1 + 0.1 * seed.normal(size=16) for seed in seeds]).astype(np.float32))
    fields = ["body"] * len(texts)
    return summarise(
        texts,
        fields,
        vectors,
        unit(vectors.mean(0)),
        title,
        salience=salience,
        max_sentences=sentences,
        max_chars=chars,
    )


def test_the_lead_fits_its_own_length(plain: Salience) -> None:
    """A limit is exact: the length of the first two sentences with a space between takes just those two."""
    two = f"{NEWS[0]} {NEWS[2]}"
    assert _run([NEWS[0], NEWS[2]], plain, 2, len(two)).text == two
    assert len(_run([NEWS[0], NEWS[2]], plain, 2, len(two) - 1).sentences) == 1


def test_in_order_without_repeats_and_fragments(plain: Salience) -> None:
    """What was said is not said again, a heading waits, and the order is the text's."""
    summary = _run(NEWS, plain, 3)
    assert summary.sentences in ((0, 2, 4), (2, 3, 4))
    assert summary.text == " ".join(NEWS[i] for i in summary.sentences)


def test_a_length_in_characters(plain: Salience) -> None:
    """The text stays within the characters asked, and one sentence is given however few those are."""
    assert len(_run(NEWS, plain, 3, 140).text) <= 140
    assert len(_run(NEWS, plain, 3, 140).sentences) == 2
    assert len(_run(NEWS, plain, 3, 1).sentences) == 1


def test_what_was_learned_decides(plain: Salience) -> None:
    """A sign that summaries keep lifts its sentence."""
    plain.weights["news"][SIGNS - 1] = 0.5  # the figure
    texts = [*NEWS[:3], "The plant cost 310 million dollars over five long years."]
    assert _run(texts, plain, 1).sentences == (3,)


def test_the_title_is_taken_only_alone(plain: Salience) -> None:
    """A body of any kind comes before the title; a title alone is its own summary."""
    vectors = np.eye(2, dtype=np.float32)
    both = summarise(
        ["A title of six whole words.", "Body."],
        ["title", "body"],
        vectors,
        vectors[0],
        "",
        salience=plain,
        max_sentences=2,
    )
    assert both == Extract("Body.", (1,))
    alone = summarise(["A title"], ["title"], vectors[:1], vectors[0], "A title", salience=plain, max_sentences=2)
    assert alone == Extract("A title.", (0,))


def test_nothing(plain: Salience) -> None:
    """An article without sentences has an empty summary."""
    none = np.zeros((0, 2), dtype=np.float32)
    assert summarise([], [], none, np.zeros(2, dtype=np.float32), "", salience=plain, max_sentences=3) == Extract(
        "", ()
    )


def test_a_call_comes_down_to_its_figures(built_in: Salience) -> None:
    """Greetings and pride are left out, the figures stay as they were spoken, and nothing is added."""
    summary = _run(CALL, built_in, 3)
    assert "pleased" not in summary.text
    assert "Good morning" not in summary.text
    assert "$1.24" in summary.text or "$5.00 to $5.20" in summary.text
    assert unsupported(summary.text, " ".join(CALL)) == ()


def test_news_begins_with_its_lead(built_in: Salience) -> None:
    """Of a plain story the first sentence is in the summary."""
    story = [
        "Brightwell Foods will close its bakery in Tallin Bay with the loss of 310 jobs, the company said on Friday.",
        "Chief executive Ana Lind said the site had lost money for three years.",
        '"It was not an easy choice for any of us," she added.',
        "The weather in the town was mild for the season.",
        "Some people came by to look at the gates.",
    ]
    assert 0 in _run(story, built_in, 2).sentences


def test_a_story_on_results_is_news(built_in: Salience) -> None:
    """Short news full of figures keeps its lead, as other news does."""
    story = [
        "LEEDS - Brightwell Foods Plc today announced financial results for the third quarter ended September 30.",
        "Net sales increased 6% to $412.3 million compared to $389.0 million in the prior year quarter.",
        "Adjusted EBITDA was $61.2 million, up 11%.",
        "Diluted earnings per share were $0.82 compared to $0.71.",
        "The company expects full year revenue of $1.61 billion to $1.64 billion.",
    ]
    assert 0 in _run(story, built_in, 3).sentences


def test_it_does_not_depend_on_rounding(built_in: Salience) -> None:
    """Vectors that differ in the seventh digit choose the same sentences."""
    texts = CALL
    vectors = unit(np.random.default_rng(1).normal(size=(len(texts), 8)).astype(np.float32))
    fields = ["body"] * len(texts)
    one, two = (
        summarise(texts, fields, v, unit(vectors.mean(0)), "", salience=built_in, max_sentences=3)
        for v in (vectors, vectors + np.float32(1e-7))
    )
    assert one == two


def test_boilerplate_waits_for_news(plain: Salience) -> None:
    """What a page says of itself is in no summary while there is news, however short; alone it is all there is."""
    page = [
        "Click here to subscribe to our newsletter today.",
        "Sign up now for free access to news!",
        "All rights reserved by the publisher of this page.",
    ]
    assert _run([page[0], "Vantor shares rose 5%.", *page[1:]], plain, 3) == Extract("Vantor shares rose 5%.", (1,))
    assert _run(page, plain, 3).sentences == (0, 1, 2)


def test_html_leaves_no_gaps(plain: Salience) -> None:
    """References and tags inside words are gone from a summary without a trace."""
    text = "R&amp;V&#8217;s <b>quarterly</b> profit rose to $5&nbsp;million on Friday<!-- ad -->."
    assert _run([text], plain, 1).text == "R&V's quarterly profit rose to $5 million on Friday."
