"""The topics, and how the labels of each training set map onto them: the one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicDefinition:
    """Be one topic: its name in every output, what it covers, and the labels that stand for it in each set."""

    name: str
    covers: str
    tweet: str | None = None
    reuters: str = ""
    """Labels, separated by spaces; any one of them stands for the topic."""


TOPICS: tuple[TopicDefinition, ...] = (
    TopicDefinition(
        "results", "results and guidance: their announcement, what is expected of them", "Earnings", "earn"
    ),
    TopicDefinition("dividend", "dividends and other payouts to holders", "Dividend", "earn"),
    TopicDefinition("rating", "analysts' ratings and price targets", "Analyst Update"),
    TopicDefinition("mergers", "takeovers, stakes, investments", "M&A | Investments", "acq"),
    TopicDefinition("legal", "courts, regulators, investigations", "Legal | Regulation"),
    TopicDefinition("personnel", "people who come and go, at the top above all", "Personnel Change"),
    TopicDefinition("company", "products, contracts, operations of a company", "Company | Product News"),
    TopicDefinition("ipo", "companies that go public", "IPO"),
    TopicDefinition("stock_move", "a share that rises or falls", "Stock Movement"),
    TopicDefinition("stock_opinion", "what somebody thinks of a share", "Stock Commentary"),
    TopicDefinition("markets", "indices and markets as a whole", "Markets"),
    TopicDefinition("financials", "figures that a company reports: earnings per share, revenue, assets", "Financials"),
    TopicDefinition(
        "macro",
        "output, prices, jobs, demand of an economy",
        "Macro",
        "gnp cpi wpi jobs ipi retail housing income lei inventories instal-debt cpu",
    ),
    TopicDefinition(
        "central_bank",
        "central banks, their rates and money supply",
        "Fed | Central Banks",
        "interest money-supply",
    ),
    TopicDefinition("bonds", "government and corporate debt", "Treasuries | Corporate Debt"),
    TopicDefinition(
        "currencies",
        "exchange rates",
        "Currencies",
        "dlr yen stg dmk austdlr nzdlr saudriyal can dfl rand lit nkr sfr peseta ringgit rupiah skr dkr cruzado bfr hk",
    ),
    TopicDefinition(
        "energy",
        "oil, gas, fuels, power",
        "Energy | Oil",
        "crude nat-gas gas fuel heat jet naphtha propane pet-chem",
    ),
    TopicDefinition(
        "metals",
        "metals and other materials",
        "Gold | Metals | Materials",
        "gold silver copper iron-steel alum zinc lead tin strategic-metal platinum nickel palladium",
    ),
    TopicDefinition(
        "agriculture",
        "crops, livestock and what is made of them",
        None,
        "grain wheat corn oilseed sugar coffee veg-oil soybean livestock cocoa carcass rice cotton barley "
        "meal-feed palm-oil sorghum rapeseed orange soy-meal hog soy-oil sunseed tea oat groundnut "
        "l-cattle sun-oil rape-oil coconut-oil potato coconut tapioca pork-belly copra-cake palmkernel "
        "cotton-oil f-cattle linseed lin-oil rye groundnut-oil cornglutenfeed fishmeal castor-oil "
        "sun-meal red-bean citruspulp rape-meal corn-oil castorseed lin-meal cottonseed wool rubber lumber plywood",
    ),
    TopicDefinition("shipping", "ships, ports, freight", None, "ship"),
    TopicDefinition("trade", "trade between countries: balances, tariffs, quotas", None, "trade bop"),
    TopicDefinition("politics", "governments and parties", "Politics"),
    TopicDefinition("general", "news and opinion without a market in it", "General News | Opinion"),
)
NAMES: tuple[str, ...] = tuple(topic.name for topic in TOPICS)
TWEET_TOPICS: tuple[int, ...] = tuple(i for i, topic in enumerate(TOPICS) if topic.tweet is not None)
REUTERS_TOPICS: tuple[int, ...] = tuple(i for i, topic in enumerate(TOPICS) if topic.reuters)

REUTERS_TOP10: tuple[str, ...] = (
    "earn",
    "acq",
    "money-fx",
    "grain",
    "crude",
    "trade",
    "interest",
    "ship",
    "wheat",
    "corn",
)
"""The ten categories of Reuters-21578 with the most articles: what the literature compares on."""

_PLACES: Mapping[str, int] = {name: place for place, name in enumerate(NAMES)}
_PAYOUT = re.compile(r"\b(dividends?|divs?|payouts?|distributions?|stock split)\b", re.I)
# `money-fx` mixes currencies with central banks: without a currency's own label it says neither yes nor no to both.
_MIXED = "money-fx"


def tweet_target(label: str) -> list[float]:
    """Return the target of a tweet, one number a topic: 1 for its one label, NaN (unknown) for every other.

    Raises:
        KeyError: no topic stands for the label.
    """
    by_label = {topic.tweet: place for place, topic in enumerate(TOPICS) if topic.tweet}
    return [1.0 if place == by_label[label] else float("nan") for place in range(len(TOPICS))]


def reuters_target(labels: Iterable[str], title: str) -> list[float]:
    """Return the target of a Reuters article: 1, 0, or NaN where its labels do not say.

    `earn` holds both results and dividends; the title tells which one is surely there, and leaves the other open.
    """
    given = frozenset(labels)
    target = [float("nan")] * len(TOPICS)
    for place in REUTERS_TOPICS:
        target[place] = float(bool(given.intersection(TOPICS[place].reuters.split())))
    results, dividend = _PLACES["results"], _PLACES["dividend"]
    if "earn" in given:
        sure, other = (dividend, results) if _PAYOUT.search(title) else (results, dividend)
        target[sure], target[other] = 1.0, float("nan")
    if _MIXED in given:
        for place in (_PLACES["currencies"], _PLACES["central_bank"]):
            target[place] = target[place] or float("nan")
    return target
