"""BFCP grouped attributes, and the parser that reads attributes of every kind (RFC 8855, 5.2)."""

from dataclasses import dataclass
from typing import Final, Self

from mediasec.bfcp import values
from mediasec.bfcp.attributes import HEADER, MAX_TEXT, Attribute, UnknownAttribute, check_size, check_uint
from mediasec.bfcp.formats import GROUP_FORMATS, check_format
from mediasec.bfcp.registry import AttributeType
from mediasec.errors import Finding, MalformedMessage
from mediasec.wire import OctetReader


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
    def parse_contents(cls, reader: OctetReader, *, mandatory: bool) -> Self:
        """Read the identifier, then attributes with their padding up to the bound.

        Each level takes 4 of at most 255 octets, which bounds how deep groups stand in one another.

        Source:
            BFCP_006 (RFC 8855, 5.2)
            BFCP_016 (RFC 8855, 5.2.14)
        """
        identifier = reader.uint16()
        return cls(mandatory=mandatory, identifier=identifier, attributes=parse_attributes(reader))

    def contents(self) -> bytes:
        """Return the identifier and the attributes with their padding.

        Source:
            BFCP_006 (RFC 8855, 5.2)
            BFCP_016 (RFC 8855, 5.2.14)
        """
        octets = b"".join(attribute.serialize() for attribute in self.attributes)
        return self.identifier.to_bytes(2, "big") + octets

    def check(self, where: str) -> list[Finding]:
        """Return what the group or an attribute in it breaks.

        Source:
            BFCP_008 (RFC 8855, 5.2)
        """
        types = [attribute.type for attribute in self.attributes]
        findings = check_uint(self.identifier, 16, "BFCP_009", f"{where}.identifier")
        findings += check_format(GROUP_FORMATS[self.TYPE], types, where, self.TYPE.label)
        unfit = [
            finding
            for place, attribute in enumerate(self.attributes)
            for finding in attribute.check(f"{where}[{place}]")
        ]
        size = 0 if unfit else sum(len(attribute.serialize()) for attribute in self.attributes)
        return findings + unfit + check_size(size, MAX_TEXT - 2, where)


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


def parse_attributes(reader: OctetReader) -> tuple[Attribute, ...]:
    """Read attributes, each with its padding, up to the reader's bound.

    Raises:
        MalformedMessage: A length is too small, passes the bound, or is not that of the attribute.
    """
    found = []
    while reader.remaining:
        found.append(_parse_attribute(reader))
    return tuple(found)


def _parse_attribute(reader: OctetReader) -> Attribute:
    """Read one attribute; the octets of its padding mean nothing.

    Source:
        BFCP_005 (RFC 8855, 5.2)
        BFCP_007 (RFC 8855, 5.2)
    """
    offset = reader.offset
    first, length = reader.uint8(), reader.uint8()
    if length < HEADER:
        raise MalformedMessage(f"an attribute has the length {length}; it is 2 at least", offset=offset)
    number, mandatory = first >> 1, bool(first & 1)
    with reader.restricted(length - HEADER):
        kind = KINDS.get(number)
        attribute: Attribute
        if kind is None:
            attribute = UnknownAttribute(mandatory=mandatory, number=number, octets=reader.rest())
        else:
            attribute = kind.parse_contents(reader, mandatory=mandatory)
    reader.octets(-length % 4)
    return attribute
