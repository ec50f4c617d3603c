"""The process of one role: logs, metrics, and a Faust worker that ends when its parent does."""

from __future__ import annotations

import errno
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Sequence

import faust
from prometheus_client import start_http_server
from pydantic import ValidationError

from agents.roles import build_app
from streams.errors import MisconfiguredError, PermanentError, TidewatchError
from streams.local_tables import LocalTables
from streams.logs import set_up_logs
from streams.settings import Role, Settings, load_settings, unusable

PARENT_PIPE = "--parent-pipe"
"""Given by the supervisor: standard input is a pipe that closes when the supervisor is gone."""
STOP_WITHIN_S = 20.0
"""What has not ended by then is ended by force."""
OPEN_FILES = 4_096
"""More than the connections of all tries at once, the tables and the broker need; many systems begin with 1,024."""
_log = logging.getLogger(__name__)


def main() -> None:
    """Run the role that the last argument names; its exit status is 1 where it crashed, 2 where somebody has to act."""
    *options, name = sys.argv[1:]
    role = Role(name)
    try:
        settings = _settings()
        set_up_logs(settings, role=role)
        run(role, settings, options)
    except TidewatchError as error:
        _log.error("the role cannot run: %s", error)
        raise SystemExit(2) from None


def run(role: Role, settings: Settings, options: Sequence[str]) -> None:
    """Run a role until told to stop, or until it crashes.

    Raises:
        TidewatchError: the role cannot begin, or not go on until somebody acts; the message says why.
        SystemExit: at the end, with the status of the process.
    """
    allow_open_files()
    if PARENT_PIPE in options:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if settings.metrics_port:
        serve_metrics(settings.metrics_host, settings.metrics_port)
    app = build_app(role, settings)
    with LocalTables(app.conf.datadir) as tables:
        if tables.emptied:
            _log.warning("an earlier process was killed: its tables are read again from their changelogs")
        worker = faust.Worker(
            app, loglevel=settings.log_level, override_logging=False, redirect_stdouts=False, quiet=True
        )
        # It writes the codes of a terminal's cursor between the lines of the log, also into a file.
        worker.spinner = None
        try:
            worker.execute_from_commandline()
        except SystemExit as end:
            if not end.code and not app.crashed:
                tables.end_in_good_order()
            if isinstance(app.crash_reason, PermanentError):
                raise app.crash_reason from None
            raise SystemExit(1 if app.crashed else end.code) from None


def serve_metrics(host: str, port: int) -> None:
    """Answer to Prometheus.

    Raises:
        MisconfiguredError: the port is taken, or the host is no address of this machine.
    """
    try:
        start_http_server(port, addr=host)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise MisconfiguredError(f"TIDEWATCH_METRICS_PORT {port} is in use at {host}: set another") from error
        raise MisconfiguredError(f"TIDEWATCH_METRICS_HOST {host}: {error.strerror}") from error


def allow_open_files() -> None:
    """Raise the soft limit of open files to what a role may need, as far as the hard one lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < OPEN_FILES:
        _log.warning("only %d files may be open at once; raise the hard limit to %d", wanted, OPEN_FILES)


def _settings() -> Settings:
    try:
        return load_settings()
    except ValidationError as error:
        # Its traceback would quote what was written, secrets too.
        raise MisconfiguredError("; ".join(f"{name}: {why}" for name, why in unusable(error))) from None


def _end_with_parent() -> None:
    # The bare descriptor: a buffered reader would hold its lock while the interpreter shuts down.
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
    # The supervisor would end by force what does not stop; it is gone, and perhaps the broker with it.
    time.sleep(STOP_WITHIN_S)
    os._exit(1)


if __name__ == "__main__":
    main()
