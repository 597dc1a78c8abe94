"""RFC 8446, 6.2: a fault ends the connection by an alert."""

import asyncio
import ssl

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer

KEY = bytes(range(32))


async def serve(stream) -> None:
    """Never called: every handshake here fails."""
    raise AssertionError


def test_tls_027__the_alert_arrives_before_the_end_of_tcp():
    """A peer that sends more than the server reads still gets the alert, and no reset."""
    client = TlsClient("alice", KEY).start()
    assert not client.handshake()
    hello = client.take_output()
    tls_1_1 = hello[:9] + b"\x03\x02" + hello[11:]

    async def run():
        failures = []
        server = TlsServer({"alice": KEY}.get)
        async with await listen(
            serve, "127.0.0.1", 0, server, failed=lambda _, error: failures.append(error.failure)
        ) as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(tls_1_1 + bytes(400_000))
            octets = await reader.read()
            writer.close()
            await writer.wait_closed()
        return octets, failures

    octets, failures = asyncio.run(run())
    # One record of type alert(21) and 2 octets: fatal(2), protocol_version(70).
    assert octets[:1] + octets[3:] == b"\x15" + b"\x00\x02" + b"\x02\x46"
    assert failures == [TlsFailure.NOTHING_IN_COMMON]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_tls_027__the_client_learns_why_from_the_alert(version):
    """A client with a wrong key is told by the server's alert; it is not left with a closed connection."""
    profile = TlsProfile(versions=frozenset({version}))

    async def run():
        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            with pytest.raises(TlsFailed) as caught:
                await connect("127.0.0.1", listener.port, TlsClient("alice", KEY[::-1], profile=profile))
        return caught.value

    error = asyncio.run(run())
    assert error.failure is TlsFailure.WRONG_KEY
    assert "ALERT" in error.detail
