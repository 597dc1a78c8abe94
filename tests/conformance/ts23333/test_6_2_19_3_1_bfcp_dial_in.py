"""TS 23.333, 6.2.19.3.1: BFCP dial-in. The MRFP opens TCP, the UE starts TLS, failures are notified."""

import asyncio
import ssl

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer

KEY = bytes(range(32))
PROFILES = [
    TlsProfile(versions=frozenset({version})) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
]
by_version = pytest.mark.parametrize("profile", PROFILES, ids=["1.2", "1.3"])


async def echo(stream) -> None:
    """Send back what comes, after the identity."""
    await stream.write(f"{stream.identity}: ".encode())
    while octets := await stream.read():
        await stream.write(octets)


async def ask(stream) -> bytes:
    """Send a word and return all of the answer."""
    await stream.write(b"floor")
    answer = b""
    while not answer.endswith(b"floor"):
        answer += await stream.read()
    await stream.close()
    return answer


@by_version
def test_tls_028__who_opens_tcp_can_be_the_tls_server(profile):
    """The MRFP opens TCP and is the TLS server; the UE accepts TCP and is the TLS client."""

    async def run():
        ue = TlsClient("alice", KEY, profile=profile)
        async with await listen(echo, "127.0.0.1", 0, ue) as listener:
            mrfp = await connect("127.0.0.1", listener.port, TlsServer({"alice": KEY}.get, profile=profile))
            assert mrfp.identity == "alice"
            return await ask(mrfp)

    assert asyncio.run(run()) == b"alice: floor"


@by_version
def test_tls_028__who_opens_tcp_can_be_the_tls_client(profile):
    """The other way round works as well."""

    async def run():
        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(echo, "127.0.0.1", 0, server) as listener:
            return await ask(
                await connect("127.0.0.1", listener.port, TlsClient("alice", KEY, profile=profile))
            )

    assert asyncio.run(run()) == b"alice: floor"


def test_tls_028__two_servers_do_not_meet():
    """Where both sides take the server's side of TLS, both wait and the handshake times out."""

    async def run():
        profile = TlsProfile(handshake_timeout_seconds=0.1)
        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(echo, "127.0.0.1", 0, server) as listener:
            with pytest.raises(TlsFailed) as caught:
                await connect("127.0.0.1", listener.port, server)
        return caught.value.failure

    assert asyncio.run(run()) in (TlsFailure.TIMEOUT, TlsFailure.CLOSED)


def test_tls_028__tls_starts_when_the_key_has_arrived():
    """TCP can be up before the key is known: TLS starts on it later, and loses nothing of the other side."""

    async def run():
        async def late(stream):
            await asyncio.sleep(0.05)
            await stream.start_tls(TlsServer({"alice": KEY}.get))
            await echo(stream)

        async with await listen(late, "127.0.0.1", 0) as listener:
            stream = await connect("127.0.0.1", listener.port)
            assert stream.identity is None
            await stream.start_tls(TlsClient("alice", KEY))
            return await ask(stream)

    assert asyncio.run(run()) == b"alice: floor"


@by_version
@pytest.mark.parametrize("opener_is_client", [True, False])
@pytest.mark.parametrize(
    ("identity", "failure"),
    [("alice", TlsFailure.WRONG_KEY), ("bob", TlsFailure.UNKNOWN_IDENTITY)],
)
def test_tls_029__a_failed_handshake_is_reported(profile, opener_is_client, identity, failure):
    """A listener reports each failed handshake with its reason and goes on; the opener gets one too."""

    async def run():
        failures, served = [], []

        async def serve(stream):
            served.append(stream)

        client = TlsClient(identity, KEY[::-1], profile=profile)
        server = TlsServer({"alice": KEY}.get, profile=profile)
        opener, acceptor = (client, server) if opener_is_client else (server, client)

        def failed(stream, error):
            failures.append((stream.peer, error))

        async with await listen(serve, "127.0.0.1", 0, acceptor, failed=failed) as listener:
            for _ in range(2):
                with pytest.raises(TlsFailed) as caught:
                    await connect("127.0.0.1", listener.port, opener)
            while listener.connections:
                await asyncio.sleep(0.01)
        assert served == []
        return caught.value, failures

    error, failures = asyncio.run(run())
    assert [address for address, _ in failures] == ["127.0.0.1"] * 2
    at_server = failures[0][1] if opener_is_client else error
    assert at_server.failure is failure
    assert at_server.identity == identity


def test_tls_029__a_peer_that_closes_tcp_is_reported():
    """A peer that closes TCP in the handshake is reported as that."""

    async def run():
        failures = []
        async with await listen(
            echo, "127.0.0.1", 0, TlsServer({}.get), failed=lambda _, error: failures.append(error)
        ) as listener:
            stream = await connect("127.0.0.1", listener.port)
            await stream.close()
            while not failures:
                await asyncio.sleep(0.01)
        return failures

    assert [error.failure for error in asyncio.run(run())] == [TlsFailure.CLOSED]


@by_version
def test_tls_029__a_handshake_that_succeeds_is_not_reported(profile):
    """Nothing is reported where TLS came about, nor when the connection breaks later."""

    async def run():
        failures = []
        server = TlsServer({"alice": KEY}.get, profile=profile)

        def failed(stream, error):
            failures.append(error)

        async with await listen(echo, "127.0.0.1", 0, server, failed=failed) as listener:
            client = TlsClient("alice", KEY, profile=profile)
            await ask(await connect("127.0.0.1", listener.port, client))
            await (await connect("127.0.0.1", listener.port, client)).abort()
            while listener.connections:
                await asyncio.sleep(0.01)
        return failures

    assert asyncio.run(run()) == []


def test_tls_029__a_peer_that_stops_is_reported():
    """A peer that says nothing is reported after the time that a handshake may take."""

    async def run():
        failures = []
        profile = TlsProfile(handshake_timeout_seconds=0.1)
        async with await listen(
            echo,
            "127.0.0.1",
            0,
            TlsServer({}.get, profile=profile),
            failed=lambda _, error: failures.append(error),
        ) as listener:
            stream = await connect("127.0.0.1", listener.port)
            assert await stream.read() == b""
            await stream.close()
        return failures

    assert [error.failure for error in asyncio.run(run())] == [TlsFailure.TIMEOUT]
