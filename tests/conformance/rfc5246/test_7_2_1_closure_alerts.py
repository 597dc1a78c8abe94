"""RFC 5246, 7.2.1: TLS 1.2 closes both directions together."""

import asyncio

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError

KEY = bytes(range(32))


def test_tls_034__the_closing_alert_is_answered_at_once(bare_peer):
    """A peer that closes gets the closing alert of this side, and nothing that was still to be written."""

    async def run():
        refused = []

        async def serve(stream):
            assert await stream.read() == b""
            try:
                await stream.write(b"too late")
            except EndpointError as error:
                refused.append(error)

        async with await listen(serve, "127.0.0.1", 0, TlsServer({"alice": KEY}.get)) as listener:
            peer = await bare_peer(listener.port, TlsClient("alice", KEY))
            peer.session.close()
            await peer.send()
            assert await peer.read() == b""
            assert peer.session.closed_by_peer
            assert not await peer.receive()
            await peer.close()
        assert len(refused) == 1

    asyncio.run(run())


def test_tls_034__one_direction_cannot_be_closed_alone():
    """To close one direction only is refused, and the connection goes on."""

    async def run():
        async def serve(stream):
            while octets := await stream.read():
                await stream.write(octets)

        async with await listen(serve, "127.0.0.1", 0, TlsServer({"alice": KEY}.get)) as listener:
            stream = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY))
            with pytest.raises(EndpointError, match=r"TLS 1\.2"):
                stream.write_end()
            await stream.write(b"still here")
            assert await stream.read() == b"still here"
            await stream.close()

    asyncio.run(run())
