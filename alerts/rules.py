"""Rules: what is watched for, how rare it has to be, and how alerts are labelled. Read from a YAML file, versioned."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, field_validator, model_validator

from alerts.contradictions import DEFAULT_MIN_STORIES, DEFAULT_WINDOW_S, Contradictions, between_rules, of_rule
from streams.alerting import RuleKind
from streams.records import EntityId

Scope = Literal["entity", "entity-topic", "topic", "market", "source"]
Weighting = Literal["count", "severity", "relevance"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]

SLICE_S = 900
MAX_BUDGET_PER_DAY = 10_000
_EXPONENT = re.compile(r"[-+]?\d+[eE][-+]?\d+")


def with_exponent(value: object) -> object:
    """Return the number that 1e-3 is, without a point, which YAML 1.1 takes for text; anything else as it is."""
    return float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value


Number = Annotated[float, Strict(), BeforeValidator(with_exponent)]
"""A number, and nothing that could be taken for one: YAML's `yes` would be 1."""


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Severities(_Content):
    """Say how many times rarer than the threshold an alert is from which it is medium, and high."""

    medium: Number = Field(default=100.0, gt=1)
    high: Number = Field(default=10_000.0, gt=1)


class Rule(_Content):
    """Be one thing that is watched for."""

    name: Name
    kind: RuleKind
    scope: Scope = "entity"
    enabled: bool = True
    budget_per_1000_series_days: Number | None = Field(default=None, gt=0, le=1_000)
    """How many alerts a thousand series may give in a day …"""
    budget_per_day: Number | None = Field(default=None, gt=0, le=MAX_BUDGET_PER_DAY)
    """… or how many all series together may give: one of the two. The threshold follows from it."""
    window_s: Number = Field(default=DEFAULT_WINDOW_S, ge=3600, le=86_400)
    min_stories: int = Field(default=DEFAULT_MIN_STORIES, strict=True, ge=1, le=1_000)
    weighting: Weighting = "count"
    """What a story counts: 1, how strongly it speaks, or how much it is about the name."""
    severities: Severities = Severities()
    cooldown_s: Number = Field(default=6 * 3600.0, ge=0, le=7 * 86_400)
    """After an end the series opens again only when it is a hundred times rarer still; doubled while it flaps."""
    labels: dict[Name, str] = Field(default_factory=dict)
    watchlists: tuple[str, ...] = ()
    """Only entities on one of these lists; every entity where empty."""
    topics: tuple[str, ...] = ()
    """Only these topics, for the scopes that have one; every topic where empty."""

    @property
    def window_ms(self) -> int:
        """Return the length of the window."""
        return round(self.window_s) * 1000

    @field_validator("window_s")
    @classmethod
    def _whole_slices(cls, value: float) -> float:
        if value % SLICE_S:
            raise ValueError(f"use a multiple of {SLICE_S} seconds")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Rule:
        if found := list(of_rule(self.model_dump())):
            raise Contradictions(found)
        return self


class Rules(_Content):
    """Be all rules with the lists that they name; `version` changes with any part of the content."""

    time_zone: str = "America/New_York"
    """Of the hour of week in what is usual."""
    min_relevance: Number = Field(default=0.5, ge=0, le=1)
    """A mention of an entity below it counts for no rule."""
    watchlists: dict[Name, tuple[EntityId, ...]] = Field(default_factory=dict)
    rules: tuple[Rule, ...]

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {value!r}: use a name such as Europe/London") from error
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Rules:
        content = self.model_dump()
        if found := list(between_rules(content["rules"], content["watchlists"])):
            raise Contradictions(found)
        return self

    @cached_property
    def version(self) -> str:
        """Return 12 hexadecimal digits of the digest of the content."""
        content = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()[:12]

    @classmethod
    def default(cls) -> Rules:
        """Return the rules that hold where no file is given."""
        month = 1 / 30
        return cls(
            rules=(
                Rule(name="negative-spike", kind="negative-spike", budget_per_1000_series_days=2),
                Rule(
                    name="market-negative", kind="negative-spike", scope="market", budget_per_day=month, min_stories=10
                ),
                Rule(name="positive-spike", kind="positive-spike", budget_per_1000_series_days=2, enabled=False),
                Rule(
                    name="entity-topic-negative",
                    kind="negative-spike",
                    scope="entity-topic",
                    budget_per_1000_series_days=1,
                    enabled=False,
                ),
                Rule(
                    name="topic-negative",
                    kind="negative-spike",
                    scope="topic",
                    budget_per_day=0.2,
                    min_stories=5,
                    enabled=False,
                ),
                Rule(name="turn", kind="turn", budget_per_1000_series_days=1, min_stories=5, enabled=False),
                Rule(name="silence", kind="silence", scope="source", budget_per_day=0.1, enabled=False),
            )
        )
