"""BFCP messages: the common header and the attributes after it (RFC 8855, 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final, Self

from mediasec.bfcp import registry
from mediasec.bfcp.attributes import (
    Attribute,
    AttributeT,
    UnknownAttribute,
    check_all,
    check_uint,
    find,
    find_all,
)
from mediasec.bfcp.formats import MESSAGE_FORMATS, check_format
from mediasec.bfcp.groups import Group, parse_attributes
from mediasec.bfcp.registry import ErrorCode, Primitive, known
from mediasec.errors import Finding, LocalProtocolError, MalformedMessage

_HEADER: Final = Struct("!BBHIHH")

HEADER_OCTETS: Final = _HEADER.size
"""Length of the common header over a reliable transport."""

MAX_PAYLOAD: Final = 4 * 0xFFFF
"""Longest payload in octets that the Payload Length field can say."""

REQUESTS: Final = frozenset(
    {
        Primitive.FLOOR_REQUEST,
        Primitive.FLOOR_RELEASE,
        Primitive.FLOOR_REQUEST_QUERY,
        Primitive.USER_QUERY,
        Primitive.FLOOR_QUERY,
        Primitive.CHAIR_ACTION,
        Primitive.HELLO,
    }
)
"""Messages by which a client starts a transaction over a reliable transport."""


class IncorrectLength(MalformedMessage):
    """The attributes of a message do not end where its Payload Length says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Common header, as it came.

    Attributes:
        version: 1 over a reliable transport, 2 over another; 3 bits.
        responder: R bit: the message is a response; used over an unreliable transport alone.
        fragmented: F bit: the message is a fragment; used over an unreliable transport alone.
        reserved: 3 bits, zero when sent.
        primitive: What the message is for; uint8, unknown ones too.
        payload_length: Length of what follows the header, in units of 4 octets; uint16.
        conference_id: Conference; uint32.
        transaction_id: Joins a response to its request; 0 on what the server sends on its own. uint16.
        user_id: User who sends the request or gets the response; uint16.
    """

    version: int
    responder: bool
    fragmented: bool
    reserved: int
    primitive: int
    payload_length: int
    conference_id: int
    transaction_id: int
    user_id: int

    @classmethod
    def parse(cls, octets: bytes | bytearray) -> Self:
        """Read the header from the first 12 octets; each field is in network byte order.

        Raises:
            MalformedMessage: There are fewer octets.

        Source:
            BFCP_001 (RFC 8855, 5)
        """
        if len(octets) < HEADER_OCTETS:
            raise MalformedMessage(f"the header has {len(octets)} octets and not {HEADER_OCTETS}")
        first, primitive, payload_length, conference_id, transaction_id, user_id = _HEADER.unpack_from(octets)
        return cls(
            version=first >> 5,
            responder=bool(first & 0x10),
            fragmented=bool(first & 0x08),
            reserved=first & 0x07,
            primitive=known(Primitive, primitive),
            payload_length=payload_length,
            conference_id=conference_id,
            transaction_id=transaction_id,
            user_id=user_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of BFCP.

    Attributes:
        primitive: What it is for; uint8, unknown ones too.
        conference_id: Conference; uint32.
        transaction_id: Joins a response to its request; 0 on what the server sends on its own. uint16.
        user_id: User who sends the request or gets the response; uint16.
        attributes: Its attributes, in order.
        version: 1 over a reliable transport, 2 over another; 3 bits.
        responder: R bit, used over an unreliable transport alone.
        fragmented: F bit, used over an unreliable transport alone.
        reserved: 3 bits, zero when sent.
    """

    primitive: int
    conference_id: int
    transaction_id: int
    user_id: int
    attributes: tuple[Attribute, ...] = ()
    version: int = registry.VERSION_RELIABLE
    responder: bool = False
    fragmented: bool = False
    reserved: int = 0

    @classmethod
    def parse(cls, octets: bytes, header: Header | None = None) -> Self:
        """Read one whole message.

        The R, F and reserved bits change nothing in how it is read: the fields of a fragment are never there
        over a reliable transport.

        Args:
            octets: The message.
            header: Its header, where that was read before.

        Raises:
            IncorrectLength: It, or its last attribute, does not end where its length is announced to end.
            MalformedMessage: Its attributes do not parse.

        Source:
            BFCP_003 (RFC 8855, 5.1)
            BFCP_004 (RFC 8855, 5.1)
        """
        header = header or Header.parse(octets)
        length = HEADER_OCTETS + 4 * header.payload_length
        if len(octets) != length:
            raise IncorrectLength(f"the message has {len(octets)} octets, and {length} are announced")
        try:
            attributes = parse_attributes(octets, HEADER_OCTETS)
        except MalformedMessage:
            _check_lengths(octets)
            raise
        return cls(
            primitive=header.primitive,
            conference_id=header.conference_id,
            transaction_id=header.transaction_id,
            user_id=header.user_id,
            attributes=attributes,
            version=header.version,
            responder=header.responder,
            fragmented=header.fragmented,
            reserved=header.reserved,
        )

    def serialize(self) -> bytes:
        """Return the octets of the message.

        Raises:
            LocalProtocolError: The message breaks a requirement.

        Source:
            BFCP_004 (RFC 8855, 5.1)
        """
        findings = self.check()
        payload = b"" if findings else b"".join([attribute.serialize() for attribute in self.attributes])
        if len(payload) > MAX_PAYLOAD:
            message = f"The payload has {len(payload)} octets, and {MAX_PAYLOAD} is the most."
            findings = [Finding(requirement="BFCP_004", where="header.payload_length", message=message)]
        if findings:
            raise LocalProtocolError(*findings)
        return self._serialize_header(len(payload) // 4) + payload

    def check(self) -> list[Finding]:
        """Return what the message breaks; a finding with a reply is one that a receiver cannot pass over.

        Source:
            BFCP_037 (RFC 8855, 8.1)
        """
        findings = self._check_header()
        if self.transaction_id == 0 and self.primitive in REQUESTS:
            findings.append(
                Finding(
                    requirement="BFCP_037",
                    where="header.transaction_id",
                    message="The transaction ID of a request is 0, so that no response can be matched to it.",
                    reply=ErrorCode.GENERIC_ERROR,
                )
            )
        if isinstance(self.primitive, Primitive):
            types = bytes([attribute.type & 0xFF for attribute in self.attributes])
            findings += check_format(MESSAGE_FORMATS[self.primitive], types, "attribute")
        return findings + check_all(self.attributes, "attribute")

    def unknown_mandatory(self) -> tuple[int, ...]:
        """Return the types of the unknown attributes with the M bit set, each once, in order.

        Source:
            BFCP_007 (RFC 8855, 13)
        """
        return tuple(dict.fromkeys(_unknown_mandatory(self.attributes)))

    def find(self, kind: type[AttributeT]) -> AttributeT | None:
        """Return the first attribute of one kind, or None."""
        return find(self.attributes, kind)

    def find_all(self, kind: type[AttributeT]) -> tuple[AttributeT, ...]:
        """Return every attribute of one kind, in order."""
        return find_all(self.attributes, kind)

    def _serialize_header(self, payload_length: int) -> bytes:
        """Return 12 octets in network byte order; what is not used over a reliable transport is zero.

        Source:
            BFCP_001 (RFC 8855, 5)
        """
        return _HEADER.pack(
            self.version << 5,
            self.primitive,
            payload_length,
            self.conference_id,
            self.transaction_id,
            self.user_id,
        )

    def _check_header(self) -> list[Finding]:
        """Return what the header breaks. Only a wrong version has a reply; receivers pass over the rest.

        Source:
            BFCP_001 (RFC 8855, 5)
            BFCP_002 (RFC 8855, 5.1)
        """
        findings = check_uint(self.primitive, 8, "BFCP_001", "header", "primitive")
        findings += check_uint(self.conference_id, 32, "BFCP_001", "header", "conference_id")
        findings += check_uint(self.transaction_id, 16, "BFCP_001", "header", "transaction_id")
        findings += check_uint(self.user_id, 16, "BFCP_001", "header", "user_id")
        if self.version != registry.VERSION_RELIABLE:
            findings.append(
                Finding(
                    requirement="BFCP_002",
                    where="header.version",
                    message=f"The version is {self.version}; over a reliable transport it is 1.",
                    reply=ErrorCode.UNSUPPORTED_VERSION,
                )
            )
        if self.responder or self.fragmented or self.reserved:
            findings += self._check_unused()
        return findings

    def _check_unused(self) -> list[Finding]:
        """Return a finding for each field that is not used over a reliable transport, and not zero.

        Source:
            BFCP_003 (RFC 8855, 5.1)
        """
        unused = {"responder": self.responder, "fragmented": self.fragmented, "reserved": self.reserved}
        return [
            Finding(
                requirement="BFCP_003",
                where=f"header.{name}",
                message=f"The value is {int(value)}; over a reliable transport it is zero.",
            )
            for name, value in unused.items()
            if value
        ]


def _check_lengths(octets: bytes) -> None:
    """Raise `IncorrectLength` unless the attributes, one after the other, end where the message ends.

    Source:
        BFCP_004 (RFC 8855, 5.1)
    """
    offset = HEADER_OCTETS
    while offset < len(octets):
        length = octets[offset + 1]
        end = offset + length + -length % 4
        if end > len(octets):
            raise IncorrectLength("an attribute passes the end of the message", offset=offset)
        offset = max(end, offset + 4)


def _unknown_mandatory(attributes: Iterable[Attribute]) -> Iterable[int]:
    for attribute in attributes:
        if isinstance(attribute, Group):
            yield from _unknown_mandatory(attribute.attributes)
        elif isinstance(attribute, UnknownAttribute) and attribute.mandatory:
            yield attribute.type
