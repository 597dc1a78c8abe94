"""Floor control over TLS when peers stop, break, flood, or come back."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from mediasec.bfcp import (
    Conference,
    ErrorCode,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Message,
    Primitive,
    RequestStatus,
    User,
    reconnection,
)
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.endpoints import bfcp as endpoint
from mediasec.endpoints.bfcp import FloorControlClientEndpoint, FloorControlServerEndpoint
from mediasec.endpoints.listener import Limits, listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError, RemoteProtocolError

USERS = 200
KEYS = {f"user-{number}": number.to_bytes(32, "big") for number in range(1, USERS + 1)}


class Hall:
    """A floor control server that listens, and ways to come to it."""

    def __init__(self, server, listener, changes):
        self.server = server
        self.listener = listener
        self.changes = changes

    @property
    def conference(self):
        """The conference."""
        return self.server.core.conferences[1]

    async def stream(self, number):
        """Connect by the key of a user."""
        identity = f"user-{number}"
        return await connect("127.0.0.1", self.listener.port, TlsClient(identity, KEYS[identity]))

    async def client(self, number, notified=None):
        """Connect a client of a user."""
        core = FloorControlClient(conference_id=1, user_id=number)
        return FloorControlClientEndpoint(core, await self.stream(number), notified=notified)

    async def until(self, condition):
        """Wait until something is so."""
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def hall(*, keep_seconds=60.0, max_holders=1):
    """Open a floor control server for 200 users and one floor."""
    users = [User(user_id=number, identity=f"user-{number}") for number in range(1, USERS + 1)]
    conference = Conference(conference_id=1, floors=[Floor(floor_id=1, max_holders=max_holders)], users=users)
    changes = []
    core = FloorControlServer([conference], keep_seconds=keep_seconds)
    async with (
        FloorControlServerEndpoint(core, report=changes.append) as server,
        await server.listen(
            "127.0.0.1", 0, TlsServer(KEYS.get), limits=Limits(for_each_address=USERS, in_all=USERS)
        ) as listener,
    ):
        yield Hall(server, listener, changes)


def status_of(responded):
    """Return the status that a client's core knows after a response."""
    assert responded.error is None
    return responded.response.attributes[0].attributes[0].attributes[0].status


@pytest.mark.verifies("BFCP_032")
def test_a_floor_of_a_dead_connection_is_free_by_policy(run):
    """When a holder's connection dies and nobody comes back, the next one is granted the floor."""

    async def main():
        async with hall(keep_seconds=0.2) as here:
            holder = await here.client(1)
            waiting = await here.client(2)
            assert status_of(await holder.ask(holder.core.request_floors(1))) is RequestStatus.GRANTED
            assert status_of(await waiting.ask(waiting.core.request_floors(1))) is RequestStatus.ACCEPTED
            holder._stream.drop()
            await here.until(lambda: waiting.core.statuses == {2: RequestStatus.GRANTED})
            await holder.close()
            await waiting.close()
            return [(change.floor_request_id, change.status) for change in here.changes]

    assert run(main()) == [
        (1, RequestStatus.GRANTED),
        (2, RequestStatus.ACCEPTED),
        (1, RequestStatus.REVOKED),
        (2, RequestStatus.GRANTED),
    ]


@pytest.mark.verifies("BFCP_031")
def test_kill_and_reconnect_loses_no_request(run):
    """Holder and queue are the same after both connections were killed and established again."""

    async def main():
        async with hall() as here:
            holder, waiting = await here.client(1), await here.client(2)
            await holder.ask(holder.core.request_floors(1))
            await waiting.ask(waiting.core.request_floors(1))
            for number, client in ((1, holder), (2, waiting)):
                client._stream.drop()
                await client.wait_lost()
                await client.reestablish(lambda number=number: here.stream(number))
                await client.ask(client.core.query_user())
            kept = holder.core.statuses | waiting.core.statuses
            await holder.ask(holder.core.release_floors(1))
            await here.until(lambda: waiting.core.statuses == {2: RequestStatus.GRANTED})
            await holder.close()
            await waiting.close()
            return kept

    assert run(main()) == {1: RequestStatus.GRANTED, 2: RequestStatus.ACCEPTED}


