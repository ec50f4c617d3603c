"""The JDK that runs the servers: the newest on this machine. As a command it prints that JDK's home."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST = 21
"""The first version that Elasticsearch 9 runs on; Kafka 4 takes 17."""
FOLDERS = ("/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk", "~/.sdkman/candidates/java", "~/.jdks")
MAC_FOLDER = "/Library/Java/JavaVirtualMachines"


def find_jdk() -> Path | None:
    """Return the home of the newest JDK that is new enough, or None."""
    found = [(version, home) for home in _homes() if (version := _version(home)) >= OLDEST]
    return max(found)[1] if found else None


def _homes() -> Iterator[Path]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if home := os.environ.get(variable):
            yield Path(home)
    if java := shutil.which("java"):
        yield Path(java).resolve().parent.parent
    for folder in FOLDERS:
        yield from sorted(Path(folder).expanduser().glob("*"))
    yield from sorted(Path(MAC_FOLDER).glob("*/Contents/Home"))


def _version(home: Path) -> int:
    """Return the feature version that a JDK's own `release` file states, or 0 where there is no JDK."""
    try:
        release = (home / "release").read_text()
    except OSError:
        return 0
    stated = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return int(stated[1]) if stated and (home / "bin" / "java").exists() else 0


if __name__ == "__main__":
    jdk = find_jdk()
    sys.exit(print(jdk) if jdk else 1)
