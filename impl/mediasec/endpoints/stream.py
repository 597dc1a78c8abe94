"""Streams of octets between two nodes: plain TCP, or TLS keyed by a pre-shared key.

Who opens TCP and who takes which side of TLS are separate choices:

    stream = await connect("192.0.2.1", 2855, TlsClient("alice", key))
    stream = await connect("192.0.2.1", 2855, TlsServer(keys.get))  # opens TCP, and is the TLS server
    stream = await connect("192.0.2.1", 2855)  # plain TCP

A `listener` accepts them. Where TLS starts later than TCP, as when the key arrives with the answer, begin
with plain TCP and call `stream.start_tls`.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from mediasec.endpoints.tls_layer import CLOSING_TIMEOUT_SECONDS, TlsLayer
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer
from mediasec.errors import EndpointError

Security = TlsClient | TlsServer
"""The side of TLS that a node takes."""

READ_LIMIT = 256 * 1024
"""Octets that wait for a reader before the peer is held back."""

CONNECT_TIMEOUT_SECONDS = 10.0
"""How long opening a TCP connection may take."""


class TcpFailed(EndpointError):
    """A TCP connection could not be opened.

    Source:
        TLS_030 (TS 23.333, 6.2.20.1)
    """


class Stream(asyncio.Protocol):
    """A connection, read and written by coroutines.

    One coroutine reads at a time; any number may write.
    """

    def __init__(self, made: "Callable[[Stream], None] | None" = None) -> None:
        self._made = made
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost = asyncio.Event()
        self._take: Callable[[bytes], None] | None = None
        self._fault: Exception | None = None

    def __repr__(self) -> str:
        return f"<Stream {self.peer} {self.get_extra_info('tls_version') or 'TCP'}>"

    @property
    def identity(self) -> str | None:
        """Identity of the pre-shared key that TLS uses; None on plain TCP."""
        identity: str | None = self.get_extra_info("psk_identity")
        return identity

    @property
    def peer(self) -> str:
        """Address of the peer's end of TCP, as text; empty once that is not known any more."""
        address = self.get_extra_info("peername")
        return address[0] if address else ""

    def get_extra_info(self, name: str) -> Any:
        """Return what the transport knows by a name: `psk_identity`, `tls_version`, `cipher`, `sockname`."""
        return self._transport.get_extra_info(name)

    async def start_tls(self, security: Security) -> None:
        """Begin TLS on this connection, and return when the peer has shown that it has the key.

        Raises:
            TlsFailed: The handshake failed; the connection ends as soon as the peer has taken the alert.

        Source:
            TLS_028 (TS 23.333, 6.2.19.3.1)
        """
        tcp = self._transport
        layer = TlsLayer(self, security)
        early, ended = bytes(self._buffer), self._ended
        self._buffer.clear()
        self._ended = False
        tcp.set_protocol(layer)
        layer.connection_made(tcp)
        if early:
            layer.data_received(early)
        if ended and not layer.eof_received():
            tcp.close()
        try:
            await layer.established
        except asyncio.CancelledError:
            tcp.abort()
            raise

    async def read(self) -> bytes:
        """Return the next octets, at least one; none at the end of what the peer sends.

        Raises:
            EndpointError: The connection broke before the peer had closed it.
        """
        while not self._buffer:
            if self._error is not None:
                raise _broken(self._error) from self._error
            if self._ended or self._lost.is_set():
                return b""
            self._readable.clear()
            await self._readable.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        self._transport.resume_reading()
        return data

    async def feed(self, take: Callable[[bytes], None]) -> None:
        """Hand octets to a function as soon as they come, and return at the end of what the peer sends.

        Args:
            take: Takes octets, at least one. What it raises ends the feeding and is raised here; then the
                peer is held back until it is read or fed again.

        Raises:
            EndpointError: The connection broke before the peer had closed it.
        """
        self._fault, self._take = None, take
        if self._buffer:
            data = bytes(self._buffer)
            self._buffer.clear()
            self.data_received(data)
            self._transport.resume_reading()
        try:
            while not (self._ended or self._lost.is_set() or self._fault):
                self._readable.clear()
                await self._readable.wait()
        finally:
            self._take = None
        if self._fault is not None:
            raise self._fault
        if self._error is not None:
            raise _broken(self._error) from self._error

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send octets, and wait while the peer is slower than this side.

        Raises:
            EndpointError: The connection is closed or broken.
        """
        if self._transport.is_closing():
            raise _broken(self._error) from self._error
        self._transport.write(data)
        await self._writable.wait()
        if self._lost.is_set():
            raise _broken(self._error) from self._error

    def post(self, data: bytes | bytearray | memoryview) -> int:
        """Send octets without waiting for the peer to take them.

        Returns:
            Octets that wait for the peer now.

        Raises:
            EndpointError: The connection is closed or broken.
        """
        if self._transport.is_closing():
            raise _broken(self._error) from self._error
        self._transport.write(data)
        return self._transport.get_write_buffer_size()

    def write_end(self) -> None:
        """Close this direction and go on reading; TLS 1.2 cannot do that.

        Raises:
            EndpointError: TLS 1.2 is used, or the connection broke.
        """
        try:
            self._transport.write_eof()
        except OSError as error:
            raise _broken(error) from error

    async def close(self) -> None:
        """Send what was written, close both directions, and return when the connection has ended."""
        self.end()
        try:
            async with asyncio.timeout(CLOSING_TIMEOUT_SECONDS):
                await self._lost.wait()
        except TimeoutError:
            await self.abort()

    async def wait_ended(self) -> None:
        """Return when the connection has ended, whoever ends it."""
        await self._lost.wait()

    def end(self) -> None:
        """Send what was written, close both directions, and return before the connection has ended."""
        self._transport.close()

    def drop(self) -> None:
        """End the connection at once, and return before it has ended."""
        self._transport.abort()

    async def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()
        await self._lost.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.close()
        else:
            await self.abort()

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport: TCP's first, and that of TLS once it is established."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._made is not None:
            made, self._made = self._made, None
            made(self)

    def data_received(self, data: bytes) -> None:
        """Hand octets on, or keep them for the reader."""
        if self._take is not None:
            try:
                self._take(data)
            except Exception as error:
                self._take, self._fault = None, error
                self._readable.set()
            return
        self._buffer += data
        if len(self._buffer) > READ_LIMIT:
            self._transport.pause_reading()
        self._readable.set()

    def eof_received(self) -> bool:
        """Take note that the peer sends no more; this side may."""
        self._ended = True
        self._readable.set()
        return True

    def pause_writing(self) -> None:
        """Hold writers back."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._writable.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Take note that the connection has ended."""
        self._error = error
        self._lost.set()
        self._readable.set()
        self._writable.set()


