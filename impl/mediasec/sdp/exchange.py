"""What an offer and its answer agreed on for a stream: who connects to where, and who is the TLS client.

The role in TCP and the role in TLS are apart: in the dial-in of TS 23.333 the MRFP opens the TCP connection
of a BFCP stream, and the UE starts TLS on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from mediasec.errors import MalformedMessage
from mediasec.sdp.attributes import FloorId, parse_floor_control, willing
from mediasec.sdp.fields import decimal
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import MIKEY, AttributeName, ConnectionState, FloorControl, Setup
from mediasec.sdp.streams import Stream, StreamKind, streams_of


class End(Enum):
    """One end of an exchange."""

    OFFERER = "offerer"
    ANSWERER = "answerer"

    @property
    def other(self) -> "End":
        """The other end."""
        return End.ANSWERER if self is End.OFFERER else End.OFFERER


class TlsServer(Enum):
    """How the TLS server of a stream is found."""

    ANSWERER = "the answerer"
    TCP_PASSIVE = "the side that accepts the TCP connection"


TLS_SERVER: Mapping[StreamKind, TlsServer] = MappingProxyType(
    {StreamKind.BFCP: TlsServer.ANSWERER, StreamKind.MSRP: TlsServer.TCP_PASSIVE}
)
"""How the TLS server is found by default; the sources disagree, see docs/decisions/tls-roles.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportAddress:
    """Where a TCP connection goes to.

    Attributes:
        host: IP address or domain name.
        port: Port; uint16.
    """

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorTerms:
    """What the floor control server of a stream told its client.

    Attributes:
        server: The end that is the server.
        conference_id: Conference ID of BFCP; uint32. None where it was not told.
        user_id: User ID of the client; uint16. None where it was not told.
        floors: The floors with the streams that they control.
    """

    server: End
    conference_id: int | None
    user_id: int | None
    floors: tuple[FloorId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed on for one stream.

    Attributes:
        offer: The stream as it was offered.
        answer: The stream as it was answered.
        keeps_connection: Whether the TCP connection that there is goes on; then nobody opens one.
        tcp_client: The end that opens the TCP connection; None where nobody does for the time being.
        tls_client: The end that starts TLS; None without TLS or without a connection.
        target: Where the TCP client connects to; None without one, or where no place was named.
        falls_back: Whether the offerer has to make a new offer without CEMA first.
        offered_key: The MIKEY message of the offer; empty without one.
        answered_key: The MIKEY message of the answer; empty without one.
        floor: What was told of floor control; None for MSRP.
    """

    offer: Stream
    answer: Stream
    keeps_connection: bool
    tcp_client: End | None
    tls_client: End | None
    target: TransportAddress | None
    falls_back: bool
    offered_key: bytes = field(repr=False)
    answered_key: bytes = field(repr=False)
    floor: FloorTerms | None

    @property
    def kind(self) -> StreamKind:
        """What the stream carries."""
        return self.offer.kind


def agreements(
    offer: SessionDescription,
    answer: SessionDescription,
    tls_server: Mapping[StreamKind, TlsServer] = TLS_SERVER,
) -> tuple[Agreement | None, ...]:
    """Return what was agreed on for each MSRP and BFCP stream; None for other streams and rejected ones.

    What offer and answer break is not asked here: see `rules.check_exchange`.

    Args:
        offer: The offer.
        answer: Its answer.
        tls_server: How the TLS server of each kind of stream is found.
    """
    return tuple(
        _agreement(first, second, tls_server)
        if first.wanted and second.wanted and first.kind is not StreamKind.OTHER
        else None
        for first, second in zip(streams_of(offer), streams_of(answer), strict=False)
    )


def _agreement(offer: Stream, answer: Stream, tls_server: Mapping[StreamKind, TlsServer]) -> Agreement:
    keeps = ConnectionState.NEW not in (offer.connection_state, answer.connection_state)
    opener = None if keeps else tcp_client(offer, answer)
    starter = None
    if offer.over_tls and opener is not None:
        starter = tls_client(opener, tls_server[offer.kind])
    return Agreement(
        offer=offer,
        answer=answer,
        keeps_connection=keeps,
        tcp_client=opener,
        tls_client=starter,
        target=None if opener is None else target(offer, answer, opener),
        falls_back=offer.kind is StreamKind.MSRP and falls_back(offer, answer),
        offered_key=_mikey_message(offer),
        answered_key=_mikey_message(answer),
        floor=_floor_terms(offer, answer) if offer.kind is StreamKind.BFCP else None,
    )


def tcp_client(offer: Stream, answer: Stream) -> End | None:
    """Return the end that opens the TCP connection; None with holdconn, and where the answer leaves it open.

    Source:
        SDP_039 (RFC 4145, 4.1)
    """
    match answer.setup_in(offer=False):
        case Setup.ACTIVE:
            return End.ANSWERER
        case Setup.PASSIVE:
            return None if offer.setup is Setup.HOLDCONN else End.OFFERER
        case _:
            return None


def tls_client(opener: End, server: TlsServer) -> End:
    """Return the end that starts TLS.

    Args:
        opener: The end that opens the TCP connection.
        server: How the TLS server is found.

    Source:
        SDP_040 (RFC 8856, 8)
        SDP_041 (RFC 6135, 6)
    """
    return End.OFFERER if server is TlsServer.ANSWERER else opener


def target(offer: Stream, answer: Stream, opener: End) -> TransportAddress | None:
    """Return where the TCP connection goes to; None where no place was named.

    Source:
        SDP_039 (RFC 4145, 4.1)
        SDP_055 (RFC 6714, 4.2)
        SDP_056 (RFC 4975, 8.3)
    """
    passive = answer if opener is End.OFFERER else offer
    cema = offer.has(AttributeName.MSRP_CEMA) and answer.has(AttributeName.MSRP_CEMA)
    if offer.kind is StreamKind.BFCP or cema:
        return TransportAddress(host=passive.connection.address, port=passive.line.port)
    first = next(iter(passive.path), None)
    if first is None or first.port is None:
        return None
    return TransportAddress(host=first.host, port=first.port)


def falls_back(offer: Stream, answer: Stream) -> bool:
    """Tell whether the offerer of an MSRP stream has to make a new offer without CEMA.

    That is where the answer has no CEMA, a middlebox moved its address, and the offerer cannot reach around
    it: because it is passive, or because a relay is on the path of either side.

    Source:
        SDP_054 (RFC 6714, 4.2)
    """
    if not offer.has(AttributeName.MSRP_CEMA) or answer.has(AttributeName.MSRP_CEMA):
        return False
    moved = bool(answer.path) and not answer.agrees_with_path
    relayed = max(len(offer.path), len(answer.path)) > 1
    return moved and (relayed or tcp_client(offer, answer) is End.ANSWERER)


def protocol_list(offer: SessionDescription) -> str:
    """Return the key management protocols of an offer, which each of them authenticates.

    The identifiers stand in the order in which they first appear, each once, with semicolons between.

    Source:
        SDP_020 (RFC 4567, 4.1.4)
    """
    streams = streams_of(offer)
    levels = [stream.own for stream in streams]
    if streams:
        levels.insert(0, streams[0].session)
    return ";".join(dict.fromkeys(protocol for level in levels for protocol in level.protocols))


def _mikey_message(stream: Stream) -> bytes:
    messages = (key.message for key in stream.keys if key.message is not None)
    return next((message.data for message in messages if message.protocol == MIKEY), b"")


def _floor_terms(offer: Stream, answer: Stream) -> FloorTerms:
    server = End.OFFERER if FloorControl.CLIENT in _roles(answer) else End.ANSWERER
    teller = offer if server is End.OFFERER else answer
    return FloorTerms(
        server=server,
        conference_id=_number(teller, AttributeName.CONFERENCE_ID, 32),
        user_id=_number(teller, AttributeName.USER_ID, 16),
        floors=tuple(_floors(teller)),
    )


def _roles(stream: Stream) -> frozenset[FloorControl]:
    attribute = stream.first(AttributeName.FLOOR_CONTROL)
    try:
        return frozenset() if attribute is None else willing(parse_floor_control(attribute.value))
    except MalformedMessage:
        return frozenset()


def _number(stream: Stream, name: AttributeName, bits: int) -> int | None:
    attribute = stream.first(name)
    try:
        return None if attribute is None else decimal(attribute.value, bits=bits)
    except MalformedMessage:
        return None


def _floors(stream: Stream) -> Iterator[FloorId]:
    for attribute in stream.all(AttributeName.FLOOR_ID):
        try:
            yield FloorId.parse(attribute.value)
        except MalformedMessage:
            continue
