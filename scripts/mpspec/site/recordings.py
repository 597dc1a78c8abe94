"""The recorded flows: made once for each state of the code, then read from their files."""

import hashlib
import json
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import mediasec
import mpspec.flows
import mpspec.protocol
from mpspec.flows.flow import Flow
from mpspec.flows.folder import record
from mpspec.model import CannotRun
from mpspec.model.files import write_beside

MESSAGES = "messages.json"
DIAGRAM = "diagram.svg"
CAPTURE = "capture.pcap"
KEYS = "tls-keys.log"
PORTS = "decode-as.lua"


_FOLDER = Path("build/flows")
_STATES = "states.json"
_SEED = 1


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
        """Whether all files are there."""
        return all((self.folder / name).is_file() for name in (MESSAGES, DIAGRAM, CAPTURE, KEYS, PORTS))

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


def recordings(root: Path, catalogue: Sequence[Flow]) -> tuple[tuple[Recorded, ...], list[str]]:
    """Return each flow as it is recorded, and what is wrong, a sentence each.

    A flow is recorded again only where the code that runs, records or decodes it has changed since.

    Args:
        root: Root of the project; the recordings lie in its `build/flows`.
        catalogue: The flows.

    Raises:
        CannotRun: What is known of the recordings cannot be kept.
    """
    place, state = root / _FOLDER / _STATES, _state()
    states = _read(place)
    found, faults = [], []
    for flow in catalogue:
        recorded = Recorded(name=flow.name, folder=root / _FOLDER / flow.name)
        if states.get(flow.name) != state or not recorded.is_whole:
            try:
                record(flow, recorded.folder, seed=_SEED)
            except CannotRun as error:
                faults.append(str(error))
                continue
            states[flow.name] = state
            write_beside(place, json.dumps(states, indent=1, sort_keys=True).encode())
        faults += [f"Call flow {flow.name}: {problem}" for problem in recorded.content["end"]["problems"]]
        found.append(recorded)
    return tuple(found), faults


def _read(path: Path) -> dict[str, str]:
    """Return the state of the code at each recording; nothing where that is not known."""
    try:
        states: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return states


def _state() -> str:
    """Return a digest of everything that decides what a recording holds."""
    digest = hashlib.sha256(f"{sys.version} {ssl.OPENSSL_VERSION}".encode())
    for package in (mediasec, mpspec.flows, mpspec.protocol):
        (folder,) = package.__path__
        for path in sorted(Path(folder).rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
