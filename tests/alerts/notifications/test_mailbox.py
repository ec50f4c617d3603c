"""What one subscription is told, and when."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from alerts.notifications.mailbox import MAX_EPISODES, Mailbox, Reason, Told, rescheduled, silence_ended, take
from alerts.notifications.notices import Notice
from alerts.notifications.release import release
from streams.alerting import AlertTransition
from streams.decoding import decode_record, encode_record
from streams.records import EpisodeId
from streams.subscriptions import NotificationId, Silence, Subscription
from tests.alerts.people import MINUTE, NOW, alert, silence, subscription

HOUR = timedelta(hours=1)


class Reader:
    """Keep one mailbox as the agent does, through its bytes, and every notice that it gave."""

    def __init__(self, **fields: Any) -> None:
        self.subscription: Subscription = subscription(**fields)
        self.mailbox = Mailbox(subscription_id=self.subscription.subscription_id)
        self.notices: list[Notice] = []
        self.episodes: dict[str, AlertTransition] = {}
        self.reasons: list[Reason | None] = []

    def take(self, transition: AlertTransition, now: datetime = NOW, **why: Any) -> Reader:
        """Take a transition, and release what is due."""
        self.episodes[transition.episode_id] = transition
        given: dict[str, Any] = {"silence": None, "late": False} | why
        self.mailbox, reason = take(self.mailbox, self.subscription, transition, now, covered=self._covered, **given)
        self.reasons.append(reason)
        return self.at(now)

    def end(self, ended: Silence, now: datetime, covering: Silence | None = None) -> Reader:
        """End a silence."""
        self.mailbox = silence_ended(
            self.mailbox,
            self.subscription,
            ended,
            now,
            content=self.episodes.get,
            covering=lambda _: covering,
        )
        return self.at(now)

    def at(self, now: datetime) -> Reader:
        """Release what is due."""
        self.mailbox, notices = release(
            self.mailbox, self.subscription, now, content=self.episodes.get, covered=self._covered
        )
        self.notices += notices
        self.mailbox = decode_record(Mailbox, encode_record(self.mailbox))
        return self

    @property
    def told(self) -> list[tuple[str, list[str]]]:
        """Return kind and names of each notice."""
        return [(n.kind, [a.name for a in n.alerts]) for n in self.notices]

    def _covered(self, key: NotificationId) -> frozenset[str] | None:
        found = [n for n in self.notices if n.notification_id == key]
        return frozenset(found[0].covers) if found else None


def test_each_step_is_told_once() -> None:
    """A repeat, and an older step after a newer, change nothing."""
    reader = Reader().take(alert()).take(alert(revision=2))
    before = reader.mailbox
    reader.take(alert()).take(alert(revision=1)).take(alert(revision=2))
    assert len(reader.notices) == 2
    assert reader.mailbox == before


def test_the_end_is_told_only_where_asked_for_and_only_after_the_opening() -> None:
    """Resolved notices are a choice; nobody hears of the end of what they never heard of."""
    over = alert(revision=1, kind="resolved")
    assert Reader().take(alert()).take(over).told == [("alert", ["Harbourline"])]
    assert Reader(resolved=True).take(alert()).take(over).told == [("alert", ["Harbourline"])] * 2
    assert Reader(resolved=True).take(over).told == []
    assert Reader(resolved=True).take(alert(), late=True).take(over).told == []
    assert Reader(resolved=True).take(alert(), silence=silence()).take(over).told == []


def test_updates_are_a_choice_and_an_acknowledgement_mutes_until_the_end() -> None:
    """After somebody acknowledged nothing but the end is told."""
    assert len(Reader(updates=False).take(alert()).take(alert(revision=1)).notices) == 1
    reader = Reader(resolved=True).take(alert())
    reader.take(alert(revision=1, kind="acknowledged", acknowledged_by="ada"))
    reader.take(alert(revision=2, acknowledged_by="ada"))
    assert len(reader.notices) == 1
    assert reader.reasons[1:] == ["acknowledged", "acknowledged"]
    reader.take(alert(revision=3, kind="resolved", acknowledged_by="ada"))
    assert len(reader.notices) == 2


def test_to_whom_nothing_was_told_an_update_is_the_opening() -> None:
    """An alert that grows graver can reach only then who asks for no updates; the next one is an update to them too."""
    reader = Reader(updates=False).take(alert(revision=1, severity="high")).take(alert(revision=2, severity="high"))
    assert reader.told == [("alert", ["Harbourline"])]
    assert reader.reasons == [None, "not_asked"]


def test_a_group_waits_for_company_and_its_id_is_that_of_its_first_alert() -> None:
    """Alerts of one group are told together when the wait is over; another group by itself."""
    reader = Reader(group_by=["rule"], group_wait_s=30)
    reader.take(alert()).take(alert("quillon", severity="high")).take(alert("verdane", rule="turn"))
    assert reader.told == []
    reader.at(NOW + timedelta(seconds=29))
    assert reader.told == []
    reader.at(NOW + timedelta(seconds=30))
    assert reader.told == [("group", ["Quillon", "Harbourline"]), ("group", ["Verdane"])]
    alone = Reader(group_by=["rule"], group_wait_s=30).take(alert()).at(NOW + MINUTE)
    assert alone.notices[0].notification_id == reader.notices[0].notification_id


def test_what_ends_while_its_group_waits_is_never_told() -> None:
    """Neither its opening nor its end."""
    reader = Reader(group_wait_s=30, resolved=True)
    reader.take(alert()).take(alert("quillon")).take(alert(revision=1, kind="resolved"), NOW + timedelta(seconds=9))
    reader.at(NOW + MINUTE)
    assert reader.told == [("group", ["Quillon"])]


def test_a_digest_comes_at_its_hour_with_the_last_state_of_each_episode() -> None:
    """One notice a day; what ended meanwhile is shown as ended."""
    reader = Reader(digest="daily", digest_at=time(8, 0), time_zone="America/New_York")
    reader.take(alert()).take(alert("quillon")).take(alert(revision=1, kind="resolved"), NOW + HOUR)
    due = NOW.replace(hour=13) + timedelta(days=1)
    assert reader.at(due - MINUTE).told == []
    reader.at(due)
    assert reader.told == [("digest", ["Quillon", "Harbourline"])]
    assert reader.notices[0].alerts[1].kind == "resolved"
    assert reader.at(due + timedelta(days=1)).notices[1:] == []


def test_quiet_hours_hold_back_and_then_tell_all_in_one() -> None:
    """Overnight nothing is sent; in the morning there is one notice."""
    quiet = {"start": "22:00", "end": "07:00", "time_zone": "UTC"}
    night = NOW.replace(hour=23)
    reader = Reader(quiet_hours=quiet).take(alert(), night).take(alert("quillon"), night + HOUR)
    assert reader.at(night + 7 * HOUR).told == []
    reader.at(night + 8 * HOUR)
    assert reader.told == [("held", ["Harbourline", "Quillon"])]


def test_past_the_limit_the_rest_is_told_in_one_with_a_count() -> None:
    """Two an hour: two at once, the other fourteen when the next may go, ten in full "and 4 more"."""
    reader = Reader(max_per_hour=2)
    for place in range(16):
        reader.take(alert(f"name{place:02}"), NOW + place * MINUTE)
    assert [kind for kind, _ in reader.told] == ["alert", "alert"]
    reader.at(NOW + timedelta(minutes=59))
    assert len(reader.notices) == 2
    reader.at(NOW + HOUR)
    assert [kind for kind, _ in reader.told[2:]] == ["held"]
    assert len(reader.notices[2].alerts) == 10
    assert reader.notices[2].more == 4
    assert len(reader.notices[2].names) == 4
    reader.take(alert("later"), NOW + HOUR + MINUTE)
    assert reader.told[3:] == [("alert", ["Later"])]


def test_the_end_of_a_silence_tells_what_goes_on_and_how_much_was_withheld() -> None:
    """What another silence still withholds is left to that one, what somebody acknowledged to them."""
    reader = Reader()
    ended = silence()
    for name in ("harbourline", "quillon", "verdane"):
        reader.take(alert(name), silence=ended)
    reader.take(alert("quillon", revision=1, kind="resolved"), silence=ended)
    reader.take(alert("verdane", revision=1, kind="acknowledged", acknowledged_by="ada"), silence=ended)
    reader.end(ended, NOW + HOUR)
    assert reader.told == [("silence", ["Harbourline"])]
    assert reader.notices[0].withheld == 2
    assert reader.notices[0].silence == "migration"
    assert reader.mailbox.silenced == {}
    other = Reader().take(alert(), silence=ended).end(ended, NOW + HOUR, covering=silence("b"))
    assert other.told == []
    assert other.mailbox.silenced == {"b": ("episode-harbourline",)}


def test_the_end_of_what_was_told_is_told_when_the_silence_is_over() -> None:
    """An episode that was told before it and ended in it is not forgotten; asked for no ends, it is only counted."""
    for resolved, told in ((True, ["Harbourline"]), (False, [])):
        reader = Reader(resolved=resolved).take(alert())
        ended = silence()
        reader.take(alert(revision=1, kind="updated"), silence=ended)
        reader.take(alert(revision=2, kind="resolved"), silence=ended)
        assert len(reader.told) == 1
        reader.end(ended, NOW + HOUR)
        assert reader.told[1:] == [("silence", told)]
        assert reader.notices[-1].withheld == 1


@pytest.mark.parametrize(
    "waiting",
    [
        {"digest": "hourly"},
        {"group_wait_s": 1800},
        {"quiet_hours": {"start": "13:00", "end": "15:00", "time_zone": "UTC"}},
    ],
)
def test_what_waits_shows_no_step_that_a_silence_withholds(waiting: dict[str, Any]) -> None:
    """The silence's notice tells the episode, once; of one that ends before it says that there was one."""
    ended = silence(starts_at=NOW + MINUTE, ends_at=NOW + 3 * HOUR)
    worse, over = alert(revision=1), alert(revision=2, kind="resolved")
    for steps, told in (((worse,), ["Harbourline"]), ((worse, over), []), ((over,), [])):
        reader = Reader(resolved=True, **waiting).take(alert()).take(alert("quillon"))
        for step in steps:
            reader.take(step, NOW + 2 * MINUTE, silence=ended)
        assert [names for _, names in reader.at(NOW + 2 * HOUR).told] == [["Quillon"]]
        # An opening that ends while its group waits is never told, with a silence or without.
        notices = [] if "group_wait_s" in waiting and steps == (over,) else [("silence", told)]
        assert reader.end(ended, NOW + 3 * HOUR).told[1:] == notices
        assert all(notice.withheld == 1 for notice in reader.notices[1:])


