"""One connection of MSRP with its stream: reads, writes, and keeps the time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mediasec.endpoints.stream import Security, Stream
from mediasec.errors import EndpointError, MalformedMessage
from mediasec.msrp.addressing import MediaAddress
from mediasec.msrp.connection import Connection, Directory
from mediasec.msrp.session import Session

STALL_SECONDS = 30.0
"""How long a peer may take nothing of what is sent before its connection is dropped, in seconds."""

UNBOUND_SECONDS = 30.0
"""How long an accepted connection may go without a session before it is closed, in seconds."""

MAX_WAITING_ANSWERS = 256
"""How many responses and reports may wait for a peer that does not read, before it is not read either."""

_WRITE_OCTETS = 131072
_UNSENT_OCTETS = 65536


Observer = Callable[[Stream, bytes, bool], None]
"""Told of octets on a connection, and whether they were sent; what was received may be part of a message."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a connection goes, and with what security: sessions with equal routes share it.

    Attributes:
        address: Host and port.
        secure: Whether the URI of the next hop is msrps.
        security: Side of TLS that this node takes; None for plain TCP.
    """

    address: MediaAddress
    secure: bool
    security: Security | None


class Owner(Protocol):
    """What a link needs of its endpoint."""

    @property
    def directory(self) -> Directory:
        """The sessions without I/O."""

    def dispatch(self) -> None:
        """Hand the news of sessions to their users."""

    def is_crowded(self, session: Session) -> bool:
        """Return whether the user of a session takes too few of its messages."""

    def observe(self, stream: Stream, octets: bytes, sent: bool) -> None:
        """Tell whoever wants to know of octets on a connection."""

    def forget(self, link: "Link") -> None:
        """Forget a link that has ended."""


class _Crowded(Exception):
    """There is too much that the peer does not read, or that the user of a session does not take."""


class Link:
    """One connection with its stream.

    Args:
        owner: The endpoint.
        stream: The stream.
        route: Where it goes, if this side opened it; else None.

    Attributes:
        connection: The connection without I/O.
        ended: Set once it has ended.
    """

    def __init__(self, owner: Owner, stream: Stream, route: Route | None) -> None:
        self.ended = asyncio.Event()
        self.connection = Connection(
            owner.directory,
            secure=stream.get_extra_info("tls_version") is not None,
            psk_identity=stream.identity,
            ready=self.wake,
        )
        self._owner = owner
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._patience = self._loop.time() + UNBOUND_SECONDS
        self._used = False
        self._broken = False
        self._route: Route | None = route
        self._wake = asyncio.Event()
        self._eased = asyncio.Event()

    def wake(self) -> None:
        """Look again whether there is something to send or to end."""
        self._wake.set()

    def is_for(self, route: Route) -> bool:
        """Return whether a session with that route may use the connection."""
        return self._route == route

    def finish(self) -> None:
        """End as soon as no session uses the connection and nothing is left to send."""
        self._patience = self._loop.time()
        self.wake()

    def ease(self) -> None:
        """Look again whether the connection can be read further."""
        self._eased.set()

    async def run(self) -> None:
        """Serve the connection until it ends; its sessions fail with it."""
        writer = self._loop.create_task(self._write())
        try:
            await self._read()
        except (EndpointError, MalformedMessage):
            # Broken, or not MSRP: either way it ends here, and the sessions say so.
            pass
        finally:
            writer.cancel()
            (fault,) = await asyncio.gather(writer, return_exceptions=True)
            self.connection.lost()
            self._owner.forget(self)
            self.ended.set()
            await self._stream.abort()
            self._owner.dispatch()
        if isinstance(fault, Exception):
            raise fault

    async def _read(self) -> None:
        """Take what comes until the peer ends, and hold the peer back while there is too much."""
        while True:
            try:
                await self._stream.feed(self._take)
                return
            except _Crowded:
                while self._crowded() and not self._broken:
                    self._eased.clear()
                    await self._eased.wait()

    def _take(self, data: bytes) -> None:
        self._owner.observe(self._stream, data, False)
        self.connection.receive(data)
        self._owner.dispatch()
        self._used = self._used or bool(self.connection.sessions)
        if self._crowded():
            raise _Crowded

    def _crowded(self) -> bool:
        """Return whether the peer is to be held back: it does not read, or the user of a session does not."""
        if self.connection.outbox.waiting_control > MAX_WAITING_ANSWERS:
            return True
        return any(self._owner.is_crowded(session) for session in self.connection.sessions)

    async def _write(self) -> None:
        try:
            while not self._finished():
                self.connection.handle_timer(self._loop.time())
                data = self.connection.data_to_send(self._loop.time(), _WRITE_OCTETS)
                self._owner.dispatch()
                if data:
                    self._owner.observe(self._stream, data, True)
                    if self._stream.post(data) > _UNSENT_OCTETS:
                        async with asyncio.timeout(STALL_SECONDS):
                            await self._stream.write(b"")
                    self.ease()
                else:
                    await self._pause()
            self._route = None
            await self._stream.close()
        except (EndpointError, TimeoutError):
            # Broken, or the peer takes nothing any more: the sessions say so.
            pass
        finally:
            # The reader sees the end, whyever there is no writer any more.
            self._route = None
            self._broken = True
            self._stream.drop()
            self.ease()

    async def _pause(self) -> None:
        """Wait until there is something to do."""
        self._used = self._used or bool(self.connection.sessions)
        timer = self.connection.next_timer if self._used else self._patience
        try:
            async with asyncio.timeout_at(timer):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    def _finished(self) -> bool:
        """Return whether the connection has no more use.

        Source:
            MSRP_082 (RFC 4975, 5.4)
        """
        if self.connection.sessions or not self.connection.outbox.empty:
            return False
        return self._used or self._loop.time() >= self._patience
