"""What became of notifications."""

from __future__ import annotations

from alerts.notifications.notices import trial_notice
from streams.decoding import encode_record
from streams.subscriptions import DeliveryOutcome, DeliveryRequest, NotificationId, SubscriptionId
from tests.web.conftest import NOW, Site
from web.deliveries import DEAD_KEPT, KEPT, DeliveryLog
from web.following import Entry


def _outcome(number: int, outcome: str = "delivered", attempt: int = 1, *, dead: bool = False) -> DeliveryOutcome:
    return DeliveryOutcome.model_validate(
        {
            "notification_id": f"n{number}",
            "subscription_id": "food",
            "attempt": attempt,
            "outcome": outcome,
            "dead": dead,
            "channel": "webhook",
            "at": NOW,
            "took_s": 0.1,
        }
    )


def _tell(site: Site, *outcomes: DeliveryOutcome) -> None:
    for offset, outcome in enumerate(outcomes):
        site.producer.registers.deliveries.take(Entry(offset, b"k", encode_record(outcome)))


async def test_the_last_outcome_of_each_is_listed(site: Site) -> None:
    """Each notification is listed once with its last try, the newest first; the dead alone where asked."""
    _tell(site, _outcome(1, "failed"), _outcome(2, "refused", dead=True), _outcome(1, "delivered", 2))
    listed = (await site.client.get("/v1/deliveries")).json()
    assert [(each["notification_id"], each["attempt"], each["dead"]) for each in listed] == [
        ("n1", 2, False),
        ("n2", 1, True),
    ]
    dead = (await site.client.get("/v1/deliveries", params={"dead": True})).json()
    assert [each["notification_id"] for each in dead] == ["n2"]


async def test_a_subscriber_finds_its_own_deliveries(site: Site) -> None:
    """Those of one subscription are listed, not those of others before them; one is given by its id."""
    others = [_outcome(n).model_copy(update={"subscription_id": "other"}) for n in range(2, 5)]
    _tell(site, _outcome(1), *others)
    mine = (await site.client.get("/v1/deliveries", params={"subscription": "food", "limit": 1})).json()
    assert [each["notification_id"] for each in mine] == ["n1"]
    assert (await site.client.get("/v1/deliveries", params={"subscription": "none"})).json() == []
    assert (await site.client.get("/v1/deliveries/n3")).json()["subscription_id"] == "other"
    missing = await site.client.get("/v1/deliveries/n9")
    assert missing.status_code == 404
    assert "may not have been tried yet" in missing.json()["detail"]


async def test_what_came_of_a_test_is_found(site: Site) -> None:
    """The answer to a request for a test names the notification that the role then makes of it."""
    fields = {"name": "Food", "channel": {"kind": "stream"}}
    await site.client.put("/v1/subscriptions/food", json=fields)
    asked = (await site.client.post("/v1/subscriptions/food/test")).json()
    made = trial_notice(SubscriptionId("food"), asked["request_id"], "Food", NOW)
    assert asked["notification_id"] == made.notification_id


async def test_a_dead_delivery_is_replayed(site: Site) -> None:
    """A replay is a request under the notification's own id; what is not dead or not known is not replayed."""
    _tell(site, _outcome(1), _outcome(2, "failed", 12, dead=True))
    answer = await site.client.post("/v1/deliveries/n2/replay")
    assert (answer.status_code, answer.json()["notification_id"]) == (202, "n2")
    topic, key, value = site.producer.sent[-1]
    request = DeliveryRequest.model_validate_json(value or b"")
    assert (topic, key) == ("deliveries", b"n2")
    assert (request.request, request.notification_id, request.subscription_id) == ("replay", "n2", "food")
    assert (await site.client.post("/v1/deliveries/n1/replay")).status_code == 409
    assert (await site.client.post("/v1/deliveries/n9/replay")).status_code == 404


def test_the_dead_are_kept_among_many() -> None:
    """A delivery that was given up stays in sight though a thousand others came after it, until it is revived."""
    log = DeliveryLog()
    log.begin(0, 0)
    outcomes = [_outcome(0, "gone", dead=True), *(_outcome(number) for number in range(1, KEPT + 10))]
    for offset, outcome in enumerate(outcomes):
        log.take(Entry(offset, b"k", encode_record(outcome)))
    log.take(Entry(len(outcomes), b"k", b"not json"))
    assert [each.notification_id for each in log.known(dead_only=True, limit=10)] == ["n0"]
    assert len(log.known(dead_only=False, limit=2 * KEPT)) == KEPT
    log.take(Entry(len(outcomes) + 1, b"k", encode_record(_outcome(0, "delivered", 2))))
    assert log.known(dead_only=True, limit=10) == []


async def test_the_dead_are_found_after_a_restart(site: Site) -> None:
    """The topic is read from its beginning, and each of twenty thousand dead can be listed; older ones make room."""
    log = site.producer.registers.deliveries
    assert log.begin(7, 1_000_000) == 7
    for number in range(DEAD_KEPT + 5):
        log.take(Entry(number, b"k", encode_record(_outcome(number, "refused", dead=True))))
    log.reached(1_000_000)
    listed = (await site.client.get("/v1/deliveries", params={"dead": True, "limit": DEAD_KEPT})).json()
    assert [each["notification_id"] for each in listed] == [f"n{number}" for number in range(DEAD_KEPT + 4, 4, -1)]
    assert (await site.client.post("/v1/deliveries/n5/replay")).status_code == 202
    assert (await site.client.post("/v1/deliveries/n4/replay")).status_code == 404


def test_requests_are_passed_over() -> None:
    """What asks for a delivery is no outcome, and an outcome that quotes one is."""
    log = DeliveryLog()
    request = DeliveryRequest(
        request="replay",
        request_id="r",
        subscription_id=SubscriptionId("food"),
        notification_id=NotificationId("n1"),
        at=NOW,
    )
    log.take(Entry(0, b"n1", encode_record(_outcome(1, "refused", dead=True))))
    log.take(Entry(1, b"n1", encode_record(request)))
    quoting = _outcome(2, "refused", dead=True).model_copy(update={"detail": 'status 400: {"request_id":"r"}'})
    log.take(Entry(2, b"n2", encode_record(quoting)))
    assert [each.notification_id for each in log.known(dead_only=True, limit=10)] == ["n2", "n1"]
