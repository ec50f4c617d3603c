"""The servers of the tests are real, and keep their data and address from one start to the next."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from tests.stack.elasticsearch import ElasticsearchServer
from tests.stack.java import OLDEST, find_jdk
from tests.stack.kafka import KafkaServer
from tests.stack.server import STACK, Server, ServerFailed

pytestmark = pytest.mark.stack


def test_kafka_keeps_topics_when_it_is_killed(stack: None, namespace: str) -> None:
    """A topic is there again after a kill, at the same address."""
    with KafkaServer() as kafka:
        admin = AdminClient({"bootstrap.servers": kafka.address})
        admin.create_topics([NewTopic(namespace, 3, 1)])[namespace].result(timeout=10)
        kafka.kill()
        kafka.start()
        assert len(admin.list_topics(namespace, timeout=20).topics[namespace].partitions) == 3


def test_kafka_makes_no_topic_by_itself(kafka: KafkaServer, namespace: str) -> None:
    """Asking for a topic that is not there does not make it."""
    admin = AdminClient({"bootstrap.servers": kafka.address})
    assert admin.list_topics(namespace, timeout=20).topics[namespace].error is not None
    assert namespace not in admin.list_topics(timeout=20).topics


def test_elasticsearch_keeps_documents_when_it_is_stopped(elasticsearch: ElasticsearchServer, namespace: str) -> None:
    """A document is there again after a stop, at the same address."""
    address = f"{elasticsearch.url}/{namespace}/_doc/1"
    request = urllib.request.Request(
        address, data=b'{"kept": true}', method="PUT", headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30):
        pass
    elasticsearch.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", elasticsearch.port), timeout=5)
    elasticsearch.start()
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert json.load(answer)["_source"] == {"kept": True}


def test_server_dies_with_the_process_that_started_it(stack: None) -> None:
    """A server whose owner is killed is killed too: nothing is left running."""
    script = (
        "import os, signal; from tests.stack.kafka import KafkaServer; server = KafkaServer().start();"
        "print(server.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    owner = subprocess.run([sys.executable, "-c", script], cwd=STACK.parent, stdout=subprocess.PIPE, check=False)
    pid = int(owner.stdout)
    try:
        gone, _ = psutil.wait_procs([psutil.Process(pid)], timeout=20)
        assert gone or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        pass


def test_failed_start_shows_the_log(stack: None) -> None:
    """A server that ends at once says so, with the end of what it printed."""

    class Broken(Server):
        name = "broken"

        def command(self) -> list[str]:
            return ["sh", "-c", "echo no such luck; exit 3"]

        def ping(self) -> bool:
            return False

    broken = Broken()
    try:
        with pytest.raises(ServerFailed, match=r"(?s)status 3.*no such luck"):
            broken.start()
    finally:
        broken.close()
    assert not broken.home.exists()


def test_newest_jdk_is_taken(stack: None) -> None:
    """The JDK that is found is new enough, by its own word."""
    jdk = find_jdk()
    assert jdk is not None
    said = subprocess.run([jdk / "bin" / "java", "--version"], capture_output=True, text=True, check=True).stdout
    assert int(said.split()[1].split(".")[0].split("-")[0]) >= OLDEST
