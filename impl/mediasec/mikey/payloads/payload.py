"""What every payload of MIKEY is: octets after a "next payload" octet, with a type of its own."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from mediasec.errors import Finding
from mediasec.mikey.registry import PayloadType
from mediasec.wire import OctetReader


class EndUnknown(Exception):
    """A code point that this implementation does not know decides where the payload ends."""


class Payload:
    """Base of the payloads; each is a frozen dataclass.

    Attributes:
        payload_type: Number in the "next payload" octet of the payload before it.
    """

    __slots__ = ()
    payload_type: ClassVar[PayloadType]

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read the payload after its "next payload" octet.

        Raises:
            MalformedMessage: The octets end too early, or a nested length is not fully used.
            EndUnknown: The end of the payload cannot be known.
        """
        raise NotImplementedError

    def serialize(self) -> bytes:
        """Return the octets after the "next payload" octet.

        Raises:
            OverflowError: A number does not fit its field.
            struct.error: Likewise.
        """
        raise NotImplementedError

    def check(self, where: str) -> list[Finding]:
        """Return the requirements that this payload breaks by itself.

        Args:
            where: Path to the payload, such as `payload[2]`.
        """
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A payload whose end cannot be known, with everything after it, kept as it came.

    Either its type is unknown, or a code point in it decides its length and is unknown.

    Attributes:
        payload_type: Number in the "next payload" octet of the payload before it; uint8.
        octets: Its own "next payload" octet and all that follows. May hold secrets.
    """

    payload_type: int
    octets: bytes = field(repr=False)


AnyPayload = Payload | Opaque
