"""`scripts/set-up`: the interpreter that somebody names is taken, or refused in one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_SET_UP = Path(__file__).parents[2] / "scripts/set-up"


def _run(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script in a checkout that has nothing else."""
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(_SET_UP, checkout / "scripts/set-up")
    command = [str(checkout / "scripts/set-up")]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)


def _interpreter(path: Path, exit_code: int) -> Path:
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["none", "too old"])
def test_a_python_that_does_not_serve_is_refused(tmp_path: Path, name: str) -> None:
    """A named interpreter that is not there, or too old, is not quietly replaced by another one."""
    python = tmp_path / name
    if name == "too old":
        _interpreter(python, 1)
    done = _run(tmp_path / "a checkout", PYTHON=str(python))
    said = f"PYTHON names {python}, which does not run as Python 3.11 or later.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
    assert not (tmp_path / "a checkout/.venv").exists()


def test_without_any_python_it_says_what_is_wanted(tmp_path: Path) -> None:
    """Where no interpreter serves it says so, and how to name one."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "dirname").symlink_to(shutil.which("dirname") or "/usr/bin/dirname")
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        _interpreter(tools / name, 1)
    done = _run(tmp_path / "checkout", PATH=str(tools), PYTHON="")
    assert done.returncode == 2
    assert "Set PYTHON to its path." in done.stderr
