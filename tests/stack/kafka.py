"""The real Kafka: one node in KRaft mode, small and quick."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.stack.server import STACK, Server, ServerFailed, free_ports

HEAP = "512m"
CLUSTER_ID = "tidewatch-test-cluster"


class KafkaServer(Server):
    """Run Kafka; topics are never made by themselves."""

    name = "kafka"

    def __init__(self) -> None:
        super().__init__()
        self.port, self.controller_port = free_ports(2)
        self._properties = self.home / "server.properties"
        self._properties.write_text("\n".join(f"{key}={value}" for key, value in self._configuration().items()))
        self._format()

    @property
    def address(self) -> str:
        """Return host:port for clients."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> Sequence[str]:
        """Return the command line: no shell script, so that the process is Kafka itself."""
        return self._java(f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "kafka.Kafka", str(self._properties))

    def environment(self) -> Mapping[str, str]:
        """Return the home of the JDK."""
        return {"JAVA_HOME": str(self.jdk)}

    def ping(self) -> bool:
        """Ask for the metadata of the cluster, and say whether it names a broker and a controller."""
        # librdkafka reports a refused connection on stderr, for every try, unless told not to.
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0, "socket.timeout.ms": 2000})
        try:
            metadata = admin.list_topics(timeout=2)
        except KafkaException:
            return False
        return bool(metadata.brokers) and metadata.controller_id >= 0

    def _java(self, *arguments: str) -> list[str]:
        return [str(self.jdk / "bin" / "java"), "-cp", f"{STACK / 'kafka'}/*", *arguments]

    def _configuration(self) -> dict[str, object]:
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.home / "data",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            # A broker that was killed may come back only when its old session is over.
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            # Faust asks for sessions as short as the tests need.
            "group.min.session.timeout.ms": 1000,
            "log.cleaner.backoff.ms": 1000,
            "log.retention.check.interval.ms": 1000,
            "log.initial.task.delay.ms": 1000,
            "num.network.threads": 2,
            "num.io.threads": 4,
            "log.cleaner.dedupe.buffer.size": 4 * 1024 * 1024,
        }

    def _format(self, *options: str) -> None:
        done = subprocess.run(
            self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties), *options),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerFailed(f"kafka could not format its folder:\n{done.stdout}{done.stderr}")
