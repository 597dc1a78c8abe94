"""Reading the packets of a capture: its file, the links it was captured on, and IP with its fragments."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import dpkt

from mpspec.model import CannotRun

Note = Callable[[str], None]
"""Takes a sentence on what could not be read."""

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
_INTERFACE = 1
_SECTION = 0x0A0D0D0A


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
    try:
        with path.open("rb") as file:
            _check_interfaces(file, path)
            reader = dpkt.pcap.UniversalReader(file)
            link = reader.datalink()
            if link not in _LINKS and link not in _RAW:
                raise CannotRun(f"{path} was captured on a kind of link that is not known here: {link}.")
            yield from _decoded(reader, link, note)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, dpkt.Error) as error:
        raise CannotRun(f"{path} is no capture in the pcap or pcapng format.") from error


def _decoded(
    reader: Iterator[tuple[float, bytes]], link: int, note: Note
) -> Iterator[dpkt.ip.IP | dpkt.ip6.IP6]:
    packets = iter(reader)
    while True:
        try:
            _, octets = next(packets)
        except StopIteration:
            return
        except (ValueError, dpkt.Error):
            note("The capture is cut off.")
            return
        packet = _decode(link, octets)
        if isinstance(packet, (dpkt.ip.IP, dpkt.ip6.IP6)) and getattr(packet, "p", None) in _TRANSPORTS:
            yield packet


def _decode(link: int, octets: bytes) -> object:
    try:
        if link in _LINKS:
            return _LINKS[link](octets).data
        return dpkt.ip6.IP6(octets) if octets[:1] and octets[0] >> 4 == 6 else dpkt.ip.IP(octets)
    except (dpkt.Error, ValueError, IndexError):
        return None


def _check_interfaces(file: BinaryIO, path: Path) -> None:
    """Refuse a capture of several kinds of link: the library reads every packet as one of the first kind.

    Raises:
        CannotRun: It is one.
    """
    links = set(_interfaces(file))
    file.seek(0)
    if len(links) > 1:
        kinds = " and ".join(map(str, sorted(links)))
        raise CannotRun(
            f"{path} was captured on links of several kinds, {kinds}; a file with one of them can be read."
        )


def _interfaces(file: BinaryIO) -> Iterator[int]:
    """Yield the kind of link of each interface of a capture in the pcapng format."""
    order = "<"
    while len(head := file.read(12)) == 12:
        if struct.unpack("<I", head[:4])[0] == _SECTION:
            order = "<" if head[8:] == b"\x4d\x3c\x2b\x1a" else ">"
        elif file.tell() == 12:
            return
        kind, length = struct.unpack(f"{order}II", head[:8])
        if kind == _INTERFACE:
            yield struct.unpack(f"{order}H", head[8:10])[0]
        file.seek(max(length - 12, 0), 1)


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
