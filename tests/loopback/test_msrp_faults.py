"""MSRP endpoints whose peer stops, dawdles, does not read, or breaks off: nothing hangs, nothing is left."""

import asyncio
import contextlib
import resource
import socket

import pytest

from mediasec.endpoints import msrp_link, msrp_session
from mediasec.endpoints.listener import Limits
from mediasec.endpoints.msrp import MessageRefused, MsrpEndpoint, SessionEnded
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError
from mediasec.msrp import State, Switch, Terms, Uri

KEY = bytes(range(16))
NEAR = Uri.parse("msrp://raw.invalid:9/raw;tcp")


def send(
    to: Uri, body: bytes, *, number: int = 0, lines: tuple[str, ...] = (), method: str = "SEND"
) -> bytes:
    """Write a request as a peer would that has no code of ours."""
    head = [
        f"MSRP raw{number:05} {method}",
        f"To-Path: {to.serialize()}",
        f"From-Path: {NEAR.serialize()}",
        f"Message-ID: message{number:05}",
        *lines,
        "Content-Type: text/plain",
        "",
        "",
    ]
    return "\r\n".join(head).encode() + body + f"\r\n-------raw{number:05}$\r\n".encode()


class Raw:
    """A peer of plain octets that has bound a session of an endpoint."""

    async def open(self, endpoint: MsrpEndpoint) -> "Raw":
        """Connect, and send a first message that the session receives."""
        port = await endpoint.listen("127.0.0.1", 0)
        self.uri = endpoint.new_uri("127.0.0.1", port, secure=False)
        self.session = endpoint.add(Terms(local=self.uri, remote=(NEAR,), active=False))
        self.stream = await connect("127.0.0.1", port)
        await self.stream.write(send(self.uri, b"first"))
        assert (await self.session.receive()).body == b"first"
        await self.read_until(b"-------raw00000$\r\n")
        return self

    async def read_until(self, end: bytes) -> bytes:
        """Read until the octets end as they are to end."""
        octets = b""
        while not octets.endswith(end):
            data = await self.stream.read()
            assert data, octets
            octets += data
        return octets


def test_one_octet_at_a_time(run):
    """A peer that sends one octet at a time is understood as any other."""

    async def main():
        async with MsrpEndpoint() as endpoint:
            raw = await Raw().open(endpoint)
            for octet in send(raw.uri, b"slow\r\n-------", number=1):
                await raw.stream.write(bytes([octet]))
                await asyncio.sleep(0)
            assert (await raw.session.receive()).body == b"slow\r\n-------"
            answer = await raw.read_until(b"-------raw00001$\r\n")
            assert answer.startswith(b"MSRP raw00001 200\r\n")
            await raw.stream.close()

    run(main())


@pytest.mark.verifies("MSRP_080")
@pytest.mark.parametrize("how", ["close", "abort"])
@pytest.mark.parametrize("part", [b"MSRP raw0", None])
def test_a_peer_that_stops_in_mid_chunk(run, how, part):
    """A connection that ends in the middle of a chunk fails its session, and no octet of it is kept."""

    async def main():
        async with MsrpEndpoint() as endpoint:
            raw = await Raw().open(endpoint)
            chunk = send(raw.uri, b"x" * 100_000, number=1, lines=("Byte-Range: 1-*/*",))
            await raw.stream.write(part if part is not None else chunk[:50_000])
            while part is None and not endpoint.directory.held_octets:
                await asyncio.sleep(0.01)
            await (raw.stream.close() if how == "close" else raw.stream.abort())
            with pytest.raises(SessionEnded) as caught:
                await raw.session.receive()
            assert (caught.value.code, raw.session.state) == (None, State.FAILED)
            assert (endpoint.directory.held_octets, len(endpoint.directory)) == (0, 0)

    run(main())


