"""The real Kafka as a company runs it: TLS with a certificate of its own authority, and SASL or client certificates."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.stack.kafka import KafkaServer
from tests.stack.server import free_ports

USERNAME = "desk"
NOBODY = "127.0.0.1:1"
PASSWORD = "pass word; 1"
"""With what a hand-made command line or address would take for its own: a space and a semicolon."""


class SecuredKafkaServer(KafkaServer):
    """Run Kafka with two more listeners: SASL_SSL (PLAIN and SCRAM-SHA-512), and SSL that asks for a certificate.

    The certificate names 127.0.0.1 alone, so that `localhost` is the wrong name for it.
    """

    name = "kafka-secured"

    def __init__(self) -> None:
        self.sasl_port, self.ssl_port, self.astray_port = free_ports(3)
        super().__init__()

    @property
    def sasl_address(self) -> str:
        """Return host:port of the listener that asks for a password."""
        return f"127.0.0.1:{self.sasl_port}"

    @property
    def ssl_address(self) -> str:
        """Return host:port of the listener that asks for a certificate."""
        return f"127.0.0.1:{self.ssl_port}"

    @property
    def astray_address(self) -> str:
        """Return host:port of a listener without security that sends its clients on to where nobody listens."""
        return f"127.0.0.1:{self.astray_port}"

    @property
    def authority(self) -> Path:
        """Return the certificate of the authority that signed the server's and the client's."""
        return self.home / "authority.pem"

    def certificate(self, holder: str) -> tuple[Path, Path]:
        """Return the certificate and the key of `server` or `client`."""
        return self.home / f"{holder}.pem", self.home / f"{holder}.key"

    def _configuration(self) -> dict[str, object]:
        make_authority(self.home)
        for holder in ("server", "client"):
            _sign(self.home, holder)
        chain = self.home / "server.chain"
        chain.write_text("".join(path.read_text() for path in reversed(self.certificate("server"))))
        security = "org.apache.kafka.common.security"
        plain = f'{security}.plain.PlainLoginModule required user_{USERNAME}="{PASSWORD}";'
        inner = super()._configuration()
        secured = f"SASL_SSL://{self.sasl_address},SSL://{self.ssl_address}"
        return inner | {
            "listeners": f"{inner['listeners']},{secured},ASTRAY://{self.astray_address}",
            "advertised.listeners": f"{inner['advertised.listeners']},{secured},ASTRAY://{NOBODY}",
            "listener.security.protocol.map": (
                "PLAINTEXT:PLAINTEXT,ASTRAY:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL"
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": chain,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.authority,
            "listener.name.ssl.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": plain,
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{security}.scram.ScramLoginModule required;",
        }

    def _format(self, *_options: str) -> None:
        super()._format("--add-scram", f'SCRAM-SHA-512=[name={USERNAME},password="{PASSWORD}"]')


def make_authority(folder: Path) -> Path:
    """Make an authority of its own in a folder, and return its certificate."""
    made = folder / "authority.pem"
    _openssl(f"req -x509 {_NEW_KEY} -days 2 -subj /CN=authority -keyout {folder / 'authority.key'} -out {made}")
    return made


def _sign(folder: Path, holder: str) -> None:
    key, request, made = (folder / f"{holder}.{ending}" for ending in ("key", "request", "pem"))
    extensions = folder / f"{holder}.extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\nbasicConstraints=CA:FALSE\n")
    _openssl(f"req {_NEW_KEY} -subj /CN={holder} -keyout {key} -out {request}")
    authority = f"-CA {folder / 'authority.pem'} -CAkey {folder / 'authority.key'} -CAcreateserial"
    _openssl(f"x509 -req -in {request} {authority} -days 2 -extfile {extensions} -out {made}")


_NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


def _openssl(arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], check=True, capture_output=True)
