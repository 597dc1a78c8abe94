"""Taking apart what an arrow carries: each message as a tree, and the MIKEY message inside SDP as another."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mediasec.nodes.observation import Medium
from mediasec.procedures.mp.elements import elements
from mediasec.procedures.mp.messages import MESSAGES, Security
from mpspec.model import CannotRun
from mpspec.protocol import bfcp_decode, mikey_decode, msrp_decode
from mpspec.protocol.mikey_input import message_in
from mpspec.protocol.parts import Part

_SDP_LINES = {
    "v": ("Protocol Version", "5.1"),
    "o": ("Origin", "5.2"),
    "s": ("Session Name", "5.3"),
    "i": ("Session Information", "5.4"),
    "u": ("URI", "5.5"),
    "e": ("Email Address", "5.6"),
    "p": ("Phone Number", "5.6"),
    "c": ("Connection Information", "5.7"),
    "b": ("Bandwidth Information", "5.8"),
    "t": ("Time Active", "5.9"),
    "r": ("Repeat Times", "5.10"),
    "z": ("Time Zone Adjustment", "5.11"),
    "k": ("Encryption Keys", "5.12"),
    "a": ("Attribute", "5.13"),
    "m": ("Media Description", "5.14"),
}
_KEY_MANAGEMENT = b"a=key-mgmt:"


def decode(medium: Medium, octets: bytes) -> tuple[Part, ...]:
    """Take a message apart, then each message of MIKEY that lies encoded in it; keys are hidden."""
    if not octets:
        return ()
    match medium:
        case Medium.KMS:
            return (mikey_decode.decode(octets).part,)
        case Medium.MSRP:
            return msrp_decode.decode(octets).messages
        case Medium.BFCP:
            return bfcp_decode.decode(octets).messages
        case Medium.SIGNALLING:
            return (_description(octets), *_inside(octets))
        case Medium.MP:
            return (_procedure(octets),)
        case _:
            return ()


def _description(octets: bytes) -> Part:
    """Return a description of SDP, line by line."""
    return Part(name="SDP", section="RFC 8866, 5", parts=tuple(map(_line, octets.splitlines(keepends=True))))


def _line(line: bytes) -> Part:
    name, section = _SDP_LINES.get(line[:1].decode("ascii", "replace"), ("line", ""))
    text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
    return Part(name=name, value=text, size=len(line), section=f"RFC 8866, {section}" if section else "")


def _inside(octets: bytes) -> Iterator[Part]:
    """Yield the MIKEY messages that a description carries."""
    for line in octets.splitlines():
        if line.startswith(_KEY_MANAGEMENT):
            try:
                message = message_in(line, "a=key-mgmt")
            except CannotRun:
                # Another protocol than MIKEY, or base64 that is broken: the line above shows it as it is.
                continue
            yield mikey_decode.decode(message).part


def _procedure(octets: bytes) -> Part:
    """Return a message of Mp, element by element, each with the place that it has in JSON."""
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not found or _octets(found) != octets:
        return Part(name="Mp", parts=(Part(name="not understood", octets=octets),))
    procedure = found.get("procedure")
    labels = {each.name: name for each, name, _ in elements(Security)}
    clause = ""
    for message in MESSAGES:
        if message.procedure == procedure:
            labels |= {each.name: name for each, name, _ in elements(message)}
            clause = message.clause
    return Part(
        name=f"Mp {procedure}",
        section=f"TS 23.333, {clause}" if clause else "",
        parts=tuple(_members(found, labels, "", "")),
    )


def _members(found: dict[str, Any], labels: Mapping[str, str], before: str, after: str) -> Iterator[Part]:
    """Yield the members of an object of JSON; what stands between two counts to the second."""
    for place, (name, value) in enumerate(found.items()):
        lead = (", " if place else before + "{") + _json(name) + ": "
        tail = "}" + after if place == len(found) - 1 else ""
        label = labels.get(name, name.replace("_", " "))
        if isinstance(value, dict) and value:
            yield Part(name=label, parts=tuple(_members(value, labels, lead, tail)))
        else:
            size = len(lead.encode()) + len(_octets(value)) + len(tail)
            yield Part(name=label, value=_words(value), size=size)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _octets(value: Any) -> bytes:
    # What UTF-8 cannot encode is in the octets of no message, so that it makes no difference what is here.
    return _json(value).encode(errors="replace")
