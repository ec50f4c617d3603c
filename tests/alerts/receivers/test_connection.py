"""The way out: what is refused, what is bounded, and what is kept to ourselves."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from alerts.receivers.addresses import refusal
from alerts.receivers.answers import Verdicts
from alerts.receivers.connection import AddressRefused, Egress, guarded_connector
from alerts.receivers.receiver import Attempt
from streams.clock import ManualClock
from tests.alerts.receivers.endpoint import ScriptedNames, answering, serving
from tests.alerts.receivers.hostile import ADDRESSES, URLS

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
async def inside() -> AsyncIterator[Egress]:
    """Give a way out that may reach this machine."""
    egress = Egress(allow_private=True, timeout_s=5, clock=ManualClock(NOW))
    yield egress
    await egress.close()


async def _post(egress: Egress, url: str) -> Attempt:
    return await egress.post(url, b"{}", {}, Verdicts())


@pytest.mark.parametrize(("url", "word"), URLS)
async def test_a_hostile_url_is_not_sent_to(url: str, word: str) -> None:
    """Each hostile URL is refused with its reason before any name is looked up."""
    names = ScriptedNames(["127.0.0.1"])
    egress = Egress(allow_private=False, timeout_s=5, clock=ManualClock(NOW), resolver=names)
    attempt = await _post(egress, url)
    await egress.close()
    assert attempt.outcome == "refused"
    assert word in attempt.detail
    assert names.asked == []


@pytest.mark.parametrize(("address", "word"), [each for each in ADDRESSES if "%" not in each[0]])
async def test_a_name_that_leads_inside_is_refused(address: str, word: str) -> None:
    """A name is judged by the address that would be connected to, and the reason names it."""
    egress = Egress(allow_private=False, timeout_s=5, clock=ManualClock(NOW), resolver=ScriptedNames([address]))
    attempt = await _post(egress, "https://hooks.news.example/in")
    await egress.close()
    assert attempt.outcome == "refused"
    assert "hooks.news.example leads to" in attempt.detail
    assert word in attempt.detail


async def test_a_name_that_changes_its_mind_is_refused() -> None:
    """A name that was public when it was looked up first, and leads here the second time, reaches nothing here."""
    async with serving(answering(200)) as endpoint:
        names = ScriptedNames(["8.8.8.8"], ["127.0.0.1"])
        first = (await names.resolve("hooks.news.example"))[0]["host"]
        assert refusal(ip_address(first)) is None
        egress = Egress(allow_private=False, timeout_s=5, clock=ManualClock(NOW), resolver=names)
        attempts = [await _post(egress, f"https://hooks.news.example:{endpoint.port}/") for _ in range(2)]
        await egress.close()
        assert [attempt.outcome for attempt in attempts] == ["refused", "refused"]
        assert "127.0.0.1 is loopback" in attempts[0].detail
        assert len(names.asked) == 3
        assert endpoint.requests == []


async def test_of_several_addresses_none_inside_is_connected_to() -> None:
    """Where a name has several addresses that are all inside, each is refused."""
    names = ScriptedNames(["127.0.0.1", "::1", "10.0.0.1"])
    egress = Egress(allow_private=False, timeout_s=5, clock=ManualClock(NOW), resolver=names)
    attempt = await _post(egress, "https://hooks.news.example/")
    await egress.close()
    assert attempt.outcome == "refused"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"])
async def test_literals_are_judged_when_connected_to(address: str) -> None:
    """An address that is written out asks no resolver, and is judged by the connector all the same."""
    host = f"[{address}]" if ":" in address else address
    connector = guarded_connector(ScriptedNames(["8.8.8.8"]), allow_private=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as raised:
            await session.get(f"http://{host}:9/")
    assert isinstance(raised.value.os_error, AddressRefused)


async def test_a_redirect_is_a_failure(inside: Egress) -> None:
    """A redirect is told and not followed, whatever it points to."""

    async def handler(request: web.Request) -> web.Response:
        if request.path == "/elsewhere":
            return web.Response()
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with serving(handler) as endpoint:
        attempt = await _post(inside, endpoint.url)
        assert (attempt.outcome, attempt.status) == ("failed", 307)
        assert "redirect" in attempt.detail
        assert [request.path for request in endpoint.requests] == ["/hook"]


async def test_a_connection_is_not_kept_for_long(inside: Egress) -> None:
    """Two posts in a row go over one connection, which is closed soon after, long before the server would."""
    async with serving(answering(200)) as endpoint:
        for _ in range(2):
            await _post(inside, endpoint.url)
        first, second = endpoint.requests
        assert first.transport is second.transport is not None
        async with asyncio.timeout(10):
            while second.transport is not None:
                await asyncio.sleep(0.05)


async def test_a_silent_endpoint_is_left() -> None:
    """An endpoint that takes the request and says nothing is a failure once the time is over."""
    silence = asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        await silence.wait()
        return web.Response()

    async with serving(handler) as endpoint:
        egress = Egress(allow_private=True, timeout_s=0.2, clock=ManualClock(NOW))
        attempt = await _post(egress, endpoint.url)
        silence.set()
        await egress.close()
    assert attempt.outcome == "failed"
    assert "did not answer within 0.2 s" in attempt.detail


@pytest.mark.parametrize(("status", "outcome"), [(200, "delivered"), (500, "failed"), (410, "gone")])
async def test_a_body_that_never_ends_changes_no_verdict(status: int, outcome: str) -> None:
    """A body that trickles for ever is left when the time is over; the status was told before."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        try:
            while True:
                await response.write(b".")
                await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.CancelledError):
            return response

    async with serving(handler) as endpoint:
        egress = Egress(allow_private=True, timeout_s=0.3, clock=ManualClock(NOW))
        attempt = await _post(egress, endpoint.url)
        await egress.close()
    assert (attempt.outcome, attempt.status) == (outcome, status)


