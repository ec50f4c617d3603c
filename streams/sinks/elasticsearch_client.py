"""The client of Elasticsearch, with its credentials."""

from __future__ import annotations

import ssl
from typing import Any

from elasticsearch import AsyncElasticsearch

from streams.errors import MisconfiguredError
from streams.settings import Settings

REQUEST_TIMEOUT_S = 30.0


def connect(settings: Settings) -> AsyncElasticsearch:
    """Return a client with the credentials that the settings name; nothing is asked of the cluster yet.

    Raises:
        MisconfiguredError: the file of the authority holds no certificate, or the address is none of TLS.
    """
    options: dict[str, Any] = {}
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key.get_secret_value()
    elif settings.elasticsearch_username and settings.elasticsearch_password:
        password = settings.elasticsearch_password.get_secret_value()
        options["basic_auth"] = (settings.elasticsearch_username, password)
    if settings.elasticsearch_ca_file:
        options["ca_certs"] = str(settings.elasticsearch_ca_file)
    # Whoever writes tries again by itself, with pauses; retries below it would only multiply.
    options |= {"request_timeout": REQUEST_TIMEOUT_S, "max_retries": 0, "retry_on_timeout": False}
    try:
        return AsyncElasticsearch(settings.elasticsearch_url, **options)
    except ssl.SSLError as error:
        raise MisconfiguredError(
            f"TIDEWATCH_ELASTICSEARCH_CA_FILE {settings.elasticsearch_ca_file} holds no certificates in PEM: {error}"
        ) from error
    except ValueError as error:
        raise MisconfiguredError(
            f"TIDEWATCH_ELASTICSEARCH_URL and TIDEWATCH_ELASTICSEARCH_CA_FILE do not go together: {error}"
        ) from error
