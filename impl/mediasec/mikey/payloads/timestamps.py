"""Timestamps: the payload T, and TR, which adds a role."""

from dataclasses import dataclass
from typing import ClassVar, Self

from mediasec.mikey.payloads.payload import EndUnknown, Payload
from mediasec.mikey.registry import PayloadType, TimestampRole, TimestampType
from mediasec.wire import OctetReader

_SECONDS_1900_TO_1970 = 2_208_988_800
_ERA_SECONDS = 1 << 32
_FIRST_OF_ERA_ZERO = 1 << 31
_VALUE_LENGTHS = {int(kind): kind.value_length for kind in TimestampType}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp(Payload):
    """Timestamp payload (T).

    Attributes:
        kind: Form of the value; uint8.
        value: Seconds since 1900 with a 32-bit binary fraction (uint64), the seconds alone (uint32), or a
            counter (uint32), as `kind` says.

    Source:
        MKY_016 (RFC 3830, 6.6)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.T
    kind: TimestampType
    value: int

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        kind = TimestampType.of(reader.uint8())
        if not isinstance(kind, TimestampType):
            raise EndUnknown
        return cls(kind=kind, value=reader.uint(_VALUE_LENGTHS[kind]))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.kind.to_bytes(1, "big") + self.value.to_bytes(_VALUE_LENGTHS[self.kind], "big")

    @classmethod
    def of_unix_time(cls, seconds: float, kind: TimestampType) -> Self:
        """Return the timestamp of an instant.

        Args:
            seconds: Seconds since 1970, UTC; from 1968 to 2104.
            kind: A form other than COUNTER.

        Source:
            MKY_018 (RFC 6043, 6.3)
        """
        whole = int(seconds // 1)
        value = (whole + _SECONDS_1900_TO_1970) % _ERA_SECONDS
        if kind is TimestampType.NTP_UTC_32:
            return cls(kind=kind, value=value)
        return cls(kind=kind, value=value << 32 | int((seconds - whole) * _ERA_SECONDS))

    @property
    def unix_time(self) -> float:
        """Seconds since 1970, UTC; a value from the first half of its era lies after 7 February 2036.

        Source:
            MKY_018 (RFC 6043, 6.3)
        """
        value = self.value if self.kind is TimestampType.NTP_UTC_32 else self.value / _ERA_SECONDS
        if value < _FIRST_OF_ERA_ZERO:
            value += _ERA_SECONDS
        return value - _SECONDS_1900_TO_1970

    @property
    def octets_of_64_bits(self) -> bytes:
        """The value as 8 octets, as an initialization vector needs it.

        A counter gets zeros before it, NTP-UTC-32 gets a fraction of zero after it.

        Source:
            MKY_017 (RFC 3830, 6.6)
            MKY_019 (RFC 6043, 6.3)
        """
        if self.kind is TimestampType.NTP_UTC_32:
            return self.value.to_bytes(4, "big") + bytes(4)
        return self.value.to_bytes(8, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTimestamp(Payload):
    """Timestamp with a role (TR).

    Attributes:
        role: What the timestamp means; uint8.
        timestamp: The timestamp.

    Source:
        MKY_020 (RFC 6043, 6.4)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.TR
    role: TimestampRole | int
    timestamp: Timestamp

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        return cls(role=TimestampRole.of(reader.uint8()), timestamp=Timestamp.parse(reader))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.role.to_bytes(1, "big") + self.timestamp.serialize()
