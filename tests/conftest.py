"""What tests of several folders share."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

# Every run repeats, and none depends on how fast the machine is.
hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def vectors_folder() -> Path:
    """Return `tests/vectors`."""
    return Path(__file__).parent / "vectors"


@pytest.fixture(scope="session")
def vectors(vectors_folder: Path) -> Callable[[str], Any]:
    """Return a reader of `tests/vectors`: `vectors("mikey/primitives/prf")` is what that file holds."""
    return lambda name: json.loads((vectors_folder / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rsa_key(vectors_folder: Path) -> Callable[[str], RSAPrivateKey]:
    """Return a reader of the RSA keys of the MIKEY vectors: `rsa_key("kms")`."""

    def read(name: str) -> RSAPrivateKey:
        key = load_pem_private_key((vectors_folder / f"mikey/pk/{name}.key").read_bytes(), password=None)
        assert isinstance(key, RSAPrivateKey)
        return key

    return read


@pytest.fixture(scope="session")
def requirements_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the real `reqs/` and decisions, and no code; nobody changes it."""
    root = tmp_path_factory.mktemp("requirements")
    project = Path(__file__).parents[1]
    for folder in ("reqs", "docs/decisions"):
        shutil.copytree(project / folder, root / folder)
    return root


@pytest.fixture
def own_requirements(requirements_root: Path, tmp_path: Path) -> Path:
    """Return a copy of the real requirements for one test, to be changed."""
    return Path(shutil.copytree(requirements_root, tmp_path / "project"))
