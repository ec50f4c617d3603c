"""Negative spikes on hand-made time lines."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from alerts.detection import episodes
from alerts.detection.calibration import Calibration, bin_of
from alerts.detection.detector import Detector
from alerts.detection.episodes import Reading, Subject
from alerts.detection.state import MARKET_KEY, SeriesState
from alerts.detection.stories import NEGATIVE
from alerts.detection.tuning import HOUR_MS, Tuning
from alerts.rules import Rule, Rules
from streams.alerting import AlertTransition, Mention
from tests.alerts.timelines import BAD, GOOD, START, Desk, article, background, in_order, spike, words

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ONSET = START + timedelta(hours=30)
NAME = "entity:name3"


def test_a_spike_opens_one_episode_and_quiet_ends_it() -> None:
    """A cluster of bad stories opens one episode within its span, with evidence; passing time resolves it."""
    desk = Desk()
    made = desk.take(in_order(background(START, 48), spike(ONSET, "name3", 9)))
    assert [t.kind for t in made if t.kind != "updated"] == ["opened", "resolved"]
    opened = made[0]
    assert opened.series == NAME
    assert opened.entity_id == "name3"
    assert ONSET <= opened.opened_at <= ONSET + 2 * HOUR
    assert opened.observed > 5 * opened.expected
    assert opened.p_value < opened.threshold < 0.01
    assert len(opened.evidence) == 5
    assert all(evidence.url and evidence.sentence for evidence in opened.evidence)
    assert [t.revision for t in made] == list(range(len(made)))
    assert len({t.episode_id for t in made}) == 1
    assert made[-1].at > ONSET + 8 * HOUR
    assert {(t.rule, t.rules_version, t.detector) for t in made} == {
        ("negative-spike", Rules.default().version, "negative-binomial-2")
    }


def test_a_worse_spike_updates_but_not_too_often() -> None:
    """An episode that grows is updated with a higher severity, at most twice an hour."""
    made = Desk().take(in_order(background(START, 40), spike(ONSET, "name3", 24, over=3 * HOUR)))
    told = [t for t in made if t.kind != "resolved"]
    assert [t.kind for t in told] == ["opened"] + ["updated"] * (len(told) - 1)
    assert len(told) >= 2
    assert told[-1].severity == "high"
    assert all(b.at - a.at >= timedelta(minutes=30) for a, b in itertools.pairwise(told))


def test_thirty_copies_of_one_story_open_nothing() -> None:
    """Copies from thirty sources are one story, edited or not."""
    base = words("one story", 80).split()
    copies = [
        mention
        for place in range(30)
        for mention in article(
            ONSET + timedelta(minutes=4 * place),
            ["name3"],
            BAD,
            text=" ".join([*base[place % 5 :], *words(place, 6).split()]),
            source=f"source{place}",
        )
    ]
    desk = Desk()
    assert desk.take(in_order(background(START, 40), copies)) == []
    newest = [row for row in desk.state(NAME).stories.rows if row["articles"] >= 30]
    assert len(newest) == 1


def test_a_bad_day_of_the_whole_market_is_one_alert() -> None:
    """When most news is bad, names are judged against that; the market itself is told of once."""
    calm, bad = background(START, 48), background(START + 2 * DAY, 8, negative=0.8, seed=5)
    made = Desk().take(in_order(calm, bad, background(START + 2 * DAY + 8 * HOUR, 12, seed=6)))
    assert [t.series for t in made if t.kind == "opened"] == ["market"]
    assert made[-1].kind == "resolved"


def test_a_name_is_held_back_while_the_market_is_alarmed() -> None:
    """A spike of one name during the market's episode opens nothing, and the market's alert counts it."""
    calm, bad = background(START, 48), background(START + 2 * DAY, 8, negative=0.9, seed=5)
    crisis = spike(START + 2 * DAY + 5 * HOUR, "name3", 30)
    desk = Desk()
    made = desk.take(in_order(calm, bad, crisis))
    assert {t.series for t in made if t.kind == "opened"} == {"market"}
    assert desk.state(NAME).tracks["negative-spike"].held_back_by == "market-negative"
    after: list[AlertTransition] = []
    for mention in background(START + 2 * DAY + 8 * HOUR, 12, seed=6):
        after += desk.take([mention])
        if any(t.kind == "resolved" and t.series == "market" for t in after):
            break
    assert after[-1].inhibited >= 1
    assert desk.calibration("negative-spike").held_back == 0  # as it is stored


def test_the_end_of_one_kind_of_market_episode_leaves_what_another_holds_back() -> None:
    """Names that bad news of the market holds back stay counted when its good news ends."""
    good = Rule(name="market-positive", kind="positive-spike", scope="market", budget_per_day=1)
    rules = Rules(rules=(*Rules.default().rules, good))
    market = SeriesState.new(MARKET_KEY)
    reading = Reading(at_ms=HOUR_MS, observed=20, expected=5, size=4, p_value=0, stories=20, articles=20, window_ms=1)
    episode = episodes.opened(good, rules.version, Subject("market", "Market"), "cause", reading, 0.1, (), "test-1")
    market.track(good.name).episode = episode
    calibrations = {rule.name: Calibration(rule.name, held_back=3) for rule in rules.rules if rule.enabled}
    Detector(rules, Tuning()).expire(market, 9 * HOUR_MS, START, calibrations)
    assert {name: learned.held_back for name, learned in calibrations.items()} == {
        "negative-spike": 3,
        "market-negative": 3,
        "market-positive": 0,
    }


def test_what_is_held_back_spends_no_budget() -> None:
    """A spike during the market's episode is no excursion of the rule for names; the same on a plain day is one."""
    calm, bad = background(START, 48), background(START + 2 * DAY, 8, negative=0.9, seed=5)
    crisis = spike(START + 2 * DAY + 5 * HOUR, "name31", 12, over=HOUR)

    def excursions(*parts: list[Mention]) -> float:
        desk = Desk()
        desk.take(in_order(*parts))
        bins = desk.calibration("negative-spike").bins
        return sum(weight for place, weight in bins.items() if place >= bin_of(0.001))

    assert excursions(calm, bad, crisis) == excursions(calm, bad)
    assert excursions(calm, crisis) >= excursions(calm) + 1


