"""BFCP over TLS: a floor control server and a floor control client with sockets and a clock.

Three roles are separate choices: who opens TCP, who is the TLS server, and who is the floor control server.
A MRFP whose UE starts TLS, on a connection that the MRFP opens:

    endpoint = FloorControlServerEndpoint(FloorControlServer([conference]))
    await endpoint.connect("192.0.2.7", 50000, TlsServer(keys.get))

and the UE, which waits for the connection and is the TLS client:

    async with await listen(serve, "192.0.2.7", 50000, TlsClient("alice", key)) as listener: ...

where `serve` hands the stream to a client:

    client = FloorControlClientEndpoint(FloorControlClient(conference_id=1, user_id=7), stream)
    response = await client.ask(client.core.request_floors(543))
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from mediasec.bfcp import (
    Action,
    Close,
    FloorControlClient,
    FloorControlServer,
    Message,
    Notified,
    Reconnection,
    Responded,
    Send,
    StatusChanged,
)
from mediasec.endpoints.listener import DEFAULT_LIMITS, Limits, Listener, listen
from mediasec.endpoints.stream import Security, Stream, connect
from mediasec.endpoints.tls_session import TlsFailed
from mediasec.errors import EndpointError, RemoteProtocolError

MAX_UNSENT: Final = 1 << 20
"""Octets that may wait for a client that does not read them, before its connection is dropped."""

RESPONSE_TIMEOUT_SECONDS: Final = 10.0
"""How long a client waits for a response."""

Observer = Callable[[Stream, bytes, bool], None]
"""Told of octets on a connection, and whether they were sent; what was received may be part of a message."""


class FloorControlServerEndpoint:
    """A floor control server on connections that either side has opened.

    Args:
        core: The floor control server.
        report: Told of each new status of a floor request.
        observe: Told of all octets.
        closing: Told of each connection that the floor control server closes, and why.

    Attributes:
        core: The floor control server. What its methods return is handed to `do`.
    """

    def __init__(
        self,
        core: FloorControlServer,
        *,
        report: Callable[[StatusChanged], None] | None = None,
        observe: Observer | None = None,
        closing: Callable[[Stream, str], None] | None = None,
    ) -> None:
        self.core = core
        self._report = report
        self._observe = observe
        self._closing = closing
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def listen(
        self,
        host: str,
        port: int,
        security: Security,
        *,
        failed: Callable[[Stream, TlsFailed], None] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Listener:
        """Accept TCP connections and take a side of TLS on them, with the arguments of `listener.listen`.

        Raises:
            TcpFailed: The address cannot be had.

        Source:
            BFCP_074 (TS 23.333, 6.2.13.2.1)
        """
        return await listen(self.serve, host, port, security, failed=failed, limits=limits)

    async def connect(self, host: str, port: int, security: Security) -> None:
        """Open a TCP connection, take a side of TLS on it, and serve it until it ends.

        Raises:
            TcpFailed: No TCP connection came about.
            TlsFailed: TCP did, and the TLS handshake failed.

        Source:
            BFCP_074 (TS 23.333, 6.2.13.2.1)
        """
        stream = await connect(host, port, security)
        task = self._loop.create_task(self._serve_own(stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(self, stream: Stream) -> None:
        """Serve one connection until it ends; the identity of its pre-shared key says for whom it speaks.

        Source:
            BFCP_036 (RFC 8855, 7)
        """
        self.core.connect(stream, stream.identity)

        def take(data: bytes) -> None:
            if self._observe is not None:
                self._observe(stream, data, False)
            self.do(self.core.receive(stream, data, self._loop.time()))

        try:
            await stream.feed(take)
        finally:
            self.core.disconnect(stream, self._loop.time())
            self._set_timer()

    def do(self, actions: list[Action]) -> None:
        """Do what the floor control server asks for, in order."""
        for action in actions:
            if isinstance(action, StatusChanged):
                if self._report is not None:
                    self._report(action)
            else:
                self._do_at(action)

    async def close(self) -> None:
        """End every connection that this side has opened, and forget the deadlines."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _do_at(self, action: Send | Close) -> None:
        stream = action.connection
        assert isinstance(stream, Stream)
        if isinstance(action, Close):
            if self._closing is not None:
                self._closing(stream, action.reason)
            stream.end()
            return
        # A connection that has just broken is told to the core by whoever serves it.
        with suppress(EndpointError):
            octets = action.message.serialize()
            if stream.post(octets) > MAX_UNSENT:
                stream.drop()
            if self._observe is not None:
                self._observe(stream, octets, True)

    async def _serve_own(self, stream: Stream) -> None:
        with suppress(EndpointError):
            async with stream:
                await self.serve(stream)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        deadline = self.core.next_deadline()
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        self.do(self.core.expire(self._loop.time()))
        self._set_timer()


