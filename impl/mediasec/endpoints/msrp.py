"""MSRP sessions over TCP or TLS.

    async with MsrpEndpoint() as endpoint:
        port = await endpoint.listen("192.0.2.1", 0, TlsServer(keys.get))
        local = endpoint.new_uri("192.0.2.1", port)
        session = endpoint.add(Terms(local=local, remote=(remote,), active=False))
        async for message in session:
            await session.send(message.body, message.content_type)

The active side has no need to listen, and opens the connection once it knows the path of the other side:

        await endpoint.connect(session, TlsClient("alice", key))

Who takes which side of TLS is said apart from who opens the connection. The switch of a conference takes the
events of its sessions, and needs no coroutine:

        session = endpoint.add(terms, on_event=switch.take)
        switch.join(session.core)
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Self

from mediasec.endpoints.listener import DEFAULT_LIMITS, Limits, Listener, listen
from mediasec.endpoints.msrp_link import Link, Observer, Route
from mediasec.endpoints.msrp_session import MessageRefused, MsrpSession, SessionEnded
from mediasec.endpoints.stream import Security, Stream, connect
from mediasec.endpoints.tls_session import TlsFailed
from mediasec.errors import EndpointError, LocalProtocolError
from mediasec.msrp.addressing import MediaAddress, connects_to
from mediasec.msrp.connection import MAX_REASSEMBLY_OCTETS, MAX_SESSIONS, Directory
from mediasec.msrp.events import Event
from mediasec.msrp.session import Carrier, Session
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri

__all__ = ["MessageRefused", "MsrpEndpoint", "MsrpSession", "Observer", "SessionEnded"]

CLOSING_SECONDS = 2.0
"""How long the connections of an endpoint that closes may take to send what is left, in seconds."""


class MsrpEndpoint:
    """The sessions of one node, and the connections that carry them.

    Args:
        max_sessions: The most sessions at one time.
        max_reassembly_octets: The most octets of unfinished messages, of all sessions together.
        observe: Told of all octets, outside of TLS; None for nobody.
        random: Returns as many random octets as it is asked for.

    Attributes:
        directory: The sessions without I/O.
    """

    def __init__(
        self,
        *,
        max_sessions: int = MAX_SESSIONS,
        max_reassembly_octets: int = MAX_REASSEMBLY_OCTETS,
        observe: Observer | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.directory = Directory(
            self.new_identifier, max_sessions=max_sessions, max_reassembly_octets=max_reassembly_octets
        )
        self._observe = observe
        self._random = random
        self._sessions: dict[Session, MsrpSession] = {}
        self._links: dict[Carrier, Link] = {}
        self._listeners: list[Listener] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def new_identifier(self) -> str:
        """Make a transaction ID or Message-ID of 96 random bits.

        Source:
            MSRP_023 (RFC 4975, 7.1)
            MSRP_037 (RFC 4975, 7.1.1)
        """
        return self._random(12).hex()

    def new_uri(self, host: str, port: int, *, secure: bool = True) -> Uri:
        """Make a URI for a new session of this node, with 128 random bits.

        Args:
            host: Name or address at which this node can be reached; an IPv6 address in brackets.
            port: Its TCP port.
            secure: Whether connections use TLS.

        Source:
            MSRP_010 (RFC 4975, 14.1)
        """
        scheme = "msrps" if secure else "msrp"
        return Uri(scheme=scheme, host=host, port=port, session_id=self._random(16).hex())

    async def listen(
        self,
        host: str,
        port: int,
        security: Security | None = None,
        *,
        failed: Callable[[Stream, TlsFailed], None] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> int:
        """Accept connections.

        Args:
            host: Address to listen at.
            port: TCP port; 0 for any free one.
            security: Side of TLS that this node takes; None for plain TCP.
            failed: Called for each TLS handshake that fails.
            limits: How many connections may be open that have not authenticated.

        Returns:
            The TCP port.

        Raises:
            TcpFailed: The address cannot be had.
        """
        listener = await listen(self.serve, host, port, security, failed=failed, limits=limits)
        self._listeners.append(listener)
        return listener.port

    def add(self, terms: Terms, *, on_event: Callable[[Event], None] | None = None) -> MsrpSession:
        """Make a session.

        Args:
            terms: What offer and answer settled.
            on_event: Is given each event, messages too, which then do not wait for `receive`, and are
                reported as delivered only by `core.report_success`; None to use the coroutines alone.

        Raises:
            LocalProtocolError: Another session has its URI, or there are too many.
        """
        core = self.directory.add(terms)
        session = self._sessions[core] = MsrpSession(core, on_event=on_event, changed=self._changed)
        return session

    async def connect(
        self,
        session: MsrpSession,
        security: Security | None = None,
        *,
        address: MediaAddress | None = None,
    ) -> None:
        """Open the connection of a session whose active side is this one, or use one that is open.

        Args:
            session: The session.
            security: Side of TLS that this node takes; None for plain TCP.
            address: Where to connect to, as `addressing.connects_to` says; None for the next hop of the path.

        Raises:
            TcpFailed: No TCP connection came about; the session has failed.
            TlsFailed: TCP did, and the TLS handshake failed; the session has failed.
            LocalProtocolError: The session is for TLS, and no security is given; or it was opened before.

        Source:
            MSRP_012 (RFC 4975, 6.2)
            MSRP_081 (RFC 4975, 5.4)
        """
        if address is None:
            address = connects_to(session.terms.remote)
        if findings := session.terms.check_connection(secure=security is not None):
            raise LocalProtocolError(*findings)
        route = Route(address, session.terms.remote[0].secure, security)
        link = next((link for link in self._links.values() if link.is_for(route)), None)
        if link is None:
            try:
                stream = await connect(address.host, address.port, security)
            except EndpointError:
                session.core.lost()
                self.dispatch()
                raise
            link = self._start(stream, route)
        self._open(link, session)

    def carry(self, session: MsrpSession, stream: Stream) -> None:
        """Use a stream that is open already for a session whose active side is this one.

        Raises:
            LocalProtocolError: The session is for TLS, and the stream has none; or it was opened before.
        """
        self._open(self._start(stream, None), session)

    @staticmethod
    def _open(link: Link, session: MsrpSession) -> None:
        try:
            link.connection.open(session.core)
        except LocalProtocolError:
            link.finish()
            raise

    async def serve(self, stream: Stream) -> None:
        """Serve a stream that the other side opened, until it ends."""
        await self._link(stream, None).run()

    def _start(self, stream: Stream, route: Route | None) -> Link:
        """Serve a stream that this side opened, in a task of its own."""
        link = self._link(stream, route)
        task = asyncio.get_running_loop().create_task(link.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return link

    def _link(self, stream: Stream, route: Route | None) -> Link:
        link = Link(self, stream, route)
        self._links[link.connection] = link
        return link

    def forget(self, link: Link) -> None:
        """Forget a connection that has ended."""
        del self._links[link.connection]

    def _changed(self, core: Session, carrier: Carrier | None) -> None:
        """Look at a connection again after the user of one of its sessions did something."""
        self.dispatch()
        if core.over:
            self._sessions.pop(core, None)
        link = None if carrier is None else self._links.get(carrier)
        if link is not None:
            link.wake()
            link.ease()

    def dispatch(self) -> None:
        """Hand the news of sessions to their users."""
        over = []
        while self.directory.events:
            event = self.directory.events.popleft()
            if event.session in self._sessions:
                self._sessions[event.session].take(event)
            if event.session.over:
                over.append(event.session)
        for core in over:
            self._sessions.pop(core, None)

    def is_crowded(self, session: Session) -> bool:
        """Return whether the user of a session takes too few of its messages."""
        return session in self._sessions and self._sessions[session].crowded

    def observe(self, stream: Stream, octets: bytes, sent: bool) -> None:
        """Tell whoever wants to know of octets on a connection."""
        if self._observe is not None:
            self._observe(stream, octets, sent)

    async def close(self) -> None:
        """Close all sessions, send what is left, and close all connections."""
        for session in list(self._sessions.values()):
            session.close()
        for link in self._links.values():
            link.finish()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                for link in list(self._links.values()):
                    await link.ended.wait()
        except TimeoutError:
            pass
        for listener in self._listeners:
            await listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
