"""Reading a capture: its TCP connections put together again, and its UDP datagrams, in the order of time."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dpkt

from mpspec.protocol.capture_file import Note
from mpspec.protocol.packets import read_packets

_MAX_AHEAD = 4 << 20


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a connection.

    Attributes:
        host: IP address as text.
        port: Port.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets:
    """Octets that one end sent to the other.

    Attributes:
        source: Who sent them.
        target: Whom to.
        transport: `TCP` or `UDP`, or `TLS` where they were decrypted.
        data: Octets; of TCP in order and each once, none where only its end is told; of UDP one datagram.
        connection: Number of the TCP connection among those between the same ends, from 1.
        opened: Whether the beginning of this direction is in the capture.
        missing: Whether octets before these are not in the capture.
        ended: Whether nothing follows: the direction was closed, or the connection was reset.
    """

    source: Address
    target: Address
    transport: str
    data: bytes = field(repr=False)
    connection: int = 1
    opened: bool = True
    missing: bool = False
    ended: bool = False


class _Half:
    """One direction of the TCP connections between two ends.

    Attributes:
        connection: Number of the connection, from 1.
        opened: Whether its first segment was seen.
        ended: Whether it was closed, and everything before that was read.
    """

    def __init__(self) -> None:
        self.connection = 1
        self.ended = False
        self._start: int | None = None
        self._next: int | None = None
        self._end: int | None = None
        self._ahead: dict[int, bytes] = {}

    @property
    def opened(self) -> bool:
        """Whether its first segment was seen."""
        return self._start is not None

    def take(self, segment: dpkt.tcp.TCP) -> Iterator[tuple[bytes, bool]]:
        """Take a segment and yield what can be read now, and whether octets are missing before it."""
        sequence, data = segment.seq, bytes(segment.data)
        if segment.flags & dpkt.tcp.TH_SYN:
            if sequence != self._start:
                self.connection += self._next is not None
                self.ended, self._end = False, None
                self._ahead.clear()
                self._start, self._next = sequence, (sequence + 1) & 0xFFFFFFFF
            sequence = (sequence + 1) & 0xFFFFFFFF
        if self._next is None:
            self._next = sequence
        if data:
            self._ahead[sequence] = max(data, self._ahead.get(sequence, b""), key=len)
        if segment.flags & dpkt.tcp.TH_FIN:
            self._end = (sequence + len(data)) & 0xFFFFFFFF
        yield from ((ready, False) for ready in self._ready())
        if sum(map(len, self._ahead.values())) > _MAX_AHEAD:
            yield from self.give_up()
        self.ended = self._next == self._end or bool(segment.flags & dpkt.tcp.TH_RST)

    def give_up(self) -> Iterator[tuple[bytes, bool]]:
        """Go on behind what is missing, since it will not come any more."""
        while self._ahead:
            self._next = min(self._ahead, key=self._distance)
            yield from ((ready, place == 0) for place, ready in enumerate(self._ready()))

    def _distance(self, sequence: int) -> int:
        """Return how far ahead a segment begins, negative for one that is behind."""
        assert self._next is not None
        return ((sequence - self._next + 0x80000000) & 0xFFFFFFFF) - 0x80000000

    def _ready(self) -> Iterator[bytes]:
        for sequence in sorted(self._ahead, key=self._distance):
            behind = -self._distance(sequence)
            if behind < 0:
                return
            new = self._ahead.pop(sequence)[behind:]
            if new:
                assert self._next is not None
                self._next = (self._next + len(new)) & 0xFFFFFFFF
                yield new


def read_capture(path: Path, note: Note) -> Iterator[Octets]:
    """Yield what a capture holds, in the order in which it could be read on the wire.

    Args:
        path: File in the pcap or pcapng format.
        note: Told of what could not be read.

    Raises:
        CannotRun: It cannot be read, or is no capture.
    """
    halves: dict[tuple[Address, Address], _Half] = {}
    for packet in read_packets(path, note):
        transport = packet.transport
        source = Address(_host(packet.source), transport.sport)
        target = Address(_host(packet.target), transport.dport)
        if isinstance(transport, dpkt.udp.UDP):
            yield Octets(source=source, target=target, transport="UDP", data=bytes(transport.data))
            continue
        half = halves.setdefault((source, target), _Half())
        before = half.ended
        yield from _of(half, source, target, half.take(transport))
        if half.ended and not before:
            yield from _of(half, source, target, iter([(b"", False)]))
    for (source, target), half in halves.items():
        yield from _of(half, source, target, half.give_up())


def _of(
    half: _Half, source: Address, target: Address, ready: Iterator[tuple[bytes, bool]]
) -> Iterator[Octets]:
    for data, missing in ready:
        yield Octets(
            source=source,
            target=target,
            transport="TCP",
            data=data,
            connection=half.connection,
            opened=half.opened,
            missing=missing,
            ended=not data,
        )


def _host(packed: bytes) -> str:
    return str(ipaddress.ip_address(packed))
