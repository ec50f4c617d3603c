"""The one way out to addresses that subscribers chose: judged when connected to, bounded in time and in bytes."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from alerts.receivers.addresses import check_url, refusal
from alerts.receivers.answers import Verdicts, judge, quote
from alerts.receivers.lookups import SystemResolver
from alerts.receivers.receiver import Attempt
from streams.clock import Clock

MAX_ANSWER_BYTES = 4_096
KEPT_OPEN_S = 1.0
"""After an answer, for the next post there: idle connections to ten thousand others would use up the open files."""
USER_AGENT = "Tidewatch"


class AddressRefused(OSError):
    """Say that an address must not be connected to; an OSError, so that the connector takes it for a failed connect."""


class Egress:
    """Post to addresses that subscribers chose. No redirects, no cookies, no proxies, no decompression."""

    def __init__(
        self, *, allow_private: bool, timeout_s: float, clock: Clock, resolver: AbstractResolver | None = None
    ) -> None:
        self._allow_private = allow_private
        self._timeout_s = timeout_s
        self._clock = clock
        self._resolver = resolver or SystemResolver()
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], verdicts: Verdicts) -> Attempt:
        """Post once, within the time; the answer is judged by its status, and never an exception."""
        if why := check_url(url, allow_private=self._allow_private):
            return Attempt("refused", detail=why)
        address = URL(url)
        status: int | None = None
        retry_after: str | None = None
        said = b""
        try:
            async with asyncio.timeout(self._timeout_s):
                request = self._opened().post(address, data=body, headers=headers, allow_redirects=False)
                async with request as response:
                    status, retry_after = response.status, response.headers.get("Retry-After")
                    if not response.ok:
                        said = await _beginning(response)
        except TimeoutError:
            if status is None:
                return Attempt("failed", detail=f"{address.raw_host} did not answer within {self._timeout_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if status is None:
                return _unreached(address, error)
        assert status is not None
        return judge(status, retry_after, quote(said, address), verdicts, self._clock.now())

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = guarded_connector(self._resolver, allow_private=self._allow_private)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            )
        return self._session


def guarded_connector(resolver: AbstractResolver, *, allow_private: bool) -> aiohttp.TCPConnector:
    """Return a connector that judges each address as it connects, of names and literals alike."""

    def socket_for(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if why := refusal(ip_address(address[0]), allow_private=allow_private):
            raise AddressRefused(why)
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        resolver=resolver,
        use_dns_cache=False,
        family=socket.AF_UNSPEC,
        # Whoever sends bounds how many are in flight: a queue here would let slow hosts hold up quick ones.
        limit=0,
        keepalive_timeout=KEPT_OPEN_S,
        socket_factory=socket_for,
    )


def _unreached(address: URL, error: Exception) -> Attempt:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause: Exception = error.certificate_error
    else:
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, AddressRefused):
        return Attempt("refused", detail=f"{address.raw_host} leads to {cause}")
    return Attempt("failed", detail=f"{address.raw_host} could not be reached: {_cause_of(cause)}")


def _cause_of(error: Exception) -> str:
    """Say what was wrong without the error's own words: those of the client may quote the URL, which may be secret."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, socket.gaierror):
        return error.strerror or "the name could not be looked up"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return type(error).__name__


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Read the first bytes of an answer; the rest is left unread, and the connection then closed."""
    read = bytearray()
    while len(read) < MAX_ANSWER_BYTES and (chunk := await response.content.read(MAX_ANSWER_BYTES - len(read))):
        read += chunk
    return bytes(read)