def test_the_notice_of_a_silence_that_waits_outlives_another_silence() -> None:
    """It still says how much was withheld, though the next one withholds what goes on."""
    first, second = silence("a"), silence("b", ends_at=NOW + 3 * HOUR)
    quiet = {"start": "14:30", "end": "18:00", "time_zone": "UTC"}
    reader = Reader(resolved=True, quiet_hours=quiet).take(alert(), silence=first)
    reader.take(alert("quillon"), silence=first).take(alert("quillon", revision=1, kind="resolved"), silence=first)
    reader.end(first, NOW + HOUR).take(alert(revision=1), NOW + 2 * HOUR, silence=second)
    reader.end(second, NOW + 3 * HOUR).at(NOW + 4 * HOUR)
    assert [(notice.kind, notice.withheld) for notice in reader.notices] == [("silence", 2), ("silence", 1)]


def test_what_is_due_stays_due_when_a_subscription_is_set_anew() -> None:
    """A digest whose hour has struck is not put off to the next."""
    reader = Reader(digest="daily", digest_at="15:00").take(alert())
    struck = NOW + HOUR + timedelta(seconds=2)
    reader.mailbox = rescheduled(reader.mailbox, reader.subscription, struck)
    assert reader.at(struck).told == [("digest", ["Harbourline"])]


