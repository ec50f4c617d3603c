"""TLS and SASL: files that cannot be used, and the real Kafka that asks for credentials."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.roles import changelogs
from streams.contents import read_to_end
from streams.errors import BrokerUnavailable, MisconfiguredError
from streams.producer import open_producer
from streams.security import tls_context
from streams.settings import Role, Settings
from streams.sources.lag import group_lag
from streams.tables import changelog_topic
from streams.topics import Topic, make_topics
from tests.pipeline.conftest import service_settings, until
from tests.stack.kafka_secured import NOBODY, PASSWORD, USERNAME, SecuredKafkaServer, make_authority
from tests.stack.workers import Workers, environment_of

WRONG = "hush-wrong"
UNNAMED = {"kafka_security_protocol": "SSL", "kafka_username": None, "kafka_password": None}
ARTICLE = b'{"id": "a1", "title": "Apple falls", "text": "Apple fell.", "published_at": "2026-11-02T09:00:00Z"}'


@pytest.fixture(scope="module")
def secured(stack: None) -> Iterator[SecuredKafkaServer]:
    """Run a Kafka that asks for credentials."""
    with SecuredKafkaServer() as server:
        yield server


def _sasl(secured: SecuredKafkaServer, home: Path, **chosen: Any) -> Settings:
    usual = {
        "kafka_brokers": secured.sasl_address,
        "kafka_security_protocol": "SASL_SSL",
        "kafka_username": USERNAME,
        "kafka_password": PASSWORD,
        "kafka_ca_file": secured.authority,
    }
    return service_settings(home, **(usual | chosen))


def _certified(secured: SecuredKafkaServer, home: Path) -> Settings:
    certificate, key = secured.certificate("client")
    return service_settings(
        home,
        kafka_brokers=secured.ssl_address,
        kafka_security_protocol="SSL",
        kafka_ca_file=secured.authority,
        kafka_cert_file=certificate,
        kafka_key_file=key,
    )


async def _refused(settings: Settings, words: str) -> None:
    """Try the client of topics and that of records: both must end in these words."""
    with pytest.raises(BrokerUnavailable, match=words):
        await make_topics(settings)
    with pytest.raises(BrokerUnavailable, match=words):
        async with open_producer(settings):
            pass


@pytest.mark.stack
@pytest.mark.parametrize("how", ["SCRAM-SHA-512", "certificate"])
async def test_every_client_gets_through(secured: SecuredKafkaServer, tmp_path: Path, how: str) -> None:
    """Topics are made, and records are published, counted and read back."""
    certified = how == "certificate"
    settings = _certified(secured, tmp_path) if certified else _sasl(secured, tmp_path, kafka_sasl_mechanism=how)
    await make_topics(settings)
    async with open_producer(settings) as producer:
        await producer.send(Topic.NEWS_RAW, key=b"k", value=ARTICLE)
    found = [record.value async for record in read_to_end(settings, [settings.named(Topic.NEWS_RAW)])]
    assert found == [ARTICLE]
    async with group_lag(settings, Topic.NEWS_RAW, "nobody") as lag:
        assert await lag() == 0


@pytest.mark.stack
async def test_roles_and_their_tables_get_through(secured: SecuredKafkaServer, tmp_path: Path) -> None:
    """With PLAIN an article goes through two roles into a table's changelog, and nobody sees the password meanwhile."""
    settings = _sasl(secured, tmp_path, kafka_sasl_mechanism="PLAIN")
    await make_topics(settings, changelogs(settings))
    changelog = changelog_topic("index-days", settings)

    async def kept() -> bool | None:
        return any([record.value async for record in read_to_end(settings, [changelog])]) or None

    with Workers(settings, [Role.ENRICH, Role.INDEX], {"TIDEWATCH_LOG_LEVEL": "DEBUG"}) as workers:
        async with open_producer(settings) as producer:
            await producer.send(Topic.NEWS_RAW, key=b"k", value=ARTICLE)
        await until(kept)
        assert PASSWORD not in " ".join(workers.process(Role.INDEX).cmdline())
    assert "the role is ready" in workers.log
    assert PASSWORD not in workers.log


