"""The vectors of MIKEY are what OpenSSL's command line makes of their inputs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "vectors/mikey"


@pytest.fixture(autouse=True)
def openssl():
    """Skip where there is no openssl; CI has installed it."""
    if shutil.which("openssl") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("openssl is not installed")


@pytest.mark.parametrize(
    ("script", "cases"),
    [("make_primitives.py", []), ("make_exchanges.py", ["mode_1_forking_256", "mode_3_key_wrap"])],
)
def test_openssl_makes_the_same_vectors(script, cases):
    """What is checked in is what the scripts make now."""
    run = subprocess.run(
        [sys.executable, str(FOLDER / script), "--check", *cases], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
