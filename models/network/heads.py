"""The heads: small networks on the encoder's means, and the folder that keeps them with the facts about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from models.network.bases import Base, sha256_of
from models.network.delta import DELTA
from models.topics import NAMES, REUTERS_TOP10
from streams.enrichment import LABELS
from streams.errors import DataMissing, WeightsMismatch

BUILT_IN = Path(__file__).parents[1] / "data" / "heads"
WEIGHTS = "heads.safetensors"
FACTS = "heads.json"
CARD = "MODEL_CARD.md"
NAMED_FROM = 0.5
"""The probability from which a topic is named. One of its own for each, chosen on a tenth, did worse on the rest."""
TOPIC_SENTENCES = 4
"""The first sentences of an article, its title among them, tell its topics: news begins with what matters."""
CATEGORY_SENTENCES = 24
"""So many tell its categories: the second grain of a report on grain is often named far down."""


class HeadsFacts(BaseModel):
    """Be what must be known of heads to use and to judge them."""

    model_config = ConfigDict(frozen=True)

    format: int = 3
    base: str
    base_sha256: str
    weights_sha256: str = ""
    dimensions: int
    hidden: int
    labels: tuple[str, ...] = LABELS
    topics: tuple[str, ...] = NAMES
    topic_scale: float = 1.0
    """By which the logits of topics are multiplied …"""
    topic_shift: float = 0.0
    """… and what is then added, so that a probability is how often the topic is right."""
    categories: tuple[str, ...] = REUTERS_TOP10
    sentiment_temperature: float = 1.0
    """By which the logits of sentiment are divided, so that a probability is how often it is right."""
    adaptation: str = "heads"
    """What of the encoder was tuned."""
    delta_sha256: str = ""
    seed: int = 0
    seeds: tuple[int, ...] = ()
    """Of the trainings that these weights are the average of; none where they come from one."""
    epochs: int = 0
    recipe: dict[str, Any] = {}
    data: tuple[dict[str, Any], ...] = ()
    """Of each training file: name, rows used, sha256."""
    resumed: tuple[dict[str, Any], ...] = ()
    """Of each training that went on from finished weights: its numbers, and what it taught for the first time."""
    figures: dict[str, float] = {}
    """On the slice of the training data that chose the checkpoint, never on a test set."""


class Head(nn.Module):
    """Map features (N, F) to logits (N, C) through one hidden layer."""

    def __init__(self, features: int, hidden: int, classes: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(features)
        self.inner = nn.Linear(features, hidden)
        self.dropout = nn.Dropout(dropout)
        self.outer = nn.Linear(hidden, classes)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits (N, C)."""
        hidden = nn.functional.gelu(self.inner(self.dropout(self.norm(features))))
        logits: torch.Tensor = self.outer(self.dropout(hidden))
        return logits


