"""Rules for the conference: which solution of TS 33.328 Annex G, and which end is what."""

from collections.abc import Iterator

from mediasec.errors import Finding, MalformedMessage
from mediasec.sdp.attributes import parse_floor_control, willing
from mediasec.sdp.fields import ip_address, seen
from mediasec.sdp.registry import (
    DISCARD_PORT,
    MIKEY,
    AttributeName,
    FloorControl,
    Role,
    Setup,
    Solution,
)
from mediasec.sdp.rules.side import Side, StreamRule, finding
from mediasec.sdp.streams import Stream, StreamKind


def no_tls_beside_sdes(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find TLS on TCP media in a session of G.2.

    Source:
        SDP_023 (TR 29.828, 7.1.1.1)
    """
    if side.solution is Solution.G2 and stream.over_tls:
        message = (
            f"The session is keyed by a=crypto (G.2), and this stream is over {stream.line.transport}: "
            "TLS on TCP media is outside of what G.2 specifies."
        )
        yield finding("SDP_023", stream.where, message)


def no_flow_unprotected(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a media flow, other than MSRP and BFCP, that MIKEY-TICKET does not protect.

    MSRP and BFCP have rules of their own, and a flow with a=crypto has another.

    Source:
        SDP_024 (TR 29.828, 7.1.1.1)
    """
    if side.solution is not Solution.G3 or stream.kind is not StreamKind.OTHER:
        return
    if stream.own.all(AttributeName.CRYPTO):
        return
    if not stream.can_be_keyed:
        message = (
            f"The flow is over {seen(stream.line.transport)} and unprotected; G.3 keys all media flows by "
            "MIKEY-TICKET, so RTP/SAVP or RTP/SAVPF with a=key-mgmt is wanted, or port 0."
        )
        yield finding("SDP_024", stream.where, message)
    elif MIKEY not in stream.protocols and all(key.message is not None for key in stream.keys):
        message = "The flow has no a=key-mgmt of 'mikey'; G.3 keys all media flows by MIKEY-TICKET."
        yield finding("SDP_024", stream.where, message)


def no_crypto(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a key in a=crypto in a session of G.3.

    Source:
        SDP_025 (TR 29.828, 7.1.1.1)
    """
    crypto = stream.own.all(AttributeName.CRYPTO)
    if side.solution is Solution.G3 and crypto:
        message = "The flow has a key in a=crypto; G.3 keys all media flows by MIKEY-TICKET."
        yield finding("SDP_025", crypto[0].where, message)


def no_bfcp_between_ues(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find BFCP in a session of two UEs.

    Source:
        SDP_026 (TR 29.828, 7.1.1.3)
    """
    if stream.kind is StreamKind.BFCP and side.maker is Role.UE and side.peer is Role.UE:
        message = "This is a BFCP stream between two UEs; BFCP runs between a UE and a conference only."
        yield finding("SDP_026", stream.where, message)


def conference_is_server(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a UE that would be the floor control server, or a conference that would not.

    Source:
        SDP_027 (TS 23.333, 6.2.19.3.1)
    """
    attribute = stream.first(AttributeName.FLOOR_CONTROL)
    if stream.kind is not StreamKind.BFCP or attribute is None:
        return
    wanted = FloorControl.CLIENT if side.maker is Role.UE else FloorControl.SERVER
    try:
        roles = willing(parse_floor_control(attribute.value))
    except MalformedMessage:
        return
    if wanted not in roles:
        message = (
            f"The {side.maker.value} {'offers' if side.is_offer else 'answers'} {seen(attribute.value)}; "
            f"the conference is the floor control server, so '{wanted}' is wanted from this side."
        )
        yield finding("SDP_027", attribute.where, message)


def conference_can_be_reached(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an offer of the conference that only the conference could connect.

    Source:
        SDP_028 (TS 23.333, 6.2.19.2.2)
    """
    if not side.is_offer or side.maker is not Role.CONFERENCE or stream.kind is StreamKind.OTHER:
        return
    attribute = stream.first(AttributeName.SETUP)
    if attribute is None and stream.kind is StreamKind.BFCP:
        message = (
            "The offer has no a=setup, which means 'active'; the UE may be behind a NAT: 'actpass' is wanted."
        )
        yield finding("SDP_028", stream.where, message)
    elif attribute is not None and stream.setup is Setup.ACTIVE:
        message = "The conference offers 'active', and the UE may be behind a NAT; 'actpass' is wanted."
        yield finding("SDP_028", attribute.where, message)


def place_to_connect_to(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a side that may be connected to, and names no place where it could be.

    Source:
        SDP_029 (RFC 4145, 4.1)
    """
    setup = stream.setup_in(offer=side.is_offer)
    if stream.kind is StreamKind.OTHER or setup not in (Setup.PASSIVE, Setup.ACTPASS):
        return
    if stream.line.port == DISCARD_PORT:
        message = f"The side is '{setup}' and names port 9, the discard port; its listening port is wanted."
        yield finding("SDP_029", stream.where, message)
    address = ip_address(stream.connection.address)
    if address is not None and (address.is_unspecified or address.is_loopback or address.is_multicast):
        message = (
            f"The side is '{setup}' at {address}, where it cannot be reached; "
            "the unicast address at which it listens is wanted."
        )
        yield finding("SDP_029", stream.where, message)


STREAM_RULES: tuple[StreamRule, ...] = (
    no_tls_beside_sdes,
    no_flow_unprotected,
    no_crypto,
    no_bfcp_between_ues,
    conference_is_server,
    conference_can_be_reached,
    place_to_connect_to,
)
