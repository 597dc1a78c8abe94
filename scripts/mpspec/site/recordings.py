"""What the code does when it runs: state machines and recorded flows, made once for each of its states."""

import hashlib
import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mpspec.model.files import write_beside

MESSAGES = "messages.json"
DIAGRAM = "diagram.svg"
CAPTURE = "capture.pcap"
KEYS = "tls-keys.log"
PORTS = "decode-as.lua"

_FOLDER = Path("build/flows")
_INDEX = "index.json"
_STATE = "state.txt"
_CODE = Path("impl/mediasec")
_TOOLS = ("flows", "protocol")
"""Packages of `mpspec` that run, record and decode."""

_LIMIT_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A recorded flow, as its files have it.

    Attributes:
        name: Its name, as an address has it.
        folder: Where its files lie.
    """

    name: str
    folder: Path

    @cached_property
    def content(self) -> dict[str, Any]:
        """What `messages.json` holds: what the flow is, its messages and how it ended."""
        found: dict[str, Any] = json.loads((self.folder / MESSAGES).read_text(encoding="utf-8"))
        return found

    @property
    def is_whole(self) -> bool:
        """Whether all files are there, and the messages can be read."""
        try:
            known = {"flow", "messages", "end"} <= self.content.keys()
        except (OSError, ValueError, AttributeError):
            return False
        return known and all((self.folder / name).is_file() for name in (DIAGRAM, CAPTURE, KEYS, PORTS))

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.content["flow"]["title"])

    @property
    def diagram(self) -> str:
        """The sequence diagram, as SVG."""
        return (self.folder / DIAGRAM).read_text(encoding="utf-8")

    @property
    def files(self) -> list[Path]:
        """All files of the recording."""
        return sorted(path for path in self.folder.iterdir() if path.is_file())

    @cached_property
    def shows(self) -> dict[str, list[int]]:
        """Numbers of the messages that show a requirement, by its ID."""
        found: dict[str, list[int]] = {}
        for arrow in self.content["messages"]:
            for identity in arrow["shows"]:
                found.setdefault(identity, []).append(arrow["number"])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the code does when it runs.

    Attributes:
        machines: Its state machines, as `mpspec.flows` describes them.
        flows: The recorded flows, in the order of the catalogue.
        faults: What is not as it should be, a sentence each.
    """

    machines: tuple[dict[str, Any], ...] = ()
    flows: tuple[Recorded, ...] = ()
    faults: list[str] = field(default_factory=list)


def running(root: Path) -> Running:
    """Return what the code of a project does; it runs only where it, or what records it, has changed since.

    Args:
        root: Root of the project; the recordings lie in its `build/flows`.

    Raises:
        CannotRun: What is known of the recordings cannot be kept.
    """
    if not (root / _CODE / "__init__.py").is_file():
        return Running()
    state, kept = _state(root), root / _FOLDER / _STATE
    found = _read(root / _FOLDER)
    if found is None or not kept.is_file() or kept.read_text(encoding="ascii") != state:
        kept.unlink(missing_ok=True)
        fault = _run(root)
        found = None if fault else _read(root / _FOLDER)
        if found is None:
            return Running(
                faults=[f"State diagrams and call flows are left out: {fault or 'files are missing.'}"]
            )
        write_beside(kept, state.encode("ascii"))
    return found


def _run(root: Path) -> str:
    """Run the code and record it; return why that cannot be, in the last words of the program."""
    tools = Path(__file__).parents[2]
    places = [str(root / _CODE.parent), str(tools), os.environ.get("PYTHONPATH", "")]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mpspec.flows", str(root / _FOLDER)],
            cwd=root,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))},
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"the code ran for more than {_LIMIT_SECONDS} s."
    said = done.stderr.strip().splitlines()
    return (said[-1] if said else f"exit code {done.returncode}") if done.returncode else ""


def _read(folder: Path) -> Running | None:
    """Return what the last run left; None where that is not whole."""
    try:
        index: dict[str, Any] = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        flows = tuple(Recorded(name=name, folder=folder / name) for name in index["flows"])
        found = Running(machines=tuple(index["machines"]), flows=flows, faults=list(index["faults"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if all(flow.is_whole for flow in flows) else None


def _state(root: Path) -> str:
    """Return a digest of everything that decides what a recording holds."""
    digest = hashlib.sha256(f"{sys.version} {ssl.OPENSSL_VERSION}".encode())
    tools = Path(__file__).parents[1]
    for folder in (root / _CODE, *(tools / name for name in _TOOLS)):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
