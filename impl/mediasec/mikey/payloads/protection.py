"""Payloads that protect a message: V, SIGN, PKE and DH."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from mediasec.errors import Finding
from mediasec.mikey.payloads.key_data import Validity, parse_validity, serialize_validity
from mediasec.mikey.payloads.payload import EndUnknown, Payload
from mediasec.mikey.registry import (
    DhGroup,
    EnvelopeKeyCache,
    KeyValidityType,
    MacAlgorithm,
    PayloadType,
    SignatureType,
)
from mediasec.wire import OctetReader

_MAC_LENGTHS = {int(algorithm): algorithm.mac_length for algorithm in MacAlgorithm}
_DH_LENGTHS = {int(group): group.value_length for group in DhGroup}
_MAX_SIGNATURE = 0xFFF
_MAX_ENVELOPE = 0x3FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Payload):
    """Verification message (V).

    Attributes:
        algorithm: MAC algorithm; uint8.
        mac: The MAC; as long as the algorithm says.

    Source:
        MKY_028 (RFC 3830, 6.9)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.V
    algorithm: MacAlgorithm
    mac: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        algorithm = MacAlgorithm.of(reader.uint8())
        if not isinstance(algorithm, MacAlgorithm):
            raise EndUnknown
        return cls(algorithm=algorithm, mac=reader.octets(_MAC_LENGTHS[algorithm]))

    @property
    def proof(self) -> bytes:
        """What ends the message and protects it: the MAC."""
        return self.mac

    @classmethod
    def blank(cls, algorithm: MacAlgorithm) -> Self:
        """Return a payload with zeros where the MAC will be."""
        return cls(algorithm=algorithm, mac=bytes(_MAC_LENGTHS[algorithm]))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.algorithm.to_bytes(1, "big") + self.mac

    def check(self, where: str) -> list[Finding]:
        """Return the requirements that this payload breaks by itself."""
        wanted = _MAC_LENGTHS[self.algorithm]
        if len(self.mac) == wanted:
            return []
        return [
            Finding(
                requirement="MKY_028",
                where=f"{where}.mac",
                message=f"the MAC has {len(self.mac)} octets and {self.algorithm.name} has {wanted}",
            )
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Payload):
    """Signature (SIGN): always the last payload, and without a "next payload" octet.

    Attributes:
        kind: Signature scheme; uint4.
        signature: The signature; at most 4,095 octets.

    Source:
        MKY_029 (RFC 3830, 6.5)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.SIGN
    kind: SignatureType | int
    signature: bytes

    @property
    def proof(self) -> bytes:
        """What ends the message and protects it: the signature."""
        return self.signature

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload."""
        kind_and_length = reader.uint16()
        return cls(
            kind=SignatureType.of(kind_and_length >> 12),
            signature=reader.octets(kind_and_length & _MAX_SIGNATURE),
        )

    def serialize(self) -> bytes:
        """Return the octets."""
        if len(self.signature) > _MAX_SIGNATURE:
            raise OverflowError("the signature is longer than 4,095 octets")
        return (self.kind << 12 | len(self.signature)).to_bytes(2, "big") + self.signature


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedEnvelopeKey(Payload):
    """Envelope key encrypted to a public key (PKE).

    Attributes:
        cache: Whether the receiver keeps the envelope key; uint2.
        data: The encrypted envelope key; at most 16,383 octets.

    Source:
        MKY_030 (RFC 3830, 6.3)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.PKE
    cache: EnvelopeKeyCache | int
    data: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        cache_and_length = reader.uint16()
        return cls(
            cache=EnvelopeKeyCache.of(cache_and_length >> 14),
            data=reader.octets(cache_and_length & _MAX_ENVELOPE),
        )

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        if len(self.data) > _MAX_ENVELOPE:
            raise OverflowError("the encrypted envelope key is longer than 16,383 octets")
        return (self.cache << 14 | len(self.data)).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffieHellman(Payload):
    """Diffie-Hellman value (DH).

    Attributes:
        group: Group; uint8.
        public_value: Public value; as long as the group says.
        reserved: Four reserved bits.
        validity: When the key is valid, if it says.

    Source:
        MKY_031 (RFC 3830, 6.4)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.DH
    group: DhGroup
    public_value: bytes = field(repr=False)
    reserved: int = 0
    validity: Validity | None = None

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        group = reader.uint8()
        length = _DH_LENGTHS.get(group)
        if length is None:
            raise EndUnknown
        public_value = reader.octets(length)
        reserved_and_validity = reader.uint8()
        return cls(
            group=DhGroup(group),
            public_value=public_value,
            reserved=reserved_and_validity >> 4,
            validity=parse_validity(reader, reserved_and_validity & 0x0F),
        )

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        kind = KeyValidityType.NULL if self.validity is None else self.validity.kind
        return b"".join(
            (
                self.group.to_bytes(1, "big"),
                self.public_value,
                (self.reserved << 4 | kind).to_bytes(1, "big"),
                serialize_validity(self.validity),
            )
        )

    def check(self, where: str) -> list[Finding]:
        """Return the requirements that this payload breaks by itself."""
        wanted = _DH_LENGTHS[self.group]
        if len(self.public_value) == wanted:
            return []
        return [
            Finding(
                requirement="MKY_031",
                where=f"{where}.public_value",
                message=f"the value has {len(self.public_value)} octets and {self.group.name} has {wanted}",
            )
        ]
