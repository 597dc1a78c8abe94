"""RFC 8446, 6.1: how a connection is closed."""

import asyncio
import ssl

import pytest

from mediasec.endpoints.stream import connect, listen
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer
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
