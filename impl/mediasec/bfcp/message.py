"""BFCP messages: the common header and the attributes after it (RFC 8855, 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from mediasec.bfcp import registry
from mediasec.bfcp.attributes import Attribute, AttributeT, UnknownAttribute, check_uint, find, find_all
from mediasec.bfcp.formats import MESSAGE_FORMATS, check_format
from mediasec.bfcp.groups import Group, parse_attributes
from mediasec.bfcp.registry import ErrorCode, Primitive, known
from mediasec.errors import Finding, LocalProtocolError, MalformedMessage
from mediasec.wire import OctetReader, OctetWriter

HEADER_OCTETS: Final = 12
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
    """Common header.

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
    def parse(cls, octets: bytes) -> Self:
        """Read the header from the first 12 octets; each field is in network byte order.

        Raises:
            MalformedMessage: There are fewer octets.

        Source:
            BFCP_001 (RFC 8855, 5)
        """
        reader = OctetReader(octets)
        first = reader.uint8()
        return cls(
            version=first >> 5,
            responder=bool(first & 0x10),
            fragmented=bool(first & 0x08),
            reserved=first & 0x07,
            primitive=known(Primitive, reader.uint8()),
            payload_length=reader.uint16(),
            conference_id=reader.uint32(),
            transaction_id=reader.uint16(),
            user_id=reader.uint16(),
        )

    def serialize(self) -> bytes:
        """Return 12 octets in network byte order; `check` has found nothing before.

        Source:
            BFCP_001 (RFC 8855, 5)
        """
        writer = OctetWriter()
        writer.uint8(self.version << 5 | self.responder << 4 | self.fragmented << 3 | self.reserved)
        writer.uint8(self.primitive)
        writer.uint16(self.payload_length)
        writer.uint32(self.conference_id)
        writer.uint16(self.transaction_id)
        writer.uint16(self.user_id)
        return writer.getvalue()

    def check(self) -> list[Finding]:
        """Return what the header breaks. Only a wrong version has a reply; receivers pass over the rest.

        Source:
            BFCP_001 (RFC 8855, 5)
            BFCP_002 (RFC 8855, 5.1)
            BFCP_003 (RFC 8855, 5.1)
        """
        findings = []
        if self.version != registry.VERSION_RELIABLE:
            findings.append(
                Finding(
                    requirement="BFCP_002",
                    where="header.version",
                    message=f"The version is {self.version}; over a reliable transport it is 1.",
                    reply=ErrorCode.UNSUPPORTED_VERSION,
                )
            )
        for name, value in (("R", self.responder), ("F", self.fragmented), ("reserved", self.reserved)):
            if value:
                message = f"The {name} field is {int(value)}; over a reliable transport it is zero."
                findings.append(
                    Finding(requirement="BFCP_003", where=f"header.{name.lower()}", message=message)
                )
        for name, bits in (("primitive", 8), ("conference_id", 32), ("transaction_id", 16), ("user_id", 16)):
            findings += check_uint(getattr(self, name), bits, "BFCP_001", f"header.{name}")
        return findings


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
    def parse(cls, octets: bytes) -> Self:
        """Read one whole message.

        The R, F and reserved bits change nothing in how it is read: the fields of a fragment are never there
        over a reliable transport.

        Raises:
            IncorrectLength: It, or its last attribute, does not end where its length is announced to end.
            MalformedMessage: Its attributes do not parse.

        Source:
            BFCP_003 (RFC 8855, 5.1)
            BFCP_004 (RFC 8855, 5.1)
        """
        header = Header.parse(octets)
        length = HEADER_OCTETS + 4 * header.payload_length
        if len(octets) != length:
            raise IncorrectLength(f"the message has {len(octets)} octets, and {length} are announced")
        _check_lengths(octets)
        reader = OctetReader(octets)
        reader.octets(HEADER_OCTETS)
        return cls(
            primitive=header.primitive,
            conference_id=header.conference_id,
            transaction_id=header.transaction_id,
            user_id=header.user_id,
            attributes=parse_attributes(reader),
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
        payload = b"" if findings else b"".join(attribute.serialize() for attribute in self.attributes)
        if len(payload) > MAX_PAYLOAD:
            message = f"The payload has {len(payload)} octets, and {MAX_PAYLOAD} is the most."
            findings = [Finding(requirement="BFCP_004", where="header.payload_length", message=message)]
        if findings:
            raise LocalProtocolError(*findings)
        return self._header(len(payload) // 4).serialize() + payload

    def check(self) -> list[Finding]:
        """Return what the message breaks; a finding with a reply is one that a receiver cannot pass over.

        Source:
            BFCP_037 (RFC 8855, 8.1)
        """
        findings = self._header(0).check()
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
            types = [attribute.type for attribute in self.attributes]
            wanted = MESSAGE_FORMATS[self.primitive]
            findings += check_format(wanted, types, "attribute", self.primitive.label)
        for place, attribute in enumerate(self.attributes):
            findings += attribute.check(f"attribute[{place}]")
        return findings

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

    def _header(self, payload_length: int) -> Header:
        return Header(
            version=self.version,
            responder=self.responder,
            fragmented=self.fragmented,
            reserved=self.reserved,
            primitive=self.primitive,
            payload_length=payload_length,
            conference_id=self.conference_id,
            transaction_id=self.transaction_id,
            user_id=self.user_id,
        )


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
