"""Security policies, errors and general extensions: SP, ERR and the General Extension payload."""

from dataclasses import dataclass
from typing import ClassVar, Self

from mediasec.mikey.payloads.payload import Payload
from mediasec.mikey.registry import ErrorNumber, GeneralExtensionType, PayloadType, ProtocolType
from mediasec.wire import OctetReader


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyParameter:
    """One parameter of a security policy.

    Attributes:
        kind: What it sets; uint8; its meaning belongs to the security protocol.
        value: Its value; at most 255 octets.
    """

    kind: int
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityPolicy(Payload):
    """Security policy (SP).

    Attributes:
        number: Policy number; uint8; distinct in a message.
        protocol_type: Security protocol; uint8.
        parameters: Type, length and value of each parameter; together at most 65,535 octets.

    Source:
        MKY_037 (RFC 3830, 6.10)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.SP
    number: int
    protocol_type: ProtocolType | int
    parameters: tuple[PolicyParameter, ...] = ()

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        number, protocol = reader.octets(2)
        parameters = []
        with reader.restricted(reader.uint16()):
            while reader.remaining:
                kind, length = reader.octets(2)
                parameters.append(PolicyParameter(kind=kind, value=reader.octets(length)))
        return cls(number=number, protocol_type=ProtocolType.of(protocol), parameters=tuple(parameters))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        parameters = b"".join(
            bytes((parameter.kind, len(parameter.value))) + parameter.value for parameter in self.parameters
        )
        return bytes((self.number, self.protocol_type)) + len(parameters).to_bytes(2, "big") + parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Payload):
    """Error (ERR).

    Attributes:
        number: What went wrong; uint8.
        reserved: Reserved bits; uint16.

    Source:
        MKY_038 (RFC 3830, 6.12)
        MKY_039 (RFC 6043, 6.9)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.ERR
    number: ErrorNumber | int
    reserved: int = 0

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        return cls(number=ErrorNumber.of(reader.uint8()), reserved=reader.uint16())

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.number.to_bytes(1, "big") + self.reserved.to_bytes(2, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralExtension(Payload):
    """General extension.

    Attributes:
        kind: What the data is; uint8.
        data: The data; at most 65,535 octets.

    Source:
        MKY_040 (RFC 3830, 6.15)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.GENERAL_EXTENSION
    kind: GeneralExtensionType | int
    data: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        kind = GeneralExtensionType.of(reader.uint8())
        return cls(kind=kind, data=reader.counted(2))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.kind.to_bytes(1, "big") + len(self.data).to_bytes(2, "big") + self.data

    @classmethod
    def of_protocols(cls, identifiers: tuple[str, ...]) -> Self:
        """Return the extension that lists the key management protocols of an SDP description.

        Args:
            identifiers: Protocol identifiers (prtcl-id) in the order of the description; ASCII.

        Source:
            MKY_041 (RFC 4567, 4.1.4)
        """
        return cls(kind=GeneralExtensionType.SDP_IDS, data=";".join(identifiers).encode("ascii"))

    @property
    def protocols(self) -> tuple[str, ...]:
        """The key management protocols that an extension of type SDP IDs lists; none otherwise.

        Source:
            MKY_041 (RFC 4567, 4.1.4)
        """
        if self.kind != GeneralExtensionType.SDP_IDS:
            return ()
        return tuple(self.data.decode("ascii", errors="replace").split(";"))
