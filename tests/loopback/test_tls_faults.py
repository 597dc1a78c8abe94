"""TLS endpoints with peers that stop, crawl, flood, lie, or do not listen."""

import asyncio
import socket
import ssl

import pytest

from mediasec.endpoints import stream as streams
from mediasec.endpoints import tls_layer
from mediasec.endpoints.listener import Limits, listen
from mediasec.endpoints.stream import READ_LIMIT, connect
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer
from mediasec.errors import EndpointError

KEY = bytes(range(32))
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
PROFILES = [TlsProfile(versions=frozenset({version}), handshake_timeout_seconds=0.3) for version in VERSIONS]
by_version = pytest.mark.parametrize("profile", PROFILES, ids=["1.2", "1.3"])


async def echo(stream) -> None:
    """Send back what comes."""
    while octets := await stream.read():
        await stream.write(octets)


async def until(condition) -> None:
    """Wait until a condition holds."""
    while not condition():
        await asyncio.sleep(0.005)


@by_version
@pytest.mark.parametrize("octets", [1, 6, 60, None])
def test_a_client_that_stops_in_the_handshake_is_dropped(run, profile, octets):
    """A client that sends a part of its first flight, or all of it and no more, is dropped in time."""

    async def main():
        failures = []
        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(
            echo, "127.0.0.1", 0, server, failed=lambda _, error: failures.append(error.failure)
        ) as listener:
            session = TlsClient("alice", KEY, profile=profile).start()
            session.handshake()
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(session.take_output()[:octets])
            while await reader.read(65536):
                pass
            writer.close()
            await until(lambda: listener.connections == 0)
            assert listener.unauthenticated == 0
        return failures

    assert run(main()) == [TlsFailure.TIMEOUT]


@by_version
def test_a_server_that_stops_in_the_handshake_is_dropped(run, profile):
    """A client does not wait for a silent server for longer than its profile says."""

    async def main():
        accepted = []

        async def keep(reader, writer):
            accepted.append(writer)
            await reader.read()
            writer.close()

        async with await asyncio.start_server(keep, "127.0.0.1", 0) as silent:
            port = silent.sockets[0].getsockname()[1]
            with pytest.raises(TlsFailed) as caught:
                await connect("127.0.0.1", port, TlsClient("alice", KEY, profile=profile))
            await until(lambda: accepted and accepted[0].is_closing())
            await asyncio.sleep(0.01)
        return caught.value.failure

    assert run(main()) is TlsFailure.TIMEOUT


@by_version
def test_one_octet_at_a_time(run, profile):
    """A peer that sends each octet by itself is served like any other."""

    async def main():
        server = TlsServer({"alice": KEY}.get, profile=TlsProfile(versions=profile.versions))
        async with await listen(echo, "127.0.0.1", 0, server) as listener:
            session = TlsClient("alice", KEY, profile=profile).start()
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            async def crawl():
                for octet in session.take_output():
                    writer.write(bytes([octet]))
                    await asyncio.sleep(0)

            while not session.handshake():
                await crawl()
                session.receive(await reader.read(65536))
            session.write(b"floor request")
            await crawl()
            answer = b""
            while len(answer) < 13:
                answer += session.read()
                if len(answer) < 13:
                    session.receive(await reader.read(1))
            session.close()
            await crawl()
            writer.close()
            await writer.wait_closed()
            await until(lambda: listener.connections == 0)
        return answer

    assert run(main()) == b"floor request"


@by_version
def test_a_peer_that_never_reads_holds_up_its_writer_only(run, profile):
    """Towards a peer that never reads, writing waits after a bounded number of octets; others are served."""

    async def main():
        written = []

        async def pour(stream):
            if stream.identity == "bob":
                return await echo(stream)
            while True:
                await stream.write(bytes(65536))
                written.append(65536)

        keys = {"alice": KEY, "bob": KEY}
        async with await listen(pour, "127.0.0.1", 0, TlsServer(keys.get, profile=profile)) as listener:
            deaf = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY, profile=profile))
            seen = -1
            while seen != sum(written):
                seen = sum(written)
                await asyncio.sleep(0.1)
            other = await connect("127.0.0.1", listener.port, TlsClient("bob", KEY, profile=profile))
            await other.write(b"hello")
            assert await other.read() == b"hello"
            await other.close()
            assert sum(written) == seen
            await deaf.abort()
            await until(lambda: listener.connections == 0)
        return seen

    # Socket buffers of both sides, what the reader keeps, and one write above the mark of the transport.
    assert READ_LIMIT < run(main()) < 20_000_000


