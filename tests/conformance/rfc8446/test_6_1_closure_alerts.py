"""RFC 8446, 6.1: how a connection is closed."""

import asyncio
import ssl

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_layer import TlsLayer
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer
from mediasec.errors import EndpointError

KEY = bytes(range(32))
PROFILES = [
    TlsProfile(versions=frozenset({version})) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
]
by_version = pytest.mark.parametrize("profile", PROFILES, ids=["1.2", "1.3"])


@by_version
def test_tls_031__the_closing_alert_comes_before_the_end_of_tcp(bare_peer, profile):
    """A peer gets the last octets, then the closing alert, then the end of TCP."""

    async def run():
        async def serve(stream):
            await stream.write(b"last words")

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            peer = await bare_peer(listener.port, TlsClient("alice", KEY, profile=profile))
            assert await peer.read() == b"last words"
            assert await peer.read() == b""
            assert peer.session.closed_by_peer
            assert not await peer.receive()
            await peer.close()

    asyncio.run(run())


@by_version
@pytest.mark.verifies("TLS_032")
def test_tls_031__what_came_before_the_close_is_read_after_it(join, profile):
    """A side that has closed its direction still reads what the peer sent, before and after, in order."""
    joined = join(TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get, profile=profile))
    client, server = joined.client, joined.server
    server.write(b"a" * 20_000)
    joined.carry()
    client.close()
    server.write(b"b")
    joined.carry()
    received = b""
    while octets := client.read():
        received += octets
    assert received == b"a" * 20_000 + b"b"
    assert not client.closed_by_peer
    assert server.read() == b""
    assert server.closed_by_peer
    server.close()
    joined.carry()
    assert client.read() == b""
    assert client.closed_by_peer


@by_version
def test_tls_032__a_connection_cut_off_is_an_error(bare_peer, profile):
    """Octets before the cut are read; the end of TCP without the alert raises."""

    async def run():
        outcome = []

        async def serve(stream):
            outcome.append(await stream.read())
            try:
                outcome.append(await stream.read())
            except EndpointError as error:
                outcome.append(error)

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            peer = await bare_peer(listener.port, TlsClient("alice", KEY, profile=profile))
            peer.session.write(b"half of a mess")
            await peer.send()
            await peer.close()
            while len(outcome) < 2:
                await asyncio.sleep(0.01)
        return outcome

    octets, error = asyncio.run(run())
    assert octets == b"half of a mess"
    assert isinstance(error, EndpointError)
    assert isinstance(error.__cause__, TlsFailed)
    assert error.__cause__.failure is TlsFailure.CLOSED


@by_version
def test_tls_032__a_connection_that_was_closed_is_not(bare_peer, profile):
    """After the peer's closing alert the reader sees the end and no error."""

    async def run():
        outcome = []

        async def serve(stream):
            outcome.extend([await stream.read(), await stream.read()])

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            peer = await bare_peer(listener.port, TlsClient("alice", KEY, profile=profile))
            peer.session.write(b"all of it")
            peer.session.close()
            await peer.send()
            await peer.close()
            while len(outcome) < 2:
                await asyncio.sleep(0.01)
        return outcome

    assert asyncio.run(run()) == [b"all of it", b""]


def test_tls_033__one_direction_is_closed_alone():
    """In TLS 1.3 the server goes on writing after the client has closed its direction."""
    profile = PROFILES[1]

    async def run():
        async def serve(stream):
            question = b""
            while octets := await stream.read():
                question += octets
            await stream.write(b"answer to " + question)

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            stream = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY, profile=profile))
            await stream.write(b"question")
            stream.write_end()
            answer = await stream.read()
            end = await stream.read()
            await stream.close()
        return answer, end

    assert asyncio.run(run()) == (b"answer to question", b"")


def test_tls_033__the_end_is_told_once(bare_peer):
    """The application hears once that the peer has closed, whatever comes after that."""

    class Waits(asyncio.Protocol):
        told = 0

        def connection_made(self, transport):
            self.transport = transport
            self.ended = asyncio.get_running_loop().create_future()

        def eof_received(self):
            self.told += 1
            return True

        def connection_lost(self, error):
            self.ended.set_result(error)

    async def run():
        loop, protocol = asyncio.get_running_loop(), Waits()
        server = TlsServer({"alice": KEY}.get, profile=PROFILES[1])
        async with await loop.create_server(lambda: TlsLayer(protocol, server), "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            peer = await bare_peer(port, TlsClient("alice", KEY, profile=PROFILES[1]))
            peer.session.close()
            await peer.send()
            while not protocol.told:
                await asyncio.sleep(0.005)
            peer.writer.write_eof()
            await asyncio.sleep(0.02)
            protocol.transport.write(b"still open")
            protocol.transport.close()
            assert await peer.read() == b"still open"
            await peer.close()
            return await protocol.ended, protocol.told

    assert asyncio.run(run()) == (None, 1)
