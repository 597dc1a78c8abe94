"""Rules for BFCP streams: roles in floor control, what the server tells the client, and versions."""

from collections.abc import Callable, Iterator

from mediasec.errors import Finding, MalformedMessage
from mediasec.sdp.attributes import FloorId, parse_bfcp_versions, parse_floor_control, willing
from mediasec.sdp.fields import decimal, seen
from mediasec.sdp.registry import BFCP_VERSION_OVER_TCP, AttributeName, FloorControl
from mediasec.sdp.rules.side import Exchange, ExchangeRule, Side, SideRule, StreamRule, finding
from mediasec.sdp.streams import PlacedAttribute, Stream, StreamKind

_OPPOSITE = {FloorControl.CLIENT: FloorControl.SERVER, FloorControl.SERVER: FloorControl.CLIENT}


def _roles(stream: Stream) -> tuple[FloorControl, ...]:
    """Return the roles in a=floorctrl; none where it is absent or cannot be read."""
    attribute = stream.first(AttributeName.FLOOR_CONTROL)
    try:
        return () if attribute is None else parse_floor_control(attribute.value)
    except MalformedMessage:
        return ()


def _versions(stream: Stream) -> tuple[int, ...]:
    """Return the versions in a=bfcpver, or the default of a stream over TCP; none if it cannot be read."""
    attribute = stream.first(AttributeName.BFCP_VERSION)
    try:
        return (BFCP_VERSION_OVER_TCP,) if attribute is None else parse_bfcp_versions(attribute.value)
    except MalformedMessage:
        return ()