async def test_a_huge_body_is_not_read(inside: Egress) -> None:
    """Of a body of 64 MB a few bytes are read, and the connection is closed under the rest."""
    written = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        try:
            for _ in range(1_000):
                await response.write(b"x" * 64_000)
                written += 64_000
        except ConnectionError:
            pass
        return response

    async with serving(handler) as endpoint:
        attempt = await _post(inside, endpoint.url)
    assert attempt.outcome == "failed"
    assert len(attempt.detail) < 300
    assert written < 32_000_000


async def test_a_compressed_body_is_not_unpacked(inside: Egress) -> None:
    """What claims to be compressed stays as it came: a few kilobytes could unpack to gigabytes."""

    async def handler(_request: web.Request) -> web.Response:
        bomb = gzip.compress(b"boom" * 1_000_000)
        return web.Response(status=500, body=bomb, headers={"Content-Encoding": "gzip"})

    async with serving(handler) as endpoint:
        attempt = await _post(inside, endpoint.url)
        assert endpoint.requests[0].headers["Accept-Encoding"] == "identity"
    assert attempt.outcome == "failed"
    assert "boom" not in attempt.detail


async def test_nothing_of_the_environment_or_of_earlier_answers_is_used(
    inside: Egress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies of the environment are passed by, and cookies are not brought back."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with serving(answering(200, headers={"Set-Cookie": "tracked=yes"})) as endpoint:
        assert [(await _post(inside, endpoint.url)).outcome for _ in range(2)] == ["delivered", "delivered"]
        assert "Cookie" not in endpoint.requests[1].headers


async def test_what_is_no_http_is_a_failure(inside: Egress) -> None:
    """A server of another protocol, and one that is not there, are failures with a reason."""

    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.news.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    other = await _post(inside, f"http://127.0.0.1:{port}/")
    server.close()
    await server.wait_closed()
    nobody = await _post(inside, f"http://127.0.0.1:{port}/")
    assert [other.outcome, nobody.outcome] == ["failed", "failed"]
    assert "could not be reached" in other.detail
    assert "refused" in nobody.detail.lower()


async def test_a_certificate_that_nobody_signed_is_a_failure(inside: Egress, tmp_path: Path) -> None:
    """A server whose certificate cannot be verified gets no request, and one that speaks no TLS gets none either."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run(["openssl", *asked.split()], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with serving(answering(200), tls=context) as endpoint:
        attempt = await _post(inside, endpoint.url)
        assert endpoint.requests == []
    assert attempt.outcome == "failed"
    assert "self" in attempt.detail
    async with serving(answering(200)) as endpoint:
        assert (await _post(inside, endpoint.url.replace("http:", "https:"))).outcome == "failed"
        assert endpoint.requests == []


async def test_an_address_that_is_a_secret_is_told_to_nobody(inside: Egress, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a log nor a detail holds the path or the query, though the endpoint itself repeats them."""
    caplog.set_level(logging.DEBUG)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=404, text=f"nothing at {request.path_qs} for {request.query['token']}")

    async with serving(handler) as endpoint:
        url = f"{endpoint.url}/T0PSECRETPATH?token=t0psecrettoken"
        attempts = [await _post(inside, url)]
    attempts.append(await _post(inside, url))
    told = caplog.text + "".join(attempt.detail for attempt in attempts)
    assert "nothing at" in attempts[0].detail
    assert "T0PSECRETPATH" not in told
    assert "t0psecrettoken" not in told
