"""Alert transitions as CloudEvents: over Kafka in binary mode (attributes in headers), over HTTP as one JSON object."""

from __future__ import annotations

from collections.abc import Iterable

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from streams.alerting import AlertTransition
from streams.decoding import decode_record
from streams.errors import DeadLetterReason, UnreadableInput
from streams.settings import Settings

SOURCE = "tidewatch"
REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_specversion")


def to_cloudevent(transition: AlertTransition, settings: Settings) -> tuple[dict[str, bytes], bytes]:
    """Return the headers and the value of a transition; source and id together name it for ever."""
    message = to_binary(_event_of(transition, settings), JSONFormat())
    return message.headers, message.value


def to_cloudevent_json(transition: AlertTransition, settings: Settings) -> bytes:
    """Return a transition as one JSON object, attributes and data together: the structured mode, for HTTP."""
    return JSONFormat().write(_event_of(transition, settings))


def from_cloudevent(headers: Iterable[tuple[str, bytes | None]], value: bytes) -> AlertTransition:
    """Read a transition back from the headers and the value of a Kafka record.

    Raises:
        UnreadableInput: the headers are not those of a CloudEvent, or the data is no transition.
    """
    named = {name: said for name, said in headers if said is not None}  # Kafka takes headers without a value
    missing = [name for name in REQUIRED if name not in named]  # the library would make up an id
    if missing:
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"no CloudEvent: without {', '.join(missing)}")
    try:
        from_binary(KafkaMessage(headers=named, key=None, value=value), JSONFormat(), CloudEvent)
    except (CloudEventValidationError, ValueError, KeyError) as error:
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"no CloudEvent: {error}") from error
    except RecursionError:
        raise UnreadableInput(DeadLetterReason.NESTED_TOO_DEEP, "no CloudEvent: its data") from None
    return decode_record(AlertTransition, value)


def _event_of(transition: AlertTransition, settings: Settings) -> CloudEvent:
    return CloudEvent(
        attributes={
            "id": transition.transition_id,
            "source": settings.named(SOURCE),
            "type": f"tidewatch.alert.{transition.kind}.v1",
            "specversion": "1.0",
            "time": transition.at,
            "subject": transition.series,
            "datacontenttype": "application/json",
        },
        data=transition.model_dump(mode="json"),
    )
