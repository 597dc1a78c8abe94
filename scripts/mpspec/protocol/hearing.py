"""Listening to one direction of a connection: octets in, each whole message out, with the rules it breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from mediasec.errors import Finding, MalformedMessage
from mpspec.protocol.parts import finding_as_json, printable

UNFINISHED = "unfinished message"
"""Name of what is heard of a message that the end cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message.

    Attributes:
        protocol: `BFCP`, `MSRP` or `MIKEY`.
        name: What the message is, such as `FloorRequest`, `SEND`, `200`.
        fields: What is told of it, by name.
        rule: ID of the rule that gives its form or, of a refusal, of the one that asks for it.
        findings: What it breaks; nothing where it keeps all rules.
        refuses: Whether it refuses a message of the other side.
    """

    protocol: str
    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    rule: str
    findings: tuple[Finding, ...] = ()
    refuses: bool = False

    def lines(self, prefix: str) -> list[str]:
        """Return the message for a person: a line, and one for each rule that it breaks.

        Args:
            prefix: What stands before the message, such as the direction.
        """
        told = " ".join(f"{name}={_shown(value)}" for name, value in self.fields.items())
        outcome = "" if self.findings else f": keeps {self.rule}"
        first = f"{prefix}{self.protocol} {self.name}{' ' + told if told else ''}{outcome}"
        return [first, *(f"    breaks {finding}" for finding in self.findings)]

    def as_json(self) -> dict[str, Any]:
        """Return the message for a machine."""
        return {
            "protocol": self.protocol,
            "name": self.name,
            **self.fields,
            "keeps": None if self.findings else self.rule,
            "breaks": [finding_as_json(finding) for finding in self.findings],
        }


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}:{shown}" for key, shown in value.items())
    text = printable(",".join(map(str, value)) if isinstance(value, list) else str(value))
    return f'"{text}"' if " " in text else text


class Hearing(Protocol):
    """Takes the octets of one direction, in whatever pieces."""

    def take(self, octets: bytes) -> Iterator[Heard]:
        """Take the next octets and yield the messages that they complete."""

    def end(self) -> Iterator[Heard]:
        """Take note of the end, and yield what was left unfinished."""

    def opposite(self) -> "Hearing":
        """Return what listens to the other direction of the connection."""


def malformed(rule: str, error: MalformedMessage) -> Finding:
    """Return the finding for octets that do not parse."""
    where = "message" if error.offset is None else f"octet {error.offset}"
    return Finding(requirement=rule, where=where, message=error.reason)


def unfinished(protocol: str, rule: str, octets: int | None) -> Heard:
    """Return what is told of a message that ends with its connection."""
    length = "" if octets is None else f" after {octets} octets"
    finding = Finding(requirement=rule, where="message", message=f"the connection ends in it{length}")
    return Heard(protocol=protocol, name=UNFINISHED, rule=rule, findings=(finding,))