def role_offered(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an offer without a=floorctrl.

    Source:
        SDP_057 (RFC 8856, 10.1)
    """
    if side.is_offer and not stream.has(AttributeName.FLOOR_CONTROL):
        message = "The offer has no a=floorctrl; 'c-only' of a UE, 's-only' of a conference is wanted."
        yield finding("SDP_057", stream.where, message)


def role_values(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an a=floorctrl with another role than client and server.

    Source:
        SDP_059 (RFC 8856, 5.1)
    """
    attribute = stream.first(AttributeName.FLOOR_CONTROL)
    if attribute is None:
        return
    try:
        roles = parse_floor_control(attribute.value)
    except MalformedMessage as error:
        yield finding("SDP_059", attribute.where, f"The value of a=floorctrl cannot be read: {error.reason}.")
        return
    if FloorControl.EITHER in roles:
        message = "a=floorctrl has the role 'c-s', which is no longer sent; it is read as 'c-only s-only'."
        yield finding("SDP_059", attribute.where, message)


def one_role_answered(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an answer with more than one role.

    Source:
        SDP_060 (RFC 8856, 5.1)
    """
    attribute = stream.first(AttributeName.FLOOR_CONTROL)
    if not side.is_offer and attribute is not None and len(_roles(stream)) > 1:
        message = f"The answer has the roles {seen(attribute.value)}; it takes one of them."
        yield finding("SDP_060", attribute.where, message)


def _given_by_server(stream: Stream, name: AttributeName, identity: str, what: str) -> Iterator[Finding]:
    if FloorControl.SERVER in willing(_roles(stream)) and not stream.has(name):
        message = (
            f"The side is willing to be the floor control server and gives no {what}; a={name} is wanted."
        )
        yield finding(identity, stream.where, message)


def conference_given(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a server that gives no conference ID.

    Source:
        SDP_062 (RFC 8856, 10.1)
    """
    yield from _given_by_server(stream, AttributeName.CONFERENCE_ID, "SDP_062", "conference ID")


def user_given(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a server that gives no user ID.

    Source:
        SDP_063 (RFC 8856, 10.1)
    """
    yield from _given_by_server(stream, AttributeName.USER_ID, "SDP_063", "user ID")


def floors_given(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a server that gives no floor.

    Source:
        SDP_064 (RFC 8856, 10.1)
    """
    yield from _given_by_server(stream, AttributeName.FLOOR_ID, "SDP_064", "floor")


def floors_labelled(side: Side) -> Iterator[Finding]:
    """Find a floor that points to a stream that is not there.

    Source:
        SDP_065 (RFC 8856, 5.4)
    """
    labels = {label.value for stream in side.streams for label in stream.all(AttributeName.LABEL)}
    for stream in side.streams:
        if stream.kind is not StreamKind.BFCP or not stream.wanted:
            continue
        for attribute in stream.all(AttributeName.FLOOR_ID):
            try:
                floor = FloorId.parse(attribute.value)
            except MalformedMessage:
                continue
            missing = [label for label in floor.streams if label not in labels]
            if missing:
                message = (
                    f"Floor {floor.floor} controls the stream {seen(missing[0])}, and no stream here has "
                    f"that a=label."
                )
                yield finding("SDP_065", attribute.where, message)


def _value(
    attributes: tuple[PlacedAttribute, ...], parse: Callable[[str], object], name: str, identity: str
) -> Iterator[Finding]:
    for attribute in attributes:
        try:
            parse(attribute.value)
        except MalformedMessage as error:
            yield finding(identity, attribute.where, f"The value of a={name} cannot be read: {error.reason}.")


def conference_value(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a conference ID that BFCP cannot carry.

    Source:
        SDP_066 (RFC 8856, 5.2)
    """
    attributes = stream.all(AttributeName.CONFERENCE_ID)
    yield from _value(attributes, lambda text: decimal(text, bits=32), "confid", "SDP_066")


def user_value(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a user ID that BFCP cannot carry.

    Source:
        SDP_067 (RFC 8856, 5.3)
    """
    attributes = stream.all(AttributeName.USER_ID)
    yield from _value(attributes, lambda text: decimal(text, bits=16), "userid", "SDP_067")


def floor_value(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a floor that BFCP cannot carry, or streams after the wrong word.

    Source:
        SDP_068 (RFC 8856, 5.4)
    """
    attributes = stream.all(AttributeName.FLOOR_ID)
    yield from _value(attributes, FloorId.parse, "floorid", "SDP_068")
    for attribute in attributes:
        if " m-stream:" in attribute.value:
            message = (
                "a=floorid has 'm-stream:', a slip of RFC 4583 that receivers put up with; it is 'mstrm:'."
            )
            yield finding("SDP_068", attribute.where, message)


def versions_present(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an offer or answer without a=bfcpver.

    Source:
        SDP_069 (RFC 8856, 10.1)
    """
    if not stream.has(AttributeName.BFCP_VERSION):
        yield finding(
            "SDP_069", stream.where, "The stream has no a=bfcpver; over TCP 'a=bfcpver:1' is wanted."
        )


def version_over_tcp(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an a=bfcpver that cannot be read, or lacks the version for TCP.

    Source:
        SDP_070 (RFC 8856, 5.5)
    """
    attribute = stream.first(AttributeName.BFCP_VERSION)
    if attribute is None:
        return
    try:
        versions = parse_bfcp_versions(attribute.value)
    except MalformedMessage as error:
        yield finding("SDP_070", attribute.where, f"The value of a=bfcpver cannot be read: {error.reason}.")
        return
    if stream.line.transport.startswith("TCP/") and BFCP_VERSION_OVER_TCP not in versions:
        message = f"a=bfcpver is {seen(attribute.value)}; over TCP BFCP is of version 1."
        yield finding("SDP_070", attribute.where, message)


def role_answered(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer without a=floorctrl to an offer that has it.

    Source:
        SDP_058 (RFC 8856, 10.2)
    """
    offered = exchange.offer.first(AttributeName.FLOOR_CONTROL)
    if offered is not None and not exchange.answer.has(AttributeName.FLOOR_CONTROL):
        message = f"The offer has a=floorctrl of {seen(offered.value)}, and the answer has none."
        yield finding("SDP_058", exchange.answer.where, message)


def opposite_role(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer that leaves the floor control without a client or without a server.

    Source:
        SDP_061 (RFC 8856, 5.1)
    """
    offered = willing(_roles(exchange.offer)) or {FloorControl.CLIENT}
    answered = _roles(exchange.answer)
    attribute = exchange.answer.first(AttributeName.FLOOR_CONTROL)
    if attribute is None or len(answered) != 1 or answered[0] is FloorControl.EITHER:
        return
    wanted = _OPPOSITE[answered[0]]
    if wanted not in offered:
        message = f"The answer is '{answered[0]}', and the offerer is not willing to be '{wanted}'."
        yield finding("SDP_061", attribute.where, message)


def answered_versions(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer with a version that was not offered.

    Source:
        SDP_071 (RFC 8856, 10.2)
    """
    offered, answered = _versions(exchange.offer), _versions(exchange.answer)
    strange = [each for each in answered if each not in offered]
    attribute = exchange.answer.first(AttributeName.BFCP_VERSION)
    if attribute is not None and offered and strange:
        message = (
            f"The answer has version {strange[0]}, which the offer does not have; a version of the offer is "
            "wanted, or port 0."
        )
        yield finding("SDP_071", attribute.where, message)


def answered_transport(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer with another transport than the offer's.

    Source:
        SDP_072 (RFC 8856, 10.2)
    """
    offered, answered = exchange.offer.line.transport, exchange.answer.line.transport
    if offered != answered:
        message = f"The transport is {seen(answered)}, and {seen(offered)} in the offer; the same is wanted."
        yield finding("SDP_072", exchange.answer.where, message)


_BFCP_RULES: tuple[StreamRule, ...] = (
    role_offered,
    role_values,
    one_role_answered,
    conference_given,
    user_given,
    floors_given,
    conference_value,
    user_value,
    floor_value,
    versions_present,
    version_over_tcp,
)
_BFCP_EXCHANGE_RULES: tuple[ExchangeRule, ...] = (
    role_answered,
    opposite_role,
    answered_versions,
    answered_transport,
)


def check_stream(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find what a BFCP stream breaks."""
    if stream.kind is StreamKind.BFCP:
        for each in _BFCP_RULES:
            yield from each(stream, side)


def check_exchange(exchange: Exchange) -> Iterator[Finding]:
    """Find what offer and answer of a BFCP stream break together."""
    if exchange.offer.kind is StreamKind.BFCP:
        for each in _BFCP_EXCHANGE_RULES:
            yield from each(exchange)


SIDE_RULES: tuple[SideRule, ...] = (floors_labelled,)
STREAM_RULES: tuple[StreamRule, ...] = (check_stream,)
EXCHANGE_RULES: tuple[ExchangeRule, ...] = (check_exchange,)
