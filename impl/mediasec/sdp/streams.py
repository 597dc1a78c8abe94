"""A stream with everything that applies to it, at whichever level of the description it stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from mediasec.errors import MalformedMessage
from mediasec.sdp.attributes import KeyManagement
from mediasec.sdp.fields import Attribute, Connection, MediaLine, ip_address
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.msrp_uri import MsrpUri, parse_path
from mediasec.sdp.registry import (
    BOTH_LEVELS,
    MIKEY,
    AttributeName,
    ConnectionState,
    Setup,
    Solution,
    Transport,
    known,
)


class StreamKind(Enum):
    """What a stream carries, as far as it matters here."""

    MSRP = "MSRP"
    BFCP = "BFCP"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedAttribute:
    """Value of an attribute and where it stands.

    Attributes:
        where: Its place, such as `media[0].attribute[3]`.
        value: Its value; empty where it has none. It may hold a secret.
    """

    where: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedKey:
    """A key management message and where it stands.

    Attributes:
        where: Its place.
        message: The message, or None where the value could not be read.
        fault: Why it could not be read; else empty.
    """

    where: str
    message: KeyManagement | None
    fault: str = ""

    @classmethod
    def read(cls, attribute: PlacedAttribute) -> Self:
        """Read the value of `a=key-mgmt`; a bad one is not an error here but a fault to report."""
        try:
            return cls(where=attribute.where, message=KeyManagement.parse(attribute.value))
        except MalformedMessage as error:
            return cls(where=attribute.where, message=None, fault=error.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The attributes of the session, or of one media description.

    Attributes:
        where: `session`, or such as `media[0]`.
        attributes: Places and values, by name.
        keys: Those of `a=key-mgmt`, read once.
        protocols: Key management protocols of those that could be read, in their order.
    """

    where: str
    attributes: Mapping[str, tuple[PlacedAttribute, ...]] = field(repr=False)
    keys: tuple[PlacedKey, ...]
    protocols: tuple[str, ...]

    @classmethod
    def of(cls, where: str, attributes: Iterable[Attribute]) -> Self:
        """Sort attributes by their name; a name that nobody asks for stays without effect.

        Source:
            SDP_088 (RFC 8866, 5.13)
        """
        found: defaultdict[str, list[PlacedAttribute]] = defaultdict(list)
        for n, each in enumerate(attributes):
            found[each.name].append(PlacedAttribute(where=f"{where}.attribute[{n}]", value=each.value or ""))
        keys = tuple(map(PlacedKey.read, found.get(AttributeName.KEY_MANAGEMENT, [])))
        return cls(
            where=where,
            attributes={name: tuple(each) for name, each in found.items()},
            keys=keys,
            protocols=tuple(key.message.protocol for key in keys if key.message is not None),
        )

    def all(self, name: AttributeName) -> tuple[PlacedAttribute, ...]:
        """Return every attribute of this name, in their order."""
        return self.attributes.get(name, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream of a description.

    Attributes:
        index: Its number in the description, from 0.
        line: Its media line.
        connection: Its connection line, or that of the session.
        own: Its attributes.
        session: The attributes of the session.
    """

    index: int
    line: MediaLine
    connection: Connection
    own: Level
    session: Level

    @property
    def where(self) -> str:
        """Its place, such as `media[0]`."""
        return self.own.where

    @property
    def wanted(self) -> bool:
        """Whether its port says that it is wanted; a port of 0 rejects or ends it."""
        return self.line.port != 0

    @property
    def kind(self) -> StreamKind:
        """What it carries, by the last part of its transport; case is passed over, to recognise a slip."""
        last = self.line.transport.rpartition("/")[2].upper()
        return StreamKind(last) if last in ("MSRP", "BFCP") else StreamKind.OTHER

    @property
    def over_tls(self) -> bool:
        """Whether its transport has TLS on TCP."""
        return self.line.transport in (Transport.TCP_TLS_MSRP, Transport.TCP_TLS_BFCP)

    @property
    def can_be_keyed(self) -> bool:
        """Whether MIKEY-TICKET can key its transport: TLS on TCP, or SRTP."""
        return self.over_tls or self.line.transport in (Transport.RTP_SAVP, Transport.RTP_SAVPF)

    def all(self, name: AttributeName) -> tuple[PlacedAttribute, ...]:
        """Return every attribute of this name that applies: its own, else those of the session."""
        own = self.own.all(name)
        return self.session.all(name) if not own and name in BOTH_LEVELS else own

    def first(self, name: AttributeName) -> PlacedAttribute | None:
        """Return the first attribute of this name that applies, or None."""
        return next(iter(self.all(name)), None)

    def has(self, name: AttributeName) -> bool:
        """Tell whether an attribute of this name applies."""
        return bool(self.all(name))

    @property
    def keys(self) -> tuple[PlacedKey, ...]:
        """The key management messages that apply: its own, else those of the session.

        Source:
            SDP_009 (RFC 4567, 3.1)
        """
        return self.own.keys or self.session.keys

    @property
    def protocols(self) -> tuple[str, ...]:
        """The key management protocols of the messages that apply."""
        return self.own.protocols if self.own.keys else self.session.protocols

    @property
    def setup(self) -> Setup | None:
        """Its `a=setup`; None where it is absent, unknown, or `holdconn` of an MSRP stream.

        Source:
            SDP_048 (RFC 6135, 4.2.1)
        """
        attribute = self.first(AttributeName.SETUP)
        setup = None if attribute is None else known(Setup, attribute.value)
        return None if self.kind is StreamKind.MSRP and setup is Setup.HOLDCONN else setup

    def setup_in(self, *, offer: bool) -> Setup:
        """Return its `a=setup`, or what its absence means in an offer or in an answer.

        Source:
            SDP_031 (RFC 4145, 4.1)
        """
        return self.setup or (Setup.ACTIVE if offer else Setup.PASSIVE)

    @property
    def connection_state(self) -> ConnectionState:
        """Its `a=connection`, which is `new` by default; always `new` for MSRP, which does not use it.

        Source:
            SDP_050 (RFC 6135, 4.4)
        """
        attribute = self.first(AttributeName.CONNECTION)
        existing = attribute is not None and attribute.value == ConnectionState.EXISTING
        if existing and self.kind is not StreamKind.MSRP:
            return ConnectionState.EXISTING
        return ConnectionState.NEW

    @property
    def path(self) -> tuple[MsrpUri, ...]:
        """The URIs of its `a=path`; none where it is absent or cannot be read."""
        attribute = self.first(AttributeName.PATH)
        try:
            return () if attribute is None else parse_path(attribute.value)
        except MalformedMessage:
            return ()

    @property
    def agrees_with_path(self) -> bool:
        """Whether connection address and port are those of a URI in its `a=path`.

        An address and a domain name cannot be compared without DNS, and are taken to agree.
        """
        return any(
            self.line.port == uri.port and _may_be_same(self.connection.address, uri.host)
            for uri in self.path
        )


def _may_be_same(first: str, second: str) -> bool:
    addresses = ip_address(first), ip_address(second)
    if None in addresses:
        return first.lower() == second.lower() or addresses != (None, None)
    return addresses[0] == addresses[1]


def streams_of(description: SessionDescription) -> tuple[Stream, ...]:
    """Return the streams of a description, in their order."""
    session = Level.of("session", description.attributes)
    common = description.connection
    streams = []
    for index, media in enumerate(description.media):
        connection = media.connection or common
        assert connection is not None  # The form of a description was checked when it was read.
        own = Level.of(f"media[{index}]", media.attributes)
        stream = Stream(index=index, line=media.line, connection=connection, own=own, session=session)
        streams.append(stream)
    return tuple(streams)


def solution_of(streams: Iterable[Stream]) -> Solution:
    """Tell by which solution a session is keyed: by SDES on RTP without MIKEY, or by MIKEY-TICKET.

    A session without any key is one that ought to have them, and is taken to be of G.3.
    """
    sdes = False
    for stream in streams:
        if MIKEY in stream.protocols:
            return Solution.G3
        sdes = sdes or (stream.wanted and stream.own.all(AttributeName.CRYPTO) != ())
    return Solution.G2 if sdes else Solution.G3
