"""TS 23.333, 6.2.20.1: the failure to establish TCP is notified."""

import asyncio
import socket

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import TcpFailed, connect
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer

KEY = bytes(range(32))


def test_tls_030__nobody_listens():
    """A port where nobody listens gives a failure of TCP, not of TLS."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(TcpFailed, match=r"127\.0\.0\.1") as caught:
            asyncio.run(connect("127.0.0.1", port, TlsClient("alice", KEY)))
    assert isinstance(caught.value.__cause__, OSError)


def test_tls_030__a_port_that_is_taken():
    """A port where somebody listens already cannot be listened at."""

    async def run():
        async def serve(stream):
            pass

        async with await listen(serve, "127.0.0.1", 0) as listener:
            with pytest.raises(TcpFailed):
                await listen(serve, "127.0.0.1", listener.port)

    asyncio.run(run())


def test_tls_030__a_failed_handshake_is_not_a_failure_of_tcp():
    """Where TCP came about, the failure is that of TLS."""

    async def run():
        async def serve(stream):
            pass

        async with await listen(serve, "127.0.0.1", 0, TlsServer({}.get)) as listener:
            with pytest.raises(TlsFailed):
                await connect("127.0.0.1", listener.port, TlsClient("alice", KEY))

    asyncio.run(run())
