"""Reading a capture: its TCP connections put together again, and its UDP datagrams, in the order of time."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dpkt

from mpspec.model import CannotRun

_MAX_AHEAD = 4 << 20
_LINKS = {
    dpkt.pcap.DLT_EN10MB: dpkt.ethernet.Ethernet,
    dpkt.pcap.DLT_LINUX_SLL: dpkt.sll.SLL,
    dpkt.pcap.DLT_LINUX_SLL2: dpkt.sll2.SLL2,
    dpkt.pcap.DLT_NULL: dpkt.loopback.Loopback,
    dpkt.pcap.DLT_LOOP: dpkt.loopback.Loopback,
}
_RAW = (dpkt.pcap.DLT_RAW, 12, 14, 101, 228, 229)


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
        transport: `TCP` or `UDP`.
        data: Octets; of TCP in order and each once, of UDP one datagram.
        connection: Number of the TCP connection among those between the same ends, from 1.
        missing: Whether octets before these are not in the capture.
    """

    source: Address
    target: Address
    transport: str
    data: bytes = field(repr=False)
    connection: int = 1
    missing: bool = False


class _Half:
    """One direction of the TCP connections between two ends.

    Attributes:
        connection: Number of the connection, from 1.
    """

    def __init__(self) -> None:
        self.connection = 1
        self._start: int | None = None
        self._next: int | None = None
        self._ahead: dict[int, bytes] = {}

    def take(self, segment: dpkt.tcp.TCP) -> Iterator[tuple[bytes, bool]]:
        """Take a segment and yield what can be read now, and whether octets are missing before it."""
        sequence, data = segment.seq, bytes(segment.data)
        if segment.flags & dpkt.tcp.TH_SYN:
            if sequence != self._start:
                self.connection += self._next is not None
                self._ahead.clear()
                self._start, self._next = sequence, (sequence + 1) & 0xFFFFFFFF
            sequence = (sequence + 1) & 0xFFFFFFFF
        if self._next is None:
            self._next = sequence
        if data:
            self._ahead[sequence] = max(data, self._ahead.get(sequence, b""), key=len)
        yield from ((ready, False) for ready in self._ready())
        if sum(map(len, self._ahead.values())) > _MAX_AHEAD:
            yield from self.give_up()

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


def read_capture(path: Path) -> Iterator[Octets]:
    """Yield what a capture holds, in the order in which it could be read on the wire.

    Args:
        path: File in the pcap or pcapng format.

    Raises:
        CannotRun: It cannot be read, or is no capture.
    """
    halves: dict[tuple[Address, Address], _Half] = {}
    for packet in _packets(path):
        transport = packet.data
        if not isinstance(transport, (dpkt.tcp.TCP, dpkt.udp.UDP)):
            continue
        source = Address(_host(packet.src), transport.sport)
        target = Address(_host(packet.dst), transport.dport)
        if isinstance(transport, dpkt.udp.UDP):
            yield Octets(source=source, target=target, transport="UDP", data=bytes(transport.data))
            continue
        half = halves.setdefault((source, target), _Half())
        yield from _of(half, source, target, half.take(transport))
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
            missing=missing,
        )


def _packets(path: Path) -> Iterator[Any]:
    """Yield each IP packet; what is something else, or does not parse, is passed over as other traffic is."""
    try:
        with path.open("rb") as file:
            reader = dpkt.pcap.UniversalReader(file)
            link = reader.datalink()
            if link not in _LINKS and link not in _RAW:
                raise CannotRun(f"{path} was captured on a kind of link that is not known here: {link}.")
            for _, octets in reader:
                packet = _packet(link, octets)
                if isinstance(packet, (dpkt.ip.IP, dpkt.ip6.IP6)):
                    yield packet
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, dpkt.Error) as error:
        raise CannotRun(f"{path} is no capture in the pcap or pcapng format, or is cut off.") from error


def _packet(link: int, octets: bytes) -> object:
    try:
        if link in _LINKS:
            return _LINKS[link](octets).data
        return dpkt.ip6.IP6(octets) if octets[:1] and octets[0] >> 4 == 6 else dpkt.ip.IP(octets)
    except (dpkt.Error, ValueError, IndexError):
        return None


def _host(packed: bytes) -> str:
    return str(ipaddress.ip_address(packed))
