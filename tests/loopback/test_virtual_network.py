"""The network in memory beside loopback: what an application sees on one, it sees on the other."""

import asyncio
import errno
import gc
import socket
import ssl
import struct
import threading
import time
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import Stream, TcpFailed, connect
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError
from mpspec.flows.network import VirtualNetwork
from mpspec.flows.segment import Mark
from mpspec.flows.virtual_time import Standstill

KEY = bytes(range(16))
LONG = bytes(range(256)) * 40_000


class Seen(asyncio.Protocol):
    """Keeps what a transport tells."""

    def __init__(self, keeps_open=False):
        self.events = []
        self.octets = 0
        self.lost = asyncio.get_running_loop().create_future()
        self._keeps_open = keeps_open

    def connection_made(self, transport):
        """Take note of it."""
        self.transport = transport
        self.events.append("made")

    def data_received(self, data):
        """Count octets."""
        self.octets += len(data)

    def eof_received(self):
        """Take note of the end, and say whether this side goes on."""
        self.events.append(f"end after {self.octets}")
        return self._keeps_open

    def pause_writing(self):
        """Take note of it."""
        self.events.append("pause")

    def resume_writing(self):
        """Take note of it."""
        self.events.append("resume")

    def connection_lost(self, error):
        """Take note of the end, and why."""
        self.events.append(f"lost: {type(error).__name__}")
        self.lost.set_result(None)


class Pair:
    """A server that keeps what it sees, and a client connected to it."""

    async def open(self, here, there, *, server_keeps_open=False, client_keeps_open=False):
        """Connect a host with another."""
        loop = asyncio.get_running_loop()
        accepted = loop.create_future()

        def made():
            accepted.set_result(Seen(server_keeps_open))
            return accepted.result()

        self.listener = await loop.create_server(made, there, 0)
        port = self.listener.sockets[0].getsockname()[1]
        _, self.client = await loop.create_connection(
            lambda: Seen(client_keeps_open), there, port, local_addr=(here, 0)
        )
        self.server = await accepted
        await asyncio.sleep(0.02)
        return self

    async def close(self):
        """End both, and return what each saw."""
        for side in (self.client, self.server):
            if not side.lost.done():
                side.transport.abort()
            await side.lost
        self.listener.close()
        await self.listener.wait_closed()
        return {"client": self.client.events, "server": self.server.events, "octets": self.server.octets}


def reset(transport):
    """Close a connection by RST."""
    transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    transport.abort()


