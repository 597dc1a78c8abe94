import asyncio
import socket

import pytest

from mediasec.endpoints import msrp_link
from mediasec.endpoints.msrp import MessageRefused, MsrpEndpoint, SessionEnded
from mediasec.endpoints.stream import TcpFailed, connect
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer
from mediasec.errors import LocalProtocolError
from mediasec.msrp.states import State
from mediasec.msrp.switch import Switch
from mediasec.msrp.terms import Terms

KEYS = {"alice": bytes(range(16)), "bob": bytes(range(16, 32)), "carol": bytes(range(32, 48))}


def client(name: str = "alice") -> TlsClient:
    return TlsClient(name, KEYS[name])


async def joined(alice: MsrpEndpoint, bob: MsrpEndpoint, *, security=(None, None), **terms):
    """Open a session from Alice to Bob; the terms beside are those of both sides."""
    of_alice, of_bob = security
    port = await bob.listen("127.0.0.1", 0, of_bob)
    secure = of_bob is not None
    near = alice.new_uri("alice.invalid", 9, secure=secure)
    far = bob.new_uri("127.0.0.1", port, secure=secure)
    theirs = bob.add(Terms(local=far, remote=(near,), active=False, **terms))
    own = alice.add(Terms(local=near, remote=(far,), active=True, **terms))
    await alice.connect(own, of_alice)
    await own.established()
    await theirs.established()
    return own, theirs


SECURITIES = {
    "plain": (None, None),
    "the opener is the TLS client": (client(), TlsServer(KEYS.get)),
    "the opener is the TLS server": (TlsServer(KEYS.get), client()),
}


@pytest.mark.parametrize("security", SECURITIES.values(), ids=SECURITIES)
def test_messages_go_both_ways(run, security):
    """Messages of any size go both ways and are reported, over TCP and TLS in either role."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            own, theirs = await joined(alice, bob, security=security)
            for body in (b"", b"Hi", bytes(range(256)) * 5000):
                sent = asyncio.create_task(own.send(body, "text/plain", success_report=True))
                message = await theirs.receive()
                assert message.body == body
                assert await sent == message.message_id
                await theirs.send(body, "text/plain")
                assert (await own.receive()).body == body

    run(main())


@pytest.mark.verifies("MSRP_010")
def test_uris_are_hard_to_guess():
    """The session-id of a URI has at least 80 bits, and no two are alike."""
    uris = [MsrpEndpoint().new_uri("192.0.2.1", 2855) for _ in range(1000)]
    assert len({uri.session_id for uri in uris}) == 1000
    assert all(len(bytes.fromhex(uri.session_id)) * 8 >= 80 for uri in uris)
    assert uris[0].scheme == "msrps"
    assert MsrpEndpoint().new_uri("192.0.2.1", 2855, secure=False).scheme == "msrp"


@pytest.mark.verifies("MSRP_023", "MSRP_037")
def test_identifiers_are_random(run):
    """Transaction IDs and Message-IDs have at least 64 bits, and no two are alike."""
    seen = []

    async def main():
        async with MsrpEndpoint(observe=lambda *told: seen.append(told)) as alice, MsrpEndpoint() as bob:
            own, _ = await joined(alice, bob)
            await asyncio.gather(*(own.send(b"Hi", "text/plain") for _ in range(100)))

    run(main())
    octets = b"".join(data for _, data, sent in seen if sent)
    transactions = {line.split(b" ")[1] for line in octets.split(b"\r\n") if line.endswith(b" SEND")}
    messages = {line.split(b" ")[1] for line in octets.split(b"\r\n") if line.startswith(b"Message-ID: ")}
    assert (len(transactions), len(messages)) == (101, 101)
    assert all(len(bytes.fromhex(name.decode())) * 8 >= 64 for name in transactions | messages)


@pytest.mark.verifies("MSRP_012")
def test_every_address_of_a_name_is_tried(run, monkeypatch):
    """The second address of a name is tried where the first one refuses, at the port of the URI."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0)
            asked = []

            async def lookup(host, port, **_):
                asked.append((host, port))
                kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
                return [(*kind, ("127.0.0.2", port)), (*kind, ("127.0.0.1", port))]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
            near, far = (
                alice.new_uri("alice.invalid", 9, secure=False),
                bob.new_uri("bob.invalid", port, secure=False),
            )
            bob.add(Terms(local=far, remote=(near,), active=False))
            own = alice.add(Terms(local=near, remote=(far,), active=True))
            await alice.connect(own)
            await own.established()
            assert ("bob.invalid", port) in asked

    run(main())


