"""What the conformance tests share."""

import asyncio
import dataclasses
import itertools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mediasec.endpoints.tls_session import TlsFailed, TlsSession
from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Opaque
from mediasec.msrp.connection import Connection, Directory
from mediasec.msrp.events import MessageReceived
from mediasec.msrp.message import Request, Response
from mediasec.msrp.switch import Switch
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.rules import DIAL_IN, DIAL_OUT, Roles, check_exchange, check_later_offer, check_offer

_VECTORS = Path(__file__).parents[1] / "vectors" / "mikey" / "messages"


@dataclass
class Joined:
    """Two TLS sessions joined in memory.

    Attributes:
        client: The client.
        server: The server.
        to_server: What the client sent, in order.
        to_client: What the server sent, in order.
        failures: How the handshake ended at the client and at the server; None where it succeeded.
    """

    client: TlsSession
    server: TlsSession
    to_server: bytearray = field(default_factory=bytearray)
    to_client: bytearray = field(default_factory=bytearray)
    failures: list[TlsFailed | None] = field(default_factory=lambda: [None, None])

    def carry(self) -> None:
        """Carry to each side what the other sent."""
        for source, target, kept in (
            (self.client, self.server, self.to_server),
            (self.server, self.client, self.to_client),
        ):
            octets = source.take_output()
            kept += octets
            target.receive(octets)

    def shake_hands(self) -> "Joined":
        """Run the handshake to its end on both sides."""
        complete = [False, False]
        for _ in range(8):
            for side, session in enumerate((self.client, self.server)):
                if not complete[side] and self.failures[side] is None:
                    try:
                        complete[side] = session.handshake()
                    except TlsFailed as error:
                        self.failures[side] = error
                self.carry()
        return self

    @property
    def established(self) -> bool:
        """Whether both sides completed the handshake."""
        return self.failures == [None, None] and bool(self.client.suite and self.server.suite)


def _handshake_messages(flight: bytes) -> list[tuple[int, bytes]]:
    """Return type and body of each handshake message that is not encrypted, by RFC 5246, 6.2.1 and 7.4."""
    stream = b""
    while flight and flight[0] == 22:
        length = int.from_bytes(flight[3:5], "big")
        stream += flight[5 : 5 + length]
        flight = flight[5 + length :]
    messages = []
    while stream:
        length = int.from_bytes(stream[1:4], "big")
        messages.append((stream[0], stream[4 : 4 + length]))
        stream = stream[4 + length :]
    return messages


@pytest.fixture
def join():
    """Join a client and a server in memory and run their handshake."""

    def shake_hands(client, server) -> Joined:
        return Joined(client=client.start(), server=server.start()).shake_hands()

    return shake_hands


@pytest.fixture
def handshake_messages():
    """Read the handshake messages of a flight."""
    return _handshake_messages