@pytest.mark.verifies("BFCP_030")
def test_a_request_outlives_the_connection(run):
    """A request that the broken connection swallowed is answered after the next one is established."""

    async def main():
        async with hall() as here:
            client = await here.client(1)
            client._stream.drop()
            asking = asyncio.create_task(client.ask(client.core.request_floors(1)))
            await asyncio.sleep(0.02)
            assert not asking.done()
            await client.reestablish(lambda: here.stream(1))
            responded = await asking
            await client.close()
            return status_of(responded), len(here.conference.requests)

    assert run(main()) == (RequestStatus.GRANTED, 1)


@pytest.mark.verifies("BFCP_033")
def test_not_established_again_too_early(run, monkeypatch):
    """The first attempt is made at once, the next one only when the shortest time has passed."""
    monkeypatch.setattr(reconnection, "MIN_INTERVAL_SECONDS", 0.2)

    async def main():
        attempts = []
        async with hall() as here:
            client = await here.client(1)

            async def again():
                attempts.append(asyncio.get_running_loop().time())
                return await here.stream(1)

            for _ in range(2):
                await client.reestablish(again)
            assert (await client.ask(client.core.hello())).error is None
            await client.close()
        return attempts[1] - attempts[0]

    assert run(main()) >= 0.19


@pytest.mark.verifies("BFCP_029")
def test_a_second_connection_of_a_user_replaces_the_first(run):
    """A client whose server still believes in its old connection is served on the new one."""

    async def main():
        async with hall() as here:
            first, second = await here.client(1), await here.client(1)
            await first.ask(first.core.request_floors(1))
            await second.ask(second.core.query_user())
            await first.wait_lost()
            await first.close()
            kept = dict(second.core.statuses)
            await second.close()
            return kept

    assert run(main()) == {1: RequestStatus.GRANTED}


@pytest.mark.verifies("BFCP_028")
@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (bytes.fromhex("20010001 00000001 0001 0001 04010000"), ErrorCode.UNABLE_TO_PARSE_MESSAGE),
        (bytes.fromhex("20010001 00000001 0001 0001 04ff0001"), ErrorCode.INCORRECT_MESSAGE_LENGTH),
        (bytes.fromhex("200bffff 00000001 0001 0001"), ErrorCode.GENERIC_ERROR),
        (b"GET / HTTP/1.1\r\n\r\n", ErrorCode.GENERIC_ERROR),
        (bytes.fromhex("e00b0000 00000001 0001 0001"), ErrorCode.UNSUPPORTED_VERSION),
    ],
)
def test_unparsable_data_closes_the_connection(run, octets, code):
    """The server answers with an Error, closes TLS and TCP, and serves the others."""

    async def main():
        async with hall() as here:
            other = await here.client(2)
            stream = await here.stream(1)
            await stream.write(octets)
            answer = b""
            while data := await stream.read():
                answer += data
            await stream.close()
            assert status_of(await other.ask(other.core.request_floors(1))) is RequestStatus.GRANTED
            await other.close()
            return answer

    answer = run(main())
    length = 12 + 4 * int.from_bytes(answer[2:4], "big")
    assert Message.parse(answer[:length]).find(Error).code == code


@pytest.mark.verifies("BFCP_028")
def test_a_client_closes_on_what_it_cannot_parse(run):
    """Octets of a server that are no BFCP close the connection, and are what `wait_lost` tells."""

    async def main():
        async def serve(stream):
            await stream.read()
            await stream.write(bytes.fromhex("20080001 00000001 0000 0001 04010000"))
            await stream.wait_ended()

        async with await listen(serve, "127.0.0.1", 0, TlsServer(KEYS.get)) as listener:
            stream = await connect("127.0.0.1", listener.port, TlsClient("user-1", KEYS["user-1"]))
            core = FloorControlClient(conference_id=1, user_id=1)
            async with FloorControlClientEndpoint(core, stream) as client:
                asking = asyncio.create_task(client.ask(core.hello()))
                with pytest.raises(RemoteProtocolError):
                    await client.wait_lost()
            with pytest.raises(EndpointError):
                await asking

    run(main())


def test_a_server_that_does_not_answer(run):
    """A request that gets no response in time ends in an error."""

    async def main():
        async def serve(stream):
            while await stream.read():
                pass

        async with await listen(serve, "127.0.0.1", 0, TlsServer(KEYS.get)) as listener:
            stream = await connect("127.0.0.1", listener.port, TlsClient("user-1", KEYS["user-1"]))
            core = FloorControlClient(conference_id=1, user_id=1)
            async with FloorControlClientEndpoint(core, stream) as client:
                with pytest.raises(EndpointError):
                    await client.ask(core.hello(), timeout_seconds=0.05)

    run(main())