@pytest.mark.verifies("MSRP_012", "MSRP_080")
def test_no_address_that_works(run):
    """Where no connection comes about, the session has failed and says so."""

    async def main():
        async with MsrpEndpoint() as alice:
            near, far = (alice.new_uri("127.0.0.1", 1, secure=False) for _ in range(2))
            own = alice.add(Terms(local=near, remote=(far,), active=True))
            with pytest.raises(TcpFailed):
                await alice.connect(own)
            assert own.state is State.FAILED
            with pytest.raises(SessionEnded):
                await own.established()
            assert len(alice.directory) == 0

    run(main())


@pytest.mark.verifies("MSRP_011")
def test_msrps_without_tls_opens_nothing(run):
    """A session of msrps opens no connection without TLS."""

    async def main():
        async with MsrpEndpoint() as alice:
            near, far = (alice.new_uri("127.0.0.1", 1) for _ in range(2))
            own = alice.add(Terms(local=near, remote=(far,), active=True))
            with pytest.raises(LocalProtocolError, match="MSRP_011"):
                await alice.connect(own)
            own.close()

    run(main())


def test_a_wrong_key_fails_the_session(run):
    """Where the TLS handshake fails, both sides hear of it, and the session of the active side has failed."""

    async def main():
        failures = []
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            port = await bob.listen(
                "127.0.0.1", 0, TlsServer(KEYS.get), failed=lambda _, error: failures.append(error.failure)
            )
            near, far = alice.new_uri("alice.invalid", 9), bob.new_uri("127.0.0.1", port)
            theirs = bob.add(Terms(local=far, remote=(near,), active=False))
            own = alice.add(Terms(local=near, remote=(far,), active=True))
            with pytest.raises(TlsFailed):
                await alice.connect(own, TlsClient("alice", b"x" * 16))
            assert own.state is State.FAILED
            assert theirs.state is State.UNBOUND
        assert len(failures) == 1

    run(main())


@pytest.mark.verifies("MSRP_084")
def test_a_session_belongs_to_its_key(run):
    """A session cannot be bound by a connection with another one's key, though the URI be known."""

    async def main():
        async with MsrpEndpoint() as mallory, MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0, TlsServer(KEYS.get))
            near, far = mallory.new_uri("alice.invalid", 9), bob.new_uri("127.0.0.1", port)
            theirs = bob.add(Terms(local=far, remote=(near,), active=False, psk_identity="alice"))
            stolen = mallory.add(Terms(local=near, remote=(far,), active=True))
            await mallory.connect(stolen, client("carol"))
            with pytest.raises(SessionEnded) as caught:
                await stolen.established()
            assert caught.value.code == 481
            assert theirs.state is State.UNBOUND

    run(main())


@pytest.mark.verifies("MSRP_081")
def test_a_connection_is_used_again(run):
    """A second session along the same route uses the same connection; one with another key does not."""

    async def main():
        ports = set()
        async with (
            MsrpEndpoint() as bob,
            MsrpEndpoint(observe=lambda stream, *_: ports.add(stream.get_extra_info("sockname"))) as alice,
        ):
            port = await bob.listen("127.0.0.1", 0, TlsServer(KEYS.get))
            sessions = []
            for name in ("alice", "alice", "carol"):
                near, far = alice.new_uri("alice.invalid", 9), bob.new_uri("127.0.0.1", port)
                bob.add(Terms(local=far, remote=(near,), active=False, psk_identity=name))
                own = alice.add(Terms(local=near, remote=(far,), active=True))
                await alice.connect(own, client(name))
                await own.established()
                sessions.append(own)
            assert len(ports) == 2
            await asyncio.gather(*(session.send(b"x" * 100_000, "text/plain") for session in sessions))

    run(main())


