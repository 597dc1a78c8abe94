"""Each command of a guide runs as it stands, and ends as the guide says."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_GUIDES = sorted(set((_ROOT / "docs/guides").glob("*.md")) - {_ROOT / "docs/guides/index.md"})
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```", re.M | re.S)
_OPEN = ("mpspec trace check", "mpspec trace diff")
"""Commands that exit 0 or 1 by the state of the sources."""


def _commands(guide: Path) -> list[tuple[str, set[int]]]:
    """Return each command of a guide with the exit codes that are as it should be."""
    found: list[tuple[str, set[int]]] = []
    for _, block in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        for line in block.splitlines():
            command, _, wanted = line.strip().partition("  # exit ")
            found.append((command, {0, 1} if command.startswith(_OPEN) else {int(wanted or 0)}))
    return found


@pytest.mark.parametrize("guide", _GUIDES, ids=lambda guide: guide.stem)
def test_the_commands_of_a_guide_run(guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "project"
    for name in ("reqs", "impl", "tests/vectors"):
        shutil.copytree(_ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    git = ["git", "-c", "user.name=A Tester", "-c", "user.email=tester@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=root, check=True)
    subprocess.run([*git, "add", "-A"], cwd=root, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "start"], cwd=root, check=True)
    tools = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    commands = _commands(guide)
    assert commands
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for command, wanted in commands:
        done = subprocess.run(
            shlex.split(command), cwd=root, env=tools, capture_output=True, text=True, timeout=60
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert done.returncode in wanted, f"{command}\n{said}"
