"""What the conformance tests share."""

import asyncio
import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mediasec.endpoints.tls_session import TlsFailed, TlsSession
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Opaque

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
