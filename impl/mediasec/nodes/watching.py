"""Showing what goes through a tunnel: the octets that a node writes, message by message."""

import re
from collections.abc import Callable

from mediasec.bfcp import Header, Primitive
from mediasec.endpoints.stream import Stream
from mediasec.errors import MalformedMessage
from mediasec.nodes.observation import Medium
from mediasec.nodes.surroundings import Surroundings

_MSRP = re.compile(
    rb"MSRP (?P<id>\S+) (?P<what>[^\r]+)\r\n.*?-------(?P=id)[$+#]\r\n", re.DOTALL
)  # RFC 4975, 9: a message up to its end-line.

Watch = Callable[[Stream, bytes, bool], None]
"""Told of octets on a connection, and whether they were sent."""


def watch_msrp(surroundings: Surroundings) -> Watch:
    """Return what shows each MSRP message that a node sends, under its method or its status."""

    def watch(stream: Stream, octets: bytes, sent: bool) -> None:
        if sent:
            peer = surroundings.name_of(stream.peer)
            for found in _MSRP.finditer(octets):
                surroundings.show(peer, Medium.MSRP, found["what"].decode(errors="replace"), found[0])

    return watch


def watch_bfcp(surroundings: Surroundings) -> Watch:
    """Return what shows each BFCP message that a node sends, under its primitive."""

    def watch(stream: Stream, octets: bytes, sent: bool) -> None:
        if sent:
            peer = surroundings.name_of(stream.peer)
            surroundings.show(peer, Medium.BFCP, _primitive_of(octets), octets)

    return watch


def _primitive_of(octets: bytes) -> str:
    try:
        primitive = Header.parse(octets).primitive
    except MalformedMessage:
        return "message"
    return primitive.label if isinstance(primitive, Primitive) else f"primitive {primitive}"