async def echo(here, there):
    async def serve(reader, writer):
        seen.append(writer.get_extra_info("peername")[0] == here)
        while data := await reader.read(100):
            writer.write(data.upper())
            await writer.drain()
        writer.close()

    seen = []
    async with await asyncio.start_server(serve, there, 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(there, port, local_addr=(here, 0))
        seen.append(writer.get_extra_info("sockname")[0] == here)
        seen.append(writer.get_extra_info("peername") == (there, port))
        writer.write(b"one")
        seen.append(await reader.readexactly(3))
        writer.write(b"two")
        writer.write_eof()
        seen.append(await reader.read())
        writer.close()
        await writer.wait_closed()
    return seen


async def half_close(here, there):
    pair = await Pair().open(here, there, server_keeps_open=True)
    pair.client.transport.write(b"question")
    pair.client.transport.write_eof()
    await asyncio.sleep(0.05)
    pair.server.transport.write(b"answer")
    await asyncio.sleep(0.05)
    pair.server.transport.close()
    await asyncio.sleep(0.05)
    return await pair.close(), pair.client.octets


async def end_that_is_answered_by_an_end(here, there):
    pair = await Pair().open(here, there)
    pair.client.transport.write(b"all")
    pair.client.transport.write_eof()
    await asyncio.sleep(0.05)
    return await pair.close()


async def abort_drops_what_waits(here, there):
    pair = await Pair().open(here, there)
    pair.client.transport.write(b"all")
    pair.client.transport.abort()
    await asyncio.sleep(0.05)
    return await pair.close()


async def reset_while_the_peer_reads(here, there):
    pair = await Pair().open(here, there)
    reset(pair.client.transport)
    await asyncio.sleep(0.05)
    return await pair.close()


async def close_with_octets_that_nobody_read(here, there):
    pair = await Pair().open(here, there)
    pair.server.transport.pause_reading()
    pair.client.transport.write(b"unread")
    await asyncio.sleep(0.05)
    pair.server.transport.close()
    await asyncio.sleep(0.05)
    return await pair.close()


async def writing_to_a_peer_that_has_closed(here, there):
    pair = await Pair().open(here, there, client_keeps_open=True)
    pair.server.transport.close()
    await asyncio.sleep(0.05)
    for _ in range(3):
        pair.client.transport.write(b"too late")
        await asyncio.sleep(0.05)
    return await pair.close()


async def reset_before_octets_are_read(here, there):
    pair = await Pair().open(here, there)
    pair.server.transport.pause_reading()
    pair.client.transport.write(b"early")
    await asyncio.sleep(0.05)
    reset(pair.client.transport)
    await asyncio.sleep(0.05)
    pair.server.transport.resume_reading()
    await asyncio.sleep(0.05)
    return await pair.close()


async def slow_reader(here, there):
    pair = await Pair().open(here, there)
    pair.server.transport.pause_reading()
    pair.client.transport.write(LONG)
    await asyncio.sleep(0.2)
    waiting = pair.client.transport.get_write_buffer_size() > 0
    taken = pair.server.octets
    pair.server.transport.resume_reading()
    await asyncio.sleep(1)
    left = pair.client.transport.get_write_buffer_size()
    pair.client.transport.close()
    await asyncio.sleep(0.05)
    return await pair.close(), waiting, taken, left


async def close_sends_what_waits(here, there):
    pair = await Pair().open(here, there)
    pair.client.transport.write(LONG)
    pair.client.transport.close()
    await asyncio.sleep(1)
    return await pair.close()


async def nobody_listens(here, there):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Seen, there, 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    try:
        await loop.create_connection(Seen, there, port, local_addr=(here, 0))
    except OSError as error:
        return type(error).__name__, error.errno, str(error).replace(str(port), "N").replace(there, "HOST")


async def address_in_use(here, there):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Seen, there, 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await loop.create_server(Seen, there, port)
    except OSError as error:
        seen = error.errno
    server.close()
    again = await loop.create_server(Seen, there, port)
    again.close()
    return seen


async def close_with_a_connection_that_nobody_took(here, there):
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setblocking(False)
        listener.bind((there, 0))
        listener.listen()
        port = listener.getsockname()[1]
        transport, client = await loop.create_connection(Seen, there, port, local_addr=(here, 0))
        transport.write(b"for nobody")
        await asyncio.sleep(0.05)
    await client.lost
    return client.events


async def sockets_without_transports(here, there):
    loop = asyncio.get_running_loop()
    seen = []
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client,
    ):
        for one, host in ((listener, there), (client, here)):
            one.setblocking(False)
            one.bind((host, 0))
        listener.listen()
        await loop.sock_connect(client, listener.getsockname())
        server, (host, _) = await loop.sock_accept(listener)
        with server:
            seen.append((host == here, server.getpeername() == client.getsockname()))
            taken = asyncio.create_task(loop.sock_recv(server, 3))
            await loop.sock_sendall(client, b"octets")
            seen.append(await taken)
            buffer = bytearray(10)
            count = await loop.sock_recv_into(server, buffer)
            seen.append(bytes(buffer[:count]))
            client.shutdown(socket.SHUT_WR)
            seen.append(await loop.sock_recv(server, 10))
            seen.append(client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        for _ in range(2):
            seen.append(await loop.sock_recv(client, 10))
    return seen


async def http(here, there):
    async def take(request):
        return web.Response(body=await request.read() + request.remote.encode().replace(here.encode(), b"!"))

    async def stream(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(3):
            await response.write(b"piece")
        return response

    application = web.Application(client_max_size=1 << 24)
    application.router.add_post("/", take)
    application.router.add_get("/", stream)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, there, 0).start()
    url = f"http://{there}:{runner.addresses[0][1]}/"
    seen = []
    for closes in (True, False):
        connector = aiohttp.TCPConnector(local_addr=(here, 0), force_close=closes)
        async with aiohttp.ClientSession(connector=connector) as client:
            for data in (b"short", LONG[:900_000]):
                async with client.post(url, data=data) as response:
                    seen.append((response.status, await response.read()))
            async with client.get(url) as response:
                seen.append((response.status, await response.read()))
            async with client.get(url + "none") as response:
                seen.append((response.status, response.content_type))
    await runner.cleanup()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(here, 0))) as client:
        try:
            await client.get(url)
        except aiohttp.ClientConnectorError as error:
            seen.append(type(error.os_error).__name__)
    return seen


def tls(*, opener_is_client, version, key=KEY):
    profile = TlsProfile(versions=frozenset({version}))
    sides = TlsClient("alice", KEY, profile=profile), TlsServer({"alice": key}.get, profile=profile)
    opens, accepts = sides if opener_is_client else sides[::-1]

    async def over_tls(here, there):
        seen = []

        async def serve(stream):
            seen.append(("serves", stream.identity, stream.peer == here))
            data = bytearray()
            while piece := await stream.read():
                data += piece
                if len(data) >= len(LONG):
                    break
            await stream.write(bytes(data[::-1]))

        def failed(stream, error):
            seen.append(("accepting side", error.failure))

        async with await listen(serve, there, 0, accepts, failed=failed) as listener:
            try:
                stream = await connect(there, listener.port, opens, local_address=(here, 0))
            except EndpointError as error:
                seen.append(("opening side", error.failure))
            else:
                async with stream:
                    await stream.write(LONG)
                    data = bytearray()
                    while len(data) < len(LONG):
                        data += await stream.read()
                    seen.append((bytes(data) == LONG[::-1], stream.get_extra_info("tls_version")))
                    seen.append(await stream.read())
        return sorted(seen, key=str)

    return over_tls


