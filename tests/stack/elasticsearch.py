"""The real Elasticsearch: one node, run by an account without privileges, as it insists."""

from __future__ import annotations

import base64
import json
import os
import pwd
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.stack.server import STACK, Server, ServerFailed, free_ports

HEAP = "768m"
UNPRIVILEGED = "nobody"
USERNAME = "elastic"


class ElasticsearchServer(Server):
    """Run Elasticsearch over plain HTTP; with a password it wants that of the user `elastic`.

    `settings` are lines of its configuration beyond what tests need anyway, `files` lie beside it.
    """

    name = "elasticsearch"

    def __init__(
        self, password: str | None = None, settings: Sequence[str] = (), files: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.password = password
        self.port, transport_port = free_ports(2)
        self._configuration = self.home / "config"
        shutil.copytree(STACK / "elasticsearch" / "config", self._configuration)
        (self._configuration / "elasticsearch.yml").write_text(
            "\n".join(
                (
                    "discovery.type: single-node",
                    "network.host: 127.0.0.1",
                    f"http.port: {self.port}",
                    f"transport.port: {transport_port}",
                    f"path.data: {self.home / 'data'}",
                    f"path.logs: {self.home / 'logs'}",
                    f"xpack.security.enabled: {'true' if password else 'false'}",
                    "xpack.security.http.ssl.enabled: false",
                    "xpack.security.transport.ssl.enabled: false",
                    # A nearly full disk of the machine is not what the tests are about.
                    "cluster.routing.allocation.disk.threshold_enabled: false",
                    *settings,
                )
            )
        )
        for name, content in (files or {}).items():
            (self._configuration / name).write_text(content)
        (self._configuration / "jvm.options.d" / "heap.options").write_text(f"-Xms{HEAP}\n-Xmx{HEAP}\n")
        (self.home / "tmp").mkdir()
        self._distribution = self._readable_distribution()
        self._hand_over()
        if password:
            self._store_password(password)

    @property
    def url(self) -> str:
        """Return the address for clients."""
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [str(self._distribution / "bin" / "elasticsearch")]

    def environment(self) -> Mapping[str, str]:
        """Return where Elasticsearch finds its JDK and configuration, and room for its temporary files."""
        return {
            "ES_JAVA_HOME": str(self.jdk),
            "ES_PATH_CONF": str(self._configuration),
            "ES_TMPDIR": str(self.home / "tmp"),
            "CLI_JAVA_OPTS": "-Xms4m -Xmx64m -XX:+UseSerialGC",
        }

    def owner(self) -> pwd.struct_passwd | None:
        """Return an account without privileges where this process is root."""
        return pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None

    def ping(self) -> bool:
        """Ask for the health of the cluster, and say whether all its primary shards are there."""
        request = urllib.request.Request(f"{self.url}/_cluster/health?timeout=1s")
        if self.password:
            credentials = base64.b64encode(f"{USERNAME}:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {credentials}")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(json.load(answer)["status"] != "red")
        except urllib.error.HTTPError:
            return False

    def _readable_distribution(self) -> Path:
        """Return the fetched distribution, or a copy where the account cannot reach it."""
        fetched, account = STACK / "elasticsearch", self.owner()
        if account is None:
            return fetched
        probe = subprocess.run(
            ["test", "-x", str(fetched / "bin" / "elasticsearch")],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            check=False,
        )
        if probe.returncode == 0:
            return fetched
        return Path(shutil.copytree(fetched, self.home / "distribution"))

    def _hand_over(self) -> None:
        if (account := self.owner()) is not None:
            for path in (self.home, *self.home.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)

    def _store_password(self, password: str) -> None:
        account = self.owner()
        for arguments, entered in ((["create"], ""), (["add", "--stdin", "bootstrap.password"], password)):
            done = subprocess.run(
                [str(self._distribution / "bin" / "elasticsearch-keystore"), *arguments],
                cwd=self.home,
                env={"PATH": os.environ["PATH"], **self.environment()},
                input=entered,
                capture_output=True,
                text=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                check=False,
            )
            if done.returncode:
                raise ServerFailed(f"elasticsearch-keystore failed:\n{done.stdout}{done.stderr}")
