"""The settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from streams.errors import MisconfiguredError
from streams.settings import Settings, load_settings


def test_the_environment_and_a_file_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment wins over the file, and arguments over both."""
    env_file = tmp_path / "tidewatch.env"
    env_file.write_text("TIDEWATCH_PARTITIONS=7\nTIDEWATCH_INDEX=elasticsearch\nTIDEWATCH_NAMESPACE=desk\n")
    monkeypatch.setenv("TIDEWATCH_ENV_FILE", str(env_file))
    monkeypatch.setenv("TIDEWATCH_PARTITIONS", "9")
    settings = load_settings(namespace="replay")
    assert (settings.partitions, settings.index, settings.namespace) == (9, "elasticsearch", "replay")


def test_a_namespace_prefixes_names_and_folders(tmp_path: Path) -> None:
    """Names and folders of two namespaces do not meet."""
    settings = Settings(namespace="desk", data_dir=tmp_path)
    assert settings.named("news.raw") == "desk.news.raw"
    assert settings.home == tmp_path / "desk"
    assert Settings(data_dir=tmp_path).named("news.raw") == "news.raw"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"namespace": "Desk 1"}, "lower-case"),
        ({"kafka_security_protocol": "SASL_SSL"}, "TIDEWATCH_KAFKA_USERNAME"),
        ({"model": "someone/encoder"}, "TIDEWATCH_MODEL_REVISION"),
        ({"api_keys": "desk=abc"}, "name:scope=key"),
        ({"api_keys": "desk:write=old,desk:write=new"}, "desk:write has two keys"),
        ({"api_keys": "desk:read=schlüssel"}, "desk:read has characters that no header can carry"),
        ({"max_lateness_s": "inf"}, "finite number"),
        ({"kafka_security_protocol": "SASL_SSL", "kafka_username": "desk", "kafka_password": ""}, "KAFKA_PASSWORD"),
        ({"kafka_username": "desk", "kafka_password": "hush"}, "SASL_SSL or SASL_PLAINTEXT; it is PLAINTEXT"),
        ({"kafka_password": "hush", "kafka_security_protocol": "SSL"}, "SASL_SSL or SASL_PLAINTEXT; it is SSL"),
        ({"kafka_ca_file": __file__}, "SSL or SASL_SSL; it is PLAINTEXT"),
        ({"kafka_cert_file": __file__}, "SSL or SASL_SSL; it is PLAINTEXT"),
        ({"kafka_key_file": __file__, "kafka_security_protocol": "SSL"}, "needs TIDEWATCH_KAFKA_CERT_FILE"),
        ({"kafka_ca_file": "none.pem"}, "not point to a file"),
        ({"elasticsearch_ca_file": "none.pem"}, "not point to a file"),
        ({"elasticsearch_url": "search:9200"}, "the scheme, the host and the port"),
        ({"elasticsearch_url": "https://search"}, "the scheme, the host and the port"),
        ({"elasticsearch_url": "https://search:port"}, "the scheme, the host and the port"),
    ],
)
def test_unusable_settings_say_what_to_do(chosen: dict[str, object], said: str) -> None:
    """A setting that cannot work is refused with a sentence that helps."""
    with pytest.raises(ValidationError, match=said):
        Settings(**chosen)


def test_secrets_stay_out_of_what_is_printed() -> None:
    """No credential shows when settings are printed."""
    settings = Settings(
        kafka_security_protocol="SASL_SSL",
        kafka_username="desk",
        kafka_password="hush-1",
        elasticsearch_api_key="hush-2",
        api_keys="desk:read=hush-3",
        elasticsearch_password="hush-4",
    )
    assert "hush" not in repr(settings)
    assert settings.api_keys["desk:read"].get_secret_value() == "hush-3"


def test_a_file_of_settings_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Going on with every default would lead to another broker than the one that was meant."""
    monkeypatch.setenv("TIDEWATCH_ENV_FILE", str(tmp_path / "production.env"))
    with pytest.raises(MisconfiguredError, match=r"production\.env, and no such file"):
        load_settings()
    monkeypatch.setenv("TIDEWATCH_ENV_FILE", str(tmp_path))
    with pytest.raises(MisconfiguredError, match="no such file"):
        load_settings()
    (tmp_path / "latin.env").write_bytes("TIDEWATCH_NAMESPACE=köln".encode("latin-1"))
    monkeypatch.setenv("TIDEWATCH_ENV_FILE", str(tmp_path / "latin.env"))
    with pytest.raises(MisconfiguredError, match="no UTF-8"):
        load_settings()
