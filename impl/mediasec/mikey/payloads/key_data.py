"""Keys and what carries them: the key data sub-payload, key validity, and KEMAC."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from mediasec.errors import Finding
from mediasec.mikey.payloads.payload import EndUnknown, Payload
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    KeyDataType,
    KeyValidityType,
    MacAlgorithm,
    PayloadType,
)
from mediasec.wire import OctetReader

_MAC_LENGTHS = {int(algorithm): algorithm.mac_length for algorithm in MacAlgorithm}
_SALTED = frozenset({KeyDataType.TGK_SALT, KeyDataType.TEK_SALT, KeyDataType.GTGK_SALT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spi:
    """The key belongs to a security parameter index.

    Attributes:
        value: SPI or MKI; at most 255 octets.
    """

    kind: ClassVar[KeyValidityType] = KeyValidityType.SPI
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The key is valid from one position to another; what a position is belongs to the security protocol.

    Attributes:
        valid_from: Start; at most 255 octets.
        valid_to: End; at most 255 octets.
    """

    kind: ClassVar[KeyValidityType] = KeyValidityType.INTERVAL
    valid_from: bytes
    valid_to: bytes


Validity = Spi | Interval


def parse_validity(reader: OctetReader, kind: int) -> Validity | None:
    """Read key validity data.

    Args:
        reader: Octets, at the start of the KV data.
        kind: KV, the type of key validity; uint4.

    Raises:
        MalformedMessage: The octets end too early.
        EndUnknown: The type is unknown.

    Source:
        MKY_035 (RFC 3830, 6.14)
    """
    match kind:
        case KeyValidityType.SPI:
            return Spi(value=reader.counted(1))
        case KeyValidityType.NULL:
            return None
        case KeyValidityType.INTERVAL:
            valid_from = reader.counted(1)
            return Interval(valid_from=valid_from, valid_to=reader.counted(1))
        case _:
            raise EndUnknown


def serialize_validity(validity: Validity | None) -> bytes:
    """Return key validity data.

    Source:
        MKY_035 (RFC 3830, 6.14)
    """
    match validity:
        case None:
            return b""
        case Spi(value=value):
            return len(value).to_bytes(1, "big") + value
        case Interval(valid_from=start, valid_to=end):
            return len(start).to_bytes(1, "big") + start + len(end).to_bytes(1, "big") + end


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyData(Payload):
    """Key data sub-payload.

    Attributes:
        kind: Type of key; uint4. The types with a salt have one, the others have none.
        key: The key; at most 65,535 octets. Secret.
        salt: The salt; at most 65,535 octets; None without one. Secret.
        validity: When the key is valid, if it says.

    Source:
        MKY_033 (RFC 3830, 6.13)
        MKY_034 (RFC 6043, 6.2.1)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.KEY_DATA
    kind: KeyDataType
    key: bytes = field(repr=False)
    salt: bytes | None = field(default=None, repr=False)
    validity: Validity | None = None

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        kind_and_validity = reader.uint8()
        kind = KeyDataType.of(kind_and_validity >> 4)
        if not isinstance(kind, KeyDataType):
            raise EndUnknown
        key = reader.counted(2)
        salt = reader.counted(2) if kind in _SALTED else None
        return cls(kind=kind, key=key, salt=salt, validity=parse_validity(reader, kind_and_validity & 0x0F))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet. Secret."""
        kind = KeyValidityType.NULL if self.validity is None else self.validity.kind
        parts = [bytes((self.kind << 4 | kind,)), len(self.key).to_bytes(2, "big"), self.key]
        if self.salt is not None:
            parts += [len(self.salt).to_bytes(2, "big"), self.salt]
        parts.append(serialize_validity(self.validity))
        return b"".join(parts)

    def check(self, where: str) -> list[Finding]:
        """Return the requirements that this payload breaks by itself."""
        if (self.salt is not None) == (self.kind in _SALTED):
            return []
        return [
            Finding(
                requirement="MKY_033",
                where=f"{where}.salt",
                message=f"whether there is a salt does not agree with {self.kind.name}",
            )
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kemac(Payload):
    """Key data transport (KEMAC).

    Attributes:
        encryption: Encryption algorithm; uint8.
        data: Encrypted key data sub-payloads; at most 65,535 octets. Secret where the algorithm is NULL.
        mac_algorithm: MAC algorithm; uint8.
        mac: The MAC; as long as the algorithm says.

    Source:
        MKY_032 (RFC 3830, 6.2)
        MKY_036 (RFC 6043, 6.2)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.KEMAC
    encryption: EncryptionAlgorithm | int
    data: bytes = field(repr=False)
    mac_algorithm: MacAlgorithm = MacAlgorithm.NULL
    mac: bytes = b""

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        encryption = EncryptionAlgorithm.of(reader.uint8())
        data = reader.counted(2)
        algorithm = MacAlgorithm.of(reader.uint8())
        if not isinstance(algorithm, MacAlgorithm):
            raise EndUnknown
        return cls(
            encryption=encryption,
            data=data,
            mac_algorithm=algorithm,
            mac=reader.octets(_MAC_LENGTHS[algorithm]),
        )

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return b"".join(
            (
                self.encryption.to_bytes(1, "big"),
                len(self.data).to_bytes(2, "big"),
                self.data,
                self.mac_algorithm.to_bytes(1, "big"),
                self.mac,
            )
        )

    def check(self, where: str) -> list[Finding]:
        """Return the requirements that this payload breaks by itself."""
        wanted = _MAC_LENGTHS[self.mac_algorithm]
        if len(self.mac) == wanted:
            return []
        return [
            Finding(
                requirement="MKY_032",
                where=f"{where}.mac",
                message=f"the MAC has {len(self.mac)} octets and {self.mac_algorithm.name} has {wanted}",
            )
        ]
