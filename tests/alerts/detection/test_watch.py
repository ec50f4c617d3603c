"""The watch as a whole: repeats, restarts, answers, silence, turns, topics and novelty."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detection.mentions import MARKET, about
from alerts.detection.state import SeriesState
from alerts.rules import Rule, Rules
from streams.alerting import AlertTransition, Mention
from streams.enrichment import Sentiment
from streams.errors import MisconfiguredError
from streams.records import EntityId, SeriesId
from streams.subscriptions import Response
from tests.alerts.timelines import BAD, FLAT, GOOD, START, Desk, article, background, in_order, spike, words

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ONSET = START + timedelta(hours=30)
NAME = "entity:name3"
EVERYTHING = Rules(rules=tuple(rule.model_copy(update={"enabled": True}) for rule in Rules.default().rules))


def _story(seed: int = 1, hours: float = 44) -> list[Mention]:
    found = in_order(background(START, hours, per_hour=7, seed=seed), spike(ONSET, "name3", 9))
    return [m.model_copy(update={"topics": ("results",) if len(m.article_id) % 2 else ()}) for m in found]


STORIES = {seed: _story(seed) for seed in range(3)}


def _bare(transitions: Sequence[AlertTransition]) -> list[dict[str, object]]:
    return [t.model_dump(exclude={"received_at"}) for t in transitions]


@settings(max_examples=6, deadline=None)
@given(cuts=st.lists(st.integers(0, 700), max_size=6), seed=st.integers(0, 2))
def test_restarts_at_any_point_change_nothing(cuts: list[int], seed: int) -> None:
    """With the watch begun anew on the bytes between any two mentions, every transition is the same."""
    mentions = STORIES[seed]
    whole, cut = Desk(EVERYTHING), Desk(EVERYTHING)
    made: list[AlertTransition] = []
    for begin, end in itertools.pairwise([0, *sorted(cuts), len(mentions)]):
        cut.restart()
        made += cut.take(mentions[begin:end])
    assert made == whole.take(mentions)
    assert made
    assert cut.states.values == whole.states.values


def test_a_restart_before_every_mention_changes_nothing() -> None:
    """The state in bytes is the whole state."""
    mentions = STORIES[0][-260:]
    assert Desk(EVERYTHING, restarts=True).take(mentions) == Desk(EVERYTHING).take(mentions)


@settings(max_examples=6, deadline=None)
@given(
    speed=st.floats(0.001, 1.0),
    lag_s=st.integers(0, 3 * 86_400),
    waves=st.integers(1, 400),
)
def test_any_speed_of_replay_gives_the_same(speed: float, lag_s: int, waves: int) -> None:
    """However late and in whatever waves the same mentions arrive, all but the time of arrival is the same."""
    mentions = STORIES[1]
    last = mentions[-1].at + timedelta(seconds=lag_s)
    begin = mentions[-1].at
    replayed = [
        m.model_copy(update={"received_at": last + (mentions[place - place % waves].at - START) * speed})
        for place, m in enumerate(mentions)
    ]
    assert begin <= last
    assert _bare(Desk(EVERYTHING).take(replayed)) == _bare(Desk(EVERYTHING).take(mentions))


@settings(max_examples=6, deadline=None)
@given(again=st.lists(st.tuples(st.integers(0, 600), st.integers(1, 60)), min_size=1, max_size=5))
def test_repeats_change_nothing_and_say_the_same(again: list[tuple[int, int]]) -> None:
    """Stretches that come a second time leave all bytes as they were, and give their own transitions again."""
    mentions = STORIES[2]
    plain, repeating = Desk(), Desk()
    expected = plain.take(mentions)
    made: list[AlertTransition] = []
    upto = 0
    for place, length in sorted(again):
        end = min(len(mentions), max(upto, place + length))
        made += repeating.take(mentions[upto:end])
        before = dict(repeating.states.values)
        repeated = repeating.take(mentions[max(0, end - length) : end])
        assert repeating.states.values == before
        assert all(step in made for step in repeated)
        upto = end
    made += repeating.take(mentions[upto:])
    assert made == expected


def test_a_crash_between_two_writes_teaches_no_rule_twice() -> None:
    """Where only the first of a mention's writes survived, its repeat leads to the same bytes."""
    mentions = STORIES[0]
    whole = Desk()
    whole.take(mentions)
    crashed = Desk()
    for mention in mentions:
        before = dict(crashed.states.values)
        crashed.take([mention])
        changed = [key for key, value in crashed.states.values.items() if before.get(key) != value]
        if "rule:negative-spike" in changed and mention.series in changed:
            survived = before | {"rule:negative-spike": crashed.states.values["rule:negative-spike"]}
            crashed.states.values = survived
            crashed.restart()
            crashed.take([mention])
    assert crashed.states.values == whole.states.values


