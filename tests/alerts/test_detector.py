"""Detection on hand-made time lines."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.config import DetectorConfig
from alerts.detector import Detector
from alerts.mentions import MARKET
from alerts.state import SeriesState
from streams.records import SeriesId
from tests.alerts.timelines import BAD, GOOD, START, Watch, article, background, in_order, spike, words

DAY = timedelta(days=1)
ONSET = START + timedelta(hours=30)
NAME = SeriesId("entity:name3")


def _watch() -> Watch:
    return Watch(Detector(DetectorConfig()))


def test_a_spike_opens_one_episode_and_quiet_ends_it() -> None:
    """A cluster of bad stories opens one episode within its span, with evidence; passing time resolves it."""
    made = _watch().take(in_order(background(START, 48), spike(ONSET, "name3", 9)))
    assert [t.kind for t in made if t.kind != "updated"] == ["opened", "resolved"]
    opened = made[0]
    assert opened.series == NAME
    assert opened.entity_id == "name3"
    assert ONSET <= opened.opened_at <= ONSET + timedelta(hours=2)
    assert opened.observed > 5 * opened.expected
    assert opened.p_value < 1e-4
    assert len(opened.evidence) == 5
    assert all(evidence.url and evidence.sentence for evidence in opened.evidence)
    assert [t.revision for t in made] == list(range(len(made)))
    assert len({t.episode_id for t in made}) == 1
    assert made[-1].at > ONSET + timedelta(hours=8)


def test_a_worse_spike_updates_but_not_too_often() -> None:
    """An episode that grows is updated with a higher severity, at most twice an hour."""
    made = _watch().take(in_order(background(START, 40), spike(ONSET, "name3", 24, over=timedelta(hours=3))))
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
    watch = _watch()
    assert watch.take(in_order(background(START, 40), copies)) == []
    newest = [row for row in watch.state(NAME).stories.rows if row["articles"] >= 30]
    assert len(newest) == 1


def test_a_bad_day_of_the_whole_market_does_not_page_for_everyone() -> None:
    """When most news is bad, names are judged against that; the market itself is told of once."""
    calm, bad = background(START, 48), background(START + 2 * DAY, 8, negative=0.8, seed=5)
    made = _watch().take(in_order(calm, bad, background(START + 2 * DAY + timedelta(hours=8), 12, seed=6)))
    opened = [t.series for t in made if t.kind == "opened"]
    assert opened == [MARKET]
    assert made[-1].kind == "resolved"


def test_good_news_opens_nothing() -> None:
    """A burst of good stories is not a negative spike."""
    good = [m for k in range(20) for m in article(ONSET + timedelta(minutes=5 * k), ["name3"], GOOD)]
    assert _watch().take(in_order(background(START, 40), good)) == []


def test_the_first_hours_of_a_new_system_page_for_nothing_ordinary() -> None:
    """Without any history, a busy and rather negative feed opens nothing."""
    assert _watch().take(background(START, 3, per_hour=300, negative=0.4)) == []


def test_a_spike_in_the_first_hours_is_found() -> None:
    """A true cluster is found although the baseline is only a prior."""
    made = _watch().take(in_order(background(START, 12), spike(START + timedelta(hours=5), "name3", 10)))
    assert [t.series for t in made if t.kind == "opened"] == [NAME]


def test_more_news_of_everything_opens_nothing() -> None:
    """When the whole feed has eight times the stories, a name's share of them is expected."""
    more = background(START + DAY, 12, per_hour=100, seed=3)
    assert _watch().take(in_order(background(START, 24), more)) == []


@pytest.mark.parametrize("seed", range(5))
def test_an_ordinary_week_is_quiet(seed: int) -> None:
    """A week of stationary news opens at most one episode among thirty names."""
    made = _watch().take(background(START, 7 * 24, seed=seed))
    assert sum(t.kind == "opened" for t in made) <= 1


def test_a_repeat_changes_nothing_and_sends_the_same_again() -> None:
    """Every mention taken a second time leaves each state as it is and gives its first transitions again."""
    mentions = in_order(background(START, 40), spike(ONSET, "name3", 9))
    detector, watch = Detector(DetectorConfig()), _watch()
    found = 0
    for mention in mentions:
        made = watch.take([mention])
        own = [t for t in made if t.series == mention.series and t.kind != "resolved"]
        state = watch.state(mention.series)
        again, repeated = detector.observe(mention, state, watch.state(MARKET))
        assert again is state
        assert repeated == own
        found += len(own)
    assert found >= 2


