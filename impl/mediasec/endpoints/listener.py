"""Accepting streams: TCP connections, with TLS on them once the peer has shown that it has the key.

    async def serve(stream: Stream) -> None:
        while octets := await stream.read():
            await stream.write(octets)

    async with await listen(serve, "127.0.0.1", 0, TlsServer(keys.get)) as listener:
        print(listener.port)

Each connection is served by a task of its own; `stream.identity` says which key its peer has.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from mediasec.endpoints.stream import Security, Stream, TcpFailed, reason
from mediasec.endpoints.tls_session import TlsFailed, TlsFailure
from mediasec.errors import EndpointError

_BACKLOG = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections may be open whose peer has not yet shown that it has a key.

    Attributes:
        for_each_address: From one address.
        in_all: From all addresses together.
    """

    for_each_address: int = 64
    in_all: int = 1024


DEFAULT_LIMITS = Limits()
"""64 from one address, 1024 in all."""


class Listener:
    """Accepts TCP connections, starts TLS on them, and serves each in a task of its own."""

    def __init__(
        self,
        serve: Callable[[Stream], Awaitable[None]],
        security: Security | None,
        failed: Callable[[Stream, TlsFailed], None] | None,
        limits: Limits,
    ) -> None:
        self._serve = serve
        self._security = security
        self._failed = failed
        self._limits = limits
        self._tasks: dict[asyncio.Task[None], Stream] = {}
        self._waiting: dict[Stream, str] = {}

    async def open(self, host: str, port: int) -> None:
        """Begin to accept connections.

        Raises:
            TcpFailed: The address cannot be had.

        Source:
            TLS_030 (TS 23.333, 6.2.20.1)
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: Stream(self._accept), host, port, backlog=_BACKLOG
            )
        except OSError as error:
            raise TcpFailed(f"Cannot listen at {host} port {port}: {reason(error)}.") from error

    @property
    def port(self) -> int:
        """TCP port that it listens at."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """Connections that are being opened or served."""
        return len(self._tasks)

    @property
    def unauthenticated(self) -> int:
        """Connections whose peer has not yet shown that it has a key."""
        return len(self._waiting)

    async def close(self) -> None:
        """Accept no more, and end every connection."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _accept(self, stream: Stream) -> None:
        """Serve a connection, unless too many wait; it counts from now on, as many can come at once."""
        if self._security is not None:
            if self._is_full(stream.peer):
                self._tell(stream, TlsFailed(TlsFailure.TOO_MANY))
                stream.drop()
                return
            self._waiting[stream] = stream.peer
        task = asyncio.get_running_loop().create_task(self._run(stream))
        self._tasks[task] = stream
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        """Forget a connection, and end it if its task was cancelled before it began."""
        stream = self._tasks.pop(task)
        self._waiting.pop(stream, None)
        stream.drop()

    def _is_full(self, address: str) -> bool:
        """Return whether as many connections as may wait for their handshake wait already."""
        if len(self._waiting) >= self._limits.in_all:
            return True
        return sum(one == address for one in self._waiting.values()) >= self._limits.for_each_address

    async def _run(self, stream: Stream) -> None:
        try:
            if self._security is None or await self._authenticate(stream, self._security):
                await self._serve(stream)
                await stream.close()
        except EndpointError:
            # The connection broke while it was served; whoever serves has seen it too.
            pass
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"Serving {stream!r} failed.", "exception": error}
            )
        finally:
            await stream.abort()

    async def _authenticate(self, stream: Stream, security: Security) -> bool:
        """Start TLS, and tell of its failure; meanwhile the connection counts as unauthenticated.

        Source:
            TLS_029 (TS 23.333, 6.2.19.3.1)
        """
        try:
            await stream.start_tls(security)
        except TlsFailed as error:
            self._tell(stream, error)
            await stream.wait_ended()
            return False
        finally:
            self._waiting.pop(stream, None)
        return True

    def _tell(self, stream: Stream, error: TlsFailed) -> None:
        if self._failed is not None:
            self._failed(stream, error)


async def listen(
    serve: Callable[[Stream], Awaitable[None]],
    host: str,
    port: int,
    security: Security | None = None,
    *,
    failed: Callable[[Stream, TlsFailed], None] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Listener:
    """Accept TCP connections, and serve each once TLS is established on it.

    Args:
        serve: Serves one connection; the connection is closed when it returns.
        host: Address to listen at.
        port: TCP port; 0 for one that is free.
        security: Side of TLS that this node takes; None for plain TCP.
        failed: Told of each connection whose handshake failed, with the reason.
        limits: How many connections may wait for their handshake.

    Raises:
        TcpFailed: The address cannot be had.

    Source:
        TLS_028 (TS 23.333, 6.2.19.3.1)
    """
    listener = Listener(serve, security, failed, limits)
    await listener.open(host, port)
    return listener