class Heads(nn.Module):
    """Hold the heads: sentiment (span mean beside sentence mean), topics and Reuters' own ten categories.

    Topics read the first sentence beside the lead; categories read all sentences beside these. The categories teach
    and are measured; no article carries them.
    """

    def __init__(self, facts: HeadsFacts) -> None:
        super().__init__()
        self.facts = facts
        self.sentiment = Head(2 * facts.dimensions, facts.hidden, len(facts.labels))
        self.topics = Head(2 * facts.dimensions, facts.hidden, len(facts.topics))
        self.categories = Head(4 * facts.dimensions, facts.hidden, len(facts.categories))

    @property
    def version(self) -> str:
        """Name the weights by their digest."""
        return f"heads-{self.facts.weights_sha256[:8]}"

    @torch.inference_mode()
    def read_sentiment(
        self, spans: npt.NDArray[np.float32], sentences: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float64]:
        """Return probabilities (N, 3) from the means of spans and of their sentences, (N, D) each."""
        logits = self.sentiment(torch.from_numpy(np.concatenate([spans, sentences], axis=1)))
        return np.asarray((logits.double() / self.facts.sentiment_temperature).softmax(1))

    @torch.inference_mode()
    def read_topics(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, topics) from features (N, 2D)."""
        logits = self.topics(torch.from_numpy(features)).double()
        return np.asarray((logits * self.facts.topic_scale + self.facts.topic_shift).sigmoid())

    @torch.inference_mode()
    def read_categories(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, categories) from features (N, 4D)."""
        return np.asarray(self.categories(torch.from_numpy(features)).double().sigmoid())

    def save(self, folder: Path) -> HeadsFacts:
        """Write weights and facts; return the facts with the digest of the weights. A card of others goes."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CARD).unlink(missing_ok=True)
        # Not `save_file`, which lets nobody but the owner read: the image runs as another user.
        (folder / WEIGHTS).write_bytes(save({name: _stored(name, part) for name, part in self.state_dict().items()}))
        self.facts = self.facts.model_copy(update={"weights_sha256": sha256_of(folder / WEIGHTS)})
        written = orjson.dumps(self.facts.model_dump(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        (folder / FACTS).write_bytes(written)
        return self.facts


def load_heads(folder: Path, base: Base) -> Heads:
    """Load heads that were trained on this very base, with the delta that lies beside them.

    Raises:
        DataMissing: the folder holds none.
        WeightsMismatch: they were trained on another base, or a file is not the one that was written.
    """
    for name in (WEIGHTS, FACTS):
        if not (folder / name).is_file():
            raise DataMissing(f"{folder / name} is not there: `tidewatch train --data FOLDER -o {folder}` makes it")
    try:
        facts = HeadsFacts.model_validate(orjson.loads((folder / FACTS).read_bytes()))
    except (ValidationError, orjson.JSONDecodeError) as error:
        raise WeightsMismatch(f"{folder / FACTS} cannot be read: {error}") from None
    if facts.base_sha256 != base.sha256:
        raise WeightsMismatch(
            f"the heads in {folder} were trained on {facts.base} ({facts.base_sha256[:12]}…), and the encoder is"
            f" {base.name} ({base.sha256[:12]}…): train heads for it with `tidewatch train` and name their folder in"
            " TIDEWATCH_HEADS_DIR, or set TIDEWATCH_MODEL back"
        )
    if (found := sha256_of(folder / WEIGHTS)) != facts.weights_sha256:
        raise WeightsMismatch(
            f"{folder / WEIGHTS} is not the file that {FACTS} tells of: sha256 {found[:12]}…,"
            f" expected {facts.weights_sha256[:12]}…"
        )
    delta = sha256_of(folder / DELTA) if (folder / DELTA).is_file() else ""
    if delta != facts.delta_sha256:
        raise WeightsMismatch(
            f"{folder / DELTA} is not the file that {FACTS} tells of: sha256 {delta[:12] or 'nothing'},"
            f" expected {facts.delta_sha256[:12] or 'none'}; get the folder whole"
        )
    heads = Heads(facts)
    try:
        heads.load_state_dict(load_file(folder / WEIGHTS))
    except (SafetensorError, RuntimeError) as error:
        raise WeightsMismatch(f"{folder / WEIGHTS} does not fit {FACTS}: {error}") from None
    return heads.eval()


def check_topics(heads: Heads) -> None:
    """Refuse weights that know other topics than the table: what is taught or measured follows the table's order.

    Raises:
        WeightsMismatch: they do, or in another order.
    """
    if heads.facts.topics != NAMES:
        raise WeightsMismatch(
            f"{heads.version} knows other topics than models/topics.py names, or in another order: train anew, or use"
            " the table that it was taught with"
        )


def _stored(name: str, part: torch.Tensor) -> torch.Tensor:
    # Half of the file would be the categories, which no article carries: of them half precision is kept.
    return part.half() if name.startswith("categories.") else part.contiguous()


def topic_features(sentences: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return (2D,) from the sentence means (S, D) of an article, S ≥ 1: its first sentence beside its lead."""
    return np.concatenate([sentences[0], sentences[:TOPIC_SENTENCES].mean(0)])


def category_features(sentences: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return (4D,) from the sentence means (S, D): the topics' features, and the mean and the maximum of them all."""
    every = sentences[:CATEGORY_SENTENCES]
    return np.concatenate([topic_features(sentences), every.mean(0), every.max(0)])
