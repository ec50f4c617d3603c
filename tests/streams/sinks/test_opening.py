"""Opening the index that the settings name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import certifi
import pytest

from streams.errors import MisconfiguredError
from streams.settings import Settings
from streams.sinks.elasticsearch import ElasticsearchIndex
from streams.sinks.opening import open_index
from streams.sinks.sqlite import SqliteIndex
from tests.stack.server import free_ports


def test_settings_choose_the_index(tmp_path: Path) -> None:
    """Each name opens its own kind, and opening touches nothing."""
    assert isinstance(open_index(Settings(index="sqlite", data_dir=tmp_path / "new")), SqliteIndex)
    assert isinstance(open_index(Settings(index="elasticsearch")), ElasticsearchIndex)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("url", "file", "said"),
    [
        ("https://localhost:9200", __file__, "TIDEWATCH_ELASTICSEARCH_CA_FILE .*test_opening.py holds no certificates"),
        ("http://localhost:9200", certifi.where(), "TIDEWATCH_ELASTICSEARCH_CA_FILE do not go together: .*'https'"),
    ],
)
def test_an_authority_that_cannot_be_used_is_told(url: str, file: str, said: str) -> None:
    """The setting is named, as for Kafka's."""
    settings = Settings(index="elasticsearch", elasticsearch_url=url, elasticsearch_ca_file=Path(file))
    with pytest.raises(MisconfiguredError, match=said):
        open_index(settings)


def test_an_authority_for_https_is_taken() -> None:
    """A file of certificates goes with an address of TLS."""
    authority = Path(certifi.where())
    open_index(Settings(index="elasticsearch", elasticsearch_url="https://b:9200", elasticsearch_ca_file=authority))


async def test_what_is_said_of_an_index_holds_no_password() -> None:
    """It reaches logs, and everybody who asks for `/health`, which needs no key."""
    (port,) = free_ports(1)
    index = open_index(
        Settings(index="elasticsearch", elasticsearch_url=f"http://desk:hush@127.0.0.1:{port}/under/a/path")
    )
    found = await index.check()
    assert found.detail.startswith(f"Elasticsearch at http://127.0.0.1:{port}/under/a/path does not answer")
    await index.close()


def test_sqlite_does_not_import_the_client() -> None:
    """Without Elasticsearch its client, slow to import, stays out."""
    script = (
        "import sys; from streams.settings import Settings; from streams.sinks.opening import open_index;"
        "open_index(Settings(index='sqlite')); sys.exit('elasticsearch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0
