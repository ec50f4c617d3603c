"""Sending: many endpoints at once, one try at a time for each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.testing import capture_logs

from agents.lanes import FAST_LANE, MAIL_FAST_LANE, MAIL_SLOW_LANE, Lanes
from agents.sending import Sending
from alerts.notifications.breaker import FAILURES_TO_OPEN
from alerts.notifications.notices import trial_notice
from alerts.notifications.outbox import Delivery, recorded, settled
from alerts.notifications.rendering import Renderer
from alerts.receivers.email import EmailReceiver
from alerts.receivers.receiver import Attempt, Message, Receiver
from streams.clock import ManualClock
from streams.errors import BrokerUnavailable
from streams.metrics import TEMPLATES_FAILED
from streams.subscriptions import Channel, DeliveryOutcome, EmailChannel, Subscription, SubscriptionId
from tests.alerts.people import NOW, subscription

WITHIN_S = 30.0


class Post:
    """A receiver that hangs, fails or delivers by the address, and notes who was under way together."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.messages: list[Message] = []
        self.answers: dict[str, Attempt] = {}
        self.hung = asyncio.Event()
        self.under_way: dict[str, int] = defaultdict(int)
        self.most: dict[str, int] = defaultdict(int)

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Answer as the address says."""
        address = channel.to[0] if isinstance(channel, EmailChannel) else channel.url  # type: ignore[union-attr]
        assert isinstance(address, str)
        self.arrived.append(message.notification_id)
        self.messages.append(message)
        self.under_way[address] += 1
        self.most[address] = max(self.most[address], self.under_way[address])
        try:
            await asyncio.sleep(0)
            if "hang" in address:
                await self.hung.wait()
            if "broken" in address:
                raise ValueError("a mistake")
            return self.answers.get(address, Attempt("delivered", 200))
        finally:
            self.under_way[address] -= 1

    async def close(self) -> None:
        """Do nothing."""


class CountingServer:
    """A mail server that counts its connections, and answers no mail before it has as many as are to come at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.full = asyncio.Event()

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        await self.full.wait()
        await asyncio.sleep(0.1)  # for those that should not come
        return "250 taken"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        """Give a receiver that sends here."""
        counting, loop = self, asyncio.get_running_loop()

        class Connection(SMTP):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                counting.now += 1
                counting.most = max(counting.most, counting.now)
                if counting.now == MAIL_FAST_LANE + MAIL_SLOW_LANE:
                    counting.full.set()
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                counting.now -= 1
                super().connection_lost(error)

        server = await loop.create_server(lambda: Connection(counting, hostname="mx", loop=loop), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        yield EmailReceiver(
            "127.0.0.1", port, username=None, password=None, sender="a@t.example", start_tls=False, timeout_s=WITHIN_S
        )
        server.close()


class Office:
    """Sending with one receiver, or with one of mail beside it, and the outcomes that it published."""

    def __init__(self, mail: Receiver | None = None) -> None:
        self.clock = ManualClock(NOW)
        self.post = Post()
        self.outcomes: list[DeliveryOutcome] = []
        self.subscriptions: dict[SubscriptionId, Subscription] = {}
        self.broker_away = False
        self.sending = Sending(
            {"webhook": self.post} if mail is None else {"webhook": self.post, "email": mail},
            render=Renderer(source="tidewatch").render,
            publish=self.publish,
            clock=self.clock,
        )

    async def publish(self, outcome: DeliveryOutcome) -> None:
        """Note an outcome."""
        if self.broker_away:
            raise BrokerUnavailable("away")
        self.outcomes.append(outcome)

    def route(self, key: SubscriptionId) -> Subscription | str:
        """Give the subscription."""
        return self.subscriptions.get(key, "the subscription was removed")

    def delivery(self, key: str, address: str, request: str = "1") -> Delivery:
        """Make a delivery to an address."""
        channel = {"kind": "webhook", "url": address, "secrets": ["whsec_c2VjcmV0"]}
        self.subscriptions[SubscriptionId(key)] = subscription(key, channel=channel)
        return recorded(trial_notice(SubscriptionId(key), request, key, NOW))

    def mail(self, key: str, address: str) -> Delivery:
        """Make a delivery to a mail address."""
        delivery = self.delivery(key, "https://unused.example")
        channel = {"kind": "email", "to": [address]}
        self.subscriptions[SubscriptionId(key)] = subscription(key, channel=channel)
        return delivery

    def set_quiet(self, key: SubscriptionId, end: str | None) -> None:
        """Set the quiet hours of a subscription, from one o'clock on, or lift them."""
        quiet = {"start": "13:00", "end": end, "time_zone": "UTC"} if end else None
        own = dict(self.subscriptions[key]) | {"quiet_hours": quiet}
        self.subscriptions[key] = Subscription.model_validate(own)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition."""
        async with asyncio.timeout(WITHIN_S):
            while not condition():
                await asyncio.sleep(0.001)


@asynccontextmanager
async def _open(mail: Receiver | None = None) -> AsyncIterator[Office]:
    office = Office(mail)
    running = asyncio.create_task(office.sending.run(office.route))
    try:
        yield office
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_kept_template_that_fails_loses_no_alert() -> None:
    """What was kept before it was tried is sent in the built-in words, with the reason, and counted."""
    before = TEMPLATES_FAILED._value.get()
    async with _open() as office:
        delivery = office.delivery("desk", "https://one.example/")
        kept = office.subscriptions[SubscriptionId("desk")]
        office.subscriptions[SubscriptionId("desk")] = kept.model_copy(update={"template": "{{ alert.nme }}"})
        office.sending.put(delivery)
        await office.until(lambda: bool(office.outcomes))
    assert office.outcomes[0].outcome == "delivered"
    (message,) = office.post.messages
    assert "This is a test of the subscription" in message.text
    assert "could not be used: line 1: there is no 'nme'" in message.text
    assert TEMPLATES_FAILED._value.get() == before + 1


async def test_endpoints_that_hang_delay_nobody_else() -> None:
    """With more hanging endpoints than there are places among the fast, the healthy one is served."""
    async with _open() as office:
        for place in range(FAST_LANE + 20):
            office.sending.put(office.delivery(f"h{place}", f"https://hang{place}.example"))
        office.sending.put(office.delivery("healthy", "https://healthy.example"))
        await office.until(lambda: len(office.outcomes) == 1)
        assert office.outcomes[0].subscription_id == "healthy"
        assert office.outcomes[0].outcome == "delivered"


async def test_one_endpoint_has_one_try_at_a_time() -> None:
    """Two subscriptions with one address take turns."""
    async with _open() as office:
        for place in range(20):
            office.sending.put(office.delivery(f"s{place % 2}", "https://one.example", str(place)))
        await office.until(lambda: len(office.outcomes) == 20)
        assert office.post.most["https://one.example"] == 1
        assert len(set(office.post.arrived)) == 20


async def test_a_try_is_taken_once_and_the_next_when_it_is_due() -> None:
    """The same try handed over twice is made once; the next one waits for its moment."""
    async with _open() as office:
        office.post.answers["https://a.example"] = Attempt("failed", 503)
        delivery = office.delivery("a", "https://a.example")
        office.sending.put(delivery)
        office.sending.put(delivery)
        await office.until(lambda: len(office.outcomes) == 1)
        office.sending.put(delivery)
        following = settled(delivery, office.outcomes[0])
        office.sending.put(following)
        office.sending.put(office.delivery("b", "https://b.example"))
        await office.until(lambda: len(office.outcomes) == 2)
        assert [o.subscription_id for o in office.outcomes] == ["a", "b"]
        office.clock.at = following.due_at
        office.sending.put(office.delivery("c", "https://c.example"))  # wakes it: a hand-set clock does not
        await office.until(lambda: len(office.outcomes) == 4)
        assert [(o.subscription_id, o.attempt) for o in office.outcomes if o.subscription_id == "a"] == [
            ("a", 1),
            ("a", 2),
        ]


async def test_nothing_is_tried_in_quiet_hours_but_what_was_asked_for() -> None:
    """A try that falls due in them waits for their end; a test or a replay comes at once, and so does who has none."""
    async with _open() as office:
        test, *told = (office.delivery("a", "https://a.example", request) for request in "1234")
        office.set_quiet(SubscriptionId("a"), "15:00")
        states = ({}, {"tries": 3}, {"tries": 3, "revived": 1})
        told = [
            each.model_copy(update={"notice": each.notice.model_copy(update={"kind": "alert"})} | state)
            for each, state in zip(told, states, strict=True)
        ]
        for delivery in (*told, test, office.delivery("b", "https://b.example")):
            office.sending.put(delivery)
        await office.until(lambda: len(office.outcomes) == 3)
        keys = [delivery.notice.notification_id for delivery in (*told, test)]
        assert [o.notification_id for o in office.outcomes if o.subscription_id == "a"] == [keys[2], keys[3]]
        office.clock.at += timedelta(minutes=59)
        office.sending.put(office.delivery("c", "https://c.example"))  # wakes it: a hand-set clock does not
        await office.until(lambda: len(office.outcomes) == 4)
        office.clock.at += timedelta(minutes=1)
        office.sending.put(office.delivery("d", "https://d.example"))
        await office.until(lambda: len(office.outcomes) == 7)
        assert {o.notification_id for o in office.outcomes[4:]} > {keys[0], keys[1]}


async def test_what_waits_for_quiet_hours_goes_by_those_of_now() -> None:
    """A try held back until their end comes as soon as they are lifted, and waits for the new end where they moved."""
    async with _open() as office:
        made = (office.delivery(key, f"https://{key}.example") for key in ("lifted", "shorter", "as-before"))
        told = [each.model_copy(update={"notice": each.notice.model_copy(update={"kind": "alert"})}) for each in made]
        for delivery in told:
            office.set_quiet(delivery.notice.subscription_id, "15:00")
            office.sending.put(delivery)
        office.sending.put(office.delivery("b", "https://b.example"))
        await office.until(lambda: len(office.outcomes) == 1)
        office.set_quiet(SubscriptionId("lifted"), None)
        office.set_quiet(SubscriptionId("shorter"), "14:30")
        for delivery in told:
            office.sending.reconsider(delivery.notice.subscription_id)
        await office.until(lambda: len(office.outcomes) == 2)
        assert office.outcomes[1].subscription_id == "lifted"
        for clock, key in (("14:29", "c"), ("14:30", "d")):
            hour, minute = map(int, clock.split(":"))
            office.clock.at = NOW.replace(hour=hour, minute=minute)
            office.sending.put(office.delivery(key, f"https://{key}.example"))  # wakes it: a hand-set clock does not
            await office.until(lambda key=key: key in {o.subscription_id for o in office.outcomes})
        await office.until(lambda: len(office.outcomes) == 5)
        assert {o.subscription_id for o in office.outcomes} == {"b", "lifted", "shorter", "c", "d"}


async def test_the_end_of_quiet_hours_that_were_lifted_brings_no_try_forward() -> None:
    """What failed once they were lifted is tried again when it is due, not at the end that it waited for before."""
    async with _open() as office:
        made = office.delivery("a", "https://a.example")
        delivery = made.model_copy(update={"notice": made.notice.model_copy(update={"kind": "alert"}), "tries": 8})
        office.post.answers["https://a.example"] = Attempt("failed", 503)
        office.set_quiet(SubscriptionId("a"), "15:00")
        office.sending.put(delivery)
        office.sending.put(office.delivery("b", "https://b.example"))
        await office.until(lambda: len(office.outcomes) == 1)
        office.set_quiet(SubscriptionId("a"), None)
        office.sending.reconsider(SubscriptionId("a"))
        await office.until(lambda: len(office.outcomes) == 2)
        office.sending.put(settled(delivery, office.outcomes[1]))
        office.clock.at = NOW.replace(hour=15)
        office.sending.put(office.delivery("c", "https://c.example"))
        await office.until(lambda: len(office.outcomes) == 3)
        assert [o.subscription_id for o in office.outcomes] == ["b", "a", "c"]


async def test_what_waits_for_an_endpoint_that_fails_goes_to_the_one_that_is_set_now() -> None:
    """Who corrects an address does not wait for the pause of the old one; others of that address wait on."""
    async with _open() as office:
        office.post.answers["https://dead.example"] = Attempt("failed", 500)
        for place in range(FAILURES_TO_OPEN + 2):
            office.sending.put(office.delivery("d", "https://dead.example", str(place)))
        await office.until(lambda: len(office.outcomes) == FAILURES_TO_OPEN)
        office.sending.put(office.delivery("other", "https://dead.example"))
        office.delivery("d", "https://mended.example")
        office.sending.reconsider(SubscriptionId("d"))
        await office.until(lambda: len(office.outcomes) == FAILURES_TO_OPEN + 2)
        assert [o.outcome for o in office.outcomes] == ["failed"] * FAILURES_TO_OPEN + ["delivered"] * 2
        assert {o.subscription_id for o in office.outcomes} == {"d"}
        assert office.post.most["https://mended.example"] == 1


async def test_an_endpoint_that_fails_in_a_row_is_left_alone() -> None:
    """After five failures the other deliveries to it wait, without being tried."""
    async with _open() as office:
        office.post.answers["https://dead.example"] = Attempt("failed", 500)
        for place in range(FAILURES_TO_OPEN + 3):
            office.sending.put(office.delivery("d", "https://dead.example", str(place)))
        office.sending.put(office.delivery("x", "https://fine.example"))
        await office.until(lambda: len(office.outcomes) == FAILURES_TO_OPEN + 1)
        assert len(office.post.arrived) == FAILURES_TO_OPEN + 1


async def test_the_log_says_when_an_endpoint_fails_and_when_it_takes_notices_again() -> None:
    """Once each, by the subscription and without the address, which may hold a secret."""
    async with _open() as office:
        with capture_logs() as said:
            office.post.answers["https://dead.example"] = Attempt("failed", 503, "status 503", retry_after_s=0.01)
            office.sending.put(office.delivery("d", "https://dead.example"))
            await office.until(lambda: len(office.outcomes) == 1)
            office.clock.at += timedelta(seconds=1)
            office.post.answers["https://dead.example"] = Attempt("failed", 500, "status 500")
            office.sending.put(office.delivery("d", "https://dead.example", "2"))
            await office.until(lambda: len(office.outcomes) == 2)
            office.post.answers.clear()
            office.sending.put(office.delivery("d", "https://dead.example", "3"))
            await office.until(lambda: len(office.outcomes) == 3)
        about = {"subscription": "d", "channel": "webhook"}
        fails = {"event": "an endpoint fails; it is left alone for a while", "detail": "status 503"}
        again = {"event": "an endpoint takes notices again"}
        assert said == [fails | about | {"log_level": "warning"}, again | about | {"log_level": "info"}]


async def test_an_endpoint_that_took_it_in_part_is_not_left_alone() -> None:
    """One full mailbox of several holds up nothing for the others: every delivery is tried at once."""
    async with _open() as office:
        office.post.answers["https://two.example"] = Attempt("failed", 452, partly=True)
        for place in range(FAILURES_TO_OPEN + 3):
            office.sending.put(office.delivery("d", "https://two.example", str(place)))
        await office.until(lambda: len(office.outcomes) == FAILURES_TO_OPEN + 3)
        assert {outcome.outcome for outcome in office.outcomes} == {"failed"}


async def test_mails_that_are_slow_hold_up_no_webhook_and_are_not_ended() -> None:
    """While more mails than the lanes have places wait for a server that hangs, a webhook passes; none is given up."""
    server, mails = Post(), 40
    async with _open(server) as office:
        office.sending._lanes = Lanes(fast=1, slow=1, slow_after_s=0.01)
        for place in range(mails):
            office.sending.put(office.mail(f"m{place}", f"hang{place}@news.example"))
        await office.until(lambda: len(server.arrived) == MAIL_FAST_LANE + MAIL_SLOW_LANE)
        office.sending.put(office.delivery("hook", "https://fine.example"))
        await office.until(lambda: len(office.outcomes) == 1)
        assert (office.outcomes[0].subscription_id, office.outcomes[0].outcome) == ("hook", "delivered")
        server.hung.set()
        await office.until(lambda: len(office.outcomes) == mails + 1)
        assert {outcome.outcome for outcome in office.outcomes} == {"delivered"}


async def test_a_mail_server_gets_few_connections_at_once() -> None:
    """A real server that is handed a hundred mails at one moment never sees more than its share of connections."""
    server = CountingServer()
    async with server.listening() as receiver, _open(receiver) as office:
        for place in range(100):
            office.sending.put(office.mail(f"m{place}", f"desk{place}@news.example"))
        await office.until(lambda: len(office.outcomes) == 100)
    assert {outcome.outcome for outcome in office.outcomes} == {"delivered"}
    assert server.most == MAIL_FAST_LANE + MAIL_SLOW_LANE


async def test_a_try_under_way_is_not_made_again_when_the_outbox_comes_back() -> None:
    """After a rebalance the outbox is handed over anew: the mail that a server has in its hands goes there once."""
    server = Post()
    server.answers["hang@news.example"] = Attempt("failed", 451)
    async with _open(server) as office:
        mail = office.mail("desk", "hang@news.example")
        office.sending.put(mail)
        await office.until(lambda: len(server.arrived) == 1)
        office.sending.clear()
        office.sending.put(mail)
        server.hung.set()
        await office.until(lambda: len(office.outcomes) == 1)
        office.sending.put(settled(mail, office.outcomes[0]).model_copy(update={"due_at": NOW}))
        await office.until(lambda: len(office.outcomes) == 2)
        assert [outcome.attempt for outcome in office.outcomes] == [1, 2]


async def test_nobody_to_send_to_is_an_outcome() -> None:
    """A subscription that was removed, a channel that is not set up, a receiver that breaks: each is told."""
    async with _open() as office:
        gone = office.delivery("gone", "https://a.example")
        del office.subscriptions[SubscriptionId("gone")]
        office.sending.put(gone)
        office.sending.put(office.delivery("broken", "https://broken.example"))
        mail = office.delivery("mail", "https://b.example")
        office.subscriptions[SubscriptionId("mail")] = subscription(
            "mail", channel={"kind": "email", "to": ["a@b.example"]}
        )
        office.sending.put(mail)
        await office.until(lambda: len(office.outcomes) == 3)
        found = {o.subscription_id: (o.outcome, o.dead) for o in office.outcomes}
        assert found == {"gone": ("refused", True), "broken": ("failed", False), "mail": ("refused", True)}


async def test_what_was_dropped_is_not_sent() -> None:
    """After a rebalance another process may own the outbox: what was not under way stays unsent."""
    async with _open() as office:
        office.sending.put(
            office.delivery("later", "https://a.example").model_copy(update={"due_at": NOW + timedelta(seconds=9)})
        )
        office.sending.clear()
        office.clock.at = NOW + timedelta(seconds=10)
        office.sending.put(office.delivery("b", "https://b.example"))
        await office.until(lambda: len(office.outcomes) == 1)
        assert office.outcomes[0].subscription_id == "b"


async def test_an_outcome_that_cannot_be_published_ends_sending() -> None:
    """The role crashes then: the outbox has the delivery, and it is sent again under the same id."""
    office = Office()
    office.broker_away = True
    office.sending.put(office.delivery("a", "https://a.example"))
    with pytest.raises(BrokerUnavailable):
        await asyncio.wait_for(office.sending.run(office.route), WITHIN_S)
