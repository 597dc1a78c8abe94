"""A recorded flow as a folder: the messages, the drawing, the capture, and the keys that open it."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mpspec.flows.drawing import draw
from mpspec.flows.flow import Flow
from mpspec.flows.network import EPOCH
from mpspec.flows.pcap import capture
from mpspec.flows.playing import play
from mpspec.flows.ports import Port, decode_as, ports
from mpspec.flows.recording import Arrow, Recording
from mpspec.flows.running import nobody
from mpspec.model import CannotRun

FORMAT = "mpspec flow recording"
"""What `messages.json` says that it is."""

_MESSAGES, _DIAGRAM, _CAPTURE, _KEYS, _PORTS = _NAMES = (
    "messages.json",
    "diagram.svg",
    "capture.pcap",
    "tls-keys.log",
    "decode-as.lua",
)
OPENS = f"tshark -r {_CAPTURE} -o tls.keylog_file:{_KEYS} -X lua_script:{_PORTS}"
"""The command that shows the capture in the folder of a recording, with TLS opened; also for Wireshark."""


def record(
    flow: Flow, folder: Path, seed: int = 1, *, observer: Callable[[Arrow], None] = nobody
) -> Recording:
    """Play a flow on the network in memory, and write what was recorded.

    The folder has `messages.json`, `diagram.svg`, `capture.pcap`, `tls-keys.log` and `decode-as.lua`. The
    same seed gives the same octets.

    Args:
        flow: The flow.
        folder: The folder; one with an earlier recording is replaced.
        seed: Decides every octet that is random otherwise.
        observer: Is told of each arrow as it happens.

    Raises:
        CannotRun: The folder holds something else, or cannot be written.
    """
    check_is_ours(folder)
    recording = play(flow, seed, observer)
    _write(folder, files_of(recording))
    return recording


def check_is_ours(folder: Path) -> None:
    """Demand that a folder is not there yet, is empty, or holds an earlier recording and nothing else.

    Raises:
        CannotRun: It holds something else.
    """
    try:
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
        ours = not names or (
            names <= {*_NAMES, *map(_beside, _NAMES)}
            and json.loads((folder / _MESSAGES).read_text(encoding="utf-8")).get("format") == FORMAT
        )
    except (OSError, ValueError, AttributeError):
        ours = False
    if not ours:
        raise CannotRun(f"{folder} holds something else than a recording; name another folder.")


def files_of(recording: Recording) -> dict[str, bytes]:
    """Return the files of a recording, by their names.

    Args:
        recording: One that was played on the network in memory.
    """
    assert recording.wire is not None
    found = ports(recording)
    described = json.dumps(as_json(recording, found), indent=1, ensure_ascii=False)
    return {
        _MESSAGES: f"{described}\n".encode(),
        _DIAGRAM: draw(recording).encode(),
        _CAPTURE: capture(recording.wire.segments),
        _KEYS: recording.wire.tls_keys.encode("ascii"),
        _PORTS: decode_as(found).encode("ascii"),
    }


def as_json(recording: Recording, found: list[Port]) -> dict[str, Any]:
    """Return a recording for a machine; no wall-clock time and no key is in it.

    Args:
        recording: One that was played on the network in memory.
        found: What its ports carry.
    """
    assert recording.wire is not None
    flow = recording.flow
    return {
        "format": FORMAT,
        "version": 1,
        "flow": {
            "name": flow.name,
            "title": flow.title,
            "summary": flow.summary,
            "clauses": list(flow.clauses),
            "participants": [
                {"name": each.name, "role": each.role, "address": each.address, "hidden": each.hidden}
                for each in flow.participants
            ],
        },
        "seed": recording.wire.seed,
        "repeatable": recording.wire.repeatable,
        "begins": datetime.fromtimestamp(EPOCH, UTC).isoformat(),
        "ports": [
            {
                "participant": each.participant,
                "host": each.host,
                "port": each.port,
                "tls": each.tls,
                "carries": each.carries,
            }
            for each in found
        ],
        "opens": OPENS,
        "messages": [arrow.as_json(decoded=True) for arrow in recording.arrows],
        "end": recording.end_as_json(),
    }


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write all files beside their places, and only then rename them.

    Raises:
        CannotRun: They cannot be written; what stood there is as it was.
    """
    beside = {name: folder / _beside(name) for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            beside[name].write_bytes(data)
        for name, path in beside.items():
            path.replace(folder / name)
    except OSError as error:
        for path in beside.values():
            with suppress(OSError):
                path.unlink()
        raise CannotRun(f"{folder} cannot be written: {error.strerror}.") from error


def _beside(name: str) -> str:
    """Return the name under which a file is written before it has its own."""
    return f".{name}.new"
