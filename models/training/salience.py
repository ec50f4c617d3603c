"""Training salience on the summary sets: which words of an article its summary kept.

Calls learn from ECTSum's training rows and news from half of XSum. The gate between them also sees Reuters' training
articles, so that news full of figures is known for news.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.lessons import datasets
from models.summaries.salience import CHANNELS, DENSE, SHAPES, WINDOW, WORD_WIDTH, Salience
from models.summaries.salience_features import (
    FEWEST_WORDS,
    VOCABULARY,
    Matrix,
    Words,
    gate_features,
    read_words,
    sentence_features,
    sign_counts,
)
from models.text.cleaning import plain_text
from models.text.sentences import split_sentences

MAX_SENTENCES = 256
EPOCHS = 6
BATCH = 4
LEARNING_RATE = 3e-3
REUTERS_ARTICLES = 1500
RIDGE = 30.0
GATE_STEPS = 400

Report = Callable[[int, float], None]
"""Gets the epoch and the training loss of the reader of calls."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Be an article's sentences with what its summary kept of each word, as shares (W, 2) of its pieces and pairs."""

    sentences: tuple[str, ...]
    words: Words
    kept: Matrix


def train_salience(data: Path, *, seed: int = 0, epochs: int = EPOCHS, report: Report | None = None) -> Salience:
    """Train both readers and the gate; the same seed gives the same weights on one machine.

    Raises:
        DataMissing: a set is not there.
    """
    calls = [lesson(example.text, example.summary) for example in datasets.ectsum_train(data)]
    xsum = [lesson(example.text, example.summary) for example in datasets.xsum(data, held_out=False)]
    wires = sorted(datasets.reuters(data, "train"), key=lambda example: _digest(example.body))[:REUTERS_ARTICLES]
    others = [_sentences(example.body) for example in wires]
    return train_on(calls, xsum, others, seed=seed, epochs=epochs, report=report)


def train_on(
    calls: Sequence[Lesson],
    news: Sequence[Lesson],
    others: Sequence[Sequence[str]],
    *,
    seed: int,
    epochs: int,
    report: Report | None = None,
) -> Salience:
    """Train on lessons of calls and of news, and on sentences of other news that only the gate learns from."""
    calls, news = ([one for one in part if one.sentences] for part in (calls, news))
    stories = [one.sentences for one in news] + [part for part in others if part]
    weights: dict[str, Matrix] = {
        **dict(_fit_calls(calls, seed, epochs, report)),
        **dict(_fit_news(news)),
        **dict(_fit_gate([one.sentences for one in calls], stories)),
    }
    return Salience({name: weights[name].astype(np.float16).astype(np.float32) for name in SHAPES})


def lesson(text: str, summary: str) -> Lesson:
    """Return the lesson of an article and the summary that a person wrote of it."""
    sentences = _sentences(text)
    told = [_stem(piece) for piece in re.findall(r"[a-z0-9]+", summary.lower())]
    singles, pairs = set(told), set(pairwise(told))
    words = read_words(sentences)
    flat = [(row, _stem(piece)) for row, pieces in enumerate(words.pieces) for piece in pieces]
    kept = np.zeros((len(words.pieces), 2), dtype=np.float32)
    for place, (row, piece) in enumerate(flat):
        kept[row, 0] += piece in singles
        if place + 1 < len(flat) and words.sentences[row] == words.sentences[flat[place + 1][0]]:
            kept[row, 1] += (piece, flat[place + 1][1]) in pairs
    return Lesson(sentences, words, (kept / np.maximum(words.sizes, 1)[:, None]).astype(np.float32))


def _sentences(text: str) -> tuple[str, ...]:
    every = [" ".join(plain_text(span.text).split()) for span in split_sentences("", text)[:MAX_SENTENCES]]
    return tuple([s for s in every if len(s.split()) >= FEWEST_WORDS] or every)


