"""When to tell: quiet hours, digests, and the tries of a delivery, in wall-clock time with changes of clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from streams.identity import digest_of
from streams.subscriptions import QuietHours

RETRY_DELAYS_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Before each try, counted from the one before: the schedule of Standard Webhooks 1.0.0, ten tries in 76 hours."""
MAX_TRIES = len(RETRY_DELAYS_S)
JITTER = 0.2
"""A delay grows by up to this share, so that what failed together does not come back together."""
MAX_RETRY_AFTER_S = 86_400.0
GIVE_UP_AFTER = timedelta(hours=100)
"""A try this long after the recording is the last: an endpoint that is left alone uses up few tries."""


def quiet_until(quiet: QuietHours | None, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that `now` lies in, or nothing outside them.

    An end in the hour that a change of clocks leaves out moves on by what was left out; in an hour that comes twice
    each pass has its own.
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    zone = ZoneInfo(quiet.time_zone)
    local = now.astimezone(zone)
    clock = local.time()
    if quiet.start < quiet.end:
        inside, ends_on = quiet.start <= clock < quiet.end, local.date()
    else:
        inside = clock >= quiet.start or clock < quiet.end
        ends_on = local.date() + timedelta(days=1) if clock >= quiet.start else local.date()
    if not inside:
        return _end_left_out(quiet, now)
    end = moment_at(ends_on, quiet.end, zone)
    return end if end > now else moment_at(ends_on, quiet.end, zone, second_pass=True)


def _end_left_out(quiet: QuietHours, now: datetime) -> datetime | None:
    """Return an end that a change of clocks has left out, and moved on past `now`: the clock has jumped over it."""
    zone = ZoneInfo(quiet.time_zone)
    today = now.astimezone(zone).date()
    end = moment_at(today, quiet.end, zone)
    begun = quiet.start > quiet.end or moment_at(today, quiet.start, zone) <= now
    return end if begun and now < end and end.astimezone(zone).time() != quiet.end else None


def next_digest(every: Literal["hourly", "daily"], at: time, time_zone: str, now: datetime) -> datetime:
    """Return the next moment of a digest after `now`: the full hour, or a time of day, in a zone."""
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    if every == "hourly":
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return now - past + timedelta(hours=1)
    today = moment_at(local.date(), at, zone)
    return today if today > now else moment_at(local.date() + timedelta(days=1), at, zone)


def moment_at(day: date, at: time, zone: ZoneInfo, *, second_pass: bool = False) -> datetime:
    """Return the moment in UTC of a time of day; of a time that comes twice, the first or the second."""
    local = datetime.combine(day, at, zone).replace(fold=int(second_pass))
    return local.astimezone(ZoneInfo("UTC"))


def next_try(notification_id: str, tries: int, at: datetime, retry_after_s: float | None = None) -> datetime:
    """Return when to try again after so many tries, the last of which ended at `at`.

    The jitter is derived from the id: whoever takes over comes to the same moment. A receiver that asks for more
    patience gets it, up to a day.

    Raises:
        IndexError: there is no further try.
    """
    share = int(digest_of("jitter", notification_id, str(tries))[:8], 16) / 0xFFFF_FFFF
    delay_s = RETRY_DELAYS_S[tries] * (1 + JITTER * share)
    return at + timedelta(seconds=max(delay_s, min(retry_after_s or 0.0, MAX_RETRY_AFTER_S)))


def is_last_try(tries: int, recorded_at: datetime, at: datetime) -> bool:
    """Say whether the try with this number (from 1) is the last of its notification."""
    return tries >= MAX_TRIES or at - recorded_at >= GIVE_UP_AFTER
