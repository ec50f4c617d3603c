"""Opening the index that the settings name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from streams.settings import Settings
from streams.sinks.elasticsearch import ElasticsearchIndex
from streams.sinks.opening import open_index
from streams.sinks.sqlite import SqliteIndex


def test_settings_choose_the_index(tmp_path: Path) -> None:
    """Each name opens its own kind, and opening touches nothing."""
    assert isinstance(open_index(Settings(index="sqlite", data_dir=tmp_path / "new")), SqliteIndex)
    assert isinstance(open_index(Settings(index="elasticsearch")), ElasticsearchIndex)
    assert not (tmp_path / "new").exists()


def test_sqlite_does_not_import_the_client() -> None:
    """Without Elasticsearch its client, slow to import, stays out."""
    script = (
        "import sys; from streams.settings import Settings; from streams.sinks.opening import open_index;"
        "open_index(Settings(index='sqlite')); sys.exit('elasticsearch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0
