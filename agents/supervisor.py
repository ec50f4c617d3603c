"""The supervisor: one process a role, started again with growing patience when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import IO

import structlog

from agents.worker import PARENT_PIPE, STOP_WITHIN_S
from streams.settings import Role

log = structlog.get_logger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
STEADY_S = 60.0
"""A process that lived this long starts the patience over."""


class Supervisor:
    """Keep one process for each role alive until told to stop."""

    def __init__(
        self,
        roles: Sequence[Role],
        metrics_port: int,
        environment: Mapping[str, str] | None = None,
        log: IO[bytes] | None = None,
    ) -> None:
        self._roles = tuple(roles)
        self._metrics_port = metrics_port
        self._environment = dict(os.environ) | dict(environment or {})
        self._log = log
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Run until `stop` is called; then end every process, gently first."""
        await asyncio.gather(*(self._keep(role, place) for place, role in enumerate(self._roles)))

    def stop(self) -> None:
        """Ask every process to end."""
        self._stopping.set()

    async def _keep(self, role: Role, place: int) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stopping.is_set():
            began_s = time.monotonic()
            process = await self._start(role, place)
            died, stop = asyncio.create_task(process.wait()), asyncio.create_task(self._stopping.wait())
            await asyncio.wait({died, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if self._stopping.is_set():
                await _end(process)
                return
            status = process.returncode or 0
            wait_s = FIRST_WAIT_S if time.monotonic() - began_s > STEADY_S else min(LONGEST_WAIT_S, wait_s * 2)
            log.warning("role ended; starting it again", role=role, status=status, wait_s=wait_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)

    async def _start(self, role: Role, place: int) -> asyncio.subprocess.Process:
        environment = dict(self._environment)
        if self._metrics_port:
            # It wins over the file that the environment names, which each process reads.
            environment["TIDEWATCH_METRICS_PORT"] = str(self._metrics_port + place)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "agents.worker",
            PARENT_PIPE,
            role,
            stdin=asyncio.subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env=environment,
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()
