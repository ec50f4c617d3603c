"""Tuning encoder and heads together, on batches that mix the sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from models.lessons.lesson import Lesson
from models.lessons.renaming import Renaming
from models.network.encoder import padded_batch
from models.network.heads import TOPIC_SENTENCES, Heads
from models.network.tokens import Tokenizer, Tokens
from models.packing import pack
from models.training import losses
from models.training.adaptation import Adaptation, adapt, averaged, parameter_groups, restore, trained_state
from models.training.devices import multiplies_half
from models.training.plan import Recipe, order_of_epoch, rate_factor, steps_of
from models.training.scores import Judged

PASS_TOKENS = 1024
"""Of one pass in training: small, so that little is padded among a few dozen lessons."""
SNAPSHOTS = 4
"""The weights are averaged over so many moments of the last epoch."""
ANCHORED_SHARE = 0.25
"""Of the texts in a batch, so many are also read by the untouched base, to stay near it."""


@dataclass(slots=True)
class Progress:
    """Be how far a training has come: what a resumed one needs besides the weights."""

    step: int = 0
    epoch: int = 0
    best: float = -1.0
    waited: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Be a lesson with its tokens."""

    lesson: Lesson
    tokens: list[Tokens]


@dataclass(frozen=True, slots=True)
class Answers:
    """Be what the network says of some lessons, row by row of what they teach."""

    sentiment: Tensor
    sentiment_targets: Tensor
    guessed: Tensor
    """Of the rows of sentiment, which nobody labelled."""
    topics: Tensor
    topic_targets: Tensor
    tweets: Tensor
    """Of the rows of topics, which have one topic named out of those of their set."""
    categories: Tensor
    category_targets: Tensor
    means: Tensor


Report = Callable[[Progress, dict[str, float]], None]
Save = Callable[["Tuning"], None]


