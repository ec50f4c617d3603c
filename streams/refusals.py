"""Why no broker takes us. Kafka's client says it in its log alone; a person has to be told, with what to set."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Sequence

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    IncompatibleBrokerVersion,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from streams.errors import BrokerUnavailable
from streams.security import kafka_security
from streams.settings import Settings

ASK_WITHIN_MS = 5_000
OTHER_NAME = (62, 64)
"""OpenSSL's numbers for a certificate without the host's name, or without its address."""

Place = tuple[str, int]


async def refusal(settings: Settings, error: Exception) -> BrokerUnavailable:
    """Ask each broker once more, and return an error that says why none takes us.

    Args:
        settings: Where the brokers are, and how they are spoken to.
        error: What the client raised; it is repeated where no broker that it needs refuses us now.
    """
    places = [(host, port) for host, port, _ in collect_hosts(settings.kafka_brokers, randomize=False)]
    asked = await _ask(settings, places)
    refused = {place: answer for place, answer in asked.items() if isinstance(answer, str)}
    if len(refused) == len(asked):
        return BrokerUnavailable("; ".join(_said(place, reason) for place, reason in refused.items()))
    # A client goes on at the addresses that the brokers name, which need not be those that it began with.
    named = {place for answer in asked.values() if not isinstance(answer, str) for place in answer}
    asked |= await _ask(settings, sorted(named - asked.keys()))
    for place in sorted(named):
        if isinstance(reason := asked[place], str):
            words = f"Kafka at {settings.kafka_brokers} sends us on to its advertised.listeners: {_said(place, reason)}"
            return BrokerUnavailable(words)
    return BrokerUnavailable(f"Kafka at {settings.kafka_brokers} answers, but {error!r}")


async def _ask(settings: Settings, places: Sequence[Place]) -> dict[Place, list[Place] | str]:
    """Return the brokers that each place names, or why it does not take us."""
    return dict(zip(places, await asyncio.gather(*(_brokers(settings, *place) for place in places)), strict=True))


async def _brokers(settings: Settings, host: str, port: int) -> list[Place] | str:
    try:
        connection = await create_conn(host, port, request_timeout_ms=ASK_WITHIN_MS, **kafka_security(settings))
        try:
            answer = await connection.send(MetadataRequest([]))
        finally:
            connection.close()
    except (KafkaError, OSError, TimeoutError) as error:
        return _in_words(settings, error)
    return [(broker_host, broker_port) for _, broker_host, broker_port, *_ in answer.brokers]


def _said(place: Place, reason: str) -> str:
    return f"Kafka at {place[0]}:{place[1]} {reason}"


def _in_words(settings: Settings, error: Exception) -> str:
    """Say what a broker did that a connection failed, and which setting has to do with it."""
    mechanism, protocol = settings.kafka_sasl_mechanism, settings.kafka_security_protocol
    match error:
        case SaslAuthenticationFailed():
            return (
                f"refuses user {settings.kafka_username!r} by {mechanism}: see TIDEWATCH_KAFKA_USERNAME,"
                " TIDEWATCH_KAFKA_PASSWORD and TIDEWATCH_KAFKA_SASL_MECHANISM"
            )
        case IncompatibleBrokerVersion():
            return "is no broker that serves clients, but perhaps a controller: see TIDEWATCH_KAFKA_BROKERS"
        case UnsupportedSaslMechanismError():
            return f"does not take {mechanism}: set TIDEWATCH_KAFKA_SASL_MECHANISM"
        case ssl.SSLCertVerificationError(verify_code=code) if code in OTHER_NAME:
            return (
                f"shows a certificate of another name ({error.verify_message.rstrip('.')}): TIDEWATCH_KAFKA_BROKERS and"
                " the broker's advertised.listeners have to name it as the certificate does"
            )
        case ssl.SSLCertVerificationError():
            trusted = settings.kafka_ca_file or "this machine"
            return (
                f"shows a certificate that is not accepted ({error.verify_message.rstrip('.')}): trusted are the"
                f" authorities of {trusted}, see TIDEWATCH_KAFKA_CA_FILE"
            )
        case TimeoutError():
            return f"does not answer within {ASK_WITHIN_MS // 1000} s: see TIDEWATCH_KAFKA_BROKERS"
        case KafkaConnectionError() | ConnectionResetError() | ssl.SSLError() | IllegalSaslStateError():
            # It does not say why: it took what we sent for something else, or asked for what we did not send.
            cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
            why = (
                f" ({(cause.reason or str(cause)).replace('_', ' ').lower()})"
                if isinstance(cause, ssl.SSLError)
                else ""
            )
            certificate = " or for TIDEWATCH_KAFKA_CERT_FILE" if "SSL" in protocol else ""
            return (
                f"closes the connection{why}: see whether that port asks for another"
                f" TIDEWATCH_KAFKA_SECURITY_PROTOCOL than {protocol}{certificate}"
            )
        case OSError(errno=int(number)) if number > 0:
            return f"does not answer ({os.strerror(number)}): see TIDEWATCH_KAFKA_BROKERS"
    return f"does not answer ({error}): see TIDEWATCH_KAFKA_BROKERS"
