"""What tests of several folders share."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from scenes import on_network  # noqa: F401
from ticket_parties import joined, octet_stream, replayed, rsa_key  # noqa: F401

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
