"""Rules for MSRP streams: a=path, a=accept-types, the alternative connection model and CEMA."""

from collections.abc import Iterator

from mediasec.errors import Finding, MalformedMessage
from mediasec.sdp.attributes import parse_accept_types
from mediasec.sdp.exchange import falls_back
from mediasec.sdp.fields import seen
from mediasec.sdp.msrp_uri import parse_path
from mediasec.sdp.registry import AttributeName, Setup, Solution
from mediasec.sdp.rules.side import (
    Exchange,
    ExchangeRule,
    Renewal,
    RenewalRule,
    Side,
    StreamRule,
    finding,
)
from mediasec.sdp.streams import Stream, StreamKind


def path_present(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream without a=path, or with one that cannot be read.

    Source:
        SDP_042 (RFC 4975, 8.2)
    """
    attribute = stream.first(AttributeName.PATH)
    if attribute is None:
        yield finding(
            "SDP_042", stream.where, "The stream has no a=path; an 'msrps' URI of this side is wanted."
        )
        return
    try:
        parse_path(attribute.value)
    except MalformedMessage as error:
        yield finding("SDP_042", attribute.where, f"The value of a=path cannot be read: {error.reason}.")


def path_scheme(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a URI whose scheme does not fit the transport.

    Source:
        SDP_043 (RFC 4975, 6)
    """
    attribute = stream.first(AttributeName.PATH)
    wrong = sum(1 for uri in stream.path if uri.secure is not stream.over_tls)
    if attribute is not None and wrong:
        seen_scheme, wanted = ("msrp", "msrps") if stream.over_tls else ("msrps", "msrp")
        message = (
            f"The scheme of {wrong} of the URIs is '{seen_scheme}', and the transport is "
            f"{stream.line.transport}; '{wanted}' is wanted."
        )
        yield finding("SDP_043", attribute.where, message)


def path_port(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a URI without a port, or for another transport than TCP.

    Source:
        SDP_044 (RFC 4975, 8.2)
    """
    attribute = stream.first(AttributeName.PATH)
    for uri in stream.path:
        assert attribute is not None  # There is a path.
        if uri.port is None:
            message = f"The URI at {seen(uri.host)} has no port; in SDP it is always given."
            yield finding("SDP_044", attribute.where, message)
        elif uri.transport.lower() != "tcp":
            message = (
                f"The URI at {seen(uri.host)} is for the transport {seen(uri.transport)}; 'tcp' is wanted."
            )
            yield finding("SDP_044", attribute.where, message)


def path_agrees(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an address or port in the media line that is none of the path, without CEMA.

    Source:
        SDP_045 (RFC 4975, 8.1)
    """
    uris = stream.path
    complete = bool(uris) and all(uri.port is not None for uri in uris)
    if stream.has(AttributeName.MSRP_CEMA) or not complete or stream.agrees_with_path:
        return
    message = (
        f"The stream is at {seen(stream.connection.address)} port {stream.line.port}, and its a=path at "
        f"{seen(uris[-1].host)} port {uris[-1].port}; without a=msrp-cema they are the same."
    )
    yield finding("SDP_045", stream.where, message)


def accept_types(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream without a=accept-types, or with one that cannot be read.

    Source:
        SDP_046 (RFC 4975, 8.6)
    """
    attribute = stream.first(AttributeName.ACCEPT_TYPES)
    if attribute is None:
        message = "The stream has no a=accept-types; the media types that this side accepts are wanted."
        yield finding("SDP_046", stream.where, message)
        return
    try:
        parse_accept_types(attribute.value)
    except MalformedMessage as error:
        yield finding(
            "SDP_046", attribute.where, f"The value of a=accept-types cannot be read: {error.reason}."
        )


def setup_stated(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream without a=setup.

    Source:
        SDP_047 (RFC 6135, 4.2.1)
    """
    if not stream.has(AttributeName.SETUP):
        wanted = "'actpass', or 'active' behind a NAT," if side.is_offer else "'passive' or 'active'"
        yield finding("SDP_047", stream.where, f"The stream has no a=setup; {wanted} is wanted.")


def no_holdconn(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream with holdconn.

    Source:
        SDP_048 (RFC 6135, 4.2.1)
    """
    attribute = stream.first(AttributeName.SETUP)
    if attribute is not None and attribute.value == Setup.HOLDCONN:
        message = (
            "a=setup is 'holdconn', which MSRP does not send; 'active', 'passive' or 'actpass' is wanted."
        )
        yield finding("SDP_048", attribute.where, message)


def no_passive_offer(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an offer of MSRP that is passive.

    Source:
        SDP_049 (RFC 6135, 4.2.2)
    """
    attribute = stream.first(AttributeName.SETUP)
    if side.is_offer and attribute is not None and stream.setup is Setup.PASSIVE:
        message = "a=setup is 'passive' in an offer of MSRP; 'actpass', or 'active' behind a NAT, is wanted."
        yield finding("SDP_049", attribute.where, message)


def no_connection(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an MSRP stream with a=connection.

    Source:
        SDP_050 (RFC 6135, 4.4)
    """
    for attribute in stream.own.all(AttributeName.CONNECTION):
        message = "MSRP does not use a=connection: it has a way of its own to use a connection again."
        yield finding("SDP_050", attribute.where, message)


def cema_offered(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an offer of MSRP over TLS without CEMA.

    Source:
        SDP_051 (RFC 6714, 6.5)
    """
    secured = stream.over_tls and side.solution is Solution.G3
    if side.is_offer and secured and not stream.has(AttributeName.MSRP_CEMA):
        message = (
            "The offer has no a=msrp-cema; a network that anchors media would end TLS for this stream, "
            "and it has no key to do so."
        )
        yield finding("SDP_051", stream.where, message)


def cema_value(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an a=msrp-cema with a value.

    Source:
        SDP_052 (RFC 6714, 5.2)
    """
    attribute = stream.first(AttributeName.MSRP_CEMA)
    if attribute is not None and attribute.value:
        message = f"a=msrp-cema has the value {seen(attribute.value)}; it has none."
        yield finding("SDP_052", attribute.where, message)


def moved_is_rejected(exchange: Exchange) -> Iterator[Finding]:
    """Find a stream that was accepted although its address was moved without CEMA.

    Source:
        SDP_053 (RFC 6714, 4.3)
    """
    offer = exchange.offer
    if offer.has(AttributeName.MSRP_CEMA) or not offer.path or offer.agrees_with_path:
        return
    message = (
        "The stream is accepted, and the offer has no a=msrp-cema and a media line that does not agree with "
        "its a=path; port 0 is wanted, or SIP 488."
    )
    yield finding("SDP_053", exchange.answer.where, message)


def fall_back(renewal: Renewal) -> Iterator[Finding]:
    """Find a new offer with CEMA where the answer to the previous one asked to leave it.

    Source:
        SDP_054 (RFC 6714, 4.2)
    """
    attribute = renewal.offer.first(AttributeName.MSRP_CEMA)
    if attribute is not None and renewal.answer is not None and falls_back(renewal.previous, renewal.answer):
        message = "The offer has a=msrp-cema again, and the answer to the previous one cannot be met with it."
        yield finding("SDP_054", attribute.where, message)


_MSRP_RULES: tuple[StreamRule, ...] = (
    path_present,
    path_scheme,
    path_port,
    path_agrees,
    accept_types,
    setup_stated,
    no_holdconn,
    no_passive_offer,
    no_connection,
    cema_offered,
    cema_value,
)


def check_stream(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find what an MSRP stream breaks."""
    if stream.kind is StreamKind.MSRP:
        for each in _MSRP_RULES:
            yield from each(stream, side)


def check_exchange(exchange: Exchange) -> Iterator[Finding]:
    """Find what offer and answer of an MSRP stream break together."""
    if exchange.offer.kind is StreamKind.MSRP:
        yield from moved_is_rejected(exchange)


STREAM_RULES: tuple[StreamRule, ...] = (check_stream,)
EXCHANGE_RULES: tuple[ExchangeRule, ...] = (check_exchange,)
RENEWAL_RULES: tuple[RenewalRule, ...] = (fall_back,)
