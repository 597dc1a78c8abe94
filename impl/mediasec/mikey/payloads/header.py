"""Common header (HDR), the first payload of every message, with its maps of crypto sessions."""

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Self

from mediasec.errors import Finding, MalformedMessage
from mediasec.mikey.registry import DataType, ErrorNumber, MapType, PrfFunction, ProtocolType
from mediasec.wire import OctetReader

VERSION = 1
"""The version of MIKEY that this implementation knows."""

_FIXED = Struct("!BBBBIBB")
_SRTP_BLOCK = Struct("!BII")


@dataclass(frozen=True, slots=True, kw_only=True)
class SrtpSession:
    """A crypto session in an SRTP-ID map; its CS ID is its place in the map, from 1.

    Attributes:
        policy_number: Security policy of the stream; uint8.
        ssrc: Synchronization source; uint32; 0 leaves it to the Responder.
        rollover_counter: ROC; uint32.
    """

    policy_number: int
    ssrc: int
    rollover_counter: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SrtpMap:
    """SRTP-ID map.

    Source:
        MKY_008 (RFC 3830, 6.1.1)
    """

    map_type: ClassVar[MapType] = MapType.SRTP_ID
    sessions: tuple[SrtpSession, ...]

    @property
    def count(self) -> int:
        """Number of crypto sessions (#CS)."""
        return len(self.sessions)

    @classmethod
    def parse(cls, reader: OctetReader, count: int) -> Self:
        """Read `count` blocks of nine octets."""
        blocks = _SRTP_BLOCK.iter_unpack(reader.octets(count * _SRTP_BLOCK.size))
        return cls(
            sessions=tuple(
                SrtpSession(policy_number=number, ssrc=ssrc, rollover_counter=roc)
                for number, ssrc, roc in blocks
            )
        )

    def serialize(self) -> bytes:
        """Return the CS ID map info."""
        return b"".join(
            _SRTP_BLOCK.pack(session.policy_number, session.ssrc, session.rollover_counter)
            for session in self.sessions
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyMap:
    """Empty map: what a crypto session maps to is known from outside of the message.

    Attributes:
        count: Number of crypto sessions (#CS); uint8.

    Source:
        MKY_009 (RFC 4563, 5)
    """

    map_type: ClassVar[MapType] = MapType.EMPTY
    count: int = 0

    @classmethod
    def parse(cls, reader: OctetReader, count: int) -> Self:
        """Read nothing."""
        return cls(count=count)

    def serialize(self) -> bytes:
        """Return the CS ID map info: nothing."""
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class SrtpSessionData:
    """Session data of an SRTP crypto session.

    Attributes:
        ssrc: Synchronization source; uint32.
        rollover_counter: ROC; uint32; None together with `sequence_number`.
        sequence_number: SEQ; uint16; None together with `rollover_counter`.
    """

    ssrc: int
    rollover_counter: int | None = None
    sequence_number: int | None = None

    @classmethod
    def parse(cls, data: bytes, *, with_counters: bool) -> Self:
        """Read session data.

        Args:
            data: Session data of a GENERIC-ID block: 4 octets, or 10 with the counters.
            with_counters: The S flag of that block.

        Raises:
            MalformedMessage: The length is another.

        Source:
            MKY_011 (RFC 6043, 6.1.1)
        """
        reader = OctetReader(data)
        ssrc = reader.uint32()
        counters = (reader.uint32(), reader.uint16()) if with_counters else (None, None)
        reader.finish()
        return cls(ssrc=ssrc, rollover_counter=counters[0], sequence_number=counters[1])

    def serialize(self) -> bytes:
        """Return the session data; the S flag is set exactly if it has the counters."""
        counters = b""
        if self.rollover_counter is not None and self.sequence_number is not None:
            counters = self.rollover_counter.to_bytes(4, "big") + self.sequence_number.to_bytes(2, "big")
        return self.ssrc.to_bytes(4, "big") + counters


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericSession:
    """A crypto session in a GENERIC-ID map.

    Attributes:
        cs_id: CS ID; uint8.
        protocol_type: Security protocol; uint8.
        session_flag: S flag; its meaning belongs to the security protocol.
        policies: Numbers of the security policies (Ps); at most 127, each uint8.
        session_data: Session data; at most 65,535 octets.
        spi: SPI or MKI of the session key; at most 255 octets.
    """

    cs_id: int
    protocol_type: ProtocolType | int
    session_flag: bool = False
    policies: tuple[int, ...] = ()
    session_data: bytes = b""
    spi: bytes = b""

    @classmethod
    def parse(cls, reader: OctetReader) -> Self:
        """Read one block."""
        cs_id, protocol, counted = reader.octets(3)
        policies = tuple(reader.octets(counted & 0x7F))
        session_data = reader.counted(2)
        return cls(
            cs_id=cs_id,
            protocol_type=ProtocolType.of(protocol),
            session_flag=counted > 0x7F,
            policies=policies,
            session_data=session_data,
            spi=reader.counted(1),
        )

    def serialize(self) -> bytes:
        """Return the block."""
        if len(self.policies) > 0x7F:
            raise OverflowError("more than 127 policies")
        return b"".join(
            (
                bytes((self.cs_id, self.protocol_type, self.session_flag << 7 | len(self.policies))),
                bytes(self.policies),
                len(self.session_data).to_bytes(2, "big"),
                self.session_data,
                len(self.spi).to_bytes(1, "big"),
                self.spi,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericMap:
    """GENERIC-ID map.

    Source:
        MKY_010 (RFC 6043, 6.1.1)
    """

    map_type: ClassVar[MapType] = MapType.GENERIC_ID
    sessions: tuple[GenericSession, ...]

    @property
    def count(self) -> int:
        """Number of crypto sessions (#CS)."""
        return len(self.sessions)

    @classmethod
    def parse(cls, reader: OctetReader, count: int) -> Self:
        """Read `count` blocks."""
        return cls(sessions=tuple([GenericSession.parse(reader) for _ in range(count)]))

    def serialize(self) -> bytes:
        """Return the CS ID map info."""
        return b"".join([session.serialize() for session in self.sessions])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMap:
    """A map of an unknown type: where it ends, and with it where the payloads begin, is unknown.

    Attributes:
        map_type: CS ID map type; uint8.
        count: Number of crypto sessions (#CS); uint8.
    """

    map_type: int
    count: int

    def serialize(self) -> bytes:
        """Return nothing: the octets of the map lie in the one opaque payload that follows."""
        return b""


SessionMap = SrtpMap | EmptyMap | GenericMap | UnknownMap
_MAPS: dict[int, type[SrtpMap | EmptyMap | GenericMap]] = {
    each.map_type: each for each in (SrtpMap, EmptyMap, GenericMap)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Common header.

    Attributes:
        version: Version of MIKEY; uint8.
        data_type: Type of message; uint8.
        response_expected: V flag.
        prf_function: PRF for the keys that protect the message; uint7.
        csb_id: Crypto session bundle; uint32.
        sessions: The crypto sessions and what they map to.

    Source:
        MKY_001 (RFC 3830, 6.1)
    """

    version: int = VERSION
    data_type: DataType | int
    response_expected: bool = False
    prf_function: PrfFunction | int
    csb_id: int
    sessions: SessionMap

    @classmethod
    def parse(cls, reader: OctetReader) -> tuple[Self, int]:
        """Read the header; return it and the type of the first payload.

        Raises:
            MalformedMessage: The octets end too early.
        """
        version, data_type, following, flag_and_prf, csb_id, count, map_type = _FIXED.unpack(
            reader.octets(_FIXED.size)
        )
        known = _MAPS.get(map_type)
        sessions = known.parse(reader, count) if known else UnknownMap(map_type=map_type, count=count)
        header = cls(
            version=version,
            data_type=DataType.of(data_type),
            response_expected=flag_and_prf > 0x7F,
            prf_function=PrfFunction.of(flag_and_prf & 0x7F),
            csb_id=csb_id,
            sessions=sessions,
        )
        return header, following

    def serialize(self, following: int) -> bytes:
        """Return the octets of the header.

        Args:
            following: Type of the first payload; uint8.

        Source:
            MKY_006 (RFC 3830, 6)
        """
        if self.prf_function > 0x7F:
            raise OverflowError("the number of the PRF function has more than 7 bits")
        sessions = self.sessions
        return (
            _FIXED.pack(
                self.version,
                self.data_type,
                following,
                self.response_expected << 7 | self.prf_function,
                self.csb_id,
                sessions.count,
                sessions.map_type,
            )
            + sessions.serialize()
        )

    def check(self) -> list[Finding]:
        """Return the requirements that the header breaks by itself.

        Source:
            MKY_002 (RFC 3830, 6.1)
            MKY_011 (RFC 6043, 6.1.1)
        """
        findings = []
        if self.version != VERSION:
            findings.append(
                Finding(
                    requirement="MKY_002",
                    where="header.version",
                    message=f"the version is {self.version} and only {VERSION} is defined",
                    reply=ErrorNumber.UNSPECIFIED,
                )
            )
        if isinstance(self.sessions, GenericMap):
            for place, session in enumerate(self.sessions.sessions):
                findings += _check_session_data(session, f"header.sessions[{place}].session_data")
        return findings


def _check_session_data(session: GenericSession, where: str) -> list[Finding]:
    if session.protocol_type != ProtocolType.SRTP or not session.session_data:
        return []
    try:
        SrtpSessionData.parse(session.session_data, with_counters=session.session_flag)
    except MalformedMessage as error:
        return [Finding(requirement="MKY_011", where=where, message=error.reason)]
    return []
