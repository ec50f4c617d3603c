"""Fitting the head of the categories on whole articles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.lessons.lesson import Lesson
from models.network.bases import Base
from models.network.encoder import Encoder, load_network
from models.network.heads import CATEGORY_SENTENCES, Heads, HeadsFacts, category_features
from models.topics import REUTERS_TOP10
from models.training.categories import fit_categories

pytestmark = pytest.mark.usefixtures("one_thread")
LEAD = ("The market was quiet.", "Traders waited.", "Prices held.", "Little was sold.")


@pytest.fixture
def heads(tiny_base: Base) -> Heads:
    """Return fresh heads for the tiny encoder."""
    torch.manual_seed(0)
    facts = HeadsFacts(base=tiny_base.name, base_sha256=tiny_base.sha256, dimensions=32, hidden=64)
    return Heads(facts).eval()


@pytest.fixture
def encoder(tiny_base: Base) -> Encoder:
    """Return the tiny encoder."""
    tokenizer, network = load_network(tiny_base)
    return Encoder(tiny_base, tokenizer, network.eval(), torch.device("cpu"), 1024)


def test_what_is_said_past_the_lead_is_learned(heads: Heads, encoder: Encoder) -> None:
    """Articles that begin alike are told apart by their fifth sentence."""
    lessons = [
        Lesson(
            "reuters",
            LEAD,
            categories=tuple(float(name == label) for name in REUTERS_TOP10),
            rest=(f"{word} {n}",) * 4,
        )
        for label, word in (("wheat", "Wheat"), ("corn", "Maize"))
        for n in range(300)
    ]
    fit_categories(heads, encoder, lessons)
    heads.eval()
    means = [encoder.encode([*LEAD, *[f"{word} 900"] * 4]).texts for word in ("Wheat", "Maize")]
    said = heads.read_categories(np.stack([category_features(of) for of in means]))
    assert said[:, -2:].argmax(1).tolist() == [0, 1]


def test_without_articles_the_head_stays(heads: Heads, encoder: Encoder, tiny_lessons: list[Lesson]) -> None:
    """Lessons that tell no category, or do not teach, change nothing."""
    before = {name: weight.clone() for name, weight in heads.state_dict().items()}
    fit_categories(heads, encoder, [lesson for lesson in tiny_lessons if lesson.categories is None or lesson.choosing])
    assert all(weight.equal(before[name]) for name, weight in heads.state_dict().items())


def test_features_by_hand() -> None:
    """First, lead, mean and maximum stand side by side; what lies past the limit counts for nothing."""
    means = np.array([[2.0], [0.0], [1.0], [1.0], [6.0], *[[2.0]] * (CATEGORY_SENTENCES - 5), [99.0]], dtype=np.float32)
    mean = (2 + 0 + 1 + 1 + 6 + 2 * (CATEGORY_SENTENCES - 5)) / CATEGORY_SENTENCES
    np.testing.assert_allclose(category_features(means), [2.0, 1.0, mean, 6.0])
