"""What became of notifications."""

from __future__ import annotations

from streams.decoding import encode_record
from streams.subscriptions import DeliveryOutcome, DeliveryRequest
from tests.web.conftest import NOW, Site
from web.deliveries import KEPT, DeliveryLog
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


async def test_a_dead_delivery_is_replayed(site: Site) -> None:
    """A replay is a request under the notification's own id; what is not dead or not known is not replayed."""
    _tell(site, _outcome(1), _outcome(2, "failed", 12, dead=True))
    assert (await site.client.post("/v1/deliveries/n2/replay")).status_code == 202
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
