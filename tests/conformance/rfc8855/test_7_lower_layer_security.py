"""RFC 8855, 7: lower-layer security."""

import asyncio

from mediasec.bfcp import Conference, ErrorCode, Floor, FloorControlClient, FloorControlServer, User
from mediasec.endpoints.bfcp import FloorControlClientEndpoint, FloorControlServerEndpoint
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEYS = {"alice": b"a" * 32, "bob": b"b" * 32}


def ask_as(identity, user_id):
    """Connect by the key of an identity, say Hello as a user, and return the response."""
    users = [User(user_id=1, identity="alice"), User(user_id=2, identity="bob")]
    conference = Conference(conference_id=1, floors=[Floor(floor_id=1)], users=users)

    async def main():
        async with (
            FloorControlServerEndpoint(FloorControlServer([conference])) as server,
            await server.listen("127.0.0.1", 0, TlsServer(KEYS.get)) as listener,
        ):
            stream = await connect("127.0.0.1", listener.port, TlsClient(identity, KEYS[identity]))
            core = FloorControlClient(conference_id=1, user_id=user_id)
            async with FloorControlClientEndpoint(core, stream) as client:
                return await client.ask(core.hello())

    return asyncio.run(main())


def test_bfcp_036__speaks_for_the_user_of_its_key():
    """Who has shown the key of an identity may speak for the user of that identity."""
    assert ask_as("alice", 1).error is None
    assert ask_as("bob", 2).error is None


def test_bfcp_036__and_for_nobody_else():
    """The key of one identity does not serve for the user of another."""
    assert ask_as("alice", 2).error.code == ErrorCode.UNAUTHORIZED_OPERATION
    assert ask_as("bob", 1).error.code == ErrorCode.UNAUTHORIZED_OPERATION
