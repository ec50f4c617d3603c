"""`tidewatch train`: heads from labelled data, with a card that says what they reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.settings import load_settings

console = Console(stderr=True)
HIDDEN = 128


def train(
    data: Annotated[Path, typer.Option(help="Folder with sentiment/ and topics/.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the heads and their card.")],
    epochs: Annotated[int, typer.Option(help="At most so many passes over the features.", min=1)] = 40,
    seed: Annotated[int, typer.Option(help="Of initialisation and shuffling.")] = 0,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the encoder's features.")] = None,
) -> None:
    """Train the heads of sentiment and topics on the frozen encoder, and measure them."""
    from models.card import model_card
    from models.encoder import Encoder
    from models.evaluation import TASKS
    from models.feature_cache import FeatureCache
    from models.heads import HeadsFacts, load_heads
    from models.recipe import data_facts, labelled_sentiment, labelled_topics, sentiment_examples, topic_examples
    from models.training import train_heads

    settings = load_settings()
    sentiment, topics = sentiment_examples(data), topic_examples(data)
    counts = {name: len(part) for sets in (sentiment, topics) for name, part in sets.items()}
    encoder = Encoder.load(settings)
    features = FeatureCache(encoder, cache or settings.home / "features")
    facts = HeadsFacts(
        base=encoder.base.name,
        base_sha256=encoder.base.sha256,
        dimensions=encoder.dimensions,
        hidden=HIDDEN,
        data=data_facts(data, counts),
    )
    console.print(f"reading {sum(counts.values()):,} examples with {encoder.base.name}, unless they are cached")
    heads = train_heads(
        facts,
        labelled_sentiment(sentiment, features),
        labelled_topics(topics, features),
        epochs=epochs,
        seed=seed,
        report=_report,
    )
    heads.save(output)
    console.print("measuring on the test sets")
    trained = load_heads(output, encoder.base)
    figures = [figure for evaluate in TASKS.values() for figure in evaluate(trained, features, data)]
    (output / "MODEL_CARD.md").write_text(model_card(trained.facts, figures), encoding="utf-8")
    console.print(f"wrote {output}: {trained.version}")


def _report(name: str, epoch: int, loss: float, score: float) -> None:
    console.print(f"{name:<10} epoch {epoch:>3}  loss {loss:.4f}  score on the choosing slice {score:.4f}")
