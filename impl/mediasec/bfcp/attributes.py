"""What every BFCP attribute is: type, length and contents, aligned to 32 bits (RFC 8855, 5.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Self, TypeVar

from mediasec.bfcp.registry import AttributeType
from mediasec.errors import Finding
from mediasec.wire import OctetReader, OctetWriter

MAX_LENGTH: Final = 0xFF
"""Longest attribute in octets, its padding not counted: the Length field has 8 bits."""

MAX_TEXT: Final = MAX_LENGTH - 2
"""Longest text in octets of UTF-8."""

HEADER: Final = 2
"""Octets of type, M bit and length."""

_KNOWN: Final = frozenset(AttributeType)


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
    def parse_contents(cls, reader: OctetReader, *, mandatory: bool) -> Self:
        """Read the contents: every octet before the reader's bound.

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

        Source:
            BFCP_005 (RFC 8855, 5.2)
        """
        contents = self.contents()
        writer = OctetWriter()
        writer.uint8(self.type << 1 | self.mandatory)
        writer.uint8(HEADER + len(contents))
        writer.octets(contents)
        writer.octets(bytes(-len(writer) % 4))
        return writer.getvalue()


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
        """Return a finding if the type or the contents do not fit, or the type is known.

        Source:
            BFCP_007 (RFC 8855, 5.2)
        """
        findings = check_uint(self.number, 7, "BFCP_007", f"{where}.number")
        if self.number in _KNOWN:
            message = f"Type {self.number} is {AttributeType(self.number).label}, which is not unknown."
            findings.append(Finding(requirement="BFCP_007", where=f"{where}.number", message=message))
        return findings + check_size(len(self.octets), MAX_TEXT, where)


def check_uint(value: int, bits: int, requirement: str, where: str) -> list[Finding]:
    """Return a finding if an unsigned integer does not fit into a number of bits."""
    if 0 <= value < 1 << bits:
        return []
    message = f"{value} does not fit into {bits} bits."
    return [Finding(requirement=requirement, where=where, message=message)]


def check_size(size: int, most: int, where: str) -> list[Finding]:
    """Return a finding if contents are longer than the Length field of 8 bits can say.

    Source:
        BFCP_008 (RFC 8855, 5.2)
    """
    if size <= most:
        return []
    message = f"The contents have {size} octets; the Length field leaves room for {most}."
    return [Finding(requirement="BFCP_008", where=where, message=message)]