def _broken(error: Exception | None) -> EndpointError:
    if isinstance(error, EndpointError):
        return EndpointError(str(error))
    return EndpointError("The connection is closed." if error is None else "The connection broke.")


async def connect(
    host: str,
    port: int,
    security: Security | None = None,
    *,
    local_address: tuple[str, int] | None = None,
    timeout_seconds: float = CONNECT_TIMEOUT_SECONDS,
) -> Stream:
    """Open a TCP connection, and start TLS on it.

    Args:
        host: Name or address of the peer.
        port: Its TCP port.
        security: Side of TLS that this node takes; None for plain TCP.
        local_address: Address and port to connect from; None for any.
        timeout_seconds: How long TCP may take.

    Raises:
        TcpFailed: No TCP connection came about.
        TlsFailed: TCP did, and the TLS handshake failed.

    Source:
        TLS_028 (TS 23.333, 6.2.19.3.1)
        TLS_030 (TS 23.333, 6.2.20.1)
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_seconds):
            _, stream = await loop.create_connection(Stream, host, port, local_addr=local_address)
    except (OSError, TimeoutError) as error:
        raise TcpFailed(f"No TCP connection to {host} port {port}: {reason(error)}.") from error
    if security is not None:
        try:
            await stream.start_tls(security)
        except TlsFailed:
            await stream.wait_ended()
            raise
    return stream


def reason(error: OSError) -> str:
    """Return the reason in words; asyncio puts addresses and other errors around it."""
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, socket.gaierror):
        return error.strerror or str(error)
    return os.strerror(error.errno) if error.errno else "no address of it works"