def test_an_ending_made_by_time_is_sent_again_after_a_recovery() -> None:
    """No mention repeats it, so a process that takes over does."""
    desk = Desk()
    made = desk.take(in_order(background(START, 48), spike(ONSET, "name3", 9)))
    assert made[-1].kind == "resolved"
    assert desk.restart() == [made[-1]]


def test_states_keep_below_their_stated_bounds() -> None:
    """A name with hundreds of wordy stories in an open episode stays below 40 kB, the market below 50 kB."""
    storm = spike(START + DAY, "name3", 400, over=timedelta(hours=40))
    wordy = [
        mention.model_copy(
            update={
                "title": words((mention.article_id, "title"), 30),
                "evidence": words((mention.article_id, "evidence"), 60),
                "url": f"https://news.example/{words(mention.article_id, 12).replace(' ', '-')}",
            }
        )
        for mention in in_order(background(START, 72, per_hour=20), storm)
    ]
    desk = Desk()
    desk.take(wordy)
    sizes = {key: len(value) for key, value in desk.states.values.items()}
    assert sizes[NAME] < 40_000
    assert sizes["market"] < 50_000
    assert sizes["rule:negative-spike"] < 20_000


def test_a_state_of_another_format_is_refused() -> None:
    """The first version's state is refused with what can be done."""
    with pytest.raises(MisconfiguredError, match=r"state format 1.*NAMESPACE"):
        SeriesState.from_bytes(b"\x01rest")


def _answer(step: AlertTransition, kind: str, number: int = 1) -> Response:
    return Response.model_validate(
        {
            "response_id": f"r{number}",
            "episode_id": step.episode_id,
            "series": step.series,
            "rule": step.rule,
            "kind": kind,
            "author": "Ines",
            "at": step.at + timedelta(minutes=5),
        }
    )


def test_an_acknowledged_episode_is_mute_until_it_ends() -> None:
    """It is updated no more, its end is told, and the answer taken twice says the same."""
    mentions = in_order(background(START, 48), spike(ONSET, "name3", 24, over=3 * HOUR))
    plain = Desk().take(mentions)
    assert "updated" in [t.kind for t in plain]
    desk, made = Desk(), []
    for mention in mentions:
        steps = desk.take([mention])
        made += steps
        if any(step.kind == "opened" for step in steps):
            answer = _answer(steps[0], "acknowledged")
            told = desk.watch.respond(answer)
            assert desk.watch.respond(answer) == told
            made += told
    assert [t.kind for t in made] == ["opened", "acknowledged", "resolved"]
    assert [t.revision for t in made] == [0, 1, 2]
    assert made[-1].acknowledged_by == "Ines"


def test_what_people_think_of_an_alert_changes_nothing() -> None:
    """Useful and false answers are for whoever reads them: no state differs, and the alert goes on."""
    desk = Desk()
    opened = desk.take(in_order(background(START, 36), spike(ONSET, "name3", 9)))[0]
    before = dict(desk.states.items())
    for number, kind in enumerate(("useful", "false")):
        assert desk.watch.respond(_answer(opened, kind, number)) == []
    assert dict(desk.states.items()) == before


def test_a_source_that_falls_silent_is_told_of_and_ends_nothing_else() -> None:
    """Its episode opens while others speak, and ends when it speaks again."""
    rules = Rules(rules=(Rule(name="quiet", kind="silence", scope="source", budget_per_day=0.05),))
    feed = background(START, 24 * 11, per_hour=6)
    gap = (START + 8 * DAY, START + 10 * DAY)
    made = Desk(rules).take(m for m in feed if m.source != "herald" or not gap[0] <= m.at < gap[1])
    assert [(t.kind, t.series) for t in made] == [("opened", "source:herald"), ("resolved", "source:herald")]
    assert gap[0] < made[0].opened_at < gap[1] <= made[1].at
    assert made[0].observed == 0 < made[0].expected


