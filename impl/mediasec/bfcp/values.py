"""BFCP attributes that hold one value each (RFC 8855, 5.2.1 to 5.2.13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mediasec.bfcp import registry
from mediasec.bfcp.attributes import Attribute, check_uint, uint16
from mediasec.bfcp.registry import AttributeType, known
from mediasec.errors import Finding, MalformedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier(Attribute):
    """An attribute whose contents are one identifier.

    Attributes:
        value: The identifier; uint16.
    """

    value: int

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read two octets.

        Source:
            BFCP_009 (RFC 8855, 5.2.1)
        """
        return cls(mandatory=mandatory, value=uint16(contents, cls.TYPE))

    def contents(self) -> bytes:
        """Return two octets."""
        return self.value.to_bytes(2, "big")

    def check(self, where: str) -> list[Finding]:
        """Return a finding if the identifier does not fit.

        Source:
            BFCP_009 (RFC 8855, 5.2.1)
        """
        return check_uint(self.value, 16, "BFCP_009", where, "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class BeneficiaryId(Identifier):
    """User who is to get a floor, or whom a query is about."""

    TYPE = AttributeType.BENEFICIARY_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorId(Identifier):
    """A floor of the conference."""

    TYPE = AttributeType.FLOOR_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequestId(Identifier):
    """A floor request at the floor control server."""

    TYPE = AttributeType.FLOOR_REQUEST_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority(Attribute):
    """Priority that a participant asks for.

    Attributes:
        priority: The priority; on the wire the first 3 of 16 bits.
    """

    TYPE = AttributeType.PRIORITY

    priority: registry.Priority

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read 16 bits; a priority above the highest is the highest, the reserved bits mean nothing.

        Source:
            BFCP_010 (RFC 8855, 5.2.4)
        """
        value = min(uint16(contents, cls.TYPE) >> 13, registry.Priority.HIGHEST)
        return cls(mandatory=mandatory, priority=registry.Priority(value))

    def contents(self) -> bytes:
        """Return two octets, the reserved bits zero.

        Source:
            BFCP_010 (RFC 8855, 5.2.4)
        """
        return (self.priority << 13).to_bytes(2, "big")

    def check(self, where: str) -> list[Finding]:
        """Return nothing: the type holds nothing that cannot be sent."""
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatus(Attribute):
    """Where a floor request stands.

    Attributes:
        status: Status; uint8, unknown ones too.
        queue_position: Position in the queue from 1; 0 for none. uint8.
    """

    TYPE = AttributeType.REQUEST_STATUS

    status: int
    queue_position: int = 0

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read two octets."""
        status, position = divmod(uint16(contents, cls.TYPE), 0x100)
        known_status = known(registry.RequestStatus, status)
        return cls(mandatory=mandatory, status=known_status, queue_position=position)

    def contents(self) -> bytes:
        """Return two octets."""
        return bytes((self.status, self.queue_position))

    def check(self, where: str) -> list[Finding]:
        """Return a finding for each value that does not fit, and for a position without a queue.

        Source:
            BFCP_011 (RFC 8855, 5.2.5)
        """
        findings = check_uint(self.status, 8, "BFCP_011", where, "status")
        findings += check_uint(self.queue_position, 8, "BFCP_011", where, "queue_position")
        if self.queue_position and self.status != registry.RequestStatus.ACCEPTED:
            findings.append(
                Finding(
                    requirement="BFCP_011",
                    where=f"{where}.queue_position",
                    message="The queue position is not zero, and the request is not in the state Accepted.",
                )
            )
        return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCode(Attribute):
    """Why a request was not processed.

    Attributes:
        code: Error code; uint8, unknown ones too.
        details: Error specific details in octets. For Unknown Mandatory Attribute one octet for each unknown
            type: the type in the first 7 bits.
    """

    TYPE = AttributeType.ERROR_CODE

    code: int
    details: bytes = b""

    @classmethod
    def of_unknown(cls, types: Iterable[int]) -> Self:
        """Return the error that lists types of attributes, 7 bits each, that were not understood.

        Source:
            BFCP_013 (RFC 8855, 5.2.6.1)
        """
        details = bytes(attribute << 1 for attribute in types)
        return cls(code=registry.ErrorCode.UNKNOWN_MANDATORY_ATTRIBUTE, details=details)

    @property
    def unknown_types(self) -> tuple[int, ...]:
        """Types that the peer did not understand, 7 bits each; none unless the code says so.

        Source:
            BFCP_013 (RFC 8855, 5.2.6.1)
        """
        if self.code != registry.ErrorCode.UNKNOWN_MANDATORY_ATTRIBUTE:
            return ()
        return tuple(octet >> 1 for octet in self.details)

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read the code and every octet after it."""
        if not contents:
            raise MalformedMessage(f"{cls.TYPE.label} has no code", offset=0)
        code = known(registry.ErrorCode, contents[0])
        return cls(mandatory=mandatory, code=code, details=contents[1:])

    def contents(self) -> bytes:
        """Return the code and the details."""
        return bytes((self.code,)) + self.details

    def check(self, where: str) -> list[Finding]:
        """Return a finding if the code does not fit."""
        return check_uint(self.code, 8, "BFCP_012", where, "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Attribute):
    """An attribute whose contents are text.

    Attributes:
        text: Text; at most 253 octets in UTF-8.
    """

    text: str

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read every octet as UTF-8.

        Source:
            BFCP_014 (RFC 8855, 5.2.7)
        """
        try:
            return cls(mandatory=mandatory, text=contents.decode())
        except UnicodeDecodeError as error:
            raise MalformedMessage(f"{cls.TYPE.label} is not UTF-8", offset=error.start) from error

    def contents(self) -> bytes:
        """Return the text in UTF-8.

        Source:
            BFCP_014 (RFC 8855, 5.2.7)
        """
        return self.text.encode()

    def check(self, where: str) -> list[Finding]:
        """Return a finding if the text cannot be written in UTF-8.

        Source:
            BFCP_014 (RFC 8855, 5.2.7)
        """
        try:
            self.text.encode()
        except UnicodeEncodeError:
            message = "The text holds half of a surrogate pair, which UTF-8 cannot write."
            return [Finding(requirement="BFCP_014", where=where, message=message)]
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorInfo(Text):
    """More about an error, for people."""

    TYPE = AttributeType.ERROR_INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantProvidedInfo(Text):
    """Why a participant asks for a floor, for people."""

    TYPE = AttributeType.PARTICIPANT_PROVIDED_INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInfo(Text):
    """More about the status of a floor request, for people."""

    TYPE = AttributeType.STATUS_INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDisplayName(Text):
    """Name of a user."""

    TYPE = AttributeType.USER_DISPLAY_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUri(Text):
    """URI by which a user takes part, such as the SIP URI."""

    TYPE = AttributeType.USER_URI


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportedAttributes(Attribute):
    """Attributes that the floor control server supports.

    Attributes:
        types: Their types, 7 bits each; on the wire in the first 7 bits of an octet.
    """

    TYPE = AttributeType.SUPPORTED_ATTRIBUTES

    types: tuple[int, ...]

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read one type from each octet; its last bit means nothing.

        Source:
            BFCP_015 (RFC 8855, 5.2.10)
        """
        return cls(mandatory=mandatory, types=tuple(octet >> 1 for octet in contents))

    def contents(self) -> bytes:
        """Return one octet for each type, its last bit zero.

        Source:
            BFCP_015 (RFC 8855, 5.2.10)
        """
        return bytes(attribute << 1 for attribute in self.types)

    def check(self, where: str) -> list[Finding]:
        """Return a finding for each type that does not fit.

        Source:
            BFCP_015 (RFC 8855, 5.2.10)
        """
        findings = []
        for place, attribute in enumerate(self.types):
            findings += check_uint(attribute, 7, "BFCP_015", where, f"types[{place}]")
        return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportedPrimitives(Attribute):
    """Messages that the floor control server supports.

    Attributes:
        primitives: Their primitives; uint8 each.
    """

    TYPE = AttributeType.SUPPORTED_PRIMITIVES

    primitives: tuple[int, ...]

    @classmethod
    def parse_contents(cls, contents: bytes, *, mandatory: bool) -> Self:
        """Read one primitive from each octet.

        Source:
            BFCP_015 (RFC 8855, 5.2.11)
        """
        return cls(mandatory=mandatory, primitives=tuple(contents))

    def contents(self) -> bytes:
        """Return one octet for each primitive.

        Source:
            BFCP_015 (RFC 8855, 5.2.11)
        """
        return bytes(self.primitives)

    def check(self, where: str) -> list[Finding]:
        """Return a finding for each primitive that does not fit.

        Source:
            BFCP_015 (RFC 8855, 5.2.11)
        """
        findings = []
        for place, primitive in enumerate(self.primitives):
            findings += check_uint(primitive, 8, "BFCP_015", where, f"primitives[{place}]")
        return findings
