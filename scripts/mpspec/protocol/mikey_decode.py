"""Decoding a MIKEY message for a person: as far as it parses, and as far as the keys at hand open it."""

from dataclasses import dataclass
from typing import Any

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Header, Opaque, UnknownMap, iterate_chain
from mediasec.wire import OctetReader
from mpspec.protocol.mikey_parts import View, header_part, payload_part
from mpspec.protocol.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A message taken apart.

    Attributes:
        part: The message and its fields.
        fault: Why it does not parse further; None if it parses to its end.
    """

    part: Part
    fault: MalformedMessage | None

    def as_json(self) -> dict[str, Any]:
        """Return the message for a machine."""
        described = self.part.as_json()
        if self.fault is not None:
            described["fault"] = {"reason": self.fault.reason, "offset": self.fault.offset}
        return described


def decode(octets: bytes, *, show_keys: bool = False) -> Decoded:
    """Take a message apart.

    Args:
        octets: The message.
        show_keys: Whether keys in the clear are shown.
    """
    view = View(show_keys=show_keys)
    reader = OctetReader(octets)
    parts: list[Part] = []
    header: Header | None = None
    fault: MalformedMessage | None = None
    start = following = 0
    try:
        header, following = Header.parse(reader)
        parts.append(header_part(header, following))
        start = reader.offset
        if isinstance(header.sessions, UnknownMap):
            parts.append(payload_part(Opaque(payload_type=following, octets=reader.rest()), 0, view))
        else:
            for payload in iterate_chain(reader, following):
                following = int.from_bytes(octets[start : start + 1], "big")
                parts.append(payload_part(payload, following, view))
                start = reader.offset
    except MalformedMessage as error:
        fault = error
        parts.append(view.not_understood("not understood", octets[start:], following))
    return Decoded(
        part=Part(name=f"MIKEY {_title(header)}", parts=tuple(parts)),
        fault=fault,
    )


def _title(header: Header | None) -> str:
    if header is None:
        return "message"
    name = getattr(header.data_type, "name", None)
    return name or f"message of data type {int(header.data_type)}"
