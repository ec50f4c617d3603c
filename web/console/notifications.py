"""The page of what is sent: silences, subscriptions, what became of notifications, and how precise the rules are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from streams.errors import TidewatchError
from streams.subscriptions import DeliveryOutcome, Silence, Subscription
from web.console.elements import box, button, text
from web.console.parts import Parts
from web.console.wording import clock_time, full_time, matchers_text, outcome_text
from web.sessions import Session
from web.verdicts import Precision

DELIVERIES_SHOWN = 50
SUBSCRIPTIONS_SHOWN = 200
Shown = tuple[list[Silence], list[Subscription], list[DeliveryOutcome], list[DeliveryOutcome], list[Precision]]


class NotificationsPage:
    """Be the page of one browser; it is drawn anew when what it shows has changed."""

    def __init__(self, parts: Parts, session: Session) -> None:
        self._parts = parts
        self._session = session
        self._shown: Shown | None = None
        with box("shell notifications", "main"):
            with box("bar", "header"):
                text("h1", "Notifications")
                back = text("a", "Back to the news", "quiet")
                back.props["href"] = "/"
                text("span", "times in UTC", "soft")
                self._trouble = text("p", "", "trouble").props('role="alert"')
                self._trouble.set_visibility(False)
            self._silences = _panel("Silences")
            self._dead = _panel("Given up")
            self._subscriptions = _panel("Subscriptions")
            self._deliveries = _panel("Latest notifications")
            self._precision = _panel("Precision of the rules")

    async def refresh(self) -> None:
        """Show what is known now."""
        registers, now = self._parts.registers, self._parts.clock.now()
        try:
            precision = await registers.responses.precision()
        except TidewatchError as error:
            self._say(str(error))
            return
        shown = (
            sorted((s for s in registers.silences.known() if s.ends_at > now), key=lambda s: s.ends_at),
            sorted(registers.subscriptions.known(), key=lambda s: s.subscription_id),
            registers.deliveries.known(dead_only=True, limit=DELIVERIES_SHOWN),
            registers.deliveries.known(dead_only=False, limit=DELIVERIES_SHOWN),
            precision,
        )
        if shown != self._shown:
            self._show(shown)
            self._shown = shown

    def _show(self, shown: Shown) -> None:
        silences, subscriptions, dead, latest, precision = shown
        for root in (self._silences, self._subscriptions, self._dead, self._deliveries, self._precision):
            root.clear()
        with self._silences:
            _unless(silences, "Nothing is silenced.")
            for silence in silences:
                what = f"{matchers_text(silence.matchers)} until {full_time(silence.ends_at)}"
                said = " · ".join(part for part in (f"by {silence.author}", silence.comment) if part)
                self._row(what, said, f"End silence {silence.silence_id}", "End", self._ending(silence))
        with self._subscriptions:
            _unless(subscriptions, "Nobody has subscribed.")
            for each in subscriptions[:SUBSCRIPTIONS_SHOWN]:
                told = f"{each.channel.kind}{'' if each.enabled else ', switched off'} · {matchers_text(each.matchers)}"
                self._row(each.name, told, f"Send a test to {each.name}", "Test", self._testing(each))
            if len(subscriptions) > SUBSCRIPTIONS_SHOWN:
                text("p", f"{len(subscriptions) - SUBSCRIPTIONS_SHOWN:,} more: see /v1/subscriptions", "soft")
        with self._dead:
            _unless(dead, "No notification was given up.")
            for outcome in dead:
                label = f"Deliver {outcome.notification_id} once more"
                self._row(*_told(outcome), label, "Once more", self._replaying(outcome))
        with self._deliveries:
            _unless(latest, "Nothing was sent yet.")
            for outcome in latest:
                self._row(*_told(outcome))
        with self._precision:
            _unless(precision, "No alert was marked useful or false yet.")
            for rule in precision:
                self._row(rule.rule, f"{rule.share:.0%} useful: {rule.useful} of {rule.useful + rule.false} marked")

    def _row(
        self,
        title: str,
        detail: str,
        label: str = "",
        action: str = "",
        act: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        with box("entry", "article"):
            with box("words"):
                text("p", title, "name")
                text("p", detail, "soft")
            if act is not None and self._session.writes:
                button(action, "quiet", lambda: self._do(act), label=label)

    async def _do(self, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
        except TidewatchError as error:
            self._say(str(error))
        else:
            self._say("")
            await self.refresh()

    def _ending(self, silence: Silence) -> Callable[[], Awaitable[object]]:
        return lambda: self._parts.changes.end_silence(silence)

    def _testing(self, subscription: Subscription) -> Callable[[], Awaitable[object]]:
        return lambda: self._parts.changes.test(subscription.subscription_id, self._session.author)

    def _replaying(self, outcome: DeliveryOutcome) -> Callable[[], Awaitable[object]]:
        return lambda: self._parts.changes.replay(outcome, self._session.author)

    def _say(self, words: str) -> None:
        self._trouble.set_text(words)
        self._trouble.set_visibility(bool(words))


def _panel(title: str) -> Element:
    with box("panel", "section").props(f'aria-label="{title}"'):
        with box("panel-head"):
            text("h2", title)
        return box("rows")


def _unless(rows: list[Silence] | list[Subscription] | list[DeliveryOutcome] | list[Precision], words: str) -> None:
    if not rows:
        text("p", words, "empty")


def _told(outcome: DeliveryOutcome) -> tuple[str, str]:
    return f"{outcome.subscription_id}, {clock_time(outcome.at)}", outcome_text(outcome)
