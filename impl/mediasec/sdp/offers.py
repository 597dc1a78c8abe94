"""An offer and an answer for MSRP and BFCP streams by G.3: made, and checked against the rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from mediasec.errors import Finding, LocalProtocolError
from mediasec.sdp.attributes import FloorId, KeyManagement
from mediasec.sdp.fields import Attribute, Connection, MediaLine, Origin
from mediasec.sdp.message import MediaDescription, SessionDescription
from mediasec.sdp.msrp_uri import MsrpUri
from mediasec.sdp.registry import (
    BFCP_VERSION_OVER_TCP,
    MIKEY,
    AttributeName,
    ConnectionState,
    FloorControl,
    MediaType,
    Setup,
    Transport,
)
from mediasec.sdp.rules import DIAL_IN, RECOMMENDATIONS, Roles, check_exchange, check_later_offer, check_offer


@dataclass(frozen=True, slots=True, kw_only=True)
class MsrpTerms:
    """What one side says of an MSRP stream.

    Attributes:
        address: IP address or domain name of this side.
        port: Port at which it listens; 9 where it is active.
        setup: Its role in setting up the TCP connection.
        path: Its URIs.
        key: Its MIKEY message: the TRANSFER_INIT in an offer, the TRANSFER_RESP in an answer.
        accept_types: Media types that it accepts.
        cema: Whether it lets the connection go to the media line.
    """

    address: str
    port: int
    setup: Setup
    path: tuple[MsrpUri, ...]
    key: bytes = field(repr=False)
    accept_types: tuple[str, ...] = ("message/cpim", "text/plain")
    cema: bool = True

    def describe(self) -> MediaDescription:
        """Return the media description."""
        attributes = [
            Attribute(name=AttributeName.SETUP, value=self.setup),
            Attribute(name=AttributeName.PATH, value=" ".join(uri.serialize() for uri in self.path)),
            Attribute(name=AttributeName.ACCEPT_TYPES, value=" ".join(self.accept_types)),
            _key(self.key),
        ]
        if self.cema:
            attributes.append(Attribute(name=AttributeName.MSRP_CEMA))
        line = MediaLine(
            media=MediaType.MESSAGE, port=self.port, transport=Transport.TCP_TLS_MSRP, formats=("*",)
        )
        return MediaDescription.create(line, connection=Connection.to(self.address), attributes=attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class BfcpTerms:
    """What one side says of a BFCP stream.

    Attributes:
        address: IP address or domain name of this side.
        port: Port at which it listens; 9 where it is active.
        setup: Its role in setting up the TCP connection.
        key: Its MIKEY message: the TRANSFER_INIT in an offer, the TRANSFER_RESP in an answer.
        floor_control: Roles in floor control that it is willing to take; one in an answer.
        conference_id: Conference ID, uint32, that the server tells.
        user_id: User ID, uint16, that the server tells.
        floors: Floors that the server tells.
        versions: Versions of BFCP.
        connection: Whether a new TCP connection is wanted.
    """

    address: str
    port: int
    setup: Setup
    key: bytes = field(repr=False)
    floor_control: tuple[FloorControl, ...]
    conference_id: int | None = None
    user_id: int | None = None
    floors: tuple[FloorId, ...] = ()
    versions: tuple[int, ...] = (BFCP_VERSION_OVER_TCP,)
    connection: ConnectionState = ConnectionState.NEW

    def describe(self) -> MediaDescription:
        """Return the media description."""
        line = MediaLine(
            media=MediaType.APPLICATION, port=self.port, transport=Transport.TCP_TLS_BFCP, formats=("*",)
        )
        return MediaDescription.create(
            line, connection=Connection.to(self.address), attributes=self._attributes()
        )

    def _attributes(self) -> Iterator[Attribute]:
        yield Attribute(name=AttributeName.SETUP, value=self.setup)
        yield Attribute(name=AttributeName.CONNECTION, value=self.connection)
        yield _key(self.key)
        yield Attribute(name=AttributeName.FLOOR_CONTROL, value=" ".join(self.floor_control))
        if self.conference_id is not None:
            yield Attribute(name=AttributeName.CONFERENCE_ID, value=str(self.conference_id))
        if self.user_id is not None:
            yield Attribute(name=AttributeName.USER_ID, value=str(self.user_id))
        for floor in self.floors:
            yield Attribute(name=AttributeName.FLOOR_ID, value=floor.serialize())
        yield Attribute(name=AttributeName.BFCP_VERSION, value=" ".join(map(str, self.versions)))


Terms = MsrpTerms | BfcpTerms


def make_offer(origin: Origin, terms: Sequence[Terms], roles: Roles = DIAL_IN) -> SessionDescription:
    """Make the first offer of a session.

    Args:
        origin: Originator, session ID and version.
        terms: What the offerer says of each stream.
        roles: What the two ends are.

    Raises:
        LocalProtocolError: The offer would break a rule that is more than a recommendation.
    """
    offer = SessionDescription.create(origin, media=[each.describe() for each in terms])
    _demand(offer.check() or check_offer(offer, roles))
    return offer


def make_later_offer(
    previous: SessionDescription, terms: Sequence[Terms | None], roles: Roles = DIAL_IN
) -> SessionDescription:
    """Make a later offer, whose origin is that of the side's previous description, counted up.

    Args:
        previous: The last description, offer or answer, that this side made.
        terms: What the offerer now says of each stream; None ends the stream.
        roles: What the two ends are.

    Raises:
        LocalProtocolError: The offer would break a rule that is more than a recommendation.
    """
    origin = replace(previous.origin, version=previous.origin.version + 1)
    offer = SessionDescription.create(origin, media=_media(previous.media, terms, origin))
    _demand(offer.check() or check_later_offer(previous, offer, roles))
    return offer


def make_answer(
    offer: SessionDescription, origin: Origin, terms: Sequence[Terms | None], roles: Roles = DIAL_IN
) -> SessionDescription:
    """Make the answer to an offer.

    Args:
        offer: The offer.
        origin: Originator, session ID and version of the answerer.
        terms: What the answerer says of each stream of the offer, in its order; None rejects the stream.
        roles: What the two ends are.

    Raises:
        LocalProtocolError: The answer would break a rule that is more than a recommendation.
    """
    answer = SessionDescription.create(
        origin, time_fields=offer.time_fields, media=_media(offer.media, terms, origin)
    )
    _demand(answer.check() or check_exchange(offer, answer, roles))
    return answer


def _key(message: bytes) -> Attribute:
    value = KeyManagement(protocol=MIKEY, data=message).serialize()
    return Attribute(name=AttributeName.KEY_MANAGEMENT, value=value)


def _media(
    before: Sequence[MediaDescription], terms: Sequence[Terms | None], origin: Origin
) -> Iterator[MediaDescription]:
    """Yield a description of each stream, with port 0 where there are no terms for it."""
    for old, new in zip_longest(before, terms):
        if new is not None:
            yield new.describe()
        elif old is not None:
            connection = Connection(address_type=origin.address_type, address=origin.address)
            yield MediaDescription.create(replace(old.line, port=0), connection=connection)


def _demand(findings: list[Finding]) -> None:
    broken = [finding for finding in findings if finding.requirement not in RECOMMENDATIONS]
    if broken:
        raise LocalProtocolError(*broken)