class FloorControlClientEndpoint:
    """A floor control client on a connection that either side has opened.

    Requests outlive the connection: after `reestablish` those without a response are sent again.

    Args:
        core: The client; it makes the requests that `ask` sends.
        stream: The connection.
        notified: Told of each message that the server sends on its own.
        observe: Told of all octets.

    Attributes:
        core: The client.
    """

    def __init__(
        self,
        core: FloorControlClient,
        stream: Stream,
        *,
        notified: Callable[[Message], None] | None = None,
        observe: Observer | None = None,
    ) -> None:
        self.core = core
        self._notified = notified
        self._observe = observe
        self._loop = asyncio.get_running_loop()
        self._reconnection = Reconnection()
        self._waiting: dict[int, asyncio.Future[Responded]] = {}
        self._begin(stream)

    async def ask(self, request: Message, *, timeout_seconds: float = RESPONSE_TIMEOUT_SECONDS) -> Responded:
        """Send a request that the core has made, and return the response, which may be an Error.

        While the connection is lost it waits for `reestablish`, which sends the request again.

        Raises:
            EndpointError: No response came in time, or the connection was closed.
        """
        waiting: asyncio.Future[Responded] = self._loop.create_future()
        self._waiting[request.transaction_id] = waiting
        timer = self._loop.call_later(timeout_seconds, _fail, waiting, "No response came in time.")
        try:
            with suppress(EndpointError):
                self._send(request)
            return await waiting
        finally:
            timer.cancel()
            del self._waiting[request.transaction_id]

    async def wait_lost(self) -> None:
        """Return when the connection has ended.

        Raises:
            RemoteProtocolError: It was closed because of what the server sent.
            EndpointError: It broke.
        """
        await asyncio.shield(self._reader)

    async def reestablish(self, connect: Callable[[], Awaitable[Stream]]) -> None:
        """Get a new connection, not before it is time, and send again what got no response.

        Args:
            connect: Gets it, as a new offer and answer say.

        Raises:
            LocalProtocolError: The same fault has ended too many connections.
            EndpointError: No connection came about.

        Source:
            BFCP_030 (RFC 8855, 6.1)
            BFCP_033 (RFC 8855, 6.1)
        """
        await self._end()
        now = self._loop.time()
        earliest = self._reconnection.earliest(now)
        await asyncio.sleep(earliest - now)
        self._reconnection.attempt(max(earliest, self._loop.time()))
        stream = await connect()
        self.core.reconnect()
        self._begin(stream)
        for request in self.core.unanswered:
            self._send(request)

    async def close(self) -> None:
        """Close the connection; whoever still waits for a response gets an error."""
        await self._end()
        for waiting in self._waiting.values():
            _fail(waiting, "The connection is closed.")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _begin(self, stream: Stream) -> None:
        self._stream = stream
        self._reader = self._loop.create_task(self._read(stream))
        # Whoever calls `wait_lost` gets the error; nobody has to.
        self._reader.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _end(self) -> None:
        self._reader.cancel()
        await asyncio.wait([self._reader])
        await self._stream.close()

    async def _read(self, stream: Stream) -> None:
        """Take what comes until the connection ends; what cannot be parsed ends it.

        Source:
            BFCP_028 (RFC 8855, 6.1)
        """

        def take(data: bytes) -> None:
            if self._observe is not None:
                self._observe(stream, data, False)
            for event in self.core.receive(data):
                self._take(event)

        try:
            await stream.feed(take)
        except RemoteProtocolError as error:
            self._reconnection.failed(str(error))
            raise
        finally:
            stream.end()

    def _send(self, request: Message) -> None:
        octets = self.core.octets(request)
        self._stream.post(octets)
        if self._observe is not None:
            self._observe(self._stream, octets, True)

    def _take(self, event: Responded | Notified) -> None:
        if isinstance(event, Notified):
            if self._notified is not None:
                self._notified(event.message)
            return
        waiting = self._waiting.get(event.request.transaction_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(event)


def _fail(waiting: asyncio.Future[Responded], message: str) -> None:
    if not waiting.done():
        waiting.set_exception(EndpointError(message))
