"""A TCP socket without a network: its octets go to the socket at the other end in memory, in virtual time."""

import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Protocol, Self

from mpspec.flows.segment import SEGMENT_OCTETS, HostPort, Mark, Segment

CAPACITY = 65535
"""Octets that a socket takes before they are on their way, and again before they are read."""

LATENCY_SECONDS = 0.001
"""How long a segment takes."""

_KNOCKS = 7


class Network(Protocol):
    """What a socket needs of the network."""

    def opened(self, one: "VirtualSocket") -> int:
        """Take note of a new socket; return its file descriptor."""

    def closed(self, one: "VirtualSocket", descriptor: int) -> None:
        """Take note that a socket is closed."""

    def bind(self, one: "VirtualSocket", address: HostPort) -> HostPort:
        """Reserve an address; return it with its port."""

    def listener(self, address: HostPort) -> "VirtualSocket | None":
        """Return the socket that listens at an address."""

    def reaches(self, host: str) -> bool:
        """Return whether segments to a host arrive."""

    def first_sequence(self) -> int:
        """Return the sequence number that a new end of a connection begins with."""

    def sent(self, segment: Segment) -> None:
        """Take note of a segment."""

    @property
    def time(self) -> float:
        """Seconds since the beginning."""

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something happen later."""


class State(Enum):
    """What a socket is doing."""

    NEW = "new"
    LISTENING = "listening"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    BROKEN = "broken"
    CLOSED = "closed"


class VirtualSocket:
    """A socket of TCP, with the methods that asyncio and aiohttp call; it never blocks.

    What it does is what a socket of the machine does: it takes octets until its buffer is full, a close with
    octets that nobody has read resets the connection, and so do octets that come after a close.

    Of this end's sequence numbers `_sequence` is the next, and `_limit` the first that the other end did not
    allow yet; of the other end's, `_expected` is the next, and `_offered` the first that it was not allowed.
    `_ends` is the wish to send no more, `_forgotten` the end of everything by RST.
    """

    type = socket.SOCK_STREAM

    def __init__(self, network: Network, family: int, protocol: int) -> None:
        self._network = network
        self.family = family
        self.proto = protocol
        self._state = State.NEW
        self._local: HostPort = ("", 0)
        self._remote: HostPort = ("", 0)
        self._peer: VirtualSocket | None = None
        self._arrived: deque[VirtualSocket] = deque()
        self._error: int = 0
        self._lingers = True
        self._received = bytearray()
        self._ended = False
        self._expected = 0
        self._unsent = bytearray()
        self._offered = 0
        self._limit = 0
        self._sequence = network.first_sequence()
        self._ends = False
        self._end_sent = False
        self._forgotten = False
        self._descriptor = network.opened(self)

    def __repr__(self) -> str:
        ends = [f"{host}:{port}" for host, port in (self._local, self._remote) if host]
        return f"<VirtualSocket {self._state.value} {' to '.join(ends)}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What the selector asks.

    @property
    def readable(self) -> bool:
        """Whether reading or accepting gives something, be it an error."""
        if self._state is State.LISTENING:
            return bool(self._arrived)
        return bool(self._received) or self._ended or self._state is State.BROKEN

    @property
    def writable(self) -> bool:
        """Whether writing takes something, be it an error."""
        has_room = self._state is State.CONNECTED and len(self._unsent) < CAPACITY
        return has_room or self._state is State.BROKEN

    @property
    def listens(self) -> bool:
        """Whether it takes connections."""
        return self._state is State.LISTENING

    # What asyncio and aiohttp call.

    def fileno(self) -> int:
        """Return the descriptor; -1 once it is closed."""
        return -1 if self._state is State.CLOSED else self._descriptor

    def setblocking(self, flag: bool) -> None:
        """Do nothing: it never blocks."""

    def gettimeout(self) -> float:
        """Return 0: it never blocks."""
        return 0.0

    def setsockopt(self, level: int, option: int, value: int | bytes) -> None:
        """Take whether a close resets the connection; other options change nothing here."""
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER) and isinstance(value, bytes):
            self._lingers = struct.unpack("ii", value) != (1, 0)

    def getsockopt(self, level: int, option: int) -> int:
        """Return the error that is pending; of other options 0."""
        if (level, option) != (socket.SOL_SOCKET, socket.SO_ERROR):
            return 0
        error, self._error = self._error, 0
        return error

    def getsockname(self) -> HostPort:
        """Return IP address and port of this end."""
        return self._local

    def getpeername(self) -> HostPort:
        """Return IP address and port of the other end.

        Raises:
            OSError: There is none.
        """
        if self._state is not State.CONNECTED:
            raise os_error(errno.ENOTCONN)
        return self._remote

    def bind(self, address: HostPort) -> None:
        """Take an address.

        Raises:
            OSError: It is taken.
        """
        self._local = self._network.bind(self, address[:2])

    def listen(self, backlog: int = 0) -> None:
        """Begin to take connections."""
        self._state = State.LISTENING

    def accept(self) -> "tuple[VirtualSocket, HostPort]":
        """Return the next connection.

        Raises:
            BlockingIOError: There is none.
        """
        if not self._arrived:
            raise os_error(errno.EAGAIN)
        one = self._arrived.popleft()
        return one, one._remote

    def connect(self, address: HostPort) -> None:
        """Begin to connect.

        Raises:
            BlockingIOError: It has begun.
            OSError: It is not said where the connection comes from.
        """
        if not self._local[0]:
            raise OSError(errno.EADDRNOTAVAIL, "the network in memory wants to know where it comes from")
        self._state = State.CONNECTING
        self._remote = address[:2]
        self._knock(0)
        raise os_error(errno.EINPROGRESS)

    def send(self, data: bytes | bytearray | memoryview) -> int:
        """Take octets, as many as there is room for; return their number.

        Raises:
            BlockingIOError: There is no room.
            OSError: The connection is broken or closed.
        """
        self._raise_error()
        if self._state is not State.CONNECTED or self._ends:
            raise os_error(errno.EPIPE)
        taken = bytes(data[: CAPACITY - len(self._unsent)])
        if data and not taken:
            raise os_error(errno.EAGAIN)
        self._unsent += taken
        self._transmit()
        return len(taken)

    def sendmsg(self, buffers: Iterable[bytes | bytearray | memoryview]) -> int:
        """Take octets that lie in several pieces."""
        return self.send(b"".join(buffers))

    def recv(self, size: int) -> bytes:
        """Return octets; none at the end of what the other end sends.

        Raises:
            BlockingIOError: There are none yet.
            OSError: The connection is broken.
        """
        if self._received:
            return self._take(size)
        self._raise_error()
        if self._ended or self._state is State.BROKEN:
            return b""
        raise os_error(errno.EAGAIN)

    def recv_into(self, buffer: Any) -> int:
        """Put octets into a buffer; return their number."""
        data = self.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def shutdown(self, how: int) -> None:
        """Send no more, unless it is reading that is to end, which changes nothing here.

        Raises:
            OSError: The connection is broken or closed.
        """
        if self._state is not State.CONNECTED:
            raise os_error(errno.ENOTCONN)
        self._ends = self._ends or how != socket.SHUT_RD
        self._transmit()

    def close(self) -> None:
        """Close it: what was taken is sent, unless octets that nobody has read make it a reset."""
        state, self._state = self._state, State.CLOSED
        if state is State.CLOSED:
            return
        self._network.closed(self, self._descriptor)
        for one in self._arrived:
            one._lingers = False
            one.close()
        if state is State.CONNECTED:
            if self._received or not self._lingers:
                self._reset()
            else:
                self._ends = True
                self._transmit()

    # TCP.

    def _knock(self, number: int) -> None:
        """Send SYN, and again after a while if nothing comes of it."""
        if self._state is not State.CONNECTING:
            return
        if number == _KNOCKS:
            self._break(errno.ETIMEDOUT)
            return
        self._send(Mark.SYN)
        if self._network.reaches(self._remote[0]):
            self._later(self._arrive_at_listener)
        else:
            self._network.after(2.0**number, lambda: self._knock(number + 1))

    def _arrive_at_listener(self) -> None:
        """Let SYN arrive where the connection goes to."""
        listener = self._network.listener(self._remote)
        other = VirtualSocket(self._network, self.family, self.proto)
        other._local, other._remote, other._peer = self._remote, self._local, self
        other._expected = self._sequence + 1
        if listener is None:
            other._sequence = 0
            other._reset()
            other.close()
            return
        other._send(Mark.SYN | Mark.ACK)
        other._sequence += 1
        self._later(lambda: self._arrive_accepted(other, listener))

    def _arrive_accepted(self, other: "VirtualSocket", listener: "VirtualSocket") -> None:
        """Let SYN and ACK arrive where the connection comes from."""
        self._peer = other
        self._sequence += 1
        self._expected = other._sequence
        if self._state is not State.CONNECTING:
            self._reset()
            other.close()
            return
        self._state = State.CONNECTED
        self._send(Mark.ACK)
        self._later(lambda: other._arrive_connected(listener))

    def _arrive_connected(self, listener: "VirtualSocket") -> None:
        """Let the last segment of the handshake arrive."""
        self._state = State.CONNECTED
        if listener._state is State.LISTENING:
            listener._arrived.append(self)
        else:
            self._reset()
            self.close()

    def _transmit(self) -> None:
        """Send what the other end can take; then the end, if this is all."""
        if self._forgotten:
            return
        window = self._limit - self._sequence
        data = bytes(self._unsent[:window])
        del self._unsent[:window]
        for start in range(0, len(data), SEGMENT_OCTETS):
            piece = data[start : start + SEGMENT_OCTETS]
            last = start + SEGMENT_OCTETS >= len(data)
            self._send(Mark.ACK | Mark.PSH if last else Mark.ACK, piece)
        if data:
            self._later(lambda: self._other._arrive(data))
        if self._ends and not self._unsent and not self._end_sent:
            self._end_sent = True
            self._send(Mark.FIN | Mark.ACK)
            self._sequence += 1
            self._later(lambda: self._other._arrive_end())

    def _arrive(self, data: bytes) -> None:
        if self._state is State.CONNECTED:
            self._received += data
            self._expected += len(data)
            self._send(Mark.ACK)
        elif not self._forgotten:
            self._reset()

    def _arrive_end(self) -> None:
        if not self._forgotten:
            self._ended = True
            self._expected += 1
            self._send(Mark.ACK)

    def _arrive_limit(self, limit: int) -> None:
        """Learn up to which sequence number the other end can take octets."""
        self._limit = max(self._limit, limit)
        self._transmit()

    def _arrive_reset(self) -> None:
        refused = self._state is State.CONNECTING
        self._break(errno.ECONNREFUSED if refused else errno.EPIPE if self._ended else errno.ECONNRESET)

    def _take(self, size: int) -> bytes:
        """Return octets that have come; let the other end know of the room where that is worth a segment."""
        data = bytes(self._received[:size])
        del self._received[:size]
        room = self._expected + CAPACITY - len(self._received) - self._offered
        if room >= 2 * SEGMENT_OCTETS and self._state is State.CONNECTED:
            self._send(Mark.ACK)
        return data

    def _break(self, error: int) -> None:
        if self._state is not State.CLOSED:
            self._state = State.BROKEN
            self._error = error
        self._forgotten = True
        self._unsent.clear()

    def _reset(self) -> None:
        """Send RST: this end knows nothing of the connection any more."""
        self._forgotten = True
        self._unsent.clear()
        self._send(Mark.RST | Mark.ACK)
        self._later(self._other._arrive_reset)

    def _raise_error(self) -> None:
        if self._error:
            error, self._error = self._error, 0
            raise os_error(error)

    @property
    def _other(self) -> "VirtualSocket":
        assert self._peer is not None
        return self._peer

    def _later(self, do: Callable[[], None]) -> None:
        self._network.after(LATENCY_SECONDS, do)

    def _send(self, marks: Mark, octets: bytes = b"") -> None:
        """Send a segment; the other end learns from it how much this one can take."""
        window = CAPACITY - len(self._received)
        self._network.sent(
            Segment(
                time=self._network.time,
                source=self._local,
                target=self._remote,
                marks=marks,
                sequence=self._sequence & 0xFFFFFFFF,
                acknowledgement=self._expected & 0xFFFFFFFF if marks & Mark.ACK else 0,
                window=window,
                octets=octets,
            )
        )
        self._sequence += len(octets)
        if marks & Mark.ACK:
            self._offered = limit = self._expected + window
            self._later(lambda: self._other._arrive_limit(limit))


def os_error(number: int) -> OSError:
    """Return an error as the machine raises it; its number decides the class."""
    return OSError(number, os.strerror(number))