@lru_cache(maxsize=200_000)
def _stem(piece: str) -> str:
    return str(_tokenizer().tokenize(piece)[0])


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from rouge_score.tokenizers import DefaultTokenizer

    # Stems as the summaries are measured with.
    return DefaultTokenizer(use_stemmer=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _CallReader(nn.Module):
    """Be the reader of calls while it learns: the same arithmetic as `Salience`, with gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WORD_WIDTH)
        nn.init.normal_(self.words.weight, 0, 0.3)
        self.window = nn.Linear(WINDOW * WORD_WIDTH, CHANNELS)
        self.sentence = nn.Linear(2 * CHANNELS + DENSE, CHANNELS)
        self.context = nn.Linear(3 * CHANNELS, CHANNELS)
        self.answer = nn.Linear(2 * CHANNELS + WORD_WIDTH, 2)
        self.dropout = nn.Dropout(0.2)

    def forward(self, rows: Tensor, owners: Tensor, dense: Tensor) -> Tensor:
        """Return logits (W, 2) from rows (W,), the sentence of each word (W,), and scaled features (S, F)."""
        embedded = self.words(rows)
        padded = nn.functional.pad(self.dropout(embedded), (0, 0, WINDOW // 2, WINDOW // 2))
        windows = torch.cat([padded[i : i + len(rows)] for i in range(WINDOW)], dim=1)
        seen = self.window(windows).relu()
        shape = (len(dense), CHANNELS)
        sizes = torch.bincount(owners, minlength=len(dense)).clamp(min=1)[:, None]
        mean = torch.zeros(shape).index_add_(0, owners, seen) / sizes
        most = torch.zeros(shape).scatter_reduce_(0, owners[:, None].expand(-1, CHANNELS), seen, "amax")
        inner = self.sentence(torch.cat([mean, most, dense], dim=1)).relu()
        beside = nn.functional.pad(inner, (0, 0, 1, 1))
        context = self.context(torch.cat([beside[:-2], inner, beside[2:]], dim=1)).relu()
        logits: Tensor = self.answer(self.dropout(torch.cat([seen, context[owners], embedded], dim=1)))
        return logits


def _fit_calls(
    lessons: Sequence[Lesson], seed: int, epochs: int, report: Report | None
) -> Iterator[tuple[str, Matrix]]:
    dense = [sentence_features(one.sentences, "")[:, :DENSE] for one in lessons]
    every = np.concatenate(dense)
    mean, scale = every.mean(0), every.std(0) + 1e-3
    given = [
        (
            torch.from_numpy(one.words.rows),
            torch.from_numpy(one.words.sentences),
            torch.from_numpy((features - mean) / scale),
            torch.from_numpy(one.kept).clamp(max=1.0),
            torch.from_numpy(one.words.sizes)[:, None],
        )
        for one, features in zip(lessons, dense, strict=True)
    ]
    torch.manual_seed(seed)
    shuffle = np.random.default_rng(seed)
    reader = _CallReader()
    optimizer = torch.optim.AdamW(reader.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    steps = epochs * -(-len(given) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.1)
    reader.train()
    for epoch in range(1, epochs + 1):
        total, order = 0.0, shuffle.permutation(len(given))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            losses = []
            for place in batch:
                rows, owners, features, kept, sizes = given[place]
                each = nn.functional.binary_cross_entropy_with_logits(
                    reader(rows, owners, features), kept, reduction="none"
                )
                losses.append((each * sizes).sum() / sizes.sum().clamp(min=1.0))
            loss = torch.stack(losses).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        if report:
            report(epoch, total / max(1, len(given)))
    weights = {"words": reader.words.weight.detach().numpy(), "dense_mean": mean, "dense_scale": scale}
    for name in ("window", "sentence", "context", "answer"):
        layer: nn.Linear = getattr(reader, name)
        weights[name] = layer.weight.detach().numpy().T
        weights[f"{name}_bias"] = layer.bias.detach().numpy()
    yield from weights.items()


def _fit_news(lessons: Sequence[Lesson]) -> Iterator[tuple[str, Matrix]]:
    """Yield the weights of a ridge regression of the shares that a summary kept of each sentence, by its words."""
    shares, weights = (np.concatenate(part) for part in zip(*map(_sentence_shares, lessons), strict=True))
    seen = np.concatenate([sentence_features(one.sentences, "") for one in lessons]).astype(np.float64)
    mean, scale = seen.mean(0), seen.std(0)
    scaled = np.where(scale > 1e-6, (seen - mean) / np.maximum(scale, 1e-6), 0.0)
    bordered = np.c_[scaled, np.ones(len(scaled))]
    weighted = bordered * (weights / weights.mean())[:, None]
    penalty = RIDGE * np.eye(bordered.shape[1])
    penalty[-1, -1] = 0.0
    solved = np.linalg.solve(bordered.T @ weighted + penalty, weighted.T @ shares)
    slopes = np.where(scale > 1e-6, 1 / np.maximum(scale, 1e-6), 0.0)[:, None] * solved[:-1]
    yield "news", slopes.astype(np.float32)
    yield "news_bias", (solved[-1] - mean @ slopes).astype(np.float32)


def _sentence_shares(one: Lesson) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the shares (S, 2) of each sentence's pieces that were kept, and how many it has, (S,)."""
    sizes = one.words.sizes.astype(np.float64)
    count = len(one.sentences)
    totals = np.bincount(one.words.sentences, sizes, minlength=count).astype(np.float64)
    kept = [np.bincount(one.words.sentences, sizes * one.kept[:, i], minlength=count) for i in range(2)]
    return np.array(kept).T / np.maximum(totals, 1)[:, None], totals


def _fit_gate(calls: Sequence[Sequence[str]], news: Sequence[Sequence[str]]) -> Iterator[tuple[str, Matrix]]:
    """Yield the weights of a logistic regression of calls against news, both kinds weighing the same.

    Calls are also seen by their first sentences, so that their length is not all that tells.
    """
    cut = [part[: 5 + place % 30] for place, part in enumerate(calls)]
    rows = np.stack([gate_features(sign_counts(part)) for part in [*calls, *cut, *news] if part])
    truth = torch.tensor([1.0] * sum(map(bool, [*calls, *cut])) + [0.0] * sum(map(bool, news)))
    mean, scale = rows.mean(0), rows.std(0) + 1e-3
    scaled = torch.from_numpy((rows - mean) / scale)
    balance = torch.where(truth > 0.5, 0.5 / truth.mean(), 0.5 / (1 - truth).mean())
    slopes, bias = torch.zeros(scaled.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([slopes, bias], lr=0.05)
    for _ in range(GATE_STEPS):
        logits = scaled @ slopes + bias
        loss = (
            nn.functional.binary_cross_entropy_with_logits(logits, truth, weight=balance) + 1e-3 * slopes.square().sum()
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    fitted = (slopes.detach().numpy() / scale).astype(np.float32)
    yield "gate", fitted
    yield "gate_bias", (bias.detach().numpy() - mean @ fitted).astype(np.float32)