def test_a_crowd_of_names_at_once_is_held_back() -> None:
    """When a dozen names cross within an hour, most are held back and told of as the market's alert."""
    crowd = [spike(ONSET + timedelta(minutes=2 * k), f"name{k}", 5, over=HOUR) for k in range(12)]
    desk = Desk()
    made = desk.take(in_order(background(START, 40), *crowd))
    names = [t.series for t in made if t.kind == "opened" and t.series != "market"]
    assert len(names) <= 4
    assert any(t.series == "market" for t in made if t.kind == "opened")


def test_good_news_opens_nothing() -> None:
    """A burst of good stories, some of them misread, is not a negative spike."""
    good = [
        m for k in range(24) for m in article(ONSET + timedelta(minutes=5 * k), ["name3"], BAD if k % 12 == 3 else GOOD)
    ]
    assert Desk().take(in_order(background(START, 40), good)) == []


def test_good_news_opens_a_positive_spike_where_a_rule_asks() -> None:
    """The same burst opens an episode of the rule that looks for it, with positive evidence."""
    rule = Rule(name="good", kind="positive-spike", budget_per_day=0.1)
    good = [m for k in range(20) for m in article(ONSET + timedelta(minutes=5 * k), ["name3"], GOOD)]
    opened = [t for t in Desk(Rules(rules=(rule,))).take(in_order(background(START, 40), good)) if t.kind == "opened"]
    assert [(t.series, t.rule_kind) for t in opened] == [(NAME, "positive-spike")]
    assert all(evidence.score > 0 for evidence in opened[0].evidence)


def test_the_first_hours_of_a_new_system_page_for_nothing_ordinary() -> None:
    """Without any history, a busy and rather negative feed opens nothing."""
    assert Desk().take(background(START, 3, per_hour=200, negative=0.4)) == []


@pytest.mark.parametrize("negative", [0.6, 1.0])
def test_a_feed_that_is_negative_by_its_nature_is_no_bad_day(negative: float) -> None:
    """Of a feed of nothing but trouble, no market alert is made on its first days, which would hold every name back."""
    made = Desk().take(background(START, 48, per_hour=40, negative=negative))
    assert [t.kind for t in made if t.series == "market"] == []


