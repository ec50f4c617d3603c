"""Training the heads on what the frozen encoder says of the labelled sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.heads import Head, Heads, HeadsFacts
from models.metrics import f1_scores
from models.topics import TWEET_TOPICS

BATCH = 256
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.02
WARM_UP = 0.1
"""Share of the epochs in which the learning rate rises."""
PATIENCE = 6
"""Epochs without a better score on the slice that chooses, after which training ends; none while warming up."""
WEAK_NEGATIVE = 0.25
"""Weight of "not this topic" where a tweet names another: mostly true, but nobody said so."""

Matrix = npt.NDArray[np.float32]
Report = Callable[[str, int, float, float], None]
"""Gets the head's name, the epoch, the training loss and the score on the slice that chooses."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Be features (N, F) with targets (N, C), NaN where unknown, and which rows choose the checkpoint (N,)."""

    features: Matrix
    targets: Matrix
    choosing: npt.NDArray[np.bool_]


def train_heads(
    facts: HeadsFacts, sentiment: Labelled, topics: Labelled, *, epochs: int, seed: int, report: Report
) -> Heads:
    """Train both heads; thresholds and checkpoints come from the rows that choose, which are not trained on."""
    torch.manual_seed(seed)
    heads = Heads(facts)
    judged = _fit("sentiment", heads.sentiment, sentiment, _sentiment_loss(sentiment), _macro_f1, epochs, seed, report)
    named = _fit("topics", heads.topics, topics, _topic_loss(topics), _topic_score, epochs, seed, report)
    heads.eval()
    chosen = topics.choosing
    thresholds = choose_thresholds(heads.read_topics(topics.features[chosen]), topics.targets[chosen])
    figures = {"sentiment_macro_f1": round(judged, 4), "topics_score": round(named, 4)}
    heads.facts = facts.model_copy(
        update={"thresholds": thresholds, "figures": figures, "seed": seed, "epochs": epochs}
    )
    return heads


def choose_thresholds(probabilities: npt.NDArray[np.float64], targets: Matrix) -> tuple[float, ...]:
    """Return for each topic the probability that gives the best F1 among the rows (N, C) where it is known.

    A tweet that names another topic counts as "not this one": without that, half of the topics would have no
    negatives. One half stands where a topic has too few positives to choose by.
    """
    grid = np.arange(0.1, 0.91, 0.05).round(2)
    tweets = _is_tweet(targets)
    chosen: list[float] = []
    for topic in range(targets.shape[1]):
        known = ~np.isnan(targets[:, topic]) | (tweets & (topic in TWEET_TOPICS))
        truth = np.nan_to_num(targets[known, topic]) > 0.5
        if truth.sum() < 5:
            chosen.append(0.5)
            continue
        scores = [f1_scores(truth[:, None], probabilities[known, topic][:, None] >= t)[0] for t in grid]
        chosen.append(float(grid[int(np.argmax(scores))]))
    return tuple(chosen)


def _fit(
    name: str,
    head: Head,
    data: Labelled,
    loss_of: Callable[[Tensor, Tensor], Tensor],
    score_of: Callable[[Matrix, Matrix], float],
    epochs: int,
    seed: int,
    report: Report,
) -> float:
    features, targets = torch.from_numpy(data.features), torch.from_numpy(data.targets)
    training = torch.from_numpy(np.flatnonzero(~data.choosing))
    choosing = torch.from_numpy(np.flatnonzero(data.choosing))
    shuffle = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(head.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = epochs * max(1, -(-len(training) // BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=WARM_UP)
    best, kept, waited = -1.0, {k: v.clone() for k, v in head.state_dict().items()}, 0
    for epoch in range(1, epochs + 1):
        head.train()
        total = 0.0
        for rows in _batches(training, shuffle):
            loss = loss_of(head(features[rows]), targets[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(rows)
        head.eval()
        with torch.inference_mode():
            logits = head(features[choosing]).numpy()
        score = score_of(logits, data.targets[data.choosing])
        report(name, epoch, total / max(1, len(training)), score)
        if score > best:
            best, kept, waited = score, {k: v.clone() for k, v in head.state_dict().items()}, 0
        elif epoch > WARM_UP * epochs and (waited := waited + 1) >= PATIENCE:
            break
    head.load_state_dict(kept)
    return best


def _batches(rows: Tensor, shuffle: torch.Generator) -> Iterator[Tensor]:
    yield from torch.split(rows[torch.randperm(len(rows), generator=shuffle)], BATCH)


def _sentiment_loss(data: Labelled) -> Callable[[Tensor, Tensor], Tensor]:
    mass = data.targets[~data.choosing].sum(0)
    # The square root: full balance would make the rarest label the likeliest in doubt.
    weights = torch.from_numpy(np.sqrt(mass.mean() / np.maximum(mass, 1.0)).astype(np.float32))  # (3,)

    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        return -(targets * weights * logits.log_softmax(1)).sum(1).mean()

    return loss


def _topic_loss(data: Labelled) -> Callable[[Tensor, Tensor], Tensor]:
    known = data.targets[~data.choosing]
    positives = np.nansum(known, axis=0)
    weights = torch.from_numpy(np.clip((positives.mean() / np.maximum(positives, 1.0)) ** 0.5, 0.5, 4.0))  # (C,)
    columns = torch.tensor(TWEET_TOPICS)

    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        tweets = _is_tweet(targets.numpy())
        unknown = targets.isnan()
        truth = targets.nan_to_num(0.0)
        each = nn.functional.binary_cross_entropy_with_logits(
            logits, truth, pos_weight=weights.float(), reduction="none"
        )  # (B, C)
        trust = (~unknown).float()
        rows = torch.from_numpy(tweets)
        among = torch.zeros_like(trust, dtype=torch.bool)
        among[:, columns] = rows[:, None]
        trust[among & unknown] = WEAK_NEGATIVE
        total = (each * trust).sum() / trust.sum().clamp(min=1.0)
        if rows.any():  # what a tweet does say: its topic comes before every other of its set
            ranked = logits[rows][:, columns].log_softmax(1)
            total = total - 0.1 * (truth[rows][:, columns] * ranked).sum(1).mean()
        return total

    return loss


def _is_tweet(targets: Matrix) -> npt.NDArray[np.bool_]:
    """Tell the rows of the tweets: exactly one topic known, and that one positive."""
    known = ~np.isnan(targets)
    return np.asarray((known.sum(1) == 1) & (np.nansum(targets, axis=1) == 1))


def _macro_f1(logits: Matrix, targets: Matrix) -> float:
    truth = np.eye(targets.shape[1], dtype=bool)[targets.argmax(1)]
    guess = np.eye(targets.shape[1], dtype=bool)[logits.argmax(1)]
    return float(np.mean(f1_scores(truth, guess)))


def _topic_score(logits: Matrix, targets: Matrix) -> float:
    """Return the mean of the tweets' accuracy and the F1 over what is known of the others."""
    tweets = _is_tweet(targets)
    parts: list[float] = []
    if tweets.any():
        columns = list(TWEET_TOPICS)
        right = logits[tweets][:, columns].argmax(1) == np.nan_to_num(targets[tweets][:, columns]).argmax(1)
        parts.append(float(right.mean()))
    if (~tweets).any():
        known = ~np.isnan(targets[~tweets])
        truth, guess = targets[~tweets][known] > 0.5, logits[~tweets][known] > 0
        parts.append(float(f1_scores(truth[:, None], guess[:, None])[0]))
    return float(np.mean(parts))
