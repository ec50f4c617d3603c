"""The Faust app of a role: its settings, and what all agents of the role share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import faust

from streams.clock import Clock, SystemClock
from streams.delivery import Delivery, Outlet
from streams.ledger import Ledger
from streams.security import tls_context
from streams.settings import Role, Settings
from streams.tables import StateTable
from streams.transport import PromptTransport


@dataclass(slots=True)
class Application:
    """Hold a role's Faust app with the one outlet and the one delivery that all its agents use."""

    role: Role
    settings: Settings
    app: faust.App
    outlet: Outlet
    delivery: Delivery
    ledger: Ledger
    clock: Clock
    tables: list[StateTable] = field(default_factory=list)

    def table(self, name: str) -> StateTable:
        """Declare a table of this role."""
        table = StateTable(self.app, name, self.settings)
        self.tables.append(table)
        return table

    async def begin(self, start: Callable[[], Awaitable[object]]) -> None:
        """Start what an agent needs, or end the role and never return.

        An agent that ends or raises is started again by Faust, for ever, and the role looks live.
        """
        try:
            await start()
        except Exception as error:
            if not self.app.crashed:
                await self.app.crash(error)
            await asyncio.Event().wait()


def new_application(role: Role, settings: Settings) -> Application:
    """Make the Faust app of a role, without agents.

    The settings of the broker and the streams are those that were tried against kills (a small buffer pauses the
    partition early; the web server of Faust serves tables without authentication, so it stays off).
    """
    home = settings.home / role
    app = faust.App(
        settings.named(f"tidewatch-{role}"),
        broker=[f"kafka://{address}" for address in settings.kafka_brokers.split(",")],
        broker_credentials=_credentials(settings),
        broker_session_timeout=settings.broker_session_timeout_s,
        broker_heartbeat_interval=max(1.0, settings.broker_session_timeout_s / 5),
        broker_commit_interval=0.5,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_linger=0.005,
        producer_max_request_size=settings.max_message_bytes + 64_000,
        consumer_max_fetch_size=max(1_048_576, settings.max_message_bytes + 64_000),
        stream_buffer_maxsize=128,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://" if settings.table_store == "memory" else "rocksdb://",
        datadir=str(home / "tables"),
        web_enabled=False,
        key_serializer="raw",
        value_serializer="raw",
        autodiscover=False,
    )
    app.transport = PromptTransport(app.conf.broker_consumer, app)
    outlet = Outlet(app, settings)
    ledger = Ledger.open(home / "ledger.json")
    return Application(
        role=role,
        settings=settings,
        app=app,
        outlet=outlet,
        delivery=Delivery(app, role, settings, outlet, ledger),
        ledger=ledger,
        clock=SystemClock(),
    )


def _credentials(settings: Settings) -> Any:
    context = tls_context(settings)
    if settings.kafka_security_protocol.startswith("SASL") and settings.kafka_password:
        # The protocol follows from the context: SASL_SSL with one, SASL_PLAINTEXT without.
        return faust.SASLCredentials(
            username=settings.kafka_username,
            password=settings.kafka_password.get_secret_value(),
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context=context) if context is not None else None