def test_a_tick_tells_of_a_feed_that_is_silent_as_a_whole_but_not_of_a_replay() -> None:
    """Wall-clock time counts only while the news that is read is fresh."""
    rules = Rules(rules=(Rule(name="quiet", kind="silence", scope="source", budget_per_day=0.05),))
    feed = background(START, 24 * 8, per_hour=4)
    live, replay = Desk(rules), Desk(rules)
    live.take(feed)
    replay.take(m.model_copy(update={"received_at": m.at + 300 * DAY}) for m in feed)
    later = feed[-1].at + 30 * HOUR
    assert "source:*" in [t.series for t in live.watch.tick(later)]
    assert live.watch.tick(later) == []
    assert replay.watch.tick(feed[-1].at + 301 * DAY) == []


def _tones(start: datetime, count: int, sentiment: Sentiment, name: str = "calm") -> list[Mention]:
    return [
        m
        for k in range(count)
        for m in article(start + k * 5 * HOUR, [name], sentiment if k % 4 else FLAT, article_id=f"{name}{start}{k}")
    ]


def test_a_turn_of_sentiment_is_found_without_any_burst() -> None:
    """A name that was praised and is now blamed at the same pace opens a turn; one that goes on does not."""
    rules = Rules(rules=(Rule(name="turned", kind="turn", budget_per_1000_series_days=1, min_stories=4),))
    feed = background(START, 24 * 14, per_hour=4)
    turning = [*_tones(START, 40, GOOD), *_tones(START + 9 * DAY, 20, BAD)]
    steady = _tones(START, 60, GOOD, "steady")
    opened = [t for t in Desk(rules).take(in_order(feed, turning, steady)) if t.kind == "opened"]
    assert [t.series for t in opened] == ["entity:calm"]
    assert opened[0].opened_at > START + 9 * DAY
    assert opened[0].observed < 0 < opened[0].expected
    assert opened[0].evidence


def test_a_turn_that_stays_ends_when_it_is_the_usual_tone() -> None:
    """Who is blamed for good has one episode, which ends although the blame does not."""
    rules = Rules(rules=(Rule(name="turned", kind="turn", budget_per_1000_series_days=1, min_stories=4),))
    turning = [*_tones(START, 40, GOOD), *_tones(START + 9 * DAY, 140, BAD)]
    made = Desk(rules).take(in_order(background(START, 24 * 38, per_hour=2), turning))
    of_name = [t for t in made if t.series == "entity:calm"]
    assert [t.kind for t in of_name if t.kind != "updated"] == ["opened", "resolved"]
    assert of_name[-1].at < START + 35 * DAY


def _with_topic(mentions: list[Mention], topic: str) -> list[Mention]:
    return [m.model_copy(update={"topics": (topic,)}) for m in mentions]


def test_topics_have_series_of_their_own() -> None:
    """A cluster within one topic opens the topic's and the entity × topic's rule, restricted as they say."""
    rules = Rules(
        watchlists={"mine": (EntityId("name3"),)},
        rules=(
            Rule(name="by-topic", kind="negative-spike", scope="topic", budget_per_day=0.1, topics=("legal",)),
            Rule(name="by-both", kind="negative-spike", scope="entity-topic", budget_per_day=0.1, watchlists=("mine",)),
        ),
    )
    feed = _with_topic(background(START, 48), "results")
    crisis = _with_topic(in_order(spike(ONSET, "name3", 9), spike(ONSET, "name5", 9)), "legal")
    opened = [t for t in Desk(rules).take(in_order(feed, crisis)) if t.kind == "opened"]
    assert {(t.series, t.topic, t.entity_id) for t in opened} == {
        ("topic:legal", "legal", None),
        ("entity-topic:name3:legal", "legal", "name3"),
    }


def test_a_start_is_kept_quiet_for_so_many_articles() -> None:
    """Nothing opens on a feed that has just begun; fifty articles are enough, however few stories they tell."""
    assert Desk().take(spike(START, "vantor", 9)) == []
    one = words("the same for everybody")
    feed = [article(START + place * timedelta(minutes=9), [f"name{place % 30}"], FLAT, text=one) for place in range(60)]
    made = Desk().take(in_order(*feed, spike(START + timedelta(hours=9), "vantor", 9)))
    assert (made[0].kind, made[0].name) == ("opened", "Vantor")