async def tls_end_of_one_direction(here, there):
    profile = TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3}))

    async def serve(stream):
        data = bytearray()
        while piece := await stream.read():
            data += piece
        await stream.write(bytes(data).upper())

    server = TlsServer({"alice": KEY}.get, profile=profile)
    client = TlsClient("alice", KEY, profile=profile)
    async with (
        await listen(serve, there, 0, server) as listener,
        await connect(there, listener.port, client, local_address=(here, 0)) as stream,
    ):
        await stream.write(b"question")
        stream.write_end()
        return [await stream.read(), await stream.read()]


SCENARIOS = {
    each.__name__: each
    for each in (
        echo,
        half_close,
        end_that_is_answered_by_an_end,
        abort_drops_what_waits,
        reset_while_the_peer_reads,
        close_with_octets_that_nobody_read,
        writing_to_a_peer_that_has_closed,
        reset_before_octets_are_read,
        slow_reader,
        close_sends_what_waits,
        nobody_listens,
        address_in_use,
        close_with_a_connection_that_nobody_took,
        sockets_without_transports,
        http,
        tls_end_of_one_direction,
    )
} | {
    f"{version.name}, its {'client' if opener else 'server'} opens TCP, {kind} key": tls(
        opener_is_client=opener, version=version, key=key
    )
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    for opener in (True, False)
    for kind, key in (("right", KEY), ("wrong", bytes(16)))
}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_an_application_sees_the_same_on_both(run, scenario):
    network = VirtualNetwork()
    in_memory = network.run(scenario("192.0.2.1", "192.0.2.2"))
    assert network.left_open() == []
    assert run(scenario("127.0.0.2", "127.0.0.3")) == in_memory


def test_time_passes_when_nothing_else_happens():
    network = VirtualNetwork()

    async def main():
        before = asyncio.get_running_loop().time()
        await asyncio.gather(*(asyncio.sleep(seconds) for seconds in (86_400, 1, 3600)))
        return asyncio.get_running_loop().time() - before

    start = time.monotonic()
    assert network.now() == datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
    assert network.run(main()) == pytest.approx(86_400)
    assert network.now() == pytest.approx(datetime(2026, 12, 2, 12, tzinfo=UTC).timestamp())
    assert time.monotonic() - start < 5


def test_a_segment_takes_a_millisecond():
    network = VirtualNetwork()

    async def main():
        pair = await Pair().open("192.0.2.1", "192.0.2.2")
        before = network.now()
        pair.client.transport.write(b"question")
        while not pair.server.octets:
            await asyncio.sleep(0.0001)
        passed = network.now() - before
        await pair.close()
        return passed

    assert network.run(main()) == pytest.approx(0.001, abs=0.0002)


def test_a_hidden_host_opens_connections_and_nobody_reaches_it():
    network = VirtualNetwork(hidden=["192.0.2.9"])

    async def main():
        pair = await Pair().open("192.0.2.9", "192.0.2.2")
        pair.client.transport.write(b"from behind the NAT")
        await asyncio.sleep(0.01)
        events = await pair.close()
        async with await listen(Stream.wait_ended, "192.0.2.9", 5000) as listener:
            before = network.now()
            with pytest.raises(TcpFailed, match="it took too long"):
                await connect("192.0.2.9", listener.port, local_address=("192.0.2.2", 0))
            return events["octets"], network.now() - before

    assert network.run(main()) == (19, pytest.approx(10, abs=0.1))
    knocks = [one.time for one in network.segments if one.target == ("192.0.2.9", 5000)]
    assert [round(time - knocks[0]) for time in knocks] == [0, 1, 3, 7]
    assert network.left_open() == []


def test_nobody_waits_for_a_hidden_host_for_ever():
    network = VirtualNetwork(hidden=["192.0.2.9"])

    async def main():
        loop = asyncio.get_running_loop()
        await loop.create_connection(Seen, "192.0.2.9", 80, local_addr=("192.0.2.2", 0))

    with pytest.raises(OSError, match="Connect call failed") as failed:
        network.run(main())
    assert failed.value.errno == errno.ETIMEDOUT
    assert network.left_open() == []


