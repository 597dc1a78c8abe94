"""Rules for the TCP connection: a=setup and a=connection."""

from collections.abc import Iterator

from mediasec.errors import Finding
from mediasec.sdp.fields import seen
from mediasec.sdp.registry import DISCARD_PORT, AttributeName, ConnectionState, Setup, known
from mediasec.sdp.rules.side import (
    Exchange,
    ExchangeRule,
    Renewal,
    RenewalRule,
    Side,
    SideRule,
    StreamRule,
    finding,
)
from mediasec.sdp.streams import Stream, StreamKind

_ANSWERS = {
    Setup.ACTIVE: (Setup.PASSIVE, Setup.HOLDCONN),
    Setup.PASSIVE: (Setup.ACTIVE, Setup.HOLDCONN),
    Setup.ACTPASS: (Setup.ACTIVE, Setup.PASSIVE, Setup.HOLDCONN),
    Setup.HOLDCONN: (Setup.HOLDCONN,),
}
"""What each `a=setup` of an offer may be answered by (RFC 4145, 4.1)."""


def setup_value(side: Side) -> Iterator[Finding]:
    """Find an a=setup with an unknown value.

    Source:
        SDP_030 (RFC 4145, 4)
    """
    for level in side.levels:
        for attribute in level.all(AttributeName.SETUP):
            if known(Setup, attribute.value) is None:
                wanted = ", ".join(f"'{each}'" for each in Setup)
                message = f"a=setup is {seen(attribute.value)}; one of {wanted} is wanted."
                yield finding("SDP_030", attribute.where, message)


def active_port(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find an active side that names another port than 9.

    Source:
        SDP_032 (RFC 4145, 4.1)
    """
    active = stream.kind is not StreamKind.OTHER and stream.setup is Setup.ACTIVE
    if active and stream.line.port != DISCARD_PORT:
        message = (
            f"The side is 'active' and names port {stream.line.port}; nobody connects to it: 9 is wanted."
        )
        yield finding("SDP_032", stream.where, message)


def connection_value(side: Side) -> Iterator[Finding]:
    """Find an a=connection with an unknown value.

    Source:
        SDP_033 (RFC 4145, 5)
    """
    for level in side.levels:
        for attribute in level.all(AttributeName.CONNECTION):
            if known(ConnectionState, attribute.value) is None:
                message = f"a=connection is {seen(attribute.value)}; 'new' or 'existing' is wanted."
                yield finding("SDP_033", attribute.where, message)


def connection_stated(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a first offer of BFCP without a=connection.

    Source:
        SDP_034 (RFC 4145, 5.1)
    """
    if side.is_first and stream.kind is StreamKind.BFCP and not stream.has(AttributeName.CONNECTION):
        yield finding(
            "SDP_034", stream.where, "The stream has no a=connection; 'a=connection:new' is wanted."
        )


def first_connection(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a first offer that speaks of an existing connection.

    Source:
        SDP_035 (RFC 4145, 5.1)
    """
    attribute = stream.first(AttributeName.CONNECTION)
    existing = stream.connection_state is ConnectionState.EXISTING
    if side.is_first and stream.kind is StreamKind.BFCP and attribute is not None and existing:
        message = (
            "a=connection is 'existing' in a first offer, before there is a connection; 'new' is wanted."
        )
        yield finding("SDP_035", attribute.where, message)


def answered_setup(exchange: Exchange) -> Iterator[Finding]:
    """Find an a=setup in the answer that does not fit the one in the offer.

    Source:
        SDP_031 (RFC 4145, 4.1)
    """
    offer, answer = exchange.offer, exchange.answer
    attribute = answer.first(AttributeName.SETUP)
    if offer.kind is StreamKind.OTHER or (attribute is not None and answer.setup is None):
        return
    offered, answered = offer.setup_in(offer=True), answer.setup_in(offer=False)
    if answered not in _ANSWERS[offered]:
        allowed = " or ".join(f"'{each}'" for each in _ANSWERS[offered])
        stated = "is" if attribute is not None else "is absent, which means"
        message = f"a=setup {stated} '{answered}' in answer to '{offered}'; {allowed} is wanted."
        yield finding("SDP_031", answer.where if attribute is None else attribute.where, message)


def answered_connection(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer that would keep a connection where the offer wants a new one.

    Source:
        SDP_036 (RFC 4145, 5.2)
    """
    offer, answer = exchange.offer, exchange.answer
    attribute = answer.first(AttributeName.CONNECTION)
    if offer.kind is not StreamKind.BFCP or offer.connection_state is ConnectionState.EXISTING:
        return
    if attribute is not None and answer.connection_state is ConnectionState.EXISTING:
        message = "a=connection is 'existing' in answer to 'new'; 'new' is wanted."
        yield finding("SDP_036", attribute.where, message)


def _same_place(renewal: Renewal) -> bool:
    before, now = renewal.previous, renewal.offer
    return (before.connection.address, before.line.port) == (now.connection.address, now.line.port)


def moved_connection(renewal: Renewal) -> Iterator[Finding]:
    """Find a later offer that moves a stream and would keep its connection.

    A side that names the discard port names no place; RFC 4145, 7.4 lets it keep the connection and name one.

    Source:
        SDP_037 (RFC 4145, 5.1)
    """
    before, now = renewal.previous, renewal.offer
    attribute = now.first(AttributeName.CONNECTION)
    if DISCARD_PORT in (before.line.port, now.line.port) or _same_place(renewal) or attribute is None:
        return
    if now.connection_state is ConnectionState.EXISTING:
        message = (
            f"The stream moves from {before.connection.address} port {before.line.port} to "
            f"{now.connection.address} port {now.line.port} and a=connection is 'existing'; 'new' is wanted."
        )
        yield finding("SDP_037", attribute.where, message)


def kept_connection(renewal: Renewal) -> Iterator[Finding]:
    """Find a later offer that would tear down a BFCP connection by saying nothing of it.

    Source:
        SDP_038 (RFC 8856, 10.4)
    """
    silent = not renewal.offer.has(AttributeName.CONNECTION)
    if renewal.offer.kind is StreamKind.BFCP and silent and _same_place(renewal):
        message = (
            "The stream stays where it is and has no a=connection, which means 'new' and would tear the "
            "connection down; 'a=connection:existing' is wanted."
        )
        yield finding("SDP_038", renewal.offer.where, message)


SIDE_RULES: tuple[SideRule, ...] = (setup_value, connection_value)
STREAM_RULES: tuple[StreamRule, ...] = (active_port, connection_stated, first_connection)
EXCHANGE_RULES: tuple[ExchangeRule, ...] = (answered_setup, answered_connection)
RENEWAL_RULES: tuple[RenewalRule, ...] = (moved_connection, kept_connection)