class Tuning:
    """Tune an encoder's network and its heads; every random choice comes from the recipe's seed and the step."""

    def __init__(self, network: Any, base: Any, tokenizer: Tokenizer, heads: Heads, recipe: Recipe) -> None:
        """Take the network to tune, an untouched one to stay near, and fresh heads."""
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.network = adapt(network, recipe.adaptation)
        self.heads = heads
        self.progress = Progress()
        self.device = next(network.parameters()).device
        self._half = multiplies_half(self.device)
        self._base = base.eval()
        self._tokenizer = tokenizer
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.network, heads, recipe.rate, recipe.head_rate),
            weight_decay=recipe.weight_decay,
            fused=True,
        )
        self._rates = [group["lr"] for group in self.optimizer.param_groups]
        self.kept = trained_state(self._modules)
        self.snapshots: list[list[dict[str, Tensor]]] = []

    @property
    def _modules(self) -> tuple[Any, Heads]:
        return self.network, self.heads

    def state(self) -> dict[str, Tensor]:
        """Return the network's weights by name, on the CPU."""
        return {name: weight.cpu() for name, weight in self.network.state_dict().items()}

    def prepare(self, lessons: Sequence[Lesson]) -> list[Prepared]:
        """Cut the lessons into tokens."""
        flat = self._tokenizer.tokenize([sentence for lesson in lessons for sentence in lesson.sentences])
        found, place = [], 0
        for lesson in lessons:
            found.append(Prepared(lesson, flat[place : place + len(lesson.sentences)]))
            place += len(lesson.sentences)
        return found

    def run(self, lessons: Sequence[Lesson], report: Report, save: Save) -> None:
        """Train to the end, from wherever `progress` says; then put the best weights in place.

        `report` gets each step's losses and each epoch's scores; `save` is called after each epoch.
        """
        taught = [lesson for lesson in lessons if not lesson.choosing]
        teaching, renaming = self.prepare(taught), Renaming(taught, self.recipe.seed)
        choosing = self.prepare([lesson for lesson in lessons if lesson.choosing])
        weights = _weights(teaching)
        total = steps_of(lessons, self.recipe)
        per_epoch = total // self.recipe.epochs
        marks = {total - 1 - round(i * per_epoch / SNAPSHOTS / 2) for i in range(SNAPSHOTS)}
        while self.progress.epoch < self.recipe.epochs and self.progress.waited < self.recipe.patience:
            order = order_of_epoch(taught, self.recipe, self.progress.epoch)
            told = renaming.epoch(self.progress.epoch)
            renamed = dict(zip(told, self.prepare(list(told.values())), strict=True))
            for start in range(
                self.progress.step % per_epoch * self.recipe.lessons_a_step, len(order), self.recipe.lessons_a_step
            ):
                found = self._step(
                    [renamed.get(i, teaching[i]) for i in order[start : start + self.recipe.lessons_a_step]],
                    weights,
                    total,
                )
                if self.progress.step in marks:
                    self.snapshots.append(trained_state(self._modules))
                self.progress.step += 1
                report(self.progress, found)
            self.progress.epoch += 1
            self._judge(choosing, report)
            save(self)
        self._choose(choosing, report)

    def answer(self, prepared: Sequence[Prepared]) -> Answers:
        """Read some lessons in one go."""
        rows = [tokens for item in prepared for tokens in item.tokens]
        states, means = self._read(self.network, rows)
        first = np.cumsum([0, *[len(item.tokens) for item in prepared]])
        about: list[Tensor] = []
        leads: list[Tensor] = []
        sentiments: list[tuple[float, ...]] = []
        guessed: list[bool] = []
        topics: list[tuple[float, ...]] = []
        tweets: list[bool] = []
        categories: list[tuple[float, ...]] = []
        named: list[Tensor] = []
        for place, item in zip(first, prepared, strict=False):
            row, lesson = int(place), item.lesson
            for span, target in lesson.sentiments:
                start, end = rows[row].window(*span) if span else (0, 0)
                words = states[row][start:end].mean(0) if start < end else means[row]
                about.append(torch.cat([words, means[row]]))
                sentiments.append(target)
                guessed.append(lesson.guessed)
            if lesson.topics is not None:
                lead = means[row : row + min(TOPIC_SENTENCES, len(item.tokens))].mean(0)
                leads.append(torch.cat([means[row], lead]))
                topics.append(lesson.topics)
                tweets.append(lesson.one_topic)
                if lesson.categories is not None:
                    every = means[row : row + len(item.tokens)]
                    named.append(torch.cat([leads[-1], every.mean(0), every.amax(0)]))
                    categories.append(lesson.categories)

        def stacked(parts: list[Tensor], means_a_row: int) -> Tensor:
            return torch.stack(parts) if parts else means.new_zeros((0, means_a_row * means.shape[1]))

        def targets(parts: list[tuple[float, ...]], columns: int) -> Tensor:
            return torch.tensor(parts, dtype=torch.float32, device=self.device).reshape(-1, columns)

        facts = self.heads.facts
        return Answers(
            self.heads.sentiment(stacked(about, 2)),
            targets(sentiments, len(facts.labels)),
            torch.tensor(guessed, dtype=torch.bool, device=self.device),
            self.heads.topics(stacked(leads, 2)),
            targets(topics, len(facts.topics)),
            torch.tensor(tweets, dtype=torch.bool, device=self.device),
            self.heads.categories(stacked(named, 4)),
            targets(categories, len(facts.categories)),
            means,
        )

    def _read(self, network: Any, rows: Sequence[Tokens]) -> tuple[list[Tensor], Tensor]:
        """Return the token states of each row, (T, D) each, and the rows' means, (N, D)."""
        states: list[Tensor | None] = [None] * len(rows)
        means: list[Tensor | None] = [None] * len(rows)
        for batch in pack([len(row.ids) for row in rows], PASS_TOKENS):
            padded, mask = padded_batch([rows[i].ids for i in batch], self._tokenizer.pad_id)
            padded, mask = padded.to(self.device), mask.to(self.device)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self._half), _attention(self.device):
                hidden = network(input_ids=padded, attention_mask=mask).last_hidden_state
            hidden = hidden.float()
            of_rows = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
            # Unbound, not indexed: the gradient of an index would be as large as the batch, once for each row.
            for place, state, mean in zip(batch, hidden.unbind(), of_rows.unbind(), strict=True):
                states[place], means[place] = state, mean
        return [state for state in states if state is not None], torch.stack([m for m in means if m is not None])

    def _step(self, batch: Sequence[Prepared], weights: _Weights, total: int) -> dict[str, float]:
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.progress.step)
        self.network.train()
        self.heads.train()
        factor = rate_factor(self.progress.step, total, self.recipe.warm_up)
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor
        answers = self.answer(batch)
        found: dict[str, Tensor] = {}
        if len(answers.sentiment):
            found["sentiment"] = losses.sentiment_loss(
                answers.sentiment, answers.sentiment_targets, weights.labels, answers.guessed
            )
        if len(answers.topics):
            found["topics"] = losses.topic_loss(answers.topics, answers.topic_targets, answers.tweets, weights.topics)
        if len(answers.categories):
            found["categories"] = losses.category_loss(answers.categories, answers.category_targets)
        if self.recipe.anchor > 0 and self.recipe.adaptation is not Adaptation.HEADS:
            found["anchor"] = self.recipe.anchor * self._distance(batch, answers.means)
        loss = torch.stack(list(found.values())).sum()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        trained = [weight for module in self._modules for weight in module.parameters() if weight.requires_grad]
        nn.utils.clip_grad_norm_(trained, self.recipe.clip)
        self.optimizer.step()
        return {name: float(part.detach()) for name, part in found.items()}

    def _distance(self, batch: Sequence[Prepared], means: Tensor) -> Tensor:
        rows = [tokens for item in batch for tokens in item.tokens]
        chosen = torch.randperm(len(rows))[: max(1, round(ANCHORED_SHARE * len(rows)))]
        with torch.no_grad():
            _, base = self._read(self._base, [rows[i] for i in chosen])
        return losses.distance_from_base(means[chosen.to(means.device)], base)

    def _judge(self, choosing: Sequence[Prepared], report: Report) -> None:
        scores = self.judged(choosing).scores()
        if scores["score"] > self.progress.best:
            self.progress.best, self.progress.waited = scores["score"], 0
            self.kept = trained_state(self._modules)
        else:
            self.progress.waited += 1
        self.progress.curve.append({"step": float(self.progress.step), **scores})
        report(self.progress, scores)

    def judged(self, prepared: Sequence[Prepared]) -> Judged:
        """Return the answers to lessons that did not teach, without dropout."""
        self.network.eval()
        self.heads.eval()
        with torch.inference_mode():
            parts = [self.answer(prepared[start : start + 256]) for start in range(0, len(prepared), 256)]
        return Judged(
            **{
                field.name: torch.cat([getattr(part, field.name) for part in parts]).cpu().numpy()
                for field in fields(Judged)
            }
        )

    def _choose(self, choosing: Sequence[Prepared], report: Report) -> None:
        """Keep the average of the snapshots if it scores higher on the choosing rows than the best epoch."""
        if self.snapshots:
            restore(self._modules, averaged(self.snapshots))
            scores = self.judged(choosing).scores()
            report(self.progress, {"average": scores["score"], **scores})
            if scores["score"] >= self.progress.best:
                self.progress.best = scores["score"]
                return
        restore(self._modules, self.kept)


def _attention(device: torch.device) -> AbstractContextManager[None]:
    """Return how attention is computed: on a CPU the gradient of the fused one takes a quarter of each step."""
    return sdpa_kernel(SDPBackend.MATH) if device.type == "cpu" else nullcontext()


@dataclass(frozen=True, slots=True)
class _Weights:
    labels: Tensor
    topics: Tensor


def _weights(teaching: Sequence[Prepared]) -> _Weights:
    sentiments = [target for item in teaching if not item.lesson.guessed for _, target in item.lesson.sentiments]
    topics = [item.lesson.topics for item in teaching if item.lesson.topics is not None]
    return _Weights(
        losses.class_weights(torch.tensor(sentiments).sum(0)) if sentiments else torch.ones(3),
        losses.positive_weights(torch.tensor(topics)) if topics else torch.ones(1),
    )
