"""The model card: what the weights were trained on, what they reach, and what they are not for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from models.evaluation.measured import Figure, Measured
from models.evaluation.spread import over_trainings
from models.evaluation.tasks import all_figures
from models.network.heads import CARD, CATEGORY_SENTENCES, TOPIC_SENTENCES, HeadsFacts
from models.topics import TOPICS
from streams.settings import Settings

LICENCES: Mapping[str, str] = {
    "tfns_train": "financial tweets; labels MIT, the text under X's terms",
    "sentfin": "SEntFiN, Indian business headlines; licence not stated",
    "net_results": "tables of results in Reuters-21578, ModApte training part; for research only",
    "quantities": "sentences written by rule for this project (`models/data/quantities.tsv`); Apache-2.0",
    "roles": "texts about several companies written by rule for this project (`models/data/roles.txt`); Apache-2.0",
    "statements": "plain statements written by rule for this project (`models/data/statements.txt`); Apache-2.0",
    "events": "headlines written by rule for this project (`models/data/events.tsv`); Apache-2.0",
    "joined": "pairs of SEntFiN's headlines as one text (`models/lessons/joined.py`)",
    "tftopic_train": "financial tweets in 20 topics; labels MIT, the text under X's terms",
    "reuters": "Reuters-21578, ModApte training part; for research only",
    "feedback": "corrections given by the operator",
}
ADAPTATIONS: Mapping[str, str] = {
    "frozen-words": "All of the encoder but its word embeddings was tuned",
    "full": "All of the encoder was tuned",
    "lora": "Low-rank additions to every linear layer of the encoder were tuned",
    "heads": "The encoder is frozen; only the heads were trained",
}


def write_card(folder: Path, data: Path, settings: Settings, seeds: Sequence[Path] = ()) -> None:
    """Measure the weights in a folder, and those they are the average of, on the test sets; write the card.

    It is measured in float32, so that cards from different machines can be compared.
    """
    settings = settings.model_copy(update={"precision": "float32"})
    measured = Measured.load(settings, folder)
    figures = all_figures(measured, data)
    spread = over_trainings([all_figures(Measured.load(settings, one), data) for one in seeds]) if seeds else []
    (folder / CARD).write_text(model_card(measured.heads.facts, figures, spread), encoding="utf-8")


def model_card(facts: HeadsFacts, figures: Sequence[Figure], spread: Sequence[Figure] = ()) -> str:
    """Return the card as Markdown; `spread` are the figures over trainings with other seeds."""
    return "\n".join(
        [
            "# Sentiment and topics in one pass",
            "",
            f"{ADAPTATIONS.get(facts.adaptation, facts.adaptation)}, `{facts.base}` (sha256 of its files"
            f" `{facts.base_sha256[:16]}…`), with small heads of one hidden layer of {facts.hidden}.",
            "The folder holds what changed (`delta.safetensors`, half precision) and the heads; the base comes from",
            "its package, and they load on that base only. The sentiment head reads the mean of a span's token states",
            "beside the mean of its sentence; for a whole sentence the two are one. The topic head reads the first",
            f"sentence beside the mean of the first {TOPIC_SENTENCES}; that of Reuters' categories, fitted after",
            f"tuning, also the mean and the maximum of the first {CATEGORY_SENTENCES}. Where a sentence sets two",
            "figures side by side, or calls a loss smaller, the encoder also reads a word that says so",
            "(`models/figures/directions.py`, `models/figures/narrowing.py`); who rates another is neutral by rule",
            "(`models/network/raters.py`), and a clause that sets one name apart from another is read once more by",
            "itself (`models/network/entity_sentiment.py`).",
            "",
            "## Training",
            "",
            *_commands(facts),
            "None of the sets is kept in this repository. One text in ten, by its hash, chose the checkpoint and",
            "calibrated topics and sentiment; no test row did. Near-copies of what taught calibrate nothing and",
            "are left out of the scores below. Financial PhraseBank was never trained on.",
            "",
            "| set | lessons | what it is | sha256 |",
            "|---|---|---|---|",
            *(_data_row(item) for item in facts.data),
            "",
            "On the rows that choose: " + ", ".join(f"{name} {value}" for name, value in facts.figures.items()) + ".",
            "",
            "## Figures",
            "",
            "From `TIDEWATCH_PRECISION=float32 tidewatch evaluate --data FOLDER`. Near-copies are test texts with a",
            "3-word-shingle Jaccard similarity of 0.7 or more to a text that taught or chose; the interval is the",
            "middle 95% over resampled rows.",
            "",
            *figure_rows(figures),
            "",
            *_of_seeds(spread),
            "## Topics",
            "",
            "| topic | covers | from tweets | from Reuters |",
            "|---|---|---|---|",
            *(f"| {t.name} | {t.covers} | {_cell(t.tweet or '–')} | {t.reuters or '–'} |" for t in TOPICS),
            "",
            "## Limits",
            "",
            "- English only: for any other language the service names the language and gives no sentiment or topic.",
            '- Tweets have one topic each: for the topics that only tweets have, "not this one" was assumed, with a',
            "  quarter of the weight. Reuters' part is from 1987.",
            "- Labels follow their sets (`docs/labels.md`): a bearish tweet, a headline that is bad for the entity.",
            "- Plain events and pairs of figures are measured on kinds that the written lessons cover, in other words.",
            "- Often misread (`roles` above): who wins an order from whom, who a verdict is for, what resumes, falls",
            '  "less than feared", names set apart by a comma alone, and yields.',
            *([] if spread else ["- One training with one seed: how much another seed would change is not measured."]),
            "",
        ]
    )


def _commands(facts: HeadsFacts) -> list[str]:
    train = f"`tidewatch train --data FOLDER -o DIR --adaptation {facts.adaptation} --epochs {facts.epochs} --seed"
    seeds = ", ".join(str(seed) for seed in facts.seeds)
    first = (
        [
            f"{train} SEED` with {seeds}, and the mean of their weights:",
            "`tidewatch average DIR… --data FOLDER -o DIR` (Wortsman et al. 2022, arXiv:2203.05482).",
        ]
        if seeds
        else [f"{train} {facts.seed}`."]
    )
    return first + [line for resumed in facts.resumed for line in _resumed(resumed)]


def _resumed(resumed: Mapping[str, Any]) -> list[str]:
    seeds = ", ".join(str(seed) for seed in resumed.get("seeds", ()))
    return [
        f"Then `tidewatch train --resume --data … -o DIR --adaptation {resumed['adaptation']} --epochs"
        f" {resumed['epochs']} --seed {'SEED' if seeds else resumed['seed']}`",
        f"from those weights, among a part of the same lessons: {', '.join(resumed['new'])}"
        + (f"; {resumed['step']:.0%} of the way" if "step" in resumed else "")
        + (f"; with {seeds}, and their mean." if seeds else "."),
    ]


def _of_seeds(spread: Sequence[Figure]) -> list[str]:
    if not spread:
        return []
    return [
        "## Each seed",
        "",
        "The mean over the trainings that were averaged, each measured alone, with the 95% interval of that mean by",
        "Student's t: how much a seed changes. What does not depend on it is left out.",
        "",
        *figure_rows(spread),
        "",
    ]


def figure_rows(figures: Iterable[Figure]) -> list[str]:
    """Return a Markdown table of figures."""
    lines = ["| task | test | rows | measure | value | 95% | baseline |", "|---|---|---|---|---|---|---|"]
    for figure in figures:
        digits = 1 if figure.value > 1 else 3
        plain = "–" if figure.baseline is None else f"{figure.baseline:.{digits}f} ({figure.baseline_of})"
        middle = "–" if figure.interval is None else "–".join(f"{end:.{digits}f}" for end in figure.interval)
        value = f"{figure.value:.{digits}f}"
        cells = (figure.task, figure.test, f"{figure.rows:,}", figure.measure, value, middle, plain)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _data_row(item: Mapping[str, object]) -> str:
    name = str(item["name"])
    about = LICENCES.get(name, "given by the operator")
    digest = f"`{str(item['sha256'])[:16]}…`" if item["sha256"] else "–"
    return f"| {name} | {item['examples']:,} | {about} | {digest} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
