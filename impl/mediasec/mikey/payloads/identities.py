"""Identities, certificates and random values: ID, IDR, CERT, CHASH, RAND and RANDR."""

from dataclasses import dataclass
from typing import ClassVar, Self

from mediasec.errors import Finding
from mediasec.mikey.payloads.payload import EndUnknown, Payload
from mediasec.mikey.registry import (
    CertificateType,
    HashFunction,
    IdentityRole,
    IdentityType,
    PayloadType,
    RandRole,
)
from mediasec.wire import OctetReader

_HASH_LENGTHS = {int(function): function.hash_length for function in HashFunction}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Payload):
    """Identity (ID).

    Attributes:
        kind: Form of the identity; uint8.
        data: The identity; at most 65,535 octets; UTF-8 for a URI or NAI.

    Source:
        MKY_021 (RFC 3830, 6.7)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.ID
    kind: IdentityType | int
    data: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        kind = IdentityType.of(reader.uint8())
        return cls(kind=kind, data=reader.counted(2))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.kind.to_bytes(1, "big") + len(self.data).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleIdentity(Payload):
    """Identity with a role (IDR).

    Attributes:
        role: Whose identity it is; uint8.
        kind: Form of the identity; uint8.
        data: The identity; at most 65,535 octets; UTF-8 for a URI or NAI.

    Source:
        MKY_023 (RFC 6043, 6.6)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.IDR
    role: IdentityRole | int
    kind: IdentityType | int
    data: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        role, kind = reader.octets(2)
        return cls(role=IdentityRole.of(role), kind=IdentityType.of(kind), data=reader.counted(2))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return bytes((self.role, self.kind)) + len(self.data).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Payload):
    """Certificate (CERT).

    Attributes:
        kind: Form and use of the certificate; uint8.
        data: DER, or ASCII if it is a URL; at most 65,535 octets.

    Source:
        MKY_022 (RFC 3830, 6.7)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.CERT
    kind: CertificateType | int
    data: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        kind = CertificateType.of(reader.uint8())
        return cls(kind=kind, data=reader.counted(2))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.kind.to_bytes(1, "big") + len(self.data).to_bytes(2, "big") + self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateHash(Payload):
    """Hash of the certificate whose public key was used (CHASH).

    Attributes:
        function: Hash function; uint8.
        digest: The hash; as long as the function says.

    Source:
        MKY_024 (RFC 3830, 6.8)
        MKY_025 (RFC 6043, 6.7)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.CHASH
    function: HashFunction
    digest: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        function = reader.uint8()
        length = _HASH_LENGTHS.get(function)
        if length is None:
            raise EndUnknown
        return cls(function=HashFunction(function), digest=reader.octets(length))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return self.function.to_bytes(1, "big") + self.digest

    def check(self, where: str) -> list[Finding]:
        """Return the requirements that this payload breaks by itself."""
        wanted = _HASH_LENGTHS[self.function]
        if len(self.digest) == wanted:
            return []
        return [
            Finding(
                requirement="MKY_024",
                where=f"{where}.digest",
                message=f"the hash has {len(self.digest)} octets and {self.function.name} has {wanted}",
            )
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rand(Payload):
    """Random value (RAND).

    Attributes:
        value: At most 255 octets; 16 or more are recommended.

    Source:
        MKY_026 (RFC 3830, 6.11)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.RAND
    value: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        return cls(value=reader.counted(1))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return len(self.value).to_bytes(1, "big") + self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRand(Payload):
    """Random value with a role (RANDR).

    Attributes:
        role: Who generated it; uint8.
        value: At most 255 octets.

    Source:
        MKY_027 (RFC 6043, 6.8)
    """

    payload_type: ClassVar[PayloadType] = PayloadType.RANDR
    role: RandRole | int
    value: bytes

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet."""
        role, length = reader.octets(2)
        return cls(role=RandRole.of(role), value=reader.octets(length))

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet."""
        return bytes((self.role, len(self.value))) + self.value
