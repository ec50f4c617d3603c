"""The numbers that detection goes by.

How a start is kept quiet: a name that nothing is known of is taken to have had `prior_stories` negative stories among
`prior_exposure` of the feed, so that the first hour needs a real cluster, and nothing opens before the feed has
brought `warmup_stories`. With every story the prior counts for less, and a name that stays silent becomes one of which
little is expected.
"""

from __future__ import annotations

from dataclasses import dataclass

from alerts.slices import SLICES_A_WINDOW
from streams.settings import Settings

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """Be the numbers that detection goes by."""

    window_s: float = 6 * 3600.0
    p_value: float = 1e-4
    min_stories: int = 3
    max_lateness_s: float = 6 * 3600.0
    time_zone: str = "America/New_York"
    calm_p_value: float = 0.05
    """An episode is calm while its reading is likelier than this."""
    quiet_s: float = 3600.0
    """It ends when it was calm for so long."""
    update_every_s: float = 1800.0
    half_life_days: float = 28.0
    prior_stories: float = 2.0
    prior_exposure: float = 400.0
    prior_share: float = 0.25
    """Negative share of the whole feed before anything is known …"""
    prior_share_exposure: float = 40.0
    """… which counts as so many stories."""
    hour_strength: float = 5.0
    market_hour_strength: float = 40.0
    dispersion: float = 4.0
    market_dispersion: float = 10.0
    market_min_stories: int = 10
    warmup_stories: int = 50

    @classmethod
    def of(cls, settings: Settings) -> DetectorConfig:
        """Take what is a setting from the settings."""
        return cls(
            window_s=settings.alert_window_s,
            p_value=settings.alert_p_value,
            min_stories=settings.alert_min_stories,
            max_lateness_s=settings.max_lateness_s,
            time_zone=settings.time_zone,
        )

    @property
    def slice_ms(self) -> int:
        """Return the length of a slice of the window."""
        return max(1, round(self.window_s * 1000 / SLICES_A_WINDOW))

    @property
    def window_ms(self) -> int:
        """Return the length of the window, a whole number of slices."""
        return self.slice_ms * SLICES_A_WINDOW

    @property
    def half_life_ms(self) -> float:
        """Return the time in which what was learned loses half its weight."""
        return self.half_life_days * DAY_MS
