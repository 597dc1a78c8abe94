"""Reading the packets of a capture: the links it was captured on, and IP with its fragments."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dpkt

from mpspec.model import CannotRun
from mpspec.protocol.capture_file import Frame, Note, read_frames

MAX_FRAGMENTED = 1024
"""How many packets may wait for the rest of their fragments; the oldest is given up."""

_MAX_PACKET = 0xFFFF
_LINKS = {
    dpkt.pcap.DLT_EN10MB: dpkt.ethernet.Ethernet,
    dpkt.pcap.DLT_LINUX_SLL: dpkt.sll.SLL,
    dpkt.pcap.DLT_LINUX_SLL2: dpkt.sll2.SLL2,
    dpkt.pcap.DLT_NULL: dpkt.loopback.Loopback,
    dpkt.pcap.DLT_LOOP: dpkt.loopback.Loopback,
}
_RAW = (dpkt.pcap.DLT_RAW, 12, 14, 101, 228, 229)
_TRANSPORTS = {dpkt.ip.IP_PROTO_TCP: dpkt.tcp.TCP, dpkt.ip.IP_PROTO_UDP: dpkt.udp.UDP}
_IP = (dpkt.ip.IP, dpkt.ip6.IP6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A whole IP packet.

    Attributes:
        source: Address of the sender, 4 or 16 octets.
        target: Address of the receiver, as long.
        transport: TCP segment or UDP datagram.
    """

    source: bytes
    target: bytes
    transport: dpkt.tcp.TCP | dpkt.udp.UDP


def read_packets(path: Path, note: Note) -> Iterator[Packet]:
    """Yield the TCP and UDP packets of a capture; what is something else is passed over as other traffic is.

    Args:
        path: File in the pcap or pcapng format.
        note: Told of what could not be read.

    Raises:
        CannotRun: It cannot be read, or is no capture.
    """
    fragments = _Fragments()
    short = 0
    for packet in _ip_packets(path, note):
        short += _is_cut(packet)
        whole = fragments.take(packet)
        if whole is not None:
            yield whole
    if short:
        note(f"Packets of which the capture holds a part only: {short}.")
    if fragments.waiting:
        note(f"Packets whose fragments are not all in the capture: {fragments.waiting}.")


def _ip_packets(path: Path, note: Note) -> Iterator[dpkt.ip.IP | dpkt.ip6.IP6]:
    """Yield the packets of TCP and UDP, and count those from links that nobody here can read."""
    unknown: Counter[int] = Counter()
    known = False
    for frame in read_frames(path, note):
        if frame.link not in _LINKS and frame.link not in _RAW:
            unknown[frame.link] += 1
            continue
        known = True
        packet = _decode(frame)
        if isinstance(packet, _IP) and getattr(packet, "p", None) in _TRANSPORTS:
            yield packet
    for link, count in unknown.items():
        if not known:
            raise CannotRun(f"{path} was captured on a kind of link that is not known here: {link}.")
        note(f"Packets from a kind of link that is not known here, {link}: {count}.")


def _decode(frame: Frame) -> object:
    """Return the IP packet of a frame, or what else is in it."""
    octets = frame.octets
    try:
        if frame.link in _RAW:
            return dpkt.ip6.IP6(octets) if octets[:1] and octets[0] >> 4 == 6 else dpkt.ip.IP(octets)
        packet = _LINKS[frame.link](octets)
    except (dpkt.Error, ValueError, IndexError):
        return None
    while isinstance(packet, dpkt.Packet) and not isinstance(packet, _IP):
        packet = packet.data
    return packet


def _is_cut(packet: dpkt.ip.IP | dpkt.ip6.IP6) -> bool:
    """Return whether the capture holds less of a packet than its header says."""
    if isinstance(packet, dpkt.ip.IP):
        return bool(packet.len > 0 and packet.len > packet.hl * 4 + len(bytes(packet.data)))
    before = sum(header.length for header in packet.all_extension_headers)
    return bool(packet.plen > before + len(bytes(packet.data)))


class _Fragments:
    """Puts the fragments of IP packets together."""

    def __init__(self) -> None:
        self._parts: dict[tuple[object, ...], dict[int, bytes]] = {}
        self._ends: dict[tuple[object, ...], int] = {}

    @property
    def waiting(self) -> int:
        """Packets of which fragments are missing."""
        return len(self._parts)

    def take(self, packet: dpkt.ip.IP | dpkt.ip6.IP6) -> Packet | None:
        """Take a packet, and return the whole one that it is or completes, if it is of TCP or UDP."""
        offset, more, identifier = _place(packet)
        if offset == 0 and not more:
            if isinstance(packet.data, (dpkt.tcp.TCP, dpkt.udp.UDP)):
                return Packet(source=packet.src, target=packet.dst, transport=packet.data)
            return None
        key = (packet.src, packet.dst, packet.p, identifier)
        data = bytes(packet.data)
        if offset + len(data) > _MAX_PACKET:
            return None
        parts = self._parts.setdefault(key, {})
        parts[offset] = data
        if not more:
            self._ends[key] = offset + len(data)
        if len(self._parts) > MAX_FRAGMENTED:
            self._forget(next(iter(self._parts)))
        octets = self._joined(key)
        if octets is None:
            return None
        self._forget(key)
        transport = _TRANSPORTS.get(packet.p)
        try:
            return transport and Packet(source=packet.src, target=packet.dst, transport=transport(octets))
        except dpkt.Error:
            return None

    def _joined(self, key: tuple[object, ...]) -> bytes | None:
        octets = b""
        for offset, data in sorted(self._parts.get(key, {}).items()):
            if offset > len(octets):
                return None
            octets = octets[:offset] + data
        return octets if len(octets) == self._ends.get(key) else None

    def _forget(self, key: tuple[object, ...]) -> None:
        del self._parts[key]
        self._ends.pop(key, None)


def _place(packet: dpkt.ip.IP | dpkt.ip6.IP6) -> tuple[int, bool, int]:
    """Return where a fragment stands in its packet in octets, whether more follow, and its identifier."""
    if isinstance(packet, dpkt.ip.IP):
        return packet.offset * 8, bool(packet.mf), packet.id
    header = packet.extension_hdrs.get(dpkt.ip.IP_PROTO_FRAGMENT)
    return (0, False, 0) if header is None else (header.frag_off * 8, bool(header.m_flag), header.id)