def test_a_peer_that_falls_silent_in_mid_chunk(run):
    """A peer that says nothing more in the middle of a chunk holds up neither other sessions nor the end."""

    async def main():
        async with MsrpEndpoint() as endpoint, MsrpEndpoint() as other:
            raw = await Raw().open(endpoint)
            await raw.stream.write(send(raw.uri, b"x" * 50_000, number=1)[:40_000])
            near, far = (other.new_uri("127.0.0.1", raw.uri.port, secure=False) for _ in range(2))
            theirs = endpoint.add(Terms(local=far, remote=(near,), active=False))
            own = other.add(Terms(local=near, remote=(far,), active=True))
            await other.connect(own)
            await own.send(b"meanwhile", "text/plain", success_report=False)
            assert (await theirs.receive()).body == b"meanwhile"
            await raw.stream.abort()

    run(main())


def test_a_peer_that_never_reads(run, monkeypatch):
    """A peer that reads nothing is dropped after a while, and whoever sent to it hears of it."""
    monkeypatch.setattr(msrp_link, "STALL_SECONDS", 0.2)

    async def main():
        async with MsrpEndpoint() as endpoint:
            raw = await Raw().open(endpoint)
            raw.stream._transport.pause_reading()
            with pytest.raises(MessageRefused) as caught:
                await raw.session.send(b"x" * 30_000_000, "text/plain")
            assert (caught.value.code, raw.session.state) == (None, State.FAILED)
            await raw.stream.abort()

    run(main())


def test_a_peer_that_asks_and_never_reads(run, monkeypatch):
    """A peer that sends requests without end and reads no answer is held back, and then dropped."""
    monkeypatch.setattr(msrp_link, "STALL_SECONDS", 0.2)
    most = []

    async def main():
        async with MsrpEndpoint() as endpoint:
            raw = await Raw().open(endpoint)
            raw.stream._transport.pause_reading()
            carrier = raw.session.core.carrier
            request = b"".join(
                send(raw.uri, b"", number=number, method="NICKNAME") for number in range(1, 201)
            )
            (link,) = endpoint._links.values()
            for stream, option in ((raw.stream, socket.SO_RCVBUF), (link._stream, socket.SO_SNDBUF)):
                stream.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, option, 4096)
            while raw.session.state is State.ESTABLISHED:
                if not raw.stream._transport.get_write_buffer_size():
                    raw.stream._transport.write(request)
                await asyncio.sleep(0.001)
                most.append(carrier.outbox.waiting_control)
            await raw.stream.abort()

    run(main())
    # What one read brings may come on top of the limit.
    assert max(most) < msrp_link.MAX_WAITING_ANSWERS + 2000


def test_a_user_who_does_not_receive(run, monkeypatch):
    """A peer whose messages the user does not take is held back, and nothing is lost once the user does."""
    monkeypatch.setattr(msrp_session, "MAX_INBOX_MESSAGES", 10)

    async def main():
        async with MsrpEndpoint() as endpoint:
            raw = await Raw().open(endpoint)
            count = 3_000
            writing = asyncio.create_task(
                raw.stream.write(
                    b"".join(
                        send(raw.uri, b"x" * 500, number=number, lines=("Failure-Report: no",))
                        for number in range(1, count + 1)
                    )
                )
            )
            await asyncio.sleep(0.3)
            waiting = len(raw.session._inbox)
            assert 10 < waiting < count / 2
            names = [(await raw.session.receive()).message_id for _ in range(count)]
            assert names == [f"message{number:05}" for number in range(1, count + 1)]
            await writing
            await raw.stream.close()

    run(main())