@pytest.mark.verifies("BFCP_027")
def test_one_octet_at_a_time(run):
    """A request that comes octet by octet, each in a record of its own, is answered once."""

    async def main():
        async with hall() as here:
            stream = await here.stream(1)
            core = FloorControlClient(conference_id=1, user_id=1)
            for octet in core.request_floors(1).serialize():
                await stream.write(bytes([octet]))
            events = core.receive(await stream.read())
            await stream.close()
            return len(events), dict(core.statuses)

    assert run(main()) == (1, {1: RequestStatus.GRANTED})


def test_a_peer_that_stops_in_a_message(run):
    """Half a message holds up nobody else, and the rest of it is still welcome."""

    async def main():
        async with hall() as here:
            stream, other = await here.stream(1), await here.client(2)
            octets = FloorControlClient(conference_id=1, user_id=1).request_floors(1).serialize()
            await stream.write(octets[:7])
            assert status_of(await other.ask(other.core.request_floors(1))) is RequestStatus.GRANTED
            await stream.write(octets[7:])
            answer = Message.parse(await stream.read())
            await stream.close()
            await other.close()
            return answer.primitive

    assert run(main()) == Primitive.FLOOR_REQUEST_STATUS


async def flood(stream, octets):
    """Send without end."""
    while True:
        await stream.write(octets)
        await asyncio.sleep(0)


def test_a_peer_that_never_reads(run, monkeypatch):
    """A client that asks and never reads is dropped when too much waits for it; others are served."""
    monkeypatch.setattr(endpoint, "MAX_UNSENT", 1 << 16)

    async def main():
        async with hall() as here:
            deaf = await here.stream(1)
            await here.until(lambda: here.server.core._peers)
            for stream in (deaf, *here.server.core._peers):
                for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                    stream.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, buffer, 4096)
            deaf._transport.pause_reading()
            core = FloorControlClient(conference_id=1, user_id=1)
            other = await here.client(2)
            await deaf.write(core.request_floors(1, info="x" * 200).serialize())
            query = core.query_request(1).serialize()
            with pytest.raises(EndpointError):
                await flood(deaf, query * 500)
            assert status_of(await other.ask(other.core.request_floors(1))) is RequestStatus.ACCEPTED
            await deaf.abort()
            await other.close()

    run(main())


@pytest.mark.verifies("BFCP_069")
def test_200_clients_share_one_floor(run):
    """Each of 200 clients with keys of their own holds the floor once, never more than two at a time."""

    async def main():
        holding = most = 0
        order = []

        async def take_a_turn(number):
            nonlocal holding, most
            granted = asyncio.Event()

            def notified(message):
                if RequestStatus.GRANTED in client.core.statuses.values():
                    granted.set()

            client = await here.client(number, notified)
            responded = await client.ask(client.core.request_floors(1))
            if status_of(responded) is not RequestStatus.GRANTED:
                await granted.wait()
            holding += 1
            most = max(most, holding)
            (floor_request_id,) = client.core.statuses
            order.append(floor_request_id)
            await asyncio.sleep(0)
            holding -= 1
            assert status_of(await client.ask(client.core.release_floors(floor_request_id))) is (
                RequestStatus.RELEASED
            )
            await client.close()

        async with hall(max_holders=2) as here:
            await asyncio.gather(*(take_a_turn(number) for number in range(1, USERS + 1)))
            assert here.conference.requests == {}
            assert here.conference.queue == []
        return most, order

    most, order = run(main())
    assert most <= 2
    assert sorted(order) == list(range(1, USERS + 1))


def test_nothing_is_left_of_lost_connections(run):
    """After connections have come and gone the server knows none of them."""

    async def main():
        async with hall(keep_seconds=0.01) as here:
            for number in range(1, 61):
                client = await here.client(number)
                await client.ask(client.core.request_floors(1))
                client._stream.drop()
                await client.close()
            await here.until(lambda: not here.conference.requests)
            core = here.server.core
            await here.until(lambda: here.listener.connections == 0)
            return [len(kept) for kept in (core._peers, core._present, core._deadlines)]

    assert run(main()) == [0, 0, 0]
