"""Fitting the head of Reuters' categories to a tuned encoder: it reads all of an article, where tuning reads its lead.

The sentences past the lead never tuned the encoder, so it reads them as it will read those of a new article.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from models.lessons.lesson import Lesson
from models.network.encoder import Encoder
from models.network.heads import Head, Heads, category_features
from models.training.losses import category_loss
from models.training.plan import rate_factor

EPOCHS = 12
ARTICLES_A_STEP = 64
RATE = 1e-3
WEIGHT_DECAY = 0.05
DROPOUT = 0.4
"""Much, since the lead's features are those of articles that tuned the encoder: surer than on a new article."""
READ_AT_ONCE = 256


def fit_categories(heads: Heads, encoder: Encoder, lessons: Sequence[Lesson]) -> None:
    """Fit the head anew on what the encoder reads in the lessons that teach; without any it stays as it is."""
    taught = [lesson for lesson in lessons if lesson.categories is not None and not lesson.choosing]
    if not taught:
        return
    features = torch.from_numpy(_features(encoder, taught))
    targets = torch.tensor([lesson.categories for lesson in taught], dtype=torch.float32)
    torch.manual_seed(heads.facts.seed)
    head = Head(features.shape[1], heads.facts.hidden, targets.shape[1], DROPOUT)
    _fit(head, features, targets)
    heads.categories.load_state_dict(head.half().state_dict())  # as it is stored


def _fit(head: Head, features: Tensor, targets: Tensor) -> None:
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    batches = [batch for _ in range(EPOCHS) for batch in torch.split(torch.randperm(len(features)), ARTICLES_A_STEP)]
    head.train()
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = RATE * rate_factor(step, len(batches), 0.0)
        loss = category_loss(head(features[batch]), targets[batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _features(encoder: Encoder, lessons: Sequence[Lesson]) -> npt.NDArray[np.float32]:
    found: list[npt.NDArray[np.float32]] = []
    for start in range(0, len(lessons), READ_AT_ONCE):
        texts = [lesson.whole for lesson in lessons[start : start + READ_AT_ONCE]]
        means = encoder.encode([sentence for sentences in texts for sentence in sentences]).texts
        ends = np.cumsum([len(sentences) for sentences in texts])
        found += [category_features(part) for part in np.split(means, ends[:-1])]
    return np.stack(found)
