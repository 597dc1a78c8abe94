"""Ticket policy and ticket: TP, TICKET and the ticket header THDR."""

from dataclasses import dataclass, field
from struct import Struct
from typing import ClassVar, Self

from mediasec.mikey.payloads.payload import Payload
from mediasec.mikey.registry import PayloadType, PrfFunction, TicketFlag, TicketType
from mediasec.wire import OctetReader

_POLICY = Struct("!HBBBH")
_FLAGS_SHIFT = 5
_RESERVED_MASK = 0x1F


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPolicy(Payload):
    """Ticket policy (TP): what the Initiator asks for.

    Attributes:
        ticket_type: Format and processing of the ticket; uint16.
        subtype: Subtype of the ticket; uint8.
        version: Version of the subtype; uint8.
        prf_function: PRF for key forking and for the keys of the ticket; uint7.
        flags: The flags D to O.
        reserved: Reserved bits; uint5.
        data: TP Data; at most 65,535 octets; `mediasec.mikey.ticket.PolicyData` reads it.

    Source:
        MKY_042 (RFC 6043, 6.10)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.TP
    ticket_type: TicketType | int = TicketType.MIKEY_BASE
    subtype: int = 1
    version: int = 1
    prf_function: PrfFunction | int
    flags: TicketFlag
    reserved: int = 0
    data: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        ticket_type, subtype, version, high, low = _POLICY.unpack(reader.octets(_POLICY.size))
        return cls(
            ticket_type=TicketType.of(ticket_type),
            subtype=subtype,
            version=version,
            prf_function=PrfFunction.of(high >> 1),
            flags=TicketFlag((high & 1) << 11 | low >> _FLAGS_SHIFT),
            reserved=low & _RESERVED_MASK,
            data=reader.counted(2),
        )

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        if self.prf_function > 0x7F or self.reserved > _RESERVED_MASK:
            raise OverflowError("the PRF function has 7 bits and the reserved field has 5")
        flags = int(self.flags)
        fixed = _POLICY.pack(
            self.ticket_type,
            self.subtype,
            self.version,
            self.prf_function << 1 | flags >> 11,
            (flags << _FLAGS_SHIFT | self.reserved) & 0xFFFF,
        )
        return fixed + len(self.data).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Payload):
    """Ticket (TICKET): the granted policy, and the data for those who resolve the ticket.

    Attributes:
        policy: The granted ticket policy.
        data: Ticket Data; at most 65,535 octets; its form belongs to the ticket type.
        initiator_data: Initiator Data; at most 65,535 octets; empty without key forking.

    Source:
        MKY_043 (RFC 6043, 6.10)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.TICKET
    policy: TicketPolicy
    data: bytes = field(repr=False)
    initiator_data: bytes = b""

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        policy = TicketPolicy.parse(reader)
        data = reader.counted(2)
        return cls(policy=policy, data=data, initiator_data=reader.counted(2))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return b"".join(
            (
                self.serialize_without_initiator_data(),
                len(self.initiator_data).to_bytes(2, "big"),
                self.initiator_data,
            )
        )

    def serialize_without_initiator_data(self) -> bytes:
        """Return the octets after the "next payload" octet and before the Initiator Data length."""
        return self.policy.serialize() + len(self.data).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketHeader:
    """Ticket header (THDR): how the Ticket Data of a base ticket begins.

    It has no number as a "next payload", so it stands nowhere else.

    Attributes:
        data: Data of the implementation that made the ticket; at most 65,535 octets.

    Source:
        MKY_050 (RFC 6043, A.3)
    """

    data: bytes = b""

    @classmethod
    def parse(cls, reader: OctetReader) -> tuple[Self, int]:
        """Read the header; return it and the type of the first payload after it."""
        following = reader.uint8()
        return cls(data=reader.counted(2)), following

    def serialize(self, following: int) -> bytes:
        """Return the octets of the header.

        Args:
            following: Type of the first payload after it; uint8.
        """
        return bytes((following,)) + len(self.data).to_bytes(2, "big") + self.data
