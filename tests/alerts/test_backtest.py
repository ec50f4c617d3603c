"""The backtest beside the service's own way, and what it may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest

from alerts.backtest import TICK, Alert, Backtest, Known, in_order, with_budget
from alerts.detection.tuning import Tuning
from alerts.detection.watch import MemoryStates, Watch
from alerts.rules import Rule, Rules
from models.stub import StubModel
from streams.alerting import AlertTransition, Mention
from streams.enrichment import EnrichedArticle
from streams.records import Article, ArticleId
from tests.alerts.timelines import FLAT, START, article, background, spike
from tests.alerts.timelines import in_order as merged

ONSET = START + timedelta(hours=60)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEED = merged(background(START, 96), spike(ONSET, "name3", 12))


def _articles(mentions: Iterable[Mention]) -> list[Known]:
    groups = (tuple(group) for _, group in groupby(mentions, key=lambda m: m.article_id))
    return in_order(Known(group[0].received_at, group) for group in groups)


def _alerts(articles: Sequence[Known], rules: Rules | None = None) -> list[Alert]:
    run = Backtest({"asked": rules or Rules.default()}, Tuning())
    run.take(articles)
    return run.alerts("asked")


def test_a_spike_is_one_alert_with_what_was_said_when_it_opened() -> None:
    """The line of an alert holds the opening; its evidence was known by then, and its end follows as a step."""
    (alert,) = _alerts(_articles(FEED))
    assert alert.entity == "name3"
    assert ONSET <= alert.opened_at <= ONSET + timedelta(hours=2)
    assert alert.resolved_at is not None
    assert alert.resolved_at > alert.opened_at
    assert alert.steps[-1].kind == "resolved"
    assert alert.evidence
    assert all(piece.at <= alert.opened_at for piece in alert.evidence)
    assert alert.observed > alert.expected


def test_the_service_gives_the_very_same_alerts() -> None:
    """A watch that begins anew on its stored states after every few mentions sends what a backtest has."""
    states = MemoryStates()
    sent: dict[str, AlertTransition] = {}
    mentions = [m for known in _articles(FEED) for m in known.mentions]
    for start in range(0, len(mentions), 37):
        watch = Watch(Rules.default(), states)
        for transition in watch.recover():
            sent.setdefault(transition.transition_id, transition)
        for mention in mentions[start : start + 37]:
            for transition in watch.take(mention):
                sent.setdefault(transition.transition_id, transition)
    alerts: dict[str, Alert] = {}
    for transition in sent.values():
        known = alerts.get(transition.episode_id)
        alerts[transition.episode_id] = Alert.of(transition) if known is None else known.after(transition)
    assert list(alerts.values()) == _alerts(_articles(FEED))
    assert alerts


@pytest.mark.parametrize("hours", [61, 62, 70, 90])
def test_only_the_past_is_known(hours: int) -> None:
    """What opened in a run over the beginning of a feed is what the whole feed opens there."""
    articles = _articles(FEED)
    until = START + timedelta(hours=hours)
    beginning = [known for known in articles if known.at < until]
    opened = [(a.episode_id, a.opened_at, a.observed, a.evidence) for a in _alerts(beginning)]
    whole = [(a.episode_id, a.opened_at, a.observed, a.evidence) for a in _alerts(articles)]
    assert opened == [alert for alert in whole if alert[1] <= max(m.at for k in beginning for m in k.mentions)]


def test_the_order_of_the_input_does_not_matter() -> None:
    """Articles are taken by when they were known, however they came in."""
    articles = _articles(FEED)
    assert in_order(reversed(articles)) == articles


def test_an_article_that_comes_again_changes_nothing() -> None:
    """Neither at the same moment, as where files overlap, nor later, as after a second replay."""
    articles = _articles(FEED)
    later = [
        Known(
            known.at + timedelta(hours=1), tuple(m.model_copy(update={"received_at": known.at}) for m in known.mentions)
        )
        for known in articles
    ]
    assert in_order([*articles, *articles]) == articles
    assert _alerts(in_order([*articles, *later])) == _alerts(articles)


def test_a_correction_at_the_same_moment_does_not_stand() -> None:
    """The first version was known first, whichever line comes first."""
    first = _enriched(timedelta(0))
    article = first.article.model_copy(update={"title": "Vantor falls far", "updated_at": START + timedelta(hours=5)})
    versions = [Known.of(first, 0.5), Known.of(first.model_copy(update={"article": article}), 0.5)]
    assert in_order(versions) == in_order(reversed(versions)) == versions[:1]


def test_several_budgets_in_one_go() -> None:
    """Each set of rules gives what it gives alone."""
    rules = {name: with_budget(Rules.default(), per_day) for name, per_day in (("1", 1.0), ("10", 10.0))}
    run = Backtest(rules, Tuning())
    run.take(_articles(FEED))
    assert {name: run.alerts(name) for name in rules} == {
        name: _alerts(_articles(FEED), content) for name, content in rules.items()
    }


def test_a_budget_is_shared_by_the_rules_for_many_series() -> None:
    """The market's rule keeps its budget, and a rule that is off stays as it is."""
    rules = Rules(
        rules=(
            Rule(name="bad", kind="negative-spike", budget_per_1000_series_days=2),
            Rule(name="good", kind="positive-spike", budget_per_1000_series_days=2),
            Rule(name="off", kind="turn", budget_per_1000_series_days=2, enabled=False),
            Rule(name="market", kind="negative-spike", scope="market", budget_per_day=0.1),
        )
    )
    found = {rule.name: rule.budget_per_day for rule in with_budget(rules, 3).rules}
    assert found == {"bad": 1.5, "good": 1.5, "off": None, "market": 0.1}


