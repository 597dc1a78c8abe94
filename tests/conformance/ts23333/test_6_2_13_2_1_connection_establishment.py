"""TS 23.333, 6.2.13.2.1: floor control connection establishment."""

import asyncio

import pytest

from mediasec.bfcp import Conference, Floor, FloorControlClient, FloorControlServer, RequestStatus, User
from mediasec.endpoints.bfcp import FloorControlClientEndpoint, FloorControlServerEndpoint
from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer

KEYS = {"alice": b"a" * 32}
SIDES = {"server": TlsServer(KEYS.get), "client": TlsClient("alice", KEYS["alice"])}


async def get_floor(stream):
    """Ask for the floor on a connection, and return the statuses that the client knows."""
    core = FloorControlClient(conference_id=1, user_id=1)
    async with FloorControlClientEndpoint(core, stream) as client:
        await client.ask(core.request_floors(1))
        return dict(core.statuses)


def floor_control_server():
    """Return a floor control server for one user and one floor."""
    users = [User(user_id=1, identity="alice")]
    return FloorControlServer([Conference(conference_id=1, floors=[Floor(floor_id=1)], users=users)])


@pytest.mark.parametrize("tls_server", ["MRFP", "UE"])
@pytest.mark.parametrize("tcp_opener", ["MRFP", "UE"])
def test_bfcp_074__roles_are_independent(tcp_opener, tls_server):
    """Whoever opens TCP and whoever is the TLS server, the MRFP is the floor control server."""
    of_mrfp, of_ue = ("server", "client") if tls_server == "MRFP" else ("client", "server")

    async def main():
        got = asyncio.get_running_loop().create_future()

        async def be_client(stream):
            got.set_result(await get_floor(stream))

        async with FloorControlServerEndpoint(floor_control_server()) as server:
            if tcp_opener == "UE":
                async with await server.listen("127.0.0.1", 0, SIDES[of_mrfp]) as listener:
                    return await get_floor(await connect("127.0.0.1", listener.port, SIDES[of_ue]))
            async with await listen(be_client, "127.0.0.1", 0, SIDES[of_ue]) as listener:
                await server.connect("127.0.0.1", listener.port, SIDES[of_mrfp])
                return await got

    assert asyncio.run(main()) == {1: RequestStatus.GRANTED}


def test_bfcp_074__two_tls_clients_get_nowhere():
    """Where both sides take the same side of TLS there is a failure, and no floor control."""

    async def main():
        failures = []
        async with (
            FloorControlServerEndpoint(floor_control_server()) as server,
            await server.listen(
                "127.0.0.1", 0, SIDES["client"], failed=lambda stream, error: failures.append(error.failure)
            ) as listener,
        ):
            with pytest.raises(TlsFailed):
                await connect("127.0.0.1", listener.port, SIDES["client"])
            while not failures:
                await asyncio.sleep(0.01)
        return failures

    assert asyncio.run(main()) == [TlsFailure.PROTOCOL]