@pytest.mark.parametrize("octets", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00" * 3000, b"\r\n"])
def test_what_is_no_msrp_ends_the_connection(run, octets):
    """A peer that does not speak MSRP is disconnected."""

    async def main():
        async with MsrpEndpoint() as endpoint:
            port = await endpoint.listen("127.0.0.1", 0)
            stream = await connect("127.0.0.1", port)
            await stream.write(octets)
            assert await stream.read() == b""
            await stream.close()

    run(main())


def test_flipped_octets(run):
    """Octets that were changed on the way end in an answer or the end of the connection, never in a hang."""

    async def main():
        async with MsrpEndpoint() as endpoint:
            port = await endpoint.listen("127.0.0.1", 0)
            for at in range(0, 180, 3):
                uri = endpoint.new_uri("127.0.0.1", port, secure=False)
                session = endpoint.add(Terms(local=uri, remote=(NEAR,), active=False))
                octets = bytearray(send(uri, b"Hi", lines=("Byte-Range: 1-2/2",)))
                octets[at] ^= 0x15
                stream = await connect("127.0.0.1", port)
                await stream.write(bytes(octets))
                stream.write_end()
                async with asyncio.timeout(5):
                    while await stream.read():
                        pass
                await stream.close()
                session.close()

    run(main())


@pytest.mark.verifies("MSRP_083")
def test_sent_again_after_the_connection_was_lost(run):
    """A message that was under way when the connection broke can be sent again under its name, once."""

    async def main():
        keys = {"alice": KEY}
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0, TlsServer(keys.get))

            async def session():
                near, far = alice.new_uri("alice.invalid", 9), bob.new_uri("127.0.0.1", port)
                theirs = bob.add(Terms(local=far, remote=(near,), active=False))
                own = alice.add(Terms(local=near, remote=(far,), active=True))
                await alice.connect(own, TlsClient("alice", KEY))
                await own.established()
                return own, theirs

            own, theirs = await session()
            done = await own.send(b"arrived", "text/plain")
            name = own.post(b"x" * 50_000_000, "application/octet-stream")
            await asyncio.sleep(0.05)
            next(iter(bob._links.values()))._stream.drop()
            assert [message.body async for message in theirs] == [b"arrived"]
            with pytest.raises(SessionEnded):
                await own.receive()
            own, theirs = await session()
            await own.send(b"arrived", "text/plain", message_id=done)
            await own.send(b"after all", "text/plain", message_id=name)
            again, late = await theirs.receive(), await theirs.receive()
            assert (again.message_id, again.duplicate) == (done, True)
            assert (late.message_id, late.duplicate) == (name, False)

    run(main())


def test_one_slow_participant_holds_nobody_up(run):
    """In a conference a participant who does not read delays no message between the others."""

    async def main():
        switch = Switch()
        async with MsrpEndpoint() as mrfp, MsrpEndpoint() as ues:
            port = await mrfp.listen("127.0.0.1", 0)
            sessions = []
            for _ in range(2):
                near, far = (ues.new_uri("127.0.0.1", port, secure=False) for _ in range(2))
                leg = mrfp.add(Terms(local=far, remote=(near,), active=False), on_event=switch.take)
                switch.join(leg.core)
                sessions.append(ues.add(Terms(local=near, remote=(far,), active=True)))
                await ues.connect(sessions[-1])
                await sessions[-1].established()
            uri = mrfp.new_uri("127.0.0.1", port, secure=False)
            switch.join(mrfp.add(Terms(local=uri, remote=(NEAR,), active=False), on_event=switch.take).core)
            slow = await connect("127.0.0.1", port)
            await slow.write(send(uri, b"I do not read"))
            slow._transport.pause_reading()
            assert (await sessions[1].receive()).body == b"I do not read"
            for _ in range(30):
                await sessions[0].send(b"x" * 1_000_000, "application/octet-stream")
                assert len((await sessions[1].receive()).body) == 1_000_000
            await slow.abort()

    run(main())