def _enriched(received_after: timedelta) -> EnrichedArticle:
    article = Article(
        article_id=ArticleId("a"),
        title="Vantor falls",
        source="wire",
        published_at=START,
        updated_at=START,
        received_at=START + received_after,
    )
    return EnrichedArticle(article=article, enrichment=StubModel().enrich([article])[0])


def test_when_an_article_was_known() -> None:
    """It was known when it arrived; an arrival days after the publication was the replay of an archive."""
    live, replayed = (Known.of(_enriched(after), 0.5) for after in (timedelta(hours=9), timedelta(days=400)))
    assert live.at == START + timedelta(hours=9)
    assert replayed.at == START
    assert replayed.mentions[0].received_at == START


def test_a_silent_feed_is_told_at_its_time() -> None:
    """Between articles the wall clock is looked at, so that a silence opens before the feed is back."""
    rules = Rules(rules=(Rule(name="silence", kind="silence", scope="source", budget_per_day=0.1),))
    before = background(START, 24 * 10, per_hour=6)
    after = background(START + timedelta(days=13), 12, per_hour=6, seed=2)
    alerts = _alerts(_articles([*before, *after]), rules)
    assert alerts
    last = max(m.at for m in before)
    assert all(last < alert.opened_at < START + timedelta(days=13) for alert in alerts)


def test_a_wrong_date_costs_no_time_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An article of 1970 comes first: the wall clock does not tick through the years, and its source is no older."""
    spoken = Rule(name="bad", kind="negative-spike", budget_per_day=1)
    silent = Rule(name="silence", kind="silence", scope="source", budget_per_day=0.1)
    feed = [*background(START, 24 * 10, per_hour=6), *background(START + timedelta(days=13), 12, per_hour=6, seed=2)]
    ticks: list[datetime] = []
    monkeypatch.setattr(Watch, "tick", lambda self, now, tick=Watch.tick: ticks.append(now) or tick(self, now))
    plain = _alerts(_articles(feed), Rules(rules=(spoken, silent)))
    usual = len(ticks)
    for date in (EPOCH, EPOCH + timedelta(days=200)):
        ticks.clear()
        wrong = article(date, ["name4"], FLAT, received_at=date)
        alerts = _alerts(_articles([*wrong, *feed]), Rules(rules=(spoken, silent)))
        assert _looks(alerts, "bad") == _looks(plain, "bad")
        silences, usually = ({a.series: a.opened_at for a in found if a.rule == "silence"} for found in (alerts, plain))
        assert silences.keys() == usually.keys() >= {"source:wire"}
        assert all(abs(at - usually[series]) <= TICK for series, at in silences.items())
        assert len(ticks) < usual + 5_000


def _looks(alerts: Sequence[Alert], rule: str) -> list[tuple[object, ...]]:
    return [(a.series, a.opened_at, round(a.expected, 9), round(a.threshold, 9)) for a in alerts if a.rule == rule]


def test_no_articles_give_no_alert() -> None:
    """An empty feed is a feed."""
    assert _alerts([]) == []
