"""A message taken apart: each part with its name, place, value and the section that defines it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mediasec.errors import Finding, MalformedMessage

_SHOWN_OCTETS = 12
_SHOWN_CHARACTERS = 200
_ABBREVIATIONS = frozenset({"DTLS", "ID", "TLS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A field, or fields that belong together.

    Attributes:
        name: Name in the source, such as `CSB ID`.
        value: Its value in words or digits; empty for plain octets, and where its parts say it all.
        size: Length in octets of a field with a value.
        octets: The octets of a field of plain octets.
        hidden: Whether the octets are secret, so that only their number is shown.
        section: The section that defines it, such as `RFC 6043, 6.10`.
        parts: The fields in it, in their order; they fill it.
    """

    name: str
    value: str = ""
    size: int | None = None
    octets: bytes | None = None
    hidden: bool = False
    section: str = ""
    parts: tuple["Part", ...] = ()

    @property
    def length(self) -> int:
        """Length in octets."""
        if self.size is not None:
            return self.size
        return len(self.octets) if self.octets is not None else sum(part.length for part in self.parts)

    def lines(self, offset: int = 0, depth: int = 0) -> Iterator[str]:
        """Yield this part and those in it, a line each, with offset and length in octets.

        Args:
            offset: Where the part begins, from the start of the message.
            depth: How deep it stands.
        """
        text = f"{offset:6} {self.length:6}  {'  ' * depth}{printable(self.name)}"
        if shown := self._shown():
            text += f": {printable(shown)}"
        if self.section:
            text += f"  [{self.section}]"
        yield text
        for part in self.parts:
            yield from part.lines(offset, depth + 1)
            offset += part.length

    def as_json(self, offset: int = 0) -> dict[str, Any]:
        """Return this part and those in it for a machine; octets are in hexadecimal.

        Args:
            offset: Where the part begins, from the start of the message.
        """
        described: dict[str, Any] = {"name": self.name, "offset": offset, "length": self.length}
        if self.value:
            described["value"] = self.value
        if self.hidden:
            described["hidden"] = True
        elif self.octets is not None:
            described["octets"] = self.octets.hex()
        if self.section:
            described["section"] = self.section
        if self.parts:
            described["parts"] = []
            for part in self.parts:
                described["parts"].append(part.as_json(offset))
                offset += part.length
        return described

    def _shown(self) -> str:
        if self.octets is None or self.value:
            if len(self.value) <= _SHOWN_CHARACTERS or self.octets is None:
                return self.value
            return f"{self.value[:_SHOWN_CHARACTERS]}... ({len(self.octets)} octets)"
        if self.hidden:
            return f"hidden ({len(self.octets)} octets)"
        if len(self.octets) <= _SHOWN_OCTETS:
            return self.octets.hex()
        return f"{self.octets[:_SHOWN_OCTETS].hex()}... ({len(self.octets)} octets)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedMessages:
    """Messages taken apart.

    Attributes:
        messages: The messages of the stream, in order.
        findings: Every rule that they break.
        fault: Why the rest does not parse; None if all of it does.
    """

    messages: tuple[Part, ...]
    findings: tuple[Finding, ...]
    fault: MalformedMessage | None

    def lines(self) -> Iterator[str]:
        """Yield every field, a line each, with offset and length in octets."""
        offset = 0
        for message in self.messages:
            yield from message.lines(offset)
            offset += message.length

    def as_json(self) -> dict[str, Any]:
        """Return the messages for a machine."""
        described: dict[str, Any] = {"messages": []}
        offset = 0
        for message in self.messages:
            described["messages"].append(message.as_json(offset))
            offset += message.length
        described["findings"] = [finding_as_json(finding) for finding in self.findings]
        if self.fault is not None:
            described["fault"] = {"reason": self.fault.reason, "offset": self.fault.offset}
        return described


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding for a machine."""
    return {
        "requirement": finding.requirement,
        "where": finding.where,
        "message": finding.message,
        "reply": finding.reply,
    }


def in_words(name: str) -> list[str]:
    """Return the words of the name of a code point, such as `use` and `TLS`."""
    return [word if word in _ABBREVIATIONS else word.lower() for word in name.split("_")]


def printable(text: str) -> str:
    """Return text in which what a terminal does not print, or acts on, is escaped."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
