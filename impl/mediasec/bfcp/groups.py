"""BFCP grouped attributes, and the parser that reads attributes of every kind (RFC 8855, 5.2)."""

from dataclasses import dataclass
from typing import Final, Self

from mediasec.bfcp import values
from mediasec.bfcp.attributes import (
    HEADER,
    Attribute,
    UnknownAttribute,
    check_all,
    check_uint,
    uint16,
)
from mediasec.bfcp.formats import GROUP_FORMATS, check_format
from mediasec.bfcp.registry import AttributeType
from mediasec.errors import Finding, MalformedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Attribute):
    """A grouped attribute: an identifier, then attributes.

    Attributes:
        identifier: User, floor or floor request that it tells of; uint16.
        attributes: What it holds, in order. All together have room for 251 octets, their padding included.
    """

    identifier: int
    attributes: tuple[Attribute, ...] = ()

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read the identifier, then attributes with their padding.

        Each level takes 4 of at most 255 octets, which bounds how deep groups stand in one another.

        Source:
            BFCP_006 (RFC 8855, 5.2)
            BFCP_016 (RFC 8855, 5.2.14)
        """
        identifier = uint16(contents[:2], cls.TYPE)
        return cls(mandatory=mandatory, identifier=identifier, attributes=parse_attributes(contents, 2))

    def contents(self) -> bytes:
        """Return the identifier and the attributes with their padding.

        Source:
            BFCP_006 (RFC 8855, 5.2)
            BFCP_016 (RFC 8855, 5.2.14)
        """
        octets = b"".join([attribute.serialize() for attribute in self.attributes])
        return self.identifier.to_bytes(2, "big") + octets

    def check(self, where: str) -> list[Finding]:
        """Return what the group or an attribute in it breaks."""
        types = bytes([attribute.type & 0xFF for attribute in self.attributes])
        findings = check_uint(self.identifier, 16, "BFCP_009", where, "identifier")
        findings += check_format(GROUP_FORMATS[self.TYPE], types, where)
        return findings + check_all(self.attributes, where)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeneficiaryInformation(Group):
    """The user who is to get a floor; the identifier is the user's."""

    TYPE = AttributeType.BENEFICIARY_INFORMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequestInformation(Group):
    """A floor request; the identifier is its own."""

    TYPE = AttributeType.FLOOR_REQUEST_INFORMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedByInformation(Group):
    """The user who asks for a floor; the identifier is the user's."""

    TYPE = AttributeType.REQUESTED_BY_INFORMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequestStatus(Group):
    """A floor request as it stands at one floor; the identifier is the floor's."""

    TYPE = AttributeType.FLOOR_REQUEST_STATUS


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallRequestStatus(Group):
    """A floor request as a whole; the identifier is the floor request's."""

    TYPE = AttributeType.OVERALL_REQUEST_STATUS


KINDS: Final[dict[int, type[Attribute]]] = {
    kind.TYPE: kind
    for kind in (
        values.BeneficiaryId,
        values.FloorId,
        values.FloorRequestId,
        values.Priority,
        values.RequestStatus,
        values.ErrorCode,
        values.ErrorInfo,
        values.ParticipantProvidedInfo,
        values.StatusInfo,
        values.SupportedAttributes,
        values.SupportedPrimitives,
        values.UserDisplayName,
        values.UserUri,
        BeneficiaryInformation,
        FloorRequestInformation,
        RequestedByInformation,
        FloorRequestStatus,
        OverallRequestStatus,
    )
}
"""Class of each attribute by its type."""


def parse_attributes(octets: bytes, start: int = 0) -> tuple[Attribute, ...]:
    """Read attributes, each with its padding, from a place in octets to their end.

    Raises:
        MalformedMessage: A length is too small, passes the end, or is not that of the attribute.
    """
    found = []
    while start < len(octets):
        attribute, start = _parse_attribute(octets, start)
        found.append(attribute)
    return tuple(found)


def _parse_attribute(octets: bytes, start: int) -> tuple[Attribute, int]:
    """Read one attribute, and return it with its end; the octets of its padding mean nothing.

    Source:
        BFCP_005 (RFC 8855, 5.2)
        BFCP_007 (RFC 8855, 5.2)
    """
    length = octets[start + 1] if start + 1 < len(octets) else 0
    if length < HEADER:
        raise MalformedMessage(f"an attribute has the length {length}; it is 2 at least", offset=start)
    end = start + length + -length % 4
    if end > len(octets):
        raise MalformedMessage(
            f"an attribute of {length} octets with its padding passes the end", offset=start
        )
    number, mandatory = octets[start] >> 1, bool(octets[start] & 1)
    contents = octets[start + HEADER : start + length]
    kind = KINDS.get(number)
    if kind is None:
        return UnknownAttribute(mandatory=mandatory, number=number, octets=contents), end
    try:
        return kind.parse_contents(contents, mandatory=mandatory), end
    except MalformedMessage as error:
        place = None if error.offset is None else start + HEADER + error.offset
        raise MalformedMessage(error.reason, offset=place) from error
