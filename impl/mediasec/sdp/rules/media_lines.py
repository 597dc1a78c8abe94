"""Rules for the media lines of MSRP and BFCP streams."""

from collections.abc import Iterator

from mediasec.errors import Finding, MalformedMessage
from mediasec.sdp.attributes import Group
from mediasec.sdp.fields import seen
from mediasec.sdp.registry import AttributeName, MediaType, Solution, Transport
from mediasec.sdp.rules.side import Side, SideRule, StreamRule, finding
from mediasec.sdp.streams import Stream, StreamKind

_TRANSPORT = {StreamKind.BFCP: Transport.TCP_TLS_BFCP, StreamKind.MSRP: Transport.TCP_TLS_MSRP}


def _transport(stream: Stream, side: Side, kind: StreamKind) -> str:
    """Return what is wrong with the transport of a stream of this kind in a session of G.3, or nothing."""
    wanted = _TRANSPORT[kind]
    transport = stream.line.transport
    if stream.kind is not kind or side.solution is not Solution.G3 or transport == wanted:
        return ""
    if transport.upper() == wanted:
        return f"The transport is {seen(transport)}; it is spelled '{wanted}'."
    return f"The transport of this {kind.value} stream is {seen(transport)}; for G.3 it is '{wanted}'."


def bfcp_transport(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a BFCP stream whose transport is not TCP/TLS/BFCP.

    Source:
        SDP_001 (RFC 8856, 4)
    """
    if problem := _transport(stream, side, StreamKind.BFCP):
        yield finding("SDP_001", stream.where, problem)


def bfcp_media_type(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a BFCP stream whose media type is not application.

    Source:
        SDP_002 (RFC 8856, 4)
    """
    if stream.kind is StreamKind.BFCP and stream.line.media != MediaType.APPLICATION:
        message = f"The media type of this BFCP stream is {seen(stream.line.media)}; it is 'application'."
        yield finding("SDP_002", stream.where, message)


def bfcp_format(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a BFCP stream whose format is not a star.

    Source:
        SDP_003 (RFC 8856, 4)
    """
    if stream.kind is StreamKind.BFCP and stream.line.formats != ("*",):
        message = f"The format list of this BFCP stream is {seen(' '.join(stream.line.formats))}; it is '*'."
        yield finding("SDP_003", stream.where, message)


def msrp_transport(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream whose transport is not TCP/TLS/MSRP.

    Source:
        SDP_004 (RFC 4975, 8.1)
    """
    if problem := _transport(stream, side, StreamKind.MSRP):
        yield finding("SDP_004", stream.where, problem)


def msrp_media_type(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream whose media type is not message.

    Source:
        SDP_005 (RFC 4975, 8.1)
    """
    if stream.kind is StreamKind.MSRP and stream.line.media != MediaType.MESSAGE:
        message = f"The media type of this MSRP stream is {seen(stream.line.media)}; it is 'message'."
        yield finding("SDP_005", stream.where, message)


def msrp_format(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream whose format is not a star.

    Source:
        SDP_006 (RFC 4975, 8.1)
    """
    if stream.kind is StreamKind.MSRP and stream.line.formats != ("*",):
        message = f"The format list of this MSRP stream is {seen(' '.join(stream.line.formats))}; it is '*'."
        yield finding("SDP_006", stream.where, message)


def no_bundle(side: Side) -> Iterator[Finding]:
    """Find a BFCP stream that is a member of a BUNDLE group.

    Source:
        SDP_007 (RFC 8856, 6)
    """
    bundled: set[str] = set()
    for attribute in side.session.all(AttributeName.GROUP):
        try:
            group = Group.parse(attribute.value)
        except MalformedMessage:
            continue
        if group.semantics == "BUNDLE":
            bundled.update(group.members)
    for stream in side.streams:
        mid = stream.first(AttributeName.MID)
        if stream.kind is StreamKind.BFCP and stream.wanted and mid is not None and mid.value in bundled:
            message = f"This BFCP stream, mid {seen(mid.value)}, is in a BUNDLE group; it stays outside."
            yield finding("SDP_007", mid.where, message)


SIDE_RULES: tuple[SideRule, ...] = (no_bundle,)
STREAM_RULES: tuple[StreamRule, ...] = (
    bfcp_transport,
    bfcp_media_type,
    bfcp_format,
    msrp_transport,
    msrp_media_type,
    msrp_format,
)