def test_what_is_told_during_a_silence_is_not_told_again_at_its_end() -> None:
    """A silence of the less grave lets through what grows graver; its notice counts only what it still withholds."""
    ended = silence(matchers={"severities": ["low"]})
    reader = Reader(resolved=True).take(alert(severity="low"), silence=ended).take(alert("quillon"), silence=ended)
    reader.take(alert(revision=1, severity="high")).take(alert(revision=2, severity="high", kind="resolved"))
    reader.end(ended, NOW + HOUR)
    assert reader.told == [("alert", ["Harbourline"])] * 2 + [("silence", ["Quillon"])]
    assert reader.notices[-1].withheld == 1


def test_what_two_silences_withhold_is_told_once() -> None:
    """What passes on to a silence that withholds it already is there once."""
    first, second = silence("a"), silence("b")
    reader = Reader().take(alert(), silence=first)
    reader.take(alert(revision=1, kind="updated"), silence=second)
    reader.end(first, NOW + HOUR, covering=second)
    reader.end(second, NOW + 2 * HOUR)
    assert reader.told == [("silence", ["Harbourline"])]
    assert reader.notices[0].withheld == 1


def test_two_silences_that_end_together_tell_of_an_episode_once() -> None:
    """Of what both withheld one notice tells, and one count holds it."""
    first, second = silence("a"), silence("b")
    reader = Reader(resolved=True).take(alert(), silence=first).take(alert("quillon"), silence=first)
    reader.take(alert(revision=1), silence=second)
    reader.end(first, NOW + HOUR).end(second, NOW + HOUR)
    assert reader.told == [("silence", ["Quillon"]), ("silence", ["Harbourline"])]
    assert [notice.withheld for notice in reader.notices] == [1, 1]


