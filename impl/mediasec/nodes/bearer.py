"""The connection of one stream: TCP that either side opens, then TLS that either side starts."""

import asyncio

from mediasec.endpoints.listener import Listener, listen
from mediasec.endpoints.stream import Security, Stream, TcpFailed, connect
from mediasec.endpoints.tls_session import TlsClient, TlsFailed
from mediasec.nodes.observation import Medium
from mediasec.nodes.surroundings import Surroundings

DISCARD_PORT = 9
"""TCP port that a side names at which it does not listen (RFC 4145, 4.1)."""

ACCEPT_TIMEOUT_SECONDS = 10.0
"""How long the other side may take to open TCP."""

_OVER = "The session was over before there was a TCP connection."


class Bearer:
    """The connection of one stream.

    Where this side may be connected to it listens from `reserve` on, and the first connection that comes is
    the one that counts. TLS begins on it only in `establish`, since the key may arrive after TCP is up.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._listener: Listener | None = None
        self._accepted: asyncio.Future[Stream] = asyncio.get_running_loop().create_future()
        self._stream: Stream | None = None
        self._closed = False

    async def reserve(self) -> int:
        """Begin to listen.

        Returns:
            The TCP port.

        Raises:
            TcpFailed: No port can be had.
        """
        self._listener = await listen(self._accept, self._surroundings.own_host, 0)
        return self._listener.port

    async def establish(self, remote: tuple[str, int] | None, security: Security | None) -> Stream:
        """Establish TCP, then TLS.

        Args:
            remote: Address in SDP and TCP port of the other side, if this side opens TCP; else None.
            security: Side of TLS that this side takes; None for plain TCP.

        Raises:
            TcpFailed: No TCP connection came about.
            TlsFailed: TCP did, and the TLS handshake failed.

        Source:
            MPP_009 (TS 23.333, 6.2.19.3.1)
        """
        stream = await (self._wait() if remote is None else self._open(*remote))
        self._stream = stream
        if self._closed:
            await stream.abort()
            raise TcpFailed(_OVER)
        if security is None:
            return stream
        peer = self._surroundings.name_of(stream.peer)
        starts = isinstance(security, TlsClient)
        if starts:
            self._surroundings.show(peer, Medium.TLS, "handshake started")
        try:
            await stream.start_tls(security)
        except TlsFailed as error:
            self._surroundings.show(peer, Medium.TLS, f"handshake failed: {error.failure.value}")
            raise
        if not starts:
            self._surroundings.show(peer, Medium.TLS, "session established")
        return stream

    async def close(self) -> None:
        """Close the connection, and listen no more."""
        self._closed = True
        if self._stream is not None:
            await self._stream.close()
        if self._listener is not None:
            await self._listener.close()
        if not self._accepted.done():
            self._accepted.set_exception(TcpFailed(_OVER))
            self._accepted.exception()  # It is told to whoever waits for it, if anybody does.

    async def _open(self, address: str, port: int) -> Stream:
        host = self._surroundings.host_of(address)
        peer = self._surroundings.name_of(host)
        try:
            stream = await connect(host, port, local_address=(self._surroundings.own_host, 0))
        except TcpFailed:
            self._surroundings.show(peer, Medium.TCP, "connection failed")
            raise
        self._surroundings.show(peer, Medium.TCP, "connection established")
        return stream

    async def _wait(self) -> Stream:
        try:
            async with asyncio.timeout(ACCEPT_TIMEOUT_SECONDS):
                return await asyncio.shield(self._accepted)
        except TimeoutError as error:
            raise TcpFailed("No TCP connection came: it took too long.") from error

    async def _accept(self, stream: Stream) -> None:
        """Keep the first connection; whoever established the bearer reads it."""
        if self._accepted.done():
            return
        self._accepted.set_result(stream)
        await stream.wait_ended()
