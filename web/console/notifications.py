"""The page of what is sent: silences, subscriptions, what became of notifications, and how precise the rules are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from streams.errors import TidewatchError
from streams.subscriptions import DeliveryOutcome, Silence, Subscription
from web.console.elements import box, text
from web.console.parts import Parts
from web.console.rows import Act, Row, Rows
from web.console.trouble import Trouble
from web.console.wording import asked_text, clock_time, matchers_text, outcome_text, silence_time
from web.sessions import Session

DELIVERIES_SHOWN = 50
SUBSCRIPTIONS_SHOWN = 200


class NotificationsPage:
    """Be the page of one browser."""

    def __init__(self, parts: Parts, session: Session) -> None:
        self._parts = parts
        self._session = session
        with box("shell notifications", "main"):
            with box("bar", "header"):
                text("h1", "Notifications")
                back = text("a", "Back to the news", "quiet")
                back.props["href"] = "/"
                text("span", "times in UTC", "soft")
                self._reading, self._acting = Trouble(), Trouble()
            self._silences = Rows("Silences", "Nothing is silenced.", self._do)
            self._dead = Rows("Given up", "No notification was given up.", self._do)
            self._subscriptions = Rows("Subscriptions", "Nobody has subscribed.", self._do)
            self._deliveries = Rows("Latest notifications", "Nothing was sent yet.", self._do)
            self._precision = Rows("Precision of the rules", "No alert was marked useful or false yet.", self._do)

    async def refresh(self) -> None:
        """Show what is known now."""
        registers, now = self._parts.registers, self._parts.clock.now()
        try:
            precision = await registers.responses.precision()
        except TidewatchError as error:
            self._reading.say(str(error))
            return
        self._reading.say("")
        silences = sorted((s for s in registers.silences.known() if s.ends_at > now), key=lambda s: s.ends_at)
        self._silences.show({each.silence_id: self._silence(each, now) for each in silences})
        subscriptions = sorted(registers.subscriptions.known(), key=lambda s: s.subscription_id)
        more = len(subscriptions) - SUBSCRIPTIONS_SHOWN
        self._subscriptions.show(
            {each.subscription_id: self._subscription(each) for each in subscriptions[:SUBSCRIPTIONS_SHOWN]},
            f"{more:,} more: see /v1/subscriptions" if more > 0 else "",
        )
        self._dead.show(self._outcomes(registers.deliveries.known(dead_only=True, limit=DELIVERIES_SHOWN), again=True))
        latest = registers.deliveries.known(dead_only=False, limit=DELIVERIES_SHOWN)
        self._deliveries.show(self._outcomes(latest, again=False))
        self._precision.show(
            {
                each.rule: Row(
                    each, each.rule, f"{each.share:.0%} useful: {each.useful} of {each.useful + each.false} marked"
                )
                for each in precision
            }
        )

    def _silence(self, silence: Silence, now: datetime) -> Row:
        what = f"{matchers_text(silence.matchers)} {silence_time(silence, now)}"
        said = " · ".join(part for part in (f"by {silence.author}", silence.comment) if part)
        act = self._allowed(lambda: self._parts.changes.end_silence(silence))
        return Row(silence, what, said, f"End silence {silence.silence_id}", "End", act)

    def _subscription(self, each: Subscription) -> Row:
        told = f"{each.channel.kind}{'' if each.enabled else ', switched off'} · {asked_text(each)}"
        act = self._allowed(lambda: self._parts.changes.test(each.subscription_id, self._session.author))
        return Row(each, each.name, told, f"Send a test to {each.name}", "Test", act)

    def _outcomes(self, outcomes: Sequence[DeliveryOutcome], *, again: bool) -> dict[str, Row]:
        return {each.notification_id: self._outcome(each, again=again) for each in outcomes}

    def _outcome(self, outcome: DeliveryOutcome, *, again: bool) -> Row:
        title, detail = f"{outcome.subscription_id}, {clock_time(outcome.at)}", outcome_text(outcome)
        if not again:
            return Row(outcome, title, detail)
        act = self._allowed(lambda: self._parts.changes.replay(outcome, self._session.author))
        return Row(outcome, title, detail, f"Deliver {outcome.notification_id} once more", "Once more", act)

    def _allowed(self, act: Act) -> Act | None:
        return act if self._session.writes else None

    async def _do(self, act: Act) -> None:
        try:
            await act()
        except TidewatchError as error:
            self._acting.say(str(error))
        else:
            self._acting.say("")
            await self.refresh()
