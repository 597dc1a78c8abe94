"""What the ports of a recording carry, for programs that go by port."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mediasec.nodes.observation import Medium
from mpspec.flows.recording import Arrow, Recording
from mpspec.flows.segment import HostPort, Mark

_HANDSHAKE = b"\x16\x03"
_DISSECTORS = {Medium.KMS: "http", Medium.MSRP: "msrp", Medium.BFCP: "bfcp"}
_MICROSECONDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port that somebody connected to.

    Attributes:
        host: IP address.
        port: TCP port.
        participant: Name of the participant that listened.
        carries: What came through it; None where no message did.
        tls: Whether it came through TLS.
    """

    host: str
    port: int
    participant: str
    carries: Medium | None
    tls: bool


@dataclass(slots=True)
class _Traffic:
    """What came through a port.

    Attributes:
        tls: Whether it came through TLS.
        votes: What its ends sent each other at the moments when a segment left.
        kinds: What they sent each other at all.
    """

    tls: bool = False
    votes: Counter[Medium] = field(default_factory=Counter)
    kinds: set[Medium] = field(default_factory=set)


def ports(recording: Recording) -> list[Port]:
    """Return the ports that somebody connected to, in the order in which that happened."""
    assert recording.wire is not None
    sent = _sent(recording)
    found: dict[HostPort, _Traffic] = {}
    listeners: dict[tuple[HostPort, HostPort], _Traffic] = {}
    for segment in recording.wire.segments:
        way = (segment.source, segment.target)
        if segment.marks == Mark.SYN:
            traffic = found.setdefault(segment.target, _Traffic())
            listeners[way] = listeners[way[::-1]] = traffic
        elif segment.octets:
            traffic = listeners[way]
            traffic.tls = traffic.tls or segment.octets.startswith(_HANDSHAKE)
            messages = sent.get((segment.source[0], segment.target[0]), [])
            moment = round(segment.time, _MICROSECONDS)
            traffic.votes.update(arrow.medium for arrow in messages if arrow.time == moment)
            traffic.kinds.update(arrow.medium for arrow in messages)
    names = {each.address: each.name for each in recording.flow.participants}
    return [
        Port(
            host=host,
            port=port,
            participant=names.get(host, host),
            carries=_carried(host, traffic, found),
            tls=traffic.tls,
        )
        for (host, port), traffic in found.items()
    ]


def _carried(host: str, traffic: _Traffic, found: dict[HostPort, _Traffic]) -> Medium | None:
    """Return what came through a port of a host.

    Where there was nothing at the moments of its segments, it is what its ends sent each other, if that is of
    one kind and no other port of the host carried it.
    """
    if traffic.votes:
        return traffic.votes.most_common(1)[0][0]
    kinds = {*traffic.kinds}
    for (other, _), others in found.items():
        if other == host:
            kinds -= {*others.votes}
    return next(iter(kinds)) if len(kinds) == 1 else None


def _sent(recording: Recording) -> dict[tuple[str, str], list[Arrow]]:
    """Return the messages that connections carried, by the addresses of both ends."""
    hosts = {each.name: each.address for each in recording.flow.participants}
    found: defaultdict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for arrow in recording.arrows:
        if arrow.octets and arrow.medium is not Medium.SIGNALLING:
            found[hosts.get(arrow.sender, ""), hosts.get(arrow.receiver, "")].append(arrow)
    return found


def decode_as(found: Iterable[Port]) -> str:
    """Return a script in Lua that tells Wireshark and tshark what to take the ports for."""
    lines = ["-- What the ports of this recording carry: wireshark -X lua_script:decode-as.lua ..."]
    for port in found:
        dissector = _DISSECTORS.get(port.carries) if port.carries else None
        if port.tls:
            lines.append(f'DissectorTable.get("tcp.port"):add({port.port}, Dissector.get("tls"))')
        if dissector:
            table = "tls.port" if port.tls else "tcp.port"
            lines.append(f'DissectorTable.get("{table}"):add({port.port}, Dissector.get("{dissector}"))')
    return "".join(f"{line}\n" for line in lines)
