"""Values of attributes: read from text, written to the same text."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Self

from mediasec.errors import MalformedMessage
from mediasec.sdp.fields import TCHARS, decimal, is_token, seen
from mediasec.sdp.registry import FloorControl, HashFunction, MikeyDataType, known

_PROTOCOL_ID = re.compile(r"[A-Za-z0-9]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2})*")
_MEDIA_TYPE = re.compile(rf'(?:{TCHARS}/{TCHARS}|\*)(?:;{TCHARS}=(?:{TCHARS}|"(?:[^"\\]|\\.)*"))*')
_HASH_OCTETS = {
    HashFunction.SHA_1: 20,
    HashFunction.SHA_224: 28,
    HashFunction.SHA_256: 32,
    HashFunction.SHA_384: 48,
    HashFunction.SHA_512: 64,
    HashFunction.MD5: 16,
    HashFunction.MD2: 16,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyManagement:
    """A message of a key management protocol: the value of `a=key-mgmt`.

    Attributes:
        protocol: Identifier of the protocol; case counts.
        data: The message, in octets. It holds encrypted keys, and is not shown.
    """

    protocol: str
    data: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value.

        Raises:
            MalformedMessage: It is not an identifier, a space and base64.
        """
        protocol, space, encoded = text.removeprefix(" ").partition(" ")
        if not _PROTOCOL_ID.fullmatch(protocol) or not space:
            raise MalformedMessage("it is not a protocol identifier, one space and base64")
        if not encoded:
            raise MalformedMessage("the message is missing")
        if not _BASE64.fullmatch(encoded):
            raise MalformedMessage("the message has characters that are not of base64")
        if len(encoded) % 4:
            raise MalformedMessage("the base64 is not a multiple of 4 characters: it lacks padding or is cut")
        try:
            return cls(protocol=protocol, data=base64.b64decode(encoded, validate=True))
        except binascii.Error:
            raise MalformedMessage("the message is not in base64") from None

    def serialize(self) -> str:
        """Return the value."""
        return f"{self.protocol} {base64.b64encode(self.data).decode()}"

    @property
    def data_type(self) -> MikeyDataType | int | None:
        """Data type of the MIKEY message, its second octet; None where it has none.

        Nothing else of the message is read here: MIKEY is another protocol, and protocols do not know
        each other.
        """
        if len(self.data) < 2:
            return None
        return known(MikeyDataType, self.data[1]) or self.data[1]


def parse_floor_control(text: str) -> tuple[FloorControl, ...]:
    """Read the roles in `a=floorctrl`, in their order; an old `c-s` stays what it is.

    Raises:
        MalformedMessage: A role is unknown, or stands twice.
    """
    try:
        roles = tuple(map(FloorControl, text.split(" ")))
    except ValueError:
        raise MalformedMessage(f"{seen(text)} is not a list of 'c-only' and 's-only'") from None
    if len(set(roles)) != len(roles):
        raise MalformedMessage(f"{seen(text)} has a role twice")
    return roles


def willing(roles: tuple[FloorControl, ...]) -> frozenset[FloorControl]:
    """Return the roles, client and server, that a side with this `a=floorctrl` is willing to take."""
    if FloorControl.EITHER in roles:
        return frozenset({FloorControl.CLIENT, FloorControl.SERVER})
    return frozenset(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorId:
    """A floor and the streams that it controls: the value of `a=floorid`.

    Attributes:
        floor: Floor ID; uint16.
        streams: Labels of the streams.
        keyword: `mstrm`, or `m-stream` where an old example was followed.
    """

    floor: int
    streams: tuple[str, ...] = ()
    keyword: str = "mstrm"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value; `m-stream` is read as `mstrm`.

        Raises:
            MalformedMessage: It is not a number and a list of streams.
        """
        number, space, pointers = text.partition(" ")
        floor = decimal(number, bits=16)
        if not space:
            return cls(floor=floor)
        keyword, colon, streams = pointers.partition(":")
        labels = tuple(streams.split(" "))
        if keyword not in ("mstrm", "m-stream") or not colon or not all(map(is_token, labels)):
            raise MalformedMessage(f"{seen(text)} is not '<floor> mstrm:<label> ...'")
        return cls(floor=floor, streams=labels, keyword=keyword)

    def serialize(self) -> str:
        """Return the value."""
        return f"{self.floor} {self.keyword}:{' '.join(self.streams)}" if self.streams else str(self.floor)


def parse_bfcp_versions(text: str) -> tuple[int, ...]:
    """Read the versions in `a=bfcpver`, each of 3 bits.

    Raises:
        MalformedMessage: It is no list of such numbers.
    """
    return tuple(decimal(each, bits=3) for each in text.split(" "))


def parse_accept_types(text: str) -> tuple[str, ...]:
    """Read the media types in `a=accept-types`, with their parameters.

    Raises:
        MalformedMessage: An entry is neither `type/subtype`, `type/*` nor `*`.
    """
    entries: list[str] = []
    at = 0
    while True:
        entry = _MEDIA_TYPE.match(text, at)
        if entry is None or text[entry.end() : entry.end() + 1] not in ("", " "):
            rest = text[at:].partition(" ")[0]
            raise MalformedMessage(f"{seen(rest)} is neither 'type/subtype', 'type/*' nor '*'")
        entries.append(entry[0])
        if entry.end() == len(text):
            return tuple(entries)
        at = entry.end() + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Fingerprint of a certificate: the value of `a=fingerprint`.

    Attributes:
        hash_function: Hash function; an unknown name stays text.
        digest: The hash, in octets.
    """

    hash_function: HashFunction | str
    digest: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value.

        Raises:
            MalformedMessage: It is not a hash function and its hash.
        """
        name, _, digest = text.partition(" ")
        if not is_token(name) or not _FINGERPRINT.fullmatch(digest):
            raise MalformedMessage(
                "it is not a hash function, a space and pairs of upper-case hex with colons"
            )
        octets = bytes.fromhex(digest.replace(":", ""))
        # The name is a literal of ABNF, whose case does not count; the RFC's own example has SHA-256.
        function = known(HashFunction, name.lower())
        if function is None:
            return cls(hash_function=name, digest=octets)
        if len(octets) != _HASH_OCTETS[function]:
            raise MalformedMessage(
                f"a hash of {function} is of {_HASH_OCTETS[function]} octets, and here are {len(octets)}"
            )
        return cls(hash_function=function, digest=octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Streams that belong together: the value of `a=group`.

    Attributes:
        semantics: What they are grouped for, such as `BUNDLE`.
        members: Identifiers of the streams, as in `a=mid`.
    """

    semantics: str
    members: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value; a list without members is a group of none.

        Raises:
            MalformedMessage: A part of it is no token.
        """
        parts = tuple(text.split(" "))
        if not all(map(is_token, parts)):
            raise MalformedMessage(f"{seen(text)} is not a kind of group and its members")
        return cls(semantics=parts[0], members=parts[1:])