def test_a_repeat_much_later_still_sends_the_same() -> None:
    """The mention that opened an episode, replayed with all that followed it, gives the same opening."""
    mentions = in_order(background(START, 34), spike(ONSET, "name3", 9))
    watch = _watch()
    first = watch.take(mentions)
    states = {series: state.to_bytes() for series, state in watch.states.items()}
    assert watch.take(mentions[-150:]) == first
    assert {series: state.to_bytes() for series, state in watch.states.items()} == states


def test_an_ending_made_by_time_can_be_sent_again() -> None:
    """After a recovery the ending that passing time made is found in the state."""
    watch = _watch()
    made = watch.take(in_order(background(START, 48), spike(ONSET, "name3", 9)))
    state = SeriesState.from_bytes(watch.state(NAME).to_bytes())
    assert watch.detector.sent_by_time(state) == [made[-1]]
    assert watch.detector.due(state) is None


def test_a_late_spike_opens_nothing() -> None:
    """Mentions later than the bound are counted as late only."""
    late = [m for m in spike(START + timedelta(hours=20), "name3", 9) if m.series == NAME]
    watch = _watch()
    watch.take(background(START, 40))
    assert watch.take(late) == []
    assert watch.state(NAME).late == 9


def test_a_mis_stamped_article_does_not_turn_later_news_into_the_past() -> None:
    """One article stamped eight hours ahead changes neither the watermark nor what is found."""
    wrong = article(START + timedelta(hours=37), ["name9"], BAD, received_at=START + timedelta(hours=60))
    feed, crisis = background(START, 48), spike(ONSET, "name3", 9)
    early = [m for m in feed if m.at < START + timedelta(hours=29)]
    later = in_order([m for m in feed if m.at >= START + timedelta(hours=29)], crisis)
    watch = _watch()
    watch.take(early)
    watch.take(wrong)
    now = watch.detector.now(watch.state(MARKET))
    assert now is not None
    assert now <= early[-1].at
    made = watch.take(later)
    assert [t.series for t in made if t.kind == "opened"] == [NAME]
    assert [t.opened_at for t in made if t.kind == "opened"] == [
        t.opened_at for t in _watch().take(in_order(feed, crisis)) if t.kind == "opened"
    ]


def test_an_episode_teaches_the_baseline_little() -> None:
    """A second spike two days after a large one is found as well."""
    again = ONSET + 2 * DAY
    made = _watch().take(
        in_order(background(START, 120), spike(ONSET, "name3", 25), spike(again, "name3", 9, over=timedelta(hours=2)))
    )
    assert [t.opened_at >= again for t in made if t.kind == "opened" and t.series == NAME] == [False, True]


def test_a_silent_feed_ends_no_episode() -> None:
    """Without news event time stands still, so an open episode stays open."""
    watch = _watch()
    watch.take(
        m for m in in_order(background(START, 48), spike(ONSET, "name3", 9)) if m.at < ONSET + timedelta(hours=3)
    )
    assert watch.state(NAME).episode is not None


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 900), max_size=6), seed=st.integers(0, 5))
def test_batching_and_storage_change_nothing(cuts: list[int], seed: int) -> None:
    """Any cutting of the feed into batches, with states written and read in between, gives the same transitions."""
    mentions = in_order(background(START, 36, seed=seed), spike(ONSET, "name3", 9))
    whole, cut = _watch(), Watch(Detector(DetectorConfig()), through_bytes=True)
    edges = [0, *sorted(cuts), len(mentions)]
    for begin, end in itertools.pairwise(edges):
        cut.take(mentions[begin:end])
    assert cut.sent == whole.take(mentions)
    assert whole.sent


def test_states_keep_below_their_stated_bounds() -> None:
    """A name with hundreds of stories in an open episode stays below 22 kB, the market below 28 kB."""
    storm = spike(START + DAY, "name3", 600, over=timedelta(hours=40))
    watch = _watch()
    watch.take(in_order(background(START, 72, per_hour=40), storm))
    assert len(watch.state(NAME).to_bytes()) < 22_000
    assert len(watch.state(MARKET).to_bytes()) < 28_000
