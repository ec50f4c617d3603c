"""Why no broker takes us. Kafka's client says it in its log alone; a person has to be told, with what to set."""

from __future__ import annotations

import asyncio
import os
import ssl

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest

from streams.errors import BrokerUnavailable
from streams.security import kafka_security
from streams.settings import Settings

ASK_WITHIN_MS = 5_000
OTHER_NAME = (62, 64)
"""OpenSSL's numbers for a certificate without the host's name, or without its address."""


async def refusal(settings: Settings, error: Exception) -> BrokerUnavailable:
    """Ask each broker once more, and return an error that says why none takes us.

    Args:
        settings: Where the brokers are, and how they are spoken to.
        error: What the client raised; it is repeated where every broker takes us now.
    """
    hosts = [(host, port) for host, port, _ in collect_hosts(settings.kafka_brokers, randomize=False)]
    reasons = await asyncio.gather(*(_reason(settings, host, port) for host, port in hosts))
    found = [f"Kafka at {host}:{port} {reason}" for (host, port), reason in zip(hosts, reasons, strict=True) if reason]
    if len(found) == len(hosts):
        return BrokerUnavailable("; ".join(found))
    return BrokerUnavailable(f"Kafka at {settings.kafka_brokers} answers, but {error!r}")


async def _reason(settings: Settings, host: str, port: int) -> str:
    """Say why a broker does not take us; an empty text where it does."""
    try:
        connection = await create_conn(host, port, request_timeout_ms=ASK_WITHIN_MS, **kafka_security(settings))
        try:
            await connection.send(MetadataRequest([]))
        finally:
            connection.close()
    except (KafkaError, OSError, TimeoutError) as error:
        return in_words(settings, error)
    return ""


def in_words(settings: Settings, error: Exception) -> str:
    """Say what a broker did that a connection failed, and which setting has to do with it."""
    mechanism, protocol = settings.kafka_sasl_mechanism, settings.kafka_security_protocol
    match error:
        case SaslAuthenticationFailed():
            return (
                f"refuses user {settings.kafka_username!r} by {mechanism}: see TIDEWATCH_KAFKA_USERNAME,"
                " TIDEWATCH_KAFKA_PASSWORD and TIDEWATCH_KAFKA_SASL_MECHANISM"
            )
        case UnsupportedSaslMechanismError():
            return f"does not take {mechanism}: set TIDEWATCH_KAFKA_SASL_MECHANISM"
        case ssl.SSLCertVerificationError(verify_code=code) if code in OTHER_NAME:
            return (
                f"shows a certificate of another name ({error.verify_message.rstrip('.')}): write in"
                " TIDEWATCH_KAFKA_BROKERS a name that it has"
            )
        case ssl.SSLCertVerificationError():
            trusted = settings.kafka_ca_file or "this machine"
            return (
                f"shows a certificate that is not accepted ({error.verify_message.rstrip('.')}): trusted are the"
                f" authorities of {trusted}, see TIDEWATCH_KAFKA_CA_FILE"
            )
        case TimeoutError():
            return f"does not answer within {ASK_WITHIN_MS // 1000} s: see TIDEWATCH_KAFKA_BROKERS"
        case KafkaError() | ConnectionResetError() | ssl.SSLError():
            # It does not say why: it took what we sent for something else, or asked for what we did not send.
            cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
            why = f" ({cause.reason.replace('_', ' ').lower()})" if isinstance(cause, ssl.SSLError) else ""
            certificate = " or for TIDEWATCH_KAFKA_CERT_FILE" if "SSL" in protocol else ""
            return (
                f"closes the connection{why}: see whether that port asks for another"
                f" TIDEWATCH_KAFKA_SECURITY_PROTOCOL than {protocol}{certificate}"
            )
        case OSError(errno=int(number)) if number > 0:
            return f"does not answer ({os.strerror(number)}): see TIDEWATCH_KAFKA_BROKERS"
    return f"does not answer ({error}): see TIDEWATCH_KAFKA_BROKERS"