def test_an_end_is_told_after_a_silence_of_days() -> None:
    """Over a long weekend it is not forgotten, whatever else comes meanwhile."""
    ended = silence(ends_at=NOW + 62 * HOUR)
    reader = Reader(resolved=True).take(alert()).take(alert("verdane"))
    reader.take(alert(revision=1, kind="resolved"), NOW + HOUR, silence=ended)
    reader.take(alert("verdane", revision=1, kind="resolved"), NOW + HOUR)
    reader.take(alert("quillon"), NOW + 55 * HOUR, silence=ended)
    assert [*reader.mailbox.episodes] == ["episode-harbourline", "episode-quillon"]
    reader.end(ended, NOW + 62 * HOUR)
    assert reader.told[-1] == ("silence", ["Quillon", "Harbourline"])


def test_an_end_is_told_though_a_second_silence_takes_the_notice_of_the_first() -> None:
    """What was told before both still has an end; what only the second notice would have told has none."""
    first, second = silence("a"), silence("b", ends_at=NOW + 3 * HOUR)
    reader = Reader(resolved=True, quiet_hours=QUIET).take(alert())
    reader.take(alert(revision=1), silence=first).take(alert("quillon"), silence=first)
    reader.end(first, NOW + HOUR)
    for name, revision in (("harbourline", 2), ("quillon", 1)):
        reader.take(alert(name, revision=revision, kind="resolved"), NOW + 2 * HOUR, silence=second)
    reader.end(second, NOW + 3 * HOUR).at(NOW + 3 * HOUR)
    told = {(a.name, a.kind) for n in reader.notices for a in n.alerts}
    assert told == {("Harbourline", "opened"), ("Harbourline", "resolved")}


QUIET = {"start": "14:30", "end": "17:00", "time_zone": "UTC"}


@pytest.mark.parametrize(
    ("wishes", "minutes", "told"),
    [
        pytest.param({"group_by": ["severity"], "group_wait_s": 1_800}, [20], [("group", 1)], id="a graver group"),
        pytest.param({"group_by": ["severity"], "digest": "hourly"}, [20], [("digest", 1)], id="a graver digest"),
        pytest.param({"digest": "hourly", "quiet_hours": QUIET}, [130], [("held", 1)], id="a digest"),
        pytest.param({"group_wait_s": 60, "quiet_hours": QUIET}, [40, 179], [("group", 0), ("held", 2)], id="a group"),
        pytest.param({"group_wait_s": 60}, [40, 41], [("group", 0), ("group", 2)], id="one group"),
        pytest.param({"group_wait_s": 60}, [40, 50], [("group", 0), ("group", 1), ("group", 2)], id="at its time"),
    ],
)
def test_an_episode_waits_in_one_place(wishes: dict[str, Any], minutes: list[int], told: list[tuple[str, int]]) -> None:
    """What would wait twice, as it is graver by now or held back already, is told once, in its last state."""
    reader = Reader(**wishes).take(alert())
    for minute in range(1, 200):
        if minute in minutes:
            reader.take(alert(revision=1 + minutes.index(minute), severity="high"), NOW + minute * MINUTE)
        reader.at(NOW + minute * MINUTE)
    assert [(n.kind, alert.revision) for n in reader.notices for alert in n.alerts] == told


def test_what_ends_while_the_notice_of_a_silence_waits_is_told_there() -> None:
    """Its end is not told once more with what quiet hours hold back."""
    reader = Reader(resolved=True, quiet_hours=QUIET).take(alert(), silence=silence()).end(silence(), NOW + HOUR)
    reader.take(alert(revision=1, kind="resolved"), NOW + 2 * HOUR).at(NOW + 3 * HOUR)
    assert [(n.kind, n.withheld, [a.kind for a in n.alerts]) for n in reader.notices] == [("silence", 1, ["resolved"])]