@pytest.mark.verifies("MSRP_082")
def test_a_connection_lasts_as_long_as_its_sessions(run):
    """A connection stays while one of two sessions uses it, and is closed after the second one."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            first, _ = await joined(alice, bob)
            port = first.terms.remote[0].port
            near, far = (
                alice.new_uri("alice.invalid", 9, secure=False),
                bob.new_uri("127.0.0.1", port, secure=False),
            )
            theirs = bob.add(Terms(local=far, remote=(near,), active=False))
            second = alice.add(Terms(local=near, remote=(far,), active=True))
            await alice.connect(second)
            await second.established()
            first.close()
            await asyncio.sleep(0.05)
            await second.send(b"Still here", "text/plain")
            assert (await theirs.receive()).body == b"Still here"
            second.close()
            with pytest.raises(SessionEnded):
                await theirs.receive()
            assert theirs.state is State.FAILED

    run(main())


@pytest.mark.verifies("MSRP_082")
def test_a_connection_without_a_session_is_closed(run, monkeypatch):
    """A connection on which no session comes is closed after a while."""
    monkeypatch.setattr(msrp_link, "UNBOUND_SECONDS", 0.05)

    async def main():
        async with MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0)
            stream = await connect("127.0.0.1", port)
            assert await stream.read() == b""
            await stream.close()

    run(main())


def test_a_stream_that_is_open_already(run):
    """A session can use a stream that its node opened, and on which it started TLS later."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0, TlsServer(KEYS.get))
            near, far = alice.new_uri("alice.invalid", 9), bob.new_uri("127.0.0.1", port)
            theirs = bob.add(Terms(local=far, remote=(near,), active=False))
            own = alice.add(Terms(local=near, remote=(far,), active=True))
            stream = await connect("127.0.0.1", port)
            await stream.start_tls(client())
            alice.carry(own, stream)
            await own.send(b"Hi", "text/plain")
            assert (await theirs.receive()).body == b"Hi"

    run(main())


def test_a_stream_without_tls_is_not_used_for_msrps(run):
    """A session of msrps is not carried by a stream without TLS, which is closed."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            port = await bob.listen("127.0.0.1", 0)
            near, far = (alice.new_uri("127.0.0.1", port) for _ in range(2))
            own = alice.add(Terms(local=near, remote=(far,), active=True))
            stream = await connect("127.0.0.1", port)
            with pytest.raises(LocalProtocolError, match="MSRP_011"):
                alice.carry(own, stream)
            await stream.wait_ended()

    run(main())


def test_a_refused_message(run):
    """A message that the other side does not want is refused, with the code that it gave."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            own, _ = await joined(alice, bob, max_octets=1000)
            with pytest.raises(MessageRefused) as caught:
                await own.send(b"x" * 1_000_000, "text/plain")
            assert caught.value.code == 413

    run(main())


def test_messages_until_the_session_is_over(run):
    """Iteration over a session gives its messages in order, and ends with it."""

    async def main():
        async with MsrpEndpoint() as alice, MsrpEndpoint() as bob:
            own, theirs = await joined(alice, bob)
            for number in range(100):
                own.post(b"%d" % number, "text/plain")
            await own.send(b"last", "text/plain")
            own.close()
            received = [message.body async for message in theirs]
            assert received == [*(b"%d" % number for number in range(100)), b"last"]

    run(main())


@pytest.mark.verifies("MSRP_089", "MSRP_090")
def test_a_conference(run):
    """In a conference over TLS each message comes to all others in order, and is reported end to end."""

    async def main():
        switch = Switch()
        names = list(KEYS)
        async with MsrpEndpoint() as mrfp, MsrpEndpoint() as ues:
            port = await mrfp.listen("127.0.0.1", 0, TlsServer(KEYS.get))
            sessions = {}
            for name in names:
                near, far = ues.new_uri(f"{name}.invalid", 9), mrfp.new_uri("127.0.0.1", port)
                leg = mrfp.add(
                    Terms(local=far, remote=(near,), active=False, psk_identity=name), on_event=switch.take
                )
                switch.join(leg.core)
                sessions[name] = ues.add(Terms(local=near, remote=(far,), active=True))
                await ues.connect(sessions[name], client(name))
                await sessions[name].established()

            async def listen(name):
                return [(await sessions[name].receive()).body for _ in range(2 * 20)]

            async def talk(name):
                for number in range(20):
                    body = f"{name} {number} ".encode() * 1000
                    await sessions[name].send(body, "text/plain", success_report=True)

            heard, *_ = await asyncio.gather(
                asyncio.gather(*map(listen, names)), *(talk(name) for name in names)
            )
            for name, bodies in zip(names, heard, strict=True):
                for other in names:
                    said = [body.split(b" ", 2)[1] for body in bodies if body.startswith(other.encode())]
                    assert said == ([] if other == name else [b"%d" % number for number in range(20)])

    run(main())