@pytest.mark.stack
@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"kafka_password": WRONG}, "refuses user 'desk' by SCRAM-SHA-512: see TIDEWATCH_KAFKA_USERNAME"),
        ({"kafka_password": WRONG, "kafka_sasl_mechanism": "PLAIN"}, "refuses user 'desk' by PLAIN"),
        ({"kafka_sasl_mechanism": "SCRAM-SHA-256"}, "does not take SCRAM-SHA-256: set TIDEWATCH_KAFKA_SASL_MECHANISM"),
        ({"kafka_ca_file": "other"}, "certificate that is not accepted .*/authority.pem, see TIDEWATCH_KAFKA_CA_FILE"),
        ({"kafka_ca_file": None}, "not accepted .*authorities of this machine, see TIDEWATCH_KAFKA_CA_FILE"),
        ({"kafka_brokers": "localhost"}, "another name .*'localhost'.*: TIDEWATCH_KAFKA_BROKERS"),
        ({"kafka_brokers": "without TLS"}, "closes the connection.*_KAFKA_SECURITY_PROTOCOL than SASL_SSL"),
        (
            {"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_ca_file": None},
            "closes the connection: .*TIDEWATCH_KAFKA_SECURITY_PROTOCOL than SASL_PLAINTEXT",
        ),
        (
            {"kafka_security_protocol": "SASL_PLAINTEXT", "kafka_ca_file": None, "kafka_brokers": "without TLS"},
            "closes the connection: .*TIDEWATCH_KAFKA_SECURITY_PROTOCOL than SASL_PLAINTEXT",
        ),
        (UNNAMED, "closes the connection: .*TIDEWATCH_KAFKA_SECURITY_PROTOCOL than SSL"),
        (UNNAMED | {"kafka_brokers": "mutual"}, "closes the connection.* or for TIDEWATCH_KAFKA_CERT_FILE"),
    ],
)
async def test_what_the_broker_refuses_is_said(
    secured: SecuredKafkaServer, tmp_path: Path, chosen: dict[str, Any], said: str
) -> None:
    """What is wrong, where, and which setting it is; the clients that answer for commands say the same."""
    places = {
        "localhost": f"localhost:{secured.sasl_port}",
        "without TLS": secured.address,
        "mutual": secured.ssl_address,
    }
    chosen = {name: places.get(value, value) if name == "kafka_brokers" else value for name, value in chosen.items()}
    if chosen.get("kafka_ca_file"):
        chosen["kafka_ca_file"] = make_authority(tmp_path)
    settings = _sasl(secured, tmp_path, **chosen)
    await _refused(settings, f"^Kafka at {settings.kafka_brokers} .*{said}")


@pytest.mark.stack
@pytest.mark.parametrize("beside", ["", f",{NOBODY}"])
async def test_a_broker_that_sends_clients_astray_is_told(
    secured: SecuredKafkaServer, tmp_path: Path, beside: str
) -> None:
    """One address answers, and the one that it names does not, be that given too or not: both are said."""
    settings = service_settings(tmp_path, kafka_brokers=secured.astray_address + beside)
    words = f"^Kafka at {settings.kafka_brokers} sends us on to its advertised.listeners: Kafka at {NOBODY} does not"
    await _refused(settings, words)


@pytest.mark.stack
def test_a_wrong_password_ends_a_role_in_few_lines(secured: SecuredKafkaServer, tmp_path: Path) -> None:
    """The command ends with its one line, and a role that was started before ends too, without a traceback."""
    settings = _sasl(secured, tmp_path, kafka_password=WRONG)
    for arguments, status, lines in (("tidewatch init", 2, 1), ("agents.worker alert", 1, 2)):
        ended = subprocess.run(
            [sys.executable, "-m", *arguments.split()],
            env=os.environ | environment_of(settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        written = ended.stdout + ended.stderr
        assert (ended.returncode, len(written.splitlines())) == (status, lines), written
        assert "Traceback" not in written
        assert WRONG not in written


def test_files_that_are_no_certificates_are_refused(tmp_path: Path) -> None:
    """An error names the setting; for the password of an encrypted key nobody is asked on the terminal."""
    authority = make_authority(tmp_path)
    other = tmp_path / "none.pem"
    other.write_text("no certificate\n")
    encrypted = tmp_path / "encrypted.key"
    asked = f"pkey -in {tmp_path / 'authority.key'} -aes128 -passout pass:hush -out {encrypted}"
    subprocess.run(["openssl", *asked.split()], check=True, capture_output=True)
    usual = Settings(data_dir=tmp_path, kafka_security_protocol="SSL", kafka_ca_file=authority)
    with pytest.raises(MisconfiguredError, match=r"TIDEWATCH_KAFKA_CA_FILE .*none\.pem holds no certificates"):
        tls_context(usual.model_copy(update={"kafka_ca_file": other}))
    for key in (other, encrypted, None):
        with pytest.raises(MisconfiguredError, match="TIDEWATCH_KAFKA_KEY_FILE"):
            tls_context(usual.model_copy(update={"kafka_cert_file": authority, "kafka_key_file": key}))
