"""A server of the tests: its own folder, its own ports, and a process group that never outlives the tests."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.stack.java import find_jdk

STACK = Path(__file__).resolve().parents[2] / ".stack"
LOG_TAIL_CHARS = 3000


class StackMissing(Exception):
    """Say what the real servers lack on this machine."""


class ServerFailed(Exception):
    """Say how a server ended before it was ready, with the end of its log."""


def require_stack() -> Path:
    """Return the home of the JDK.

    Raises:
        StackMissing: the servers were not fetched, or there is no JDK for them.
    """
    if not any(STACK.glob("ready-*")):
        raise StackMissing("Kafka and Elasticsearch were not fetched: run `make stack` (it needs Maven and a JDK 21+)")
    jdk = find_jdk()
    if jdk is None:
        raise StackMissing("no JDK 21 or newer was found: install one, or name it in JAVA_HOME")
    return jdk


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listened on a moment ago."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Server:
    """Run one server in its own process group; data and ports stay from one start to the next.

    A watcher in a group of its own kills the server and clears up when this process ends, however it ends.
    """

    name: str
    ready_within_s = 120.0

    def __init__(self) -> None:
        self.jdk = require_stack()
        self.home = Path(tempfile.mkdtemp(prefix=f"tidewatch-{self.name}-"))
        self.log = self.home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Return the process that was started; its group holds all of the server's."""
        assert self._process is not None, f"{self.name} is not running"
        return self._process.pid

    def start(self) -> Self:
        """Start, and return when the server answers a real request."""
        assert self._process is None, f"{self.name} is running already"
        process = self._launch()
        deadline = time.monotonic() + self.ready_within_s
        while not self._answers():
            status = process.poll()
            if status is not None or time.monotonic() > deadline:
                self.kill()
                how = f"ended with status {status}" if status is not None else "did not answer in time"
                raise ServerFailed(f"{self.name} {how}; the end of its log:\n{self._log_tail()}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """End in good order, and wait for it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End at once, as after a power cut."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start again, with the same data and ports."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze: connections stay open and nothing answers."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        os.killpg(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """Kill the server and remove its folder."""
        atexit.unregister(self.close)
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def command(self) -> Sequence[str]:
        """Return the command line of the server."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """Return what the server's environment has beyond PATH."""
        return {}

    def owner(self) -> pwd.struct_passwd | None:
        """Return the account that runs the server, or None for this process's own."""
        return None

    def ping(self) -> bool:
        """Make a real request, and return whether the server answered that it is ready."""
        raise NotImplementedError

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.ping()
        return False

    def _launch(self) -> subprocess.Popen[bytes]:
        account = self.owner()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command(),
                cwd=self.home,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
        # The watcher's standard input ends when this process does: no signal handler could promise as much.
        self._watcher = subprocess.Popen(
            ["sh", "-c", f"read -r _; kill -KILL -{process.pid}; sleep 1; rm -rf '{self.home}'"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._process = process
        return process

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        watcher, self._watcher = self._watcher, None
        if process is not None:
            _signal_group(process.pid, signal.SIGCONT)
            _signal_group(process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            _await_group_end(process.pid)
        if watcher is not None:
            watcher.kill()
            watcher.communicate()

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL_CHARS:] if self.log.exists() else "(no log)"


def _signal_group(group: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, what)


def _await_group_end(group: int) -> None:
    """Wait until no process of the group runs, so that ports and locks are free."""
    deadline = time.monotonic() + 10
    while _runs(group) and time.monotonic() < deadline:
        time.sleep(0.02)


def _runs(group: int) -> bool:
    """Say whether any process of the group is alive; one that nobody has reaped yet is not."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False