class BarePeer:
    """A TLS session over TCP whose every octet and every end the test decides."""

    def __init__(
        self, session: TlsSession, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.session = session
        self.reader = reader
        self.writer = writer

    async def send(self) -> None:
        """Send what the session has to say."""
        self.writer.write(self.session.take_output())
        await self.writer.drain()

    async def receive(self) -> bool:
        """Take the next octets; False at the end of TCP."""
        octets = await self.reader.read(65536)
        self.session.receive(octets)
        return bool(octets)

    async def read(self) -> bytes:
        """Return the next octets of the application; none at the end of TCP or of TLS."""
        while not (data := self.session.read()) and not self.session.closed_by_peer:
            if not await self.receive():
                break
        return data

    async def close(self) -> None:
        """Close TCP, and nothing else."""
        self.writer.close()
        await self.writer.wait_closed()


@pytest.fixture
def bare_peer():
    """Open TCP and run the handshake of a client."""

    async def connect(port, client) -> BarePeer:
        peer = BarePeer(client.start(), *await asyncio.open_connection("127.0.0.1", port))
        while not peer.session.handshake():
            await peer.send()
            await peer.receive()
        await peer.send()
        return peer

    return connect


class Edit:
    """Copies of a message with one change."""

    @staticmethod
    def header(message: Message, **fields: object) -> Message:
        """Change fields of the header."""
        return dataclasses.replace(message, header=dataclasses.replace(message.header, **fields))

    @staticmethod
    def payload(message: Message, payload_class: type, **fields: object) -> Message:
        """Change fields of the first payload of a class."""
        place = next(i for i, payload in enumerate(message.payloads) if isinstance(payload, payload_class))
        changed = dataclasses.replace(message.payloads[place], **fields)
        payloads = (*message.payloads[:place], changed, *message.payloads[place + 1 :])
        return dataclasses.replace(message, payloads=payloads)

    @staticmethod
    def without(message: Message, payload_type: int, role: int | None = None) -> Message:
        """Take out every payload of a type, and of a role if one is given."""
        payloads = tuple(
            payload
            for payload in message.payloads
            if payload.payload_type != payload_type or (role is not None and payload.role != role)
        )
        assert payloads != message.payloads
        return dataclasses.replace(message, payloads=payloads)

    @staticmethod
    def insert(message: Message, place: int, *payloads: object) -> Message:
        """Put payloads at a place."""
        before, after = message.payloads[:place], message.payloads[place:]
        return dataclasses.replace(message, payloads=(*before, *payloads, *after))

    @staticmethod
    def opaque(message: Message, payload_type: int) -> Message:
        """Turn the payloads from the first of a type on into one whose end is unknown."""
        place = next(i for i, payload in enumerate(message.payloads) if payload.payload_type == payload_type)
        opaque = Opaque(payload_type=payload_type, octets=b"\x00\x63")
        return dataclasses.replace(message, payloads=(*message.payloads[:place], opaque))


@pytest.fixture
def edit() -> Edit:
    """Copies of a message with one change."""
    return Edit()


@pytest.fixture
def mikey_messages() -> dict[str, Message]:
    """The messages of `tests/vectors/mikey/messages`, by their ID."""
    messages = {}
    for path in sorted(_VECTORS.glob("*.json")):
        vector = json.loads(path.read_text())
        octets = bytes.fromhex("".join(part["octets"] for part in vector["parts"]))
        messages[vector["id"]] = Message.parse(octets)
    return messages


ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


class MsrpSide:
    """One side of MSRP without I/O: its sessions and one connection.

    Attributes:
        sent: What it sent, in order, since `take_sent` was called last.
    """

    def __init__(self, name: str, new_identifier=None, **connection) -> None:
        numbers = itertools.count()
        self.directory = Directory(new_identifier or (lambda: f"{name}{next(numbers):06}"))
        self.connection = Connection(self.directory, **connection)
        self.sent = b""

    def session(self, local: Uri, remote: Uri, *, active: bool = False, **terms):
        """Make a session; open it if this side is the active one."""
        session = self.directory.add(Terms(local=local, remote=(remote,), active=active, **terms))
        if active:
            self.connection.open(session)
        return session

    def output(self, now: float = 0.0, limit: int = 65536) -> bytes:
        """Return the next octets that it sends."""
        octets = self.connection.data_to_send(now, limit)
        self.sent += octets
        return octets

    def receive(self, text: str | bytes, now: float = 0.0) -> list:
        """Take octets or lines of text, send what is to be sent, and return the news."""
        octets = text.replace("\n", "\r\n").encode() if isinstance(text, str) else text
        self.connection.receive(octets)
        while self.output(now):
            pass
        return self.news()

    def news(self) -> list:
        """Return the news of its sessions since the last call."""
        news = list(self.directory.events)
        self.directory.events.clear()
        return news

    def messages(self) -> list[Request | Response]:
        """Return the messages that it sent since the last call, each read back as a whole."""
        octets, self.sent = self.sent, b""
        messages = []
        while octets:
            identifier = octets.split(b" ", 2)[1]
            ending = re.search(rb"\r\n-------" + re.escape(identifier) + rb"[+$#]\r\n", octets)
            end = ending.end()
            first = octets.split(b"\r\n", 1)[0].split(b" ")[2]
            kind = Response if first.isdigit() else Request
            messages.append(kind.parse(octets[:end]))
            octets = octets[end:]
        return messages


class MsrpPair:
    """Alice, who is active, and Bob, joined in memory.

    Attributes:
        alice: Session of Alice.
        bob: Session of Bob.
    """

    def __init__(self, alice_terms: dict, bob_terms: dict) -> None:
        self.alice_side = MsrpSide("alice")
        self.bob_side = MsrpSide("bob")
        self.bob = self.bob_side.session(BOB, ALICE, **bob_terms)
        self.alice = self.alice_side.session(ALICE, BOB, active=True, **alice_terms)

    def carry(self, now: float = 0.0) -> None:
        """Carry octets both ways until neither side has any to send."""
        moving = True
        while moving:
            moving = False
            for source, target in (
                (self.alice_side, self.bob_side),
                (self.bob_side, self.alice_side),
            ):
                if octets := source.output(now):
                    target.connection.receive(octets)
                    moving = True

    def ask_alice(self) -> None:
        """Give Alice a request that she has to answer."""
        self.bob.send(b"?", "text/plain")
        self.alice_side.connection.receive(self.bob_side.output())

    def begun(self) -> "MsrpPair":
        """Bind the session, and forget what was sent and told for that."""
        self.carry()
        for side in (self.alice_side, self.bob_side):
            side.news()
            side.messages()
        return self


@pytest.fixture
def msrp_side():
    """Make one side of MSRP whose peer is the test."""
    return MsrpSide


@pytest.fixture
def msrp_pair():
    """Join Alice and Bob in memory, with a session between them that is bound."""

    def make(alice_terms: dict | None = None, bob_terms: dict | None = None) -> MsrpPair:
        return MsrpPair(alice_terms or {}, bob_terms or {}).begun()

    return make


class MsrpRoom:
    """A conference without I/O: the switch at the centre, and each participant joined to it in memory.

    Attributes:
        switch: The switch.
        centre: Directory of its sessions.
        sides: Each participant's side.
        sessions: Each participant's session, at its own side.
        legs: Each participant's session, at the switch.
        links: Each participant's connection, at the switch.
    """

    def __init__(self, names: tuple[str, ...], **terms) -> None:
        numbers = itertools.count()
        self.switch = Switch()
        self.centre = Directory(lambda: f"centre{next(numbers):06}")
        self.sides: dict[str, MsrpSide] = {}
        self.sessions: dict = {}
        self.legs: dict = {}
        self.links: dict[str, Connection] = {}
        self.terms = terms
        for name in names:
            self.join(name)
        self.carry()
        for name in names:
            self.news(name)
            self.sides[name].messages()

    def join(self, name: str) -> None:
        """Add a participant."""
        own = Uri.parse(f"msrp://{name}.example.com:7777/{name};tcp")
        far = Uri.parse(f"msrp://mrfp.example.com:8888/{name};tcp")
        self.legs[name] = self.centre.add(Terms(local=far, remote=(own,), active=False))
        self.links[name] = Connection(self.centre)
        self.switch.join(self.legs[name])
        self.sides[name] = MsrpSide(name)
        self.sessions[name] = self.sides[name].session(own, far, active=True, **self.terms.get(name, {}))

    def carry(self, now: float = 0.0) -> None:
        """Carry octets and events until there are none."""
        moving = True
        while moving:
            moving = False
            for name, side in self.sides.items():
                if octets := side.output(now):
                    self.links[name].receive(octets)
                    moving = True
            while self.centre.events:
                self.switch.take(self.centre.events.popleft())
            for name, link in self.links.items():
                if octets := link.data_to_send(now, 65536):
                    self.sides[name].connection.receive(octets)
                    moving = True

    def news(self, name: str) -> list:
        """Return a participant's news since the last call."""
        return self.sides[name].news()

    def bodies(self, name: str) -> list[bytes]:
        """Return the messages that a participant got since the last call; each is reported as delivered."""
        messages = [event.message for event in self.news(name) if isinstance(event, MessageReceived)]
        for message in messages:
            self.sessions[name].report_success(message)
        return [message.body for message in messages]


@pytest.fixture
def msrp_room():
    """Make a conference of participants by their names."""
    return MsrpRoom


Change = tuple[str, str]


@dataclass(frozen=True)
class SdpExchange:
    """An offer and its answer that break nothing, and what they break after a change.

    A change is a text, which has to be there, and what its first occurrence becomes.

    Attributes:
        offer_text: The offer, with lines ended by LF.
        answer_text: The answer, likewise.
        roles: What the two ends are.
    """

    offer_text: str
    answer_text: str
    roles: Roles

    def offer(self, *edits: Change) -> SessionDescription:
        """Return the offer after some changes."""
        return SessionDescription.parse(_edited(self.offer_text, edits))

    def answer(self, *edits: Change) -> SessionDescription:
        """Return the answer after some changes."""
        return SessionDescription.parse(_edited(self.answer_text, edits))

    def form(self, *edits: Change) -> list[tuple[str, str]]:
        """Return the rule and the place of each fault in the form of the changed offer."""
        return [(finding.requirement, finding.where) for finding in self.faults(*edits)]

    def faults(self, *edits: Change) -> list[Finding]:
        """Return the faults in the form of the changed offer."""
        try:
            self.offer(*edits)
        except RequirementViolated as error:
            return list(error.findings)
        return []

    def in_offer(self, *edits: Change, roles: Roles | None = None) -> "Found":
        """Return the rules that the changed offer breaks."""
        return Found(check_offer(self.offer(*edits), roles or self.roles))

    def in_answer(self, *edits: Change, offer: tuple[Change, ...] = ()) -> "Found":
        """Return the rules that the changed answer breaks, to an offer that may be changed too."""
        return Found(check_exchange(self.offer(*offer), self.answer(*edits), self.roles))

    def in_later_offer(
        self, *edits: Change, before: tuple[Change, ...] = (), answer: tuple[Change, ...] | None = None
    ) -> "Found":
        """Return the rules that a changed later offer breaks, whose version was counted up."""
        later = self.offer((" 1 IN IP4", " 2 IN IP4"), *edits)
        reply = None if answer is None else self.answer(*answer)
        return Found(check_later_offer(self.offer(*before), later, self.roles, reply))


class Found(set[str]):
    """The rules that were found broken.

    Attributes:
        places: Where, one for each finding.
        said: What the findings say, joined.
    """

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(finding.requirement for finding in findings)
        self.places = [finding.where for finding in findings]
        self.said = " ".join(finding.message for finding in findings)


def _edited(text: str, edits: tuple[Change, ...]) -> bytes:
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def _sdp(name: str) -> str:
    path = Path(__file__).parents[1] / "vectors/sdp" / name
    return path.read_bytes().decode().replace("\r\n", "\n")


@pytest.fixture
def dial_in() -> SdpExchange:
    """A UE offers audio, MSRP and BFCP to the conference, which answers; by TS 23.333, 6.2.19.3.1."""
    return SdpExchange(_sdp("ue-offer.sdp"), _sdp("conference-answer.sdp"), DIAL_IN)


@pytest.fixture
def dial_out() -> SdpExchange:
    """The conference offers the same to a UE, which answers; by TS 23.333, 6.2.19.2.2."""
    return SdpExchange(_sdp("conference-offer.sdp"), _sdp("ue-answer.sdp"), DIAL_OUT)