@by_version
def test_a_connection_closed_towards_a_peer_that_never_reads_ends(run, profile, monkeypatch):
    """A close does not wait for ever for a peer that takes nothing."""
    monkeypatch.setattr(tls_layer, "CLOSING_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(streams, "CLOSING_TIMEOUT_SECONDS", 0.2)

    async def main():
        async def pour(stream):
            for _ in range(2):
                stream._transport.write(bytes(5_000_000))

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(pour, "127.0.0.1", 0, server) as listener:
            session = TlsClient("alice", KEY, profile=profile).start()
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port, limit=1)
            while not session.handshake():
                writer.write(session.take_output())
                session.receive(await reader.read(65536))
            writer.write(session.take_output())
            await until(lambda: listener.connections == 0)
            writer.transport.abort()

    run(main())


@by_version
def test_a_slow_reader_holds_its_writer_back_and_loses_nothing(run, profile):
    """A reader that takes its time gets every octet in order, and the writer waits for it."""
    octets = bytes(range(251)) * 20_000

    async def main():
        async def serve(stream):
            await stream.write(octets)

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            stream = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY, profile=profile))
            received = []
            while data := await stream.read():
                received.append(data)
                await asyncio.sleep(0.002)
            await stream.close()
        return received

    received = run(main())
    assert b"".join(received) == octets
    assert max(map(len, received)) < 3 * READ_LIMIT


def test_a_flood_from_one_address_does_not_shut_out_another(run):
    """Connections above the limit for an address are closed at once; another address still gets in."""

    async def main():
        failures = []
        async with await listen(
            echo,
            "127.0.0.1",
            0,
            TlsServer({"alice": KEY}.get),
            failed=lambda _, error: failures.append(error.failure),
            limits=Limits(for_each_address=5, in_all=100),
        ) as listener:
            idle = [await connect("127.0.0.1", listener.port) for _ in range(20)]
            await until(lambda: len(failures) == 15)
            assert listener.unauthenticated == 5
            stream = await connect(
                "127.0.0.1", listener.port, TlsClient("alice", KEY), local_address=("127.0.0.2", 0)
            )
            await stream.write(b"still served")
            assert await stream.read() == b"still served"
            await stream.close()
            for one in idle:
                await one.close()
            await until(lambda: listener.connections == 0)
            assert listener.unauthenticated == 0
            again = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY))
            await again.close()
        return failures

    failures = run(main())
    assert failures.count(TlsFailure.TOO_MANY) == 15


def test_a_flood_from_many_addresses_meets_the_limit_in_all(run):
    """No more connections wait for their handshake than the limit in all."""

    async def main():
        failures = []
        async with await listen(
            echo,
            "127.0.0.1",
            0,
            TlsServer({"alice": KEY}.get),
            failed=lambda _, error: failures.append(error.failure),
            limits=Limits(for_each_address=2, in_all=6),
        ) as listener:
            idle = [
                await connect("127.0.0.1", listener.port, local_address=(f"127.0.1.{host}", 0))
                for host in range(1, 11)
            ]
            await until(lambda: len(failures) == 4)
            assert listener.unauthenticated == 6
            for one in idle:
                await one.close()
        return failures

    assert run(main()).count(TlsFailure.TOO_MANY) == 4


def test_a_burst_meets_the_limits(run):
    """Connections that come while the loop is busy, and are all accepted at once, meet the limits too."""

    async def main():
        failures = []
        async with await listen(
            echo,
            "127.0.0.1",
            0,
            TlsServer({"alice": KEY}.get),
            failed=lambda _, error: failures.append(error.failure),
            limits=Limits(for_each_address=5, in_all=100),
        ) as listener:
            burst = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(100)]
            await until(lambda: len(failures) + listener.unauthenticated == len(burst))
            waiting = listener.unauthenticated
            for one in burst:
                one.close()
        return failures, waiting, listener.unauthenticated

    failures, waiting, left = run(main())
    assert (failures.count(TlsFailure.TOO_MANY), waiting) == (95, 5)
    assert left == 0


def test_authenticated_connections_do_not_count(run):
    """The limit is on connections that have not authenticated; those that have may be more."""

    async def main():
        async with await listen(
            echo, "127.0.0.1", 0, TlsServer({"alice": KEY}.get), limits=Limits(for_each_address=1, in_all=1)
        ) as listener:
            opened = [await connect("127.0.0.1", listener.port, TlsClient("alice", KEY)) for _ in range(5)]
            assert listener.connections == 5
            for stream in opened:
                await stream.close()

    run(main())


@by_version
def test_a_record_that_was_changed_breaks_the_connection(run, profile):
    """An octet changed on the way is an error at the receiver, which sends its alert."""

    async def main():
        outcome = []

        async def serve(stream):
            try:
                outcome.append(await stream.read())
            except EndpointError as error:
                outcome.append(error)
                raise

        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(serve, "127.0.0.1", 0, server) as listener:
            session = TlsClient("alice", KEY, profile=profile).start()
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            while not session.handshake():
                writer.write(session.take_output())
                session.receive(await reader.read(65536))
            session.write(b"a message")
            record = bytearray(session.take_output())
            record[-1] ^= 1
            writer.write(record)
            session.receive(await reader.read(65536))
            with pytest.raises(TlsFailed) as caught:
                session.read()
            writer.close()
            await until(lambda: listener.connections == 0)
        return outcome, caught.value.detail

    outcome, detail = run(main())
    assert isinstance(outcome[0], EndpointError)
    assert "ALERT_BAD_RECORD_MAC" in detail


