"""The repository as a whole."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agents", "alerts", "models", "streams", "tidewatch", "web")


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_ours_alone(package: str) -> None:
    """A flat name such as `agents` resolves inside the repository, and no other distribution brings it."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(ROOT)
    assert set(importlib.metadata.packages_distributions().get(package, ["tidewatch"])) == {"tidewatch"}


def test_the_lock_names_hashes_and_no_addresses() -> None:
    """Every locked package has a hash, and no line says where it comes from."""
    for name in ("requirements.lock", "requirements-runtime.lock", "requirements-bootstrap.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index-url" not in text
        for block in re.split(r"\n(?=\S)", text):
            if "==" in block.splitlines()[0]:
                assert "--hash=sha256:" in block, block.splitlines()[0]


def _locked(name: str) -> dict[str, str]:
    """Return what a lock file says of each package: the line that names it, and its hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())
    lines = {re.split(r"[=\[ ]", block)[0]: block for block in blocks if "==" in block.splitlines()[0]}
    return {key: "\n".join(re.findall(r"^\S.*$|--hash=\S+", block, re.M)) for key, block in lines.items()}


def test_the_image_holds_what_the_service_needs_and_no_more() -> None:
    """It is installed from a lock of the dependencies alone, at the versions and hashes that the tests run with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[<>=\[~!; ]", each)[0] for each in project["dependencies"]}
    development = {re.split(r"[<>=\[~!; ]", each)[0] for each in project["optional-dependencies"]["dev"]}
    runtime, everything = _locked("requirements-runtime.lock"), _locked("requirements.lock")
    assert named <= set(runtime)
    assert runtime.items() <= everything.items()
    # Two of them are needed by what the service needs.
    assert development & set(runtime) == {"psutil", "tokenizers"}
    steps = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    assert [step.split("-r ")[1] for step in steps if "-r requirements" in step] == [
        "requirements-bootstrap.lock",
        "requirements-runtime.lock",
    ]
    copied = {
        word for step in steps if step.startswith("COPY ") and "--from" not in step for word in step.split()[1:-1]
    }
    assert copied <= {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}


def test_compose_keeps_its_promises() -> None:
    """Every long-running service restarts and is health-checked, ports are on loopback, and no password is built in."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    once = {"init", "kibana-password"}
    assert {"kafka", "elasticsearch", "kibana", "init", "enrich", "index", "readers", "alert", "web"} <= set(
        compose["services"]
    )
    for name, service in compose["services"].items():
        assert service["restart"] in ({"on-failure:5"} if name in once else {"unless-stopped"}), name
        assert name in once or "healthcheck" in service, name
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", [])), name
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|API_KEYS|ENCRYPTIONKEY", key):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?.*\}", str(value)), f"{name}: {key}"
    volumes = {v.split(":")[0] for s in compose["services"].values() for v in s.get("volumes", [])}
    assert volumes == set(compose["volumes"])


def test_the_example_of_secrets_is_whole_and_its_copy_stays_here() -> None:
    """`.env.example` names what compose asks for, each empty, and git does not see the `.env` that is made of it."""
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if not line.startswith("#")]
    assert lines == [f"{line[:-1]}=" for line in lines]
    assert {line[:-1] for line in lines} == asked
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
