"""A capture file of what went over the network in memory: Ethernet, IP and TCP as on a wire."""

import ipaddress
import struct
from collections.abc import Iterable

import dpkt

from mpspec.flows.network import EPOCH
from mpspec.flows.segment import SEGMENT_OCTETS, HostPort, Mark, Segment

_HEAD = struct.Struct("<IHHiIII")
_PACKET = struct.Struct("<IIII")
_MAGIC = 0xA1B2C3D4
_LONGEST = 1 << 16
_ETHERNET = 1
_MAXIMUM_SEGMENT_SIZE = struct.pack("!BBH", 2, 4, SEGMENT_OCTETS)
_HOPS = 64


def capture(segments: Iterable[Segment]) -> bytes:
    """Return a file in the pcap format, with times in microseconds."""
    packets = [_HEAD.pack(_MAGIC, 2, 4, 0, 0, _LONGEST, _ETHERNET)]
    for segment in segments:
        frame = _frame(segment)
        seconds, microseconds = divmod(round(segment.time * 1_000_000), 1_000_000)
        packets += [_PACKET.pack(EPOCH + seconds, microseconds, len(frame), len(frame)), frame]
    return b"".join(packets)


def _frame(segment: Segment) -> bytes:
    """Return a segment in its frame; dpkt fills the checksums in."""
    options = _MAXIMUM_SEGMENT_SIZE if segment.marks & Mark.SYN else b""
    tcp = dpkt.tcp.TCP(
        sport=segment.source[1],
        dport=segment.target[1],
        seq=segment.sequence,
        ack=segment.acknowledgement,
        off=(20 + len(options)) // 4,
        flags=int(segment.marks),
        win=segment.window,
        opts=options,
        data=segment.octets,
    )
    source, target = (ipaddress.ip_address(end[0]).packed for end in (segment.source, segment.target))
    if len(source) == 4:
        packet = dpkt.ip.IP(src=source, dst=target, p=dpkt.ip.IP_PROTO_TCP, ttl=_HOPS, df=1, data=tcp)
        packet.len = len(packet)
        kind = dpkt.ethernet.ETH_TYPE_IP
    else:
        packet = dpkt.ip6.IP6(
            src=source, dst=target, nxt=dpkt.ip.IP_PROTO_TCP, hlim=_HOPS, plen=len(tcp), data=tcp
        )
        kind = dpkt.ethernet.ETH_TYPE_IP6
    ends = (_station(end) for end in (segment.source, segment.target))
    source_station, target_station = ends
    return bytes(dpkt.ethernet.Ethernet(src=source_station, dst=target_station, type=kind, data=packet))


def _station(end: HostPort) -> bytes:
    """Return a link address of a host, one that is administered locally."""
    return b"\x02\x00" + ipaddress.ip_address(end[0]).packed[-4:]