def test_many_sessions_one_after_the_other(run):
    """Sessions that come and go leave no session, connection or memory behind."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0)

            async def one():
                near, far = (alice.new_uri("127.0.0.1", port, secure=False) for _ in range(2))
                theirs = bob.add(Terms(local=far, remote=(near,), active=False))
                own = alice.add(Terms(local=near, remote=(far,), active=True))
                await alice.connect(own)
                await own.send(b"x" * 20_000, "text/plain")
                assert len((await theirs.receive()).body) == 20_000
                own.close()
                with pytest.raises(SessionEnded):
                    await theirs.receive()

            for _ in range(50):
                await one()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for _ in range(150):
                await one()
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            assert grown < 8 * 1024
            for endpoint in (alice, bob):
                assert (len(endpoint.directory), endpoint.directory.held_octets) == (0, 0)
                assert not endpoint._sessions

    run(main())


def test_a_user_whose_code_fails(run):
    """Where the code that takes events fails, the connection ends, and the loop hears why."""

    async def main():
        heard = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: heard.append(context["exception"])
        )

        def fail(event):
            raise ZeroDivisionError

        async with MsrpEndpoint() as endpoint:
            port = await endpoint.listen("127.0.0.1", 0)
            uri = endpoint.new_uri("127.0.0.1", port, secure=False)
            session = endpoint.add(Terms(local=uri, remote=(NEAR,), active=False), on_event=fail)
            stream = await connect("127.0.0.1", port)
            await stream.write(send(uri, b"Hi"))
            with contextlib.suppress(EndpointError):
                while await stream.read():
                    pass
            await stream.abort()
            assert session.core.over
            assert not endpoint._links
        assert [type(error) for error in heard] == [ZeroDivisionError]

    run(main())


@pytest.mark.verifies("MSRP_081", "MSRP_084")
def test_a_hundred_sessions_at_once(run):
    """A hundred sessions over TLS, each with a key of its own, get every message once and in order."""

    async def main():
        keys = {f"user{number}": bytes([number]) * 16 for number in range(100)}
        async with MsrpEndpoint() as ues, MsrpEndpoint() as mrfp:
            limits = Limits(for_each_address=len(keys))
            port = await mrfp.listen("127.0.0.1", 0, TlsServer(keys.get), limits=limits)

            async def talk(name):
                near, far = ues.new_uri(f"{name}.invalid", 9), mrfp.new_uri("127.0.0.1", port)
                theirs = mrfp.add(Terms(local=far, remote=(near,), active=False, psk_identity=name))
                own = ues.add(Terms(local=near, remote=(far,), active=True))
                await ues.connect(own, TlsClient(name, keys[name]))
                for number in range(10):
                    own.post(f"{name} {number} ".encode() * 300, "text/plain")
                for number in range(10):
                    assert (await theirs.receive()).body.startswith(f"{name} {number} ".encode())
                await own.send(b"last", "text/plain")
                assert (await theirs.receive()).body == b"last"

            await asyncio.gather(*map(talk, keys))
            assert len(mrfp.directory) == 100

    run(main())


@pytest.mark.verifies("MSRP_082")
def test_a_session_that_is_refused_lets_its_connection_go(run):
    """A connection ends as soon as the response comes that ends its last session, not when a timer does."""

    async def main():
        ended = asyncio.Event()

        async def refuse(reader, writer):
            transaction = (await reader.readuntil(b"$\r\n")).split()[1]
            head = b"MSRP %s 481\r\nTo-Path: %s\r\n" % (transaction, near.serialize().encode())
            end = b"From-Path: %s\r\n-------%s$\r\n" % (far.serialize().encode(), transaction)
            writer.write(head + end)
            await reader.read()
            ended.set()
            writer.close()

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with server, MsrpEndpoint() as endpoint:
            near = endpoint.new_uri("near.invalid", 9, secure=False)
            far = endpoint.new_uri("127.0.0.1", server.sockets[0].getsockname()[1], secure=False)
            session = endpoint.add(Terms(local=near, remote=(far,), active=True))
            await endpoint.connect(session)
            with pytest.raises(SessionEnded):
                await session.established()
            async with asyncio.timeout(5):
                await ended.wait()

    run(main())