def test_a_level_that_stays_becomes_the_usual_one() -> None:
    """A name that keeps having bad news is told of once, and its episode ends although the news does not."""
    steady = [m for hour in range(24 * 9) for m in article(START + 2 * DAY + hour * HOUR, ["name3"], BAD)]
    made = Desk().take(in_order(background(START, 24 * 11), steady))
    of_name = [t for t in made if t.series == NAME and t.kind in ("opened", "resolved")]
    assert [t.kind for t in of_name] == ["opened", "resolved"]
    assert of_name[0].at < START + 2 * DAY + 6 * HOUR
    assert START + 3 * DAY < of_name[1].at < START + 8 * DAY


def test_names_are_heard_again_on_the_second_day_of_a_bad_week() -> None:
    """A crisis that comes when the market's episode has gone on for two days opens, though that is not over."""
    calm, bad = background(START, 96), background(START + 4 * DAY, 72, negative=0.8, seed=5)
    made = Desk().take(in_order(calm, bad, spike(START + 6 * DAY, "name3", 30)))
    assert [t.series for t in made if t.kind == "opened"] == ["market", NAME]
    assert [t.kind for t in made if t.series == "market"][-1] != "resolved"


def test_a_spike_in_the_first_hours_is_found() -> None:
    """A true cluster is found although the baseline is only a prior."""
    made = Desk().take(in_order(background(START, 12), spike(START + 5 * HOUR, "name3", 10)))
    assert [t.series for t in made if t.kind == "opened"] == [NAME]


def test_more_news_of_everything_opens_nothing() -> None:
    """When the whole feed has eight times the stories, a name's share of them is expected."""
    more = background(START + DAY, 12, per_hour=100, seed=3)
    assert Desk().take(in_order(background(START, 24), more)) == []


def test_an_outage_and_its_backfill_open_nothing() -> None:
    """Six hours of news that come at once, with their own times, are the news of six hours."""
    feed = background(START, 60)
    begin, end = START + 40 * HOUR, START + 46 * HOUR
    held = [m.model_copy(update={"received_at": end}) if begin <= m.at < end else m for m in feed]
    assert Desk().take(held) == []


def test_slow_growth_of_a_name_opens_nothing() -> None:
    """A name whose news doubles every week for three weeks is followed by its baseline."""
    growth = [
        m
        for day in range(21)
        for k in range(round(0.8 * 2 ** (day / 7)) + 1)
        for m in article(
            START + day * DAY + timedelta(hours=(5 * k + day) % 24), ["grown"], BAD if k % 3 == 0 else GOOD
        )
    ]
    made = Desk().take(in_order(background(START, 21 * 24, per_hour=6), growth))
    assert [t for t in made if t.series == "entity:grown"] == []


@pytest.mark.parametrize("seed", range(3))
def test_an_ordinary_week_is_quiet(seed: int) -> None:
    """A week of stationary news opens at most one episode among thirty names."""
    made = Desk().take(background(START, 7 * 24, per_hour=8, seed=seed))
    assert sum(t.kind == "opened" for t in made) <= 1


def test_a_late_spike_opens_nothing() -> None:
    """Mentions later than the bound are counted nowhere: of the series only which articles it has taken changes."""
    late = [m for m in spike(START + 20 * HOUR, "name3", 9) if m.series == NAME]
    desk = Desk()
    desk.take(background(START, 40))
    before = desk.state(NAME).to_bytes()
    assert desk.take(late) == []
    after = desk.state(NAME)
    after.taken = SeriesState.from_bytes(before).taken
    assert after.to_bytes() == before


def test_a_mis_stamped_article_does_not_turn_later_news_into_the_past() -> None:
    """One article stamped eight hours ahead neither moves the watermark there nor hides what comes."""
    wrong = article(START + 37 * HOUR, ["name9"], BAD, received_at=START + 60 * HOUR)
    feed, crisis = background(START, 48), spike(ONSET, "name3", 9)
    early = [m for m in feed if m.at < START + 29 * HOUR]
    later = in_order([m for m in feed if m.at >= START + 29 * HOUR], crisis)
    desk = Desk()
    desk.take([*early, *wrong])
    at_ms = desk.state("market").watermark.at_ms
    assert at_ms is not None
    assert at_ms <= early[-1].at.timestamp() * 1000
    (opened,) = [t.opened_at for t in desk.take(later) if t.kind == "opened" and t.series == NAME]
    (without,) = [t.opened_at for t in Desk().take(in_order(feed, crisis)) if t.kind == "opened"]
    assert abs(opened - without) <= HOUR / 4


