"""The rules file: YAML to rules, and every mistake in it with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from alerts.contradictions import Contradictions, Fault, between_rules, of_rule
from alerts.located_yaml import Place, read_located
from alerts.rules import Rule, Rules, Scope, Severities, Weighting, with_exponent
from alerts.topic_names import unknown_topics
from streams.alerting import RuleKind
from streams.errors import MisconfiguredError
from streams.validation import NO_SUCH_FIELD, WRITE_A_LIST, in_words

_IN_WORDS = {
    "extra_forbidden": NO_SUCH_FIELD,
    "missing": "the field is missing",
    "string_pattern_mismatch": "use small letters, digits and hyphens, at most 61, a letter or digit first",
    "string_type": "write text; in quotes where it looks like a number, a date, yes or no",
    "tuple_type": WRITE_A_LIST,
    "dict_type": "write fields below it, such as `name: value`",
    "model_type": "write fields below it, such as `name: value`",
    "float_type": "write a valid number, without quotes",
    "int_type": "write a whole number, without quotes",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
}
"""What pydantic finds, by its own name for it; what is not here it says well itself."""
_CHOICES = {"kind": get_args(RuleKind), "scope": get_args(Scope), "weighting": get_args(Weighting)}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Be one thing that is wrong in a file."""

    line: int
    """From 1."""
    path: str
    """Where in the content, such as `rules[2].window_s`; empty for the whole."""
    message: str

    def __str__(self) -> str:
        """Write the mistake as it follows the name of the file."""
        return f"{self.line}: {f'{self.path}: ' if self.path else ''}{self.message}"


def parse(text: str) -> Rules:
    """Read rules from YAML.

    Raises:
        yaml.YAMLError: it is no YAML.
        pydantic.ValidationError: it is no rules.
    """
    return Rules.model_validate(yaml.safe_load(text))


def check(text: str, topics: Collection[str]) -> list[Mistake]:
    """Return every mistake in the text of a rules file, in the order of its lines; none where it is good.

    Args:
        text: YAML.
        topics: those that news can have.
    """
    read = read_located(text)
    if read.fault:
        return [Mistake(read.fault_line, "", f"not YAML: {' '.join(read.fault)}")]
    if not read.lines:
        return [Mistake(1, "", "the file is empty: write at least one rule")]
    if not isinstance(read.content, dict):
        return [Mistake(1, "", "write fields such as `rules:`, not a list or a single value")]
    mistakes = [Mistake(line, _path(where), "the field is there twice") for where, line in read.repeated]
    # A fault that pydantic comes to as well is told once.
    faults = dict.fromkeys((*_of_fields(read.content), *_of_parts(read.content, topics)))
    mistakes += [Mistake(read.line_of(where), _path(where), message) for where, message in faults]
    return sorted(mistakes, key=lambda mistake: mistake.line)


def load_rules(path: Path, topics: Collection[str]) -> Rules:
    """Read a rules file; `topics` are those that news can have.

    Raises:
        MisconfiguredError: the file is not there, or names every mistake with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(f"the rules file {path} cannot be read: {error}") from error
    mistakes = check(text, topics)
    if mistakes:
        raise MisconfiguredError("; ".join(f"{path}:{mistake}" for mistake in mistakes))
    return parse(text)


def _of_fields(content: dict[Any, Any]) -> Iterator[Fault]:
    try:
        Rules.model_validate(content)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            cause = problem.get("ctx", {}).get("error")
            if isinstance(cause, Contradictions):
                yield from (((*problem["loc"], *where), message) for where, message in cause.found)
            else:
                yield problem["loc"], in_words(problem, _IN_WORDS)


def _of_parts(content: dict[Any, Any], topics: Collection[str]) -> Iterator[Fault]:
    rules = content.get("rules")
    yield from between_rules(rules, content.get("watchlists", {}))
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict):
            for where, message in of_rule(_with_defaults(rule)):
                yield ("rules", place, *where), message
            for number, message in unknown_topics(rule.get("topics"), topics):
                yield ("rules", place, "topics", number), message


def _with_defaults(rule: dict[Any, Any]) -> dict[Any, Any]:
    fields: dict[Any, Any] = {
        name: field.default for name, field in Rule.model_fields.items() if not field.is_required()
    }
    severities = rule.get("severities", {})
    if isinstance(severities, dict):
        severities = {name: with_exponent(value) for name, value in {**Severities().model_dump(), **severities}.items()}
    fields |= {**rule, "severities": severities}
    # Of what is none of the choices nobody knows what it would fit.
    return {
        name: with_exponent(value) for name, value in fields.items() if name not in _CHOICES or value in _CHOICES[name]
    }


def _path(where: Place) -> str:
    where = tuple(part for part in where if part != "[key]")  # pydantic's word for a key of a mapping
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")
