"""Workers as an operator runs them: `tidewatch worker`, in processes that the tests may kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from agents.worker import PARENT_PIPE
from streams.settings import Role, Settings

STOP_WITHIN_S = 40.0
ROLES = tuple(Role)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment variables that lead another process to the same settings."""
    variables: dict[str, str] = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        if value is not None:
            secret = getattr(value, "get_secret_value", None)
            variables[f"TIDEWATCH_{name.upper()}"] = str(secret() if secret else value)
    return variables


class Workers:
    """Run `tidewatch worker` with some roles for as long as the context lasts."""

    def __init__(
        self, settings: Settings, roles: Sequence[Role] = ROLES, variables: Mapping[str, str] | None = None
    ) -> None:
        self._roles = roles
        self._environment = os.environ | environment_of(settings) | dict(variables or {})
        self._log = Path(settings.data_dir) / f"workers-{'-'.join(roles)}.log"
        self._supervisor: psutil.Popen | None = None

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._supervisor = psutil.Popen(
                [sys.executable, "-m", "tidewatch", "worker", *self._roles],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None:
            return
        family = [supervisor, *_children(supervisor)]
        with contextlib.suppress(psutil.NoSuchProcess):
            supervisor.terminate()
        _, alive = psutil.wait_procs(family, timeout=STOP_WITHIN_S)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if kind is not None:
            sys.stderr.write(self.log[-6_000:])

    @property
    def log(self) -> str:
        """Return what the workers logged."""
        return self._log.read_text(errors="replace")

    def kill(self, role: Role, within_s: float = 60.0) -> None:
        """Send SIGKILL to the process of a role; its supervisor starts it again."""
        self.process(role, within_s).send_signal(signal.SIGKILL)

    def process(self, role: Role, within_s: float = 60.0) -> psutil.Process:
        """Return the process of a role; wait for it to be there.

        Raises:
            TimeoutError: no such process came up.
        """
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for process in _children(self._supervisor):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    if process.cmdline()[-3:] == ["agents.worker", PARENT_PIPE, role.value]:
                        return process
            time.sleep(0.1)
        raise TimeoutError(f"no process of role {role} within {within_s:.0f} s:\n{self.log[-3_000:]}")


def _children(supervisor: psutil.Popen | None) -> list[psutil.Process]:
    if supervisor is None:
        return []
    try:
        return supervisor.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
