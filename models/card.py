"""The model card: what heads were trained on, what they reach, and what they are not for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from models.evaluation import Figure
from models.heads import TOPIC_SENTENCES, HeadsFacts
from models.topics import TOPICS

LICENCES: Mapping[str, str] = {
    "tfns_train": "financial tweets; labels MIT, the text under X's terms",
    "sentfin": "SEntFiN, Indian business headlines; licence not stated",
    "fiqa_train": "FiQA 2018, headlines and posts; licence not stated",
    "tftopic_train": "financial tweets in 20 topics; labels MIT, the text under X's terms",
    "reuters": "Reuters-21578, ModApte training part; for research only",
}


def model_card(facts: HeadsFacts, figures: Sequence[Figure]) -> str:
    """Return the card as Markdown."""
    return "\n".join(
        [
            "# Heads of sentiment and topics",
            "",
            f"Two small networks (one hidden layer of {facts.hidden}) on the frozen encoder `{facts.base}`"
            f" (sha256 of its files `{facts.base_sha256[:16]}…`).",
            "They load on that base only. The sentiment head reads the mean of a span's token states beside the mean",
            "of its sentence; for a whole sentence the two are one. The topic head reads the first sentence beside the",
            f"mean of the first {TOPIC_SENTENCES}.",
            "",
            "## Data",
            "",
            "None of it is kept in this repository. One row in ten, by the hash of its text, chose the checkpoint and",
            "the thresholds; no test row did. Financial PhraseBank was never trained on.",
            "",
            "| set | examples | what it is | sha256 |",
            "|---|---|---|---|",
            *(_data_row(item) for item in facts.data),
            "",
            "## Figures",
            "",
            "From `tidewatch evaluate --data FOLDER`, after"
            f" `tidewatch train --data FOLDER -o DIR --epochs {facts.epochs} --seed {facts.seed}`, float32 on a CPU."
            " Near-copies are test texts",
            "with a 3-word-shingle Jaccard similarity of 0.7 or more to a training text.",
            "",
            *figure_rows(figures),
            "",
            "## Topics",
            "",
            "| topic | covers | from tweets | from Reuters |",
            "|---|---|---|---|",
            *(f"| {t.name} | {t.covers} | {_cell(t.tweet or '–')} | {t.reuters or '–'} |" for t in TOPICS),
            "",
            "## Limits",
            "",
            "- English only: for any other language the service names the language and gives no sentiment or topic.",
            "- The encoder is frozen. It groups texts by what they are about more than by whether that is good, so a",
            '  headline whose direction lies in two figures ("profit of 8, after 5") is often misread.',
            "- Probabilities are not calibrated beyond the training loss.",
            '- Tweets have one topic each: for the topics that only tweets have, "not this one" was assumed, with a',
            "  quarter of the weight. Reuters' part is from 1987.",
            "- Labels follow their sets: a bearish tweet, a headline that is bad for the entity, a low FiQA score.",
            "",
        ]
    )


def figure_rows(figures: Iterable[Figure]) -> list[str]:
    """Return a Markdown table of figures."""
    lines = ["| task | test | rows | measure | value | plain baseline |", "|---|---|---|---|---|---|"]
    for figure in figures:
        digits = 1 if figure.value > 1 else 3
        plain = "–" if figure.baseline is None else f"{figure.baseline:.{digits}f} ({figure.baseline_of})"
        cells = (figure.task, figure.test, f"{figure.rows:,}", figure.measure, f"{figure.value:.{digits}f}", plain)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _data_row(item: Mapping[str, object]) -> str:
    name = str(item["name"])
    about = LICENCES.get(name, "given by the operator")
    return f"| {name} | {item['examples']:,} | {about} | `{str(item['sha256'])[:16]}…` |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
