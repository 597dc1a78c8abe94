"""What every BFCP attribute is: type, length and contents, aligned to 32 bits (RFC 8855, 5.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self, TypeVar

from mediasec.bfcp.registry import AttributeType
from mediasec.errors import Finding, LocalProtocolError, MalformedMessage

MAX_LENGTH: Final = 0xFF
"""Longest attribute in octets, its padding not counted: the Length field has 8 bits."""

MAX_TEXT: Final = MAX_LENGTH - 2
"""Longest text in octets of UTF-8."""

HEADER: Final = 2
"""Octets of type, M bit and length."""

KNOWN_TYPES: Final = frozenset(AttributeType)
"""Types that RFC 8855 has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What every attribute has.

    Attributes:
        mandatory: M bit: whether a receiver that does not know the attribute refuses the message. It means
            nothing on the attributes of RFC 8855 itself.
    """

    TYPE: ClassVar[AttributeType]

    mandatory: bool = False

    @property
    def type(self) -> int:
        """Type; 7 bits."""
        return self.TYPE

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read the contents: every octet behind the Length field.

        Raises:
            MalformedMessage: They are too short, or no such contents.
        """
        raise NotImplementedError

    def contents(self) -> bytes:
        """Return the octets behind the Length field, without the padding of the attribute itself."""
        raise NotImplementedError

    def check(self, where: str) -> list[Finding]:
        """Return what the attribute breaks; `where` is the path to it."""
        raise NotImplementedError

    def serialize(self) -> bytes:
        """Return the attribute with its padding of zeros; `check` has found nothing before.

        Raises:
            LocalProtocolError: It is longer than its Length field can say.

        Source:
            BFCP_005 (RFC 8855, 5.2)
            BFCP_008 (RFC 8855, 5.2)
        """
        contents = self.contents()
        length = HEADER + len(contents)
        if length > MAX_LENGTH:
            name = AttributeType(self.type).label if self.type in KNOWN_TYPES else "The attribute"
            message = f"{name} has {length} octets, and {MAX_LENGTH} is the most that its length can say."
            raise LocalProtocolError(Finding(requirement="BFCP_008", where="attribute", message=message))
        return bytes((self.type << 1 | self.mandatory, length)) + contents + bytes(-length % 4)


AttributeT = TypeVar("AttributeT", bound=Attribute)


def find_all(attributes: Iterable[Attribute], kind: type[AttributeT]) -> tuple[AttributeT, ...]:
    """Return every attribute of one kind, in order."""
    return tuple(attribute for attribute in attributes if isinstance(attribute, kind))


def find(attributes: Iterable[Attribute], kind: type[AttributeT]) -> AttributeT | None:
    """Return the first attribute of one kind, or None."""
    return next((attribute for attribute in attributes if isinstance(attribute, kind)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAttribute(Attribute):
    """An attribute of no type that RFC 8855 has, kept octet for octet.

    Attributes:
        number: Type; 7 bits.
        octets: Contents without padding.
    """

    number: int
    octets: bytes

    @property
    def type(self) -> int:
        """Type; 7 bits."""
        return self.number

    def contents(self) -> bytes:
        """Return the contents as they came.

        Source:
            BFCP_007 (RFC 8855, 5.2)
        """
        return self.octets

    def check(self, where: str) -> list[Finding]:
        """Return a finding if the type does not fit, or is known.

        Source:
            BFCP_007 (RFC 8855, 5.2)
        """
        findings = check_uint(self.number, 7, "BFCP_007", where, "number")
        if self.number in KNOWN_TYPES:
            message = f"Type {self.number} is {AttributeType(self.number).label}, which is not unknown."
            findings.append(Finding(requirement="BFCP_007", where=f"{where}.number", message=message))
        return findings


def uint16(contents: bytes, kind: AttributeType) -> int:
    """Return the unsigned integer of 16 bits, in network byte order, that is all of the contents.

    Raises:
        MalformedMessage: The contents are not of two octets.
    """
    if len(contents) != 2:
        raise MalformedMessage(f"{kind.label} holds {len(contents)} octets and not 2", offset=0)
    return int.from_bytes(contents, "big")


def check_all(attributes: Iterable[Attribute], where: str) -> list[Finding]:
    """Return what attributes break, each with its path; a path is written only where there is a finding.

    Args:
        attributes: The attributes of a message or grouped attribute.
        where: Path to the message or grouped attribute.
    """
    return [
        replace(finding, where=f"{where}[{place}]{finding.where}")
        for place, attribute in enumerate(attributes)
        for finding in attribute.check("")
    ]


def check_uint(value: int, bits: int, requirement: str, where: str, name: str) -> list[Finding]:
    """Return a finding if an unsigned integer does not fit into a number of bits.

    Args:
        value: The integer.
        bits: How many bits the field has.
        requirement: ID of the rule that it breaks if it does not fit.
        where: Path to what holds the field.
        name: Name of the field.
    """
    if 0 <= value < 1 << bits:
        return []
    message = f"{value} does not fit into {bits} bits."
    return [Finding(requirement=requirement, where=f"{where}.{name}", message=message)]