def test_an_episode_teaches_the_baseline_little() -> None:
    """A second spike two days after a large one is found as well."""
    again = ONSET + 2 * DAY
    made = Desk().take(
        in_order(background(START, 120), spike(ONSET, "name3", 25), spike(again, "name3", 9, over=2 * HOUR))
    )
    assert [t.opened_at >= again for t in made if t.kind == "opened" and t.series == NAME] == [False, True]


def test_an_episode_that_follows_a_long_one_teaches_as_little() -> None:
    """Its day begins anew: what it brings is not usual because another episode ended just before."""
    first, second = spike(ONSET, "name3", 30, over=30 * HOUR), spike(ONSET + 42 * HOUR, "name3", 60, over=3 * HOUR)
    desk = Desk()
    made = desk.take(in_order(background(START, 96), first, second))
    assert [t.kind for t in made if t.series == NAME and t.kind != "updated"] == ["opened", "resolved"] * 2
    learned = desk.state(NAME).negative
    assert learned.total(int((START + 4 * DAY).timestamp() * 1000), Tuning().half_life_ms) < 25


def test_a_series_that_just_ended_opens_again_only_when_it_is_much_worse() -> None:
    """In the cool-down an equal spike is passed over, a far larger one is not."""
    hours = background(START, 72)
    ended = ONSET + 10 * HOUR
    same = in_order(hours, spike(ONSET, "name3", 8), spike(ended, "name3", 5))
    worse = in_order(hours, spike(ONSET, "name3", 8), spike(ended, "name3", 25))
    rules = Rules(
        rules=(
            Rule(name="spike", kind="negative-spike", budget_per_1000_series_days=2, cooldown_s=86_400, window_s=3600),
        )
    )
    assert sum(t.kind == "opened" for t in Desk(rules).take(same)) == 1
    assert sum(t.kind == "opened" for t in Desk(rules).take(worse)) == 2


def test_a_name_that_keeps_crying_silences_no_other() -> None:
    """Fourteen clusters of one name in a month open few episodes, and another name's cluster is found after them."""
    cries = [
        m
        for time in range(14)
        for m in spike(START + (4 + 2 * time) * DAY + timedelta(hours=5 * time % 12), "name0", 6)
    ]
    other = spike(START + 34 * DAY, "name3", 7, over=3 * HOUR)
    opened = [t for t in Desk().take(in_order(background(START, 36 * 24), cries, other)) if t.kind == "opened"]
    assert sum(t.series == "entity:name0" for t in opened) <= 4
    assert [t.opened_at >= START + 34 * DAY for t in opened if t.series == NAME] == [True]


def test_severity_weighs_strong_words_more() -> None:
    """A rule weighted by severity reports a sum of weights, below the number of its stories."""
    rule = Rule(name="severe", kind="negative-spike", budget_per_1000_series_days=2, weighting="severity")
    desk = Desk(Rules(rules=(rule,)))
    opened = next(t for t in desk.take(in_order(background(START, 48), spike(ONSET, "name3", 9))))
    assert opened.kind == "opened"
    assert opened.observed == pytest.approx(0.9 * round(opened.observed / 0.9), abs=0.05)


def test_a_silent_feed_ends_no_episode() -> None:
    """Without news event time stands still, so an open episode stays open."""
    desk = Desk()
    desk.take(m for m in in_order(background(START, 48), spike(ONSET, "name3", 9)) if m.at < ONSET + 3 * HOUR)
    assert desk.state(NAME).tracks["negative-spike"].episode is not None


def test_a_story_counts_once_for_each_label() -> None:
    """The slices of a series hold as many negative stories as its list of stories does."""
    desk = Desk()
    desk.take(background(START, 5, names=2))
    state = desk.state("entity:name1")
    labelled = sum(row["label"] == NEGATIVE for row in state.stories.rows)
    assert labelled == sum(entry[1] for entry in state.slices.entries.values()) > 0