def test_an_earnings_season_is_many_stories_of_the_market() -> None:
    """Two hours in which forty names miss in the same words open the market's rule; one miss sent on does not."""
    misses = "misses by {} cents, misses on revenue and lowers its outlook for the second half of the year"

    def season(names: int) -> list[Mention]:
        return [
            mention.model_copy(update={"about": about([EntityId(name)])}) if mention.series == MARKET else mention
            for place in range(40)
            for name in [f"name{place % names}"]
            for mention in article(
                ONSET + place * 3 * timedelta(minutes=1), [name], BAD, text=f"{name} {misses.format(place)}"
            )
        ]

    steps = {names: Desk().take(in_order(background(START, 36), season(names))) for names in (1, 40)}
    opened = {names: [t.series for t in made if t.kind == "opened"] for names, made in steps.items()}
    assert MARKET in opened[40]
    assert MARKET not in opened[1]


def test_an_aside_counts_for_no_rule() -> None:
    """Mentions below the rules' relevance change nothing."""
    asides = [m.model_copy(update={"relevance": 0.3}) for m in spike(ONSET, "name3", 9) if m.series == NAME]
    desk = Desk()
    desk.take(background(START, 31))
    before = dict(desk.states.values)
    assert desk.take(asides) == []
    assert desk.states.values == before


def test_other_rules_take_over_without_a_restart() -> None:
    """After a reload transitions carry the new version, and an open episode ends in its own time."""
    desk = Desk()
    mentions = in_order(background(START, 48), spike(ONSET, "name3", 9))
    first = desk.take(m for m in mentions if m.at < ONSET + 2 * HOUR)
    other = Rules(time_zone="Europe/London", rules=Rules.default().rules[1:])
    desk.watch.reload(other)
    then = desk.take(m for m in mentions if m.at >= ONSET + 2 * HOUR)
    assert first[0].rules_version == Rules.default().version != other.version
    assert [t.kind for t in then] == ["resolved"]


KINDS = {
    kind: Rules(rules=(Rule(name="rule", kind=kind, budget_per_1000_series_days=20, min_stories=5),))
    for kind in ("negative-spike", "positive-spike", "turn")
}


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(KINDS, 2)))
def test_a_rule_that_becomes_another_kind_leaves_what_is_open_as_it_is(before: str, after: str) -> None:
    """The episode ends as that of a rule that is gone, with stories of its own kind, and the other kind opens none."""
    mentions = in_order(
        background(START, 44, per_hour=7),
        spike(ONSET, "name3", 9),
        *(article(ONSET + k * HOUR / 8, ["name7"], GOOD, source="wire" if k % 2 else "herald") for k in range(9)),
        *(article(ONSET + (3 + k / 8) * HOUR, ["name3"], GOOD, source="wire") for k in range(9)),
        *(article(ONSET + (3 + k / 8) * HOUR, ["name7"], BAD, source="wire") for k in range(9)),
    )
    changed_at = ONSET + 2 * HOUR
    desk, gone = Desk(KINDS[before]), Desk(KINDS[before])
    made = desk.take(m for m in mentions if m.at < changed_at)
    assert gone.take(m for m in mentions if m.at < changed_at) == made
    opened = {t.series for t in made if t.kind == "opened"}
    assert opened
    desk.watch.reload(KINDS[after])
    gone.watch.reload(Rules(rules=(Rule(name="other", kind="turn", enabled=False, budget_per_day=1),)))
    rest = [m for m in mentions if m.at >= changed_at]
    then, ends = desk.take(rest), gone.take(rest)
    assert [t for t in then if t.series in opened and t.rule_kind == before] == ends
    assert [t.kind for t in ends] == ["resolved"] * len(opened)


def test_novelty_tells_the_first_story_and_what_came_before() -> None:
    """A copy names the story of the first article; both count the other stories before them, also when repeated."""
    desk = Desk()
    feed = background(START, 30, names=1)
    text = words("the story", 60)
    first = article(START + 30 * HOUR, ["name0"], BAD, text=text, article_id="first")
    copy = article(START + 31 * HOUR, ["name0"], BAD, text=text, article_id="copy", source="herald")
    desk.take([*feed, *first, *copy])
    mention = next(m for m in copy if m.series == SeriesId("entity:name0"))
    said = [desk.watch.novelty(m) for m in (first[1], mention)]
    assert [n is not None and n.first for n in said] == [True, False]
    assert said[0] is not None
    assert said[1] is not None
    assert said[0].story == said[1].story
    assert said[0].before_7d == 360
    assert 24 * 12 - 12 <= said[0].before_24h <= 25 * 12
    desk.restart()
    desk.take([*first, *copy])
    assert desk.watch.novelty(mention) == said[1]
    assert desk.watch.novelty(mention.model_copy(update={"article_id": "unknown"})) is None