def test_who_leaves_before_the_connection_is_there_resets_it():
    network = VirtualNetwork()

    async def main():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Seen, "192.0.2.2", 80)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.0005):
                await loop.create_connection(Seen, "192.0.2.2", 80, local_addr=("192.0.2.1", 0))
        await asyncio.sleep(0.05)
        server.close()

    network.run(main())
    assert [one.marks for one in network.segments] == [Mark.SYN, Mark.SYN | Mark.ACK, Mark.RST | Mark.ACK]
    assert network.left_open() == []


def test_what_cannot_happen_any_more_is_not_waited_for():
    network = VirtualNetwork()

    async def waits_for_nobody():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Standstill, match=r"Nothing is left .* There wait: .*waits_for_nobody"):
        network.run(waits_for_nobody())


def test_ipv6_is_as_good():
    network = VirtualNetwork()
    assert network.run(echo("2001:db8::1", "2001:db8::2")) == [True, True, True, b"ONE", b"TWO"]
    assert network.left_open() == []


def test_a_clock_that_stands_still_is_noticed(monkeypatch):
    monkeypatch.setattr("mpspec.flows.virtual_time.MOST_TURNS", 1000)

    async def turns_for_ever():
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Standstill, match="The clock stands still for 1000 turns"):
        VirtualNetwork().run(turns_for_ever())


def test_a_connection_says_where_it_comes_from():
    async def main():
        await asyncio.get_running_loop().create_connection(Seen, "192.0.2.2", 80)

    with pytest.raises(OSError, match="wants to know where it comes from"):
        VirtualNetwork().run(main())


def test_nobody_listens_at_every_address():
    async def main():
        await asyncio.get_running_loop().create_server(Seen, "::", 80)

    with pytest.raises(OSError, match="address"):
        VirtualNetwork().run(main())


def test_a_function_in_another_thread_is_called_at_once():
    async def main():
        with pytest.raises(ValueError, match="of no use"):
            await asyncio.to_thread(int, "of no use")
        return await asyncio.to_thread(threading.current_thread)

    assert VirtualNetwork().run(main()) is threading.current_thread()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_what_is_left_open_is_named():
    network = VirtualNetwork()

    async def main():
        return await Pair().open("192.0.2.1", "192.0.2.2")

    kept = network.run(main())
    assert network.left_open() == [
        "Left open: <VirtualSocket listening 192.0.2.2:49152>.",
        "Left open: <VirtualSocket connected 192.0.2.1:49153 to 192.0.2.2:49152>.",
        "Left open: <VirtualSocket connected 192.0.2.2:49152 to 192.0.2.1:49153>.",
    ]
    del kept
    gc.collect()


def test_the_machine_has_its_sockets_and_its_clock_back_after_the_run():
    async def main():
        await asyncio.sleep(3600)
        mine, yours = socket.socketpair()
        with mine, yours:
            mine.send(b"octets")
            return type(mine) is machine, yours.recv(10), time.time()

    machine, before = socket.socket, time.time()
    one_o_clock = datetime(2026, 12, 1, 13, tzinfo=UTC).timestamp()
    assert VirtualNetwork().run(main()) == (True, b"octets", pytest.approx(one_o_clock))
    assert socket.socket is machine
    assert before <= time.time() < before + 60


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200_000), st.booleans()), max_size=8))
def test_every_octet_has_its_sequence_number_and_is_acknowledged(writes):
    """Whatever is written and however slowly it is read: the segments hold it, in order, within window."""
    network = VirtualNetwork()

    async def main():
        pair = await Pair().open("192.0.2.1", "192.0.2.2", server_keeps_open=True, client_keeps_open=True)
        sides = pair.client.transport, pair.server.transport
        for from_client, size, slow in writes:
            sender, receiver = sides if from_client else sides[::-1]
            if slow:
                receiver.pause_reading()
            sender.write(LONG[:size])
            await asyncio.sleep(0.01)
            receiver.resume_reading()
        await asyncio.sleep(1)
        for side in sides:
            side.close()
        await asyncio.sleep(1)
        return await pair.close()

    network.run(main())
    for client in (True, False):
        sent = [one for one in network.segments if (one.source[0] == "192.0.2.1") is client]
        back = [one for one in network.segments if (one.source[0] == "192.0.2.1") is not client]
        wanted = b"".join(LONG[:size] for from_client, size, _ in writes if from_client is client)
        assert b"".join(one.octets for one in sent) == wanted
        place = sent[0].sequence
        for one in sent:
            assert one.sequence == place
            place += len(one.octets) + bool(one.marks & (Mark.SYN | Mark.FIN))
        assert back[-1].acknowledgement == place
        assert all(len(one.octets) <= 1460 for one in sent)
        for one in sent:
            heard = [other for other in back if other.time <= one.time and other.marks & Mark.ACK]
            if one.octets:
                assert one.sequence + len(one.octets) <= heard[-1].acknowledgement + heard[-1].window