def test_a_silence_may_withhold_more_than_a_mailbox_remembers() -> None:
    """The end of a silence counts also the episodes that were forgotten since."""
    reader, ended = Reader(), silence()
    for place in range(MAX_EPISODES + 3):
        reader.take(alert(f"n{place}"), silence=ended)
    reader.end(ended, NOW + HOUR)
    assert reader.notices[0].withheld == MAX_EPISODES + 3


def test_the_end_of_what_was_told_is_told_however_late() -> None:
    """A feed that pauses over night ends its episodes in the morning; what nobody heard of stays untold."""
    reader = Reader(resolved=True).take(alert())
    reader.take(alert(revision=1, kind="resolved"), NOW + 16 * HOUR, late=True)
    assert len(reader.told) == 2
    unheard = Reader(resolved=True).take(alert(), late=True)
    unheard.take(alert(revision=1, kind="resolved"), NOW + 16 * HOUR, late=True)
    assert unheard.told == []


def test_what_is_too_old_is_not_told() -> None:
    """Neither an opening nor an update of what was told; one that comes in time is."""
    reader = Reader().take(alert("quillon"), late=True).take(alert()).take(alert(revision=1), late=True)
    assert reader.told == [("alert", ["Harbourline"])]
    assert reader.reasons == ["late", None, "late"]
    assert len(reader.take(alert(revision=2)).told) == 2


def test_a_silence_that_withheld_nothing_ends_unheard() -> None:
    """Nobody hears of a silence that kept nothing from them."""
    assert Reader().end(silence(), NOW + HOUR).told == []


def test_the_notice_of_a_silence_waits_for_the_end_of_quiet_hours() -> None:
    """It is put off and stays what it is."""
    quiet = {"start": "14:30", "end": "16:00", "time_zone": "UTC"}
    reader = Reader(quiet_hours=quiet).take(alert(), silence=silence()).end(silence(), NOW + HOUR)
    assert reader.told == []
    assert reader.at(NOW + 2 * HOUR).told == [("silence", ["Harbourline"])]


def test_what_a_recorded_notice_covers_is_not_told_again_and_the_rest_is() -> None:
    """A batch that a crash brought back tells only of what came to it since, under another id."""
    reader = Reader(group_wait_s=30).take(alert())
    brought_back = reader.mailbox
    reader.at(NOW + MINUTE)
    reader.mailbox = brought_back
    reader.take(alert("quillon")).at(NOW + 2 * MINUTE)
    assert reader.told == [("group", ["Harbourline"]), ("group", ["Quillon"])]
    assert len({n.notification_id for n in reader.notices}) == 2
    reader.mailbox = brought_back
    assert len(reader.at(NOW + 3 * MINUTE).notices) == 2


def test_of_what_a_recorded_notice_covers_the_end_is_still_told() -> None:
    """A crash came before the mailbox was written: the end comes first, and finds its opening told."""
    reader = Reader(group_by=["rule"], group_wait_s=30.0, resolved=True).take(alert())
    waiting = reader.mailbox
    reader.at(NOW + MINUTE)
    reader.mailbox = waiting
    reader.take(alert(revision=1, kind="resolved"), NOW + MINUTE).at(NOW + 2 * MINUTE)
    assert reader.told == [("group", ["Harbourline"])] * 2


def test_a_step_that_a_notice_has_shown_is_not_told_again() -> None:
    """A crash can leave the mailbox behind what is known of an episode: what was shown counts as taken, an end too."""
    for kind in ("updated", "resolved"):
        reader = Reader(group_wait_s=60, resolved=True).take(alert())
        later = alert(revision=1, kind=kind)
        reader.episodes[later.episode_id] = later
        reader.at(NOW + MINUTE)
        assert [a.revision for a in reader.notices[0].alerts] == [1]
        reader.take(later, NOW + 2 * MINUTE).at(NOW + 4 * MINUTE)
        assert len(reader.notices) == 1


def test_a_mailbox_stays_small() -> None:
    """Ended episodes are forgotten after two days, and no more than a thousand are kept."""
    reader = Reader()
    full = {EpisodeId(f"episode-{n}"): Told(revision=0, told=True) for n in range(1_000)}
    reader.mailbox = reader.mailbox.model_copy(update={"episodes": full})
    reader.take(alert())
    assert len(reader.mailbox.episodes) == 1_000
    assert "episode-0" not in reader.mailbox.episodes
    reader = Reader().take(alert()).take(alert(revision=1, kind="resolved"))
    reader.take(alert("quillon"), NOW + timedelta(hours=49))
    assert list(reader.mailbox.episodes) == ["episode-quillon"]
