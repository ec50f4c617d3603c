"""The numbers that detection goes by and that no rule sets.

How a start is kept quiet: a name of which nothing is known is taken to have an average name's share of the stories,
with the weight of one, and the feed's share of negative ones, with the weight of twelve; and nothing opens before the
feed has brought `warmup_articles`. With every story the priors count for less, and a name that stays silent becomes one
of which little is expected.
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.settings import Settings

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SLICE_MS = 900_000
"""Counts are kept in quarters of an hour."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Be the numbers that detection goes by."""

    max_lateness_ms: int = 6 * HOUR_MS
    """Mentions further behind the watermark are counted nowhere."""
    half_life_ms: float = 28.0 * DAY_MS
    """In it, what was learned of a series loses half its weight."""
    short_half_life_ms: float = 4.0 * DAY_MS
    """Of the level that follows growth."""
    short_strength: float = 3.0
    """Stories that the short level must have before it counts half."""
    max_growth: float = 5.0
    prior_stories: float = 1.0
    """Weight of an average name's share of the feed, in stories."""
    prior_label_stories: float = 12.0
    """Weight of the feed's share of one label against the name's own, in stories of the name."""
    least_expected: float = 0.01
    """Of one label, in a window: what is known of the quietest name does not promise less."""
    prior_share: float = 0.25
    """Share of one label in the whole feed before anything is known …"""
    prior_share_exposure: float = 8.0
    """… which counts as so few stories, since feeds differ: of one about courts nearly everything is negative."""
    prior_names: int = 25
    """An average name is one of at least so many."""
    hour_strength: float = 5.0
    """Stories that an hour of week must have before it counts half."""
    market_hour_strength: float = 40.0
    dispersion: float = 4.0
    market_dispersion: float = 10.0
    """Before the market's past says how far its counts spread …"""
    market_dispersion_windows: float = 20.0
    """… with the weight of so many windows with many stories."""
    market_dispersion_bounds: tuple[float, float] = (4.0, 40.0)
    loud_stories: int = 5
    """So many stories of one name the market counts in full, and more …"""
    loud_share: float = 0.2
    """… up to this share of its own: what one name brings is no bad day of the market."""
    misread_share: float = 0.04
    """How many stories of another label the model takes for one of this …"""
    misread_beyond: int = 2
    """… where the window has more of them than so many: those few are in what is usual."""
    late_ms: int = HOUR_MS
    """A story so far behind the feed, or further, is read as if that had as many as usual: others are still to come."""
    warmup_articles: int = 50
    calm_p_value: float = 0.1
    """An episode is calm while its reading is likelier than this."""
    inhibited_ms: int = DAY_MS
    """So long an episode of the market holds names back; what goes on for longer is what they are measured by …"""
    unusual_ms: int = DAY_MS
    """… and so long the stories of an episode teach the baseline little: a level that stays is the new usual."""
    quiet_ms: int = HOUR_MS
    """It ends when it was calm for so long."""
    update_every_ms: int = HOUR_MS // 2
    reopen_factor: float = 0.01
    """In the cool-down a series opens again only so many times below the threshold."""
    repeat_factor: float = 0.1
    """For each opening beyond the first a name opens again only so many times below the threshold: one name that keeps
    crying spends no budget of the others …"""
    repeats_of_names: float = 10.0
    """… but as many as the budget gives so many average names are nothing to hold against one."""
    repeats_half_life_ms: float = 14.0 * DAY_MS
    """In it an opening counts half."""
    looks_per_day: float = 3.0
    """Chances a day of one name to pass a p-value, before the names' own past says how many there are …"""
    prior_series_days: float = 60.0
    """… and the weight of that."""
    looks_per_day_of_many: float = 12.0
    """The same of the market or a topic, which always have stories enough to be judged …"""
    prior_series_days_of_many: float = 20.0
    """… and which are few, so that their past has to count sooner."""
    calibration_half_life_ms: float = 56.0 * DAY_MS
    """Long, since what a budget allows is rare: of a hundred names two openings in ten days."""
    max_p_value: float = 0.1
    """No threshold is larger: an episode that is calm from the start would end at once."""
    uneasy_p_value: float = 0.02
    """While the market's own reading is rarer than this, it may be about to have an episode …"""
    uneasy_factor: float = 0.1
    """… and a name opens only so many times below the threshold."""
    crowd: int = 5
    """Openings of one rule within an hour from which a crowd is possible."""
    crowd_p_value: float = 1e-5

    @classmethod
    def of(cls, settings: Settings) -> Tuning:
        """Take what settings say; service and backtest both do, so that they give the same alerts."""
        return cls(max_lateness_ms=round(settings.max_lateness_s * 1000))
