"""TLS and SASL for every Kafka client, from one set of settings."""

from __future__ import annotations

import ssl
from typing import Any

from streams.errors import MisconfiguredError
from streams.settings import Settings


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context for Kafka, or None where the protocol has none.

    Raises:
        MisconfiguredError: a file holds no certificate, or no key for it.
    """
    if "SSL" not in settings.kafka_security_protocol:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca_file)
    except OSError as error:
        raise MisconfiguredError(
            f"TIDEWATCH_KAFKA_CA_FILE {settings.kafka_ca_file} holds no certificates in PEM: {error}"
        ) from error
    if settings.kafka_cert_file:
        try:
            # Without a password OpenSSL would ask for that of an encrypted key on the terminal, and wait.
            context.load_cert_chain(settings.kafka_cert_file, settings.kafka_key_file, password="")
        except OSError as error:
            raise MisconfiguredError(
                "TIDEWATCH_KAFKA_CERT_FILE and TIDEWATCH_KAFKA_KEY_FILE are no certificate and its key, not encrypted,"
                f" in PEM: {error}"
            ) from error
    return context


def kafka_security(settings: Settings) -> dict[str, Any]:
    """Return the security arguments that aiokafka's clients take."""
    arguments: dict[str, Any] = {"security_protocol": settings.kafka_security_protocol}
    if (context := tls_context(settings)) is not None:
        arguments["ssl_context"] = context
    if settings.kafka_security_protocol.startswith("SASL") and settings.kafka_password:
        arguments |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return arguments