def test_a_protocol_that_closes_when_it_hears_of_a_fault_too(run):
    """Octets and a fault in one segment: a protocol may close on the octets, before it hears of the fault."""

    class Closes(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport
            self.ended = asyncio.get_running_loop().create_future()

        def data_received(self, data):
            self.transport.close()

        def connection_lost(self, error):
            self.ended.set_result(error)

    async def main():
        loop = asyncio.get_running_loop()
        protocol, layers = Closes(), []

        def accepted():
            layers.append(tls_layer.TlsLayer(protocol, TlsServer({"alice": KEY}.get)))
            return layers[0]

        server = await loop.create_server(accepted, "127.0.0.1", 0)
        session = TlsClient("alice", KEY).start()
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        while not session.handshake():
            writer.write(session.take_output())
            session.receive(await reader.read(65536))
        session.write(b"a message")
        good = session.take_output()
        session.write(b"another")
        bad = bytearray(session.take_output())
        bad[-1] ^= 1
        writer.write(good + bad)
        await reader.read()
        writer.close()
        await protocol.ended
        server.close()
        await server.wait_closed()

    run(main())


def test_a_server_whose_code_fails_goes_on(run):
    """An exception in what serves one connection reaches the loop's handler; the next one is served."""

    async def main():
        reported = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

        async def serve(stream):
            if await stream.read() == b"fail":
                raise ZeroDivisionError
            await stream.write(b"fine")

        async with await listen(serve, "127.0.0.1", 0, TlsServer({"alice": KEY}.get)) as listener:
            for word, answer in ((b"fail", b""), (b"work", b"fine")):
                stream = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY))
                await stream.write(word)
                try:
                    assert await stream.read() == answer
                except EndpointError:
                    assert answer == b""
                await stream.close()
        return reported

    reported = run(main())
    assert [type(context["exception"]) for context in reported] == [ZeroDivisionError]


def test_a_listener_that_is_closed_ends_every_connection(run):
    """To close a listener ends connections in the handshake, in use and idle, and leaves no task."""

    async def main():
        listener = await listen(echo, "127.0.0.1", 0, TlsServer({"alice": KEY}.get))
        idle = await connect("127.0.0.1", listener.port)
        used = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY))
        await until(lambda: listener.connections == 2)
        await listener.close()
        assert listener.connections == 0
        assert await idle.read() == b""
        with pytest.raises(EndpointError):
            await used.read()
        await idle.close()
        await used.close()

    run(main())


def test_a_connection_that_comes_as_the_listener_closes_ends_too(run):
    """A connection that was accepted and not served yet is ended with the listener."""

    async def main():
        listener = await listen(echo, "127.0.0.1", 0, TlsServer({"alice": KEY}.get))
        client = socket.create_connection(("127.0.0.1", listener.port))
        client.setblocking(False)
        while not listener.connections:
            await asyncio.sleep(0)
        await listener.close()
        await until(lambda: listener.connections == 0)
        received = await asyncio.get_running_loop().sock_recv(client, 1)
        client.close()
        return received, listener.unauthenticated

    assert run(main()) == (b"", 0)


def test_a_cancelled_handshake_leaves_nothing(run):
    """A handshake that is cancelled ends its connection."""

    async def main():
        async def wait(stream):
            await stream.read()

        async with await listen(wait, "127.0.0.1", 0) as listener:
            stream = await connect("127.0.0.1", listener.port)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await stream.start_tls(TlsServer({}.get))
            await stream.wait_ended()

    run(main())


@by_version
def test_what_a_connection_used_is_known_after_its_end(run, profile):
    """Version, suite and identity can be told of a connection that has ended."""

    async def main():
        server = TlsServer({"alice": KEY}.get, profile=profile)
        async with await listen(echo, "127.0.0.1", 0, server) as listener:
            stream = await connect("127.0.0.1", listener.port, TlsClient("alice", KEY, profile=profile))
            names = ("tls_version", "cipher", "psk_identity")
            before = [stream.get_extra_info(name) for name in names]
            await stream.close()
            return before, [stream.get_extra_info(name) for name in names]

    before, after = run(main())
    assert before == after
    assert None not in before


def test_plain_tcp_works_alike(run):
    """Without TLS the same stream carries octets, ends one direction, and has no identity."""

    async def main():
        async def serve(stream):
            assert stream.identity is None
            await echo(stream)

        async with await listen(serve, "127.0.0.1", 0) as listener:
            stream = await connect("127.0.0.1", listener.port)
            await stream.write(b"in the clear")
            stream.write_end()
            assert await stream.read() == b"in the clear"
            assert await stream.read() == b""
            await stream.close()
            with pytest.raises(EndpointError):
                await stream.write(b"more")

    run(main())
