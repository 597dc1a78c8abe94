"""A network in memory with virtual time: asyncio, aiohttp and the nodes run on it as they are.

While a coroutine runs on it, `socket.socket` makes virtual sockets of TCP, and `time.time` tells virtual
time. So nothing above them is replaced: the transports, servers and timeouts of asyncio, the server and the
client of aiohttp, and TLS do what they do on the sockets of the machine. An address is any IP address; a
connection says where it comes from.
"""

import asyncio
import errno
import ipaddress
import itertools
import socket
import time
from collections.abc import Callable, Collection, Coroutine
from typing import Any, TypeVar

from mpspec.flows.segment import HostPort, Segment
from mpspec.flows.virtual_socket import VirtualSocket, os_error
from mpspec.flows.virtual_time import Standstill, Timeline, VirtualLoop

EPOCH = 1_796_126_400
"""2026-12-01 12:00:00 UTC, in seconds since 1970: when virtual time begins."""

_FIRST_PORT, _LAST_PORT = 49152, 65535
_FIRST_DESCRIPTOR = 1 << 20
_FIRST_SEQUENCE = 1_000_000
_Result = TypeVar("_Result")


class VirtualNetwork:
    """Hosts that reach each other in memory.

    Args:
        hidden: IP addresses of hosts behind a NAT: they open connections, and what comes to them is lost.

    Attributes:
        segments: Every segment of TCP that was sent, in order.
    """

    def __init__(self, hidden: Collection[str] = ()) -> None:
        self.segments: list[Segment] = []
        self._hidden = frozenset(hidden)
        self._timeline = Timeline()
        self._sockets: dict[int, VirtualSocket] = {}
        self._bound: dict[HostPort, VirtualSocket] = {}
        self._ports = itertools.cycle(range(_FIRST_PORT, _LAST_PORT + 1))
        self._descriptors = itertools.count(_FIRST_DESCRIPTOR)
        self._sequences = itertools.count(_FIRST_SEQUENCE, _FIRST_SEQUENCE)

    def run(self, main: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine to its end.

        Raises:
            Standstill: It waits for what cannot happen any more.
        """
        machine, clock = socket.socket, time.time
        network = self

        class Sockets(socket.socket):
            """Makes virtual sockets of TCP, and those of the machine for everything else."""

            def __new__(
                cls,
                family: int = -1,
                type: int = -1,  # noqa: A002 (the name that callers use)
                proto: int = -1,
                fileno: int | None = None,
            ) -> Any:
                is_tcp = family in (socket.AF_INET, socket.AF_INET6) and type in (-1, socket.SOCK_STREAM)
                if is_tcp and fileno is None:
                    return VirtualSocket(network, family, max(proto, 0))
                return machine(family, type, proto, fileno)

        with asyncio.Runner(loop_factory=lambda: VirtualLoop(self._timeline, self._sockets)) as runner:
            loop = runner.get_loop()
            socket.socket = Sockets  # type: ignore[misc]
            time.time = self.now
            try:
                return runner.run(main)
            except Standstill as error:
                waiting = sorted(_name_of(task) for task in asyncio.all_tasks(loop))
                raise Standstill(f"{error} There wait: {', '.join(waiting)}.") from None
            finally:
                socket.socket = machine  # type: ignore[misc]
                time.time = clock

    def now(self) -> float:
        """Return the time in seconds since 1970, UTC."""
        return EPOCH + self._timeline.time

    def left_open(self) -> list[str]:
        """Return the sockets that are not closed, a sentence each."""
        return [f"Left open: {one!r}." for one in self._sockets.values()]

    # What the sockets need.

    @property
    def time(self) -> float:
        """Seconds since the beginning."""
        return self._timeline.time

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something happen later."""
        self._timeline.after(seconds, do)

    def sent(self, segment: Segment) -> None:
        """Take note of a segment."""
        self.segments.append(segment)

    def opened(self, one: VirtualSocket) -> int:
        """Take note of a new socket; return its descriptor."""
        descriptor = next(self._descriptors)
        self._sockets[descriptor] = one
        return descriptor

    def closed(self, one: VirtualSocket, descriptor: int) -> None:
        """Take note that a socket is closed."""
        del self._sockets[descriptor]
        if self._bound.get(one.getsockname()) is one:
            del self._bound[one.getsockname()]

    def bind(self, one: VirtualSocket, address: HostPort) -> HostPort:
        """Reserve an address, at the next port if none is said, and return it.

        No two hosts have the same of these ports, so that a port alone says what it carries.

        Raises:
            OSError: It is taken, or says no host.
        """
        host, port = address
        if ipaddress.ip_address(host).is_unspecified:
            raise os_error(errno.EADDRNOTAVAIL)
        while not port or (not address[1] and (host, port) in self._bound):
            port = next(self._ports)
        if (host, port) in self._bound:
            raise os_error(errno.EADDRINUSE)
        self._bound[host, port] = one
        return host, port

    def listener(self, address: HostPort) -> VirtualSocket | None:
        """Return the socket that listens at an address."""
        one = self._bound.get(address)
        return one if one is not None and one.listens else None

    def reaches(self, host: str) -> bool:
        """Return whether segments to a host arrive."""
        return host not in self._hidden

    def first_sequence(self) -> int:
        """Return the sequence number that a new end of a connection begins with."""
        return next(self._sequences)


def _name_of(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", "a task")
