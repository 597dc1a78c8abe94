"""`mpspec peer`: what it does with the other side, tells of it, and ends with."""

import asyncio
import base64
import contextlib
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_bytes

import pytest

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.values import FloorId
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError, LocalProtocolError
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import TicketFlag
from mediasec.msrp.uri import Uri
from mediasec.procedures.ticket_credentials import KmsAssociation
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.procedures.ticket_kms import Kms
from mediasec.procedures.ticket_subscribers import Subscriber, SubscriberDirectory
from mediasec.procedures.ticket_terms import FORKING_FLAGS, PreSharedKey, TicketSettings, uri_identity
from mpspec.cli import main
from mpspec.model import CannotRun
from mpspec.protocol import peer_bfcp, peer_msrp
from mpspec.protocol.peer import Log, Plan
from mpspec.protocol.peer_ticket import take_ticket

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
KEYED = ("--psk-identity", "alice", "--psk", KEY.hex())
CLIENT, SERVER = TlsClient("alice", KEY), TlsServer({"alice": KEY}.get)
SETTINGS = {"conference": 7, "users": (5,), "floors": (543,), "identity": "alice"}


@contextlib.asynccontextmanager
async def listening(run, hearing, security):
    """Run a peer that listens; yield its port and what it tells, and stop it at the end."""
    told = []
    log = Log(lambda line: told.append(json.loads(line)), as_json=True, hearing=hearing)
    plan = Plan(host="127.0.0.1", port=0, listens=True, security=security)
    task = asyncio.create_task(run(plan, log))
    try:
        async with asyncio.timeout(20):
            while not told:
                await asyncio.sleep(0.005)
            yield told[0]["port"], told, log
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def floor_control_server(plan, log):
    """A floor control server."""
    return peer_bfcp.run(plan, log, peer_bfcp.Settings(serves=True, **SETTINGS))


async def until(told, event, count=1):
    """Wait until an event was told a number of times."""
    while sum(one["event"] == event for one in told) < count:
        await asyncio.sleep(0.005)


def messages(told):
    """Return direction and name of each message."""
    return [(one["direction"], one["name"]) for one in told if one["event"] == "message"]


def message_of(primitive, *attributes, conference=7, user=5):
    return Message(
        primitive=primitive, conference_id=conference, transaction_id=1, user_id=user, attributes=attributes
    )


def test_a_floor_control_server_answers_and_tells(monkeypatch):
    """The server answers a client, and tells of each message with the rule that it keeps."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        async with listening(floor_control_server, peer_bfcp.hearing, SERVER) as (port, told, log):
            async with await connect("127.0.0.1", port, CLIENT) as stream:
                request = message_of(Primitive.FLOOR_REQUEST, FloorId(value=543))
                await stream.write(request.serialize())
                response = Message.parse(await stream.read())
            await until(told, "closed")
            return response, told, log.broken

    response, told, broken = asyncio.run(talk())
    assert response.primitive is Primitive.FLOOR_REQUEST_STATUS
    assert messages(told) == [("received", "FloorRequest"), ("sent", "FloorRequestStatus")]
    assert [one["keeps"] for one in told if one["event"] == "message"] == ["BFCP_019", "BFCP_021"]
    assert told[1] | {"time": "", "peer": ""} == {
        "time": "",
        "event": "connected",
        "peer": "",
        "tls": "TLSv1.2",
        "suite": "ECDHE-PSK-CHACHA20-POLY1305",
        "identity": "alice",
    }
    assert not broken


def test_a_broken_rule_is_told_and_kept_in_mind(monkeypatch):
    """A message that breaks a rule is told with it, and one that is cut off too."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        async with listening(floor_control_server, peer_bfcp.hearing, SERVER) as (port, told, log):
            async with await connect("127.0.0.1", port, CLIENT) as stream:
                octets = message_of(Primitive.HELLO).serialize()
                await stream.write(octets[:8] + b"\0\0" + octets[10:] + octets[:5])
                await stream.read()
            await until(told, "closed")
            return told, log.broken

    told, broken = asyncio.run(talk())
    found = [
        [one["requirement"] for one in each["breaks"]] for each in told if each.get("direction") == "received"
    ]
    assert found == [["BFCP_037"], ["BFCP_004"]]
    assert broken


def test_in_the_clear_a_client_is_told_to_use_tls(monkeypatch):
    """Without TLS the floor control server answers error 9, Use TLS."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        async with listening(floor_control_server, peer_bfcp.hearing, None) as (port, told, _):
            async with await connect("127.0.0.1", port) as stream:
                await stream.write(message_of(Primitive.HELLO).serialize())
                await until(told, "message", 2)
            return told

    told = asyncio.run(talk())
    assert [one.get("error") for one in told if one["event"] == "message"] == [None, 9]


def test_a_failed_handshake_is_told_with_its_reason(monkeypatch):
    """A listener tells of a handshake that failed, by whom and why."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        async with listening(floor_control_server, peer_bfcp.hearing, SERVER) as (port, told, log):
            with contextlib.suppress(Exception):
                await connect("127.0.0.1", port, TlsClient("bob", KEY))
            await until(told, "tls failed")
            return told[-1], log.broken

    told, broken = asyncio.run(talk())
    assert (told["reason"], told["identity"]) == ("unknown identity", "bob")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", told["peer"])
    assert broken


@pytest.mark.parametrize(
    ("message", "error", "rule"),
    [
        (message_of(Primitive.HELLO, user=6), 2, "BFCP_054"),
        (message_of(Primitive.HELLO, conference=8), 1, "BFCP_053"),
        (message_of(Primitive.FLOOR_REQUEST, FloorId(value=9)), 6, "BFCP_055"),
    ],
)
def test_a_refusal_is_told_with_its_rule_and_kept_in_mind(monkeypatch, message, error, rule):
    """A client that is refused what it asks for did not pass, and the log says by which rule."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        async with listening(floor_control_server, peer_bfcp.hearing, SERVER) as (port, told, log):
            async with await connect("127.0.0.1", port, CLIENT) as stream:
                await stream.write(message.serialize())
                await until(told, "message", 2)
            return told, log.broken

    told, broken = asyncio.run(talk())
    assert [(one["error"], one["keeps"]) for one in told if one.get("name") == "Error"] == [(error, rule)]
    assert broken


def test_why_a_connection_is_closed_is_told(monkeypatch):
    """A floor control server that closes a connection says why."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        async with listening(floor_control_server, peer_bfcp.hearing, SERVER) as (port, told, _):
            async with await connect("127.0.0.1", port, CLIENT) as stream:
                await stream.write(b"\xe0" + message_of(Primitive.HELLO).serialize()[1:])
                await until(told, "closing")
            return told

    (closing,) = [one for one in asyncio.run(talk()) if one["event"] == "closing"]
    assert closing["why"] == "Over TCP the version is 1."


@contextlib.asynccontextmanager
async def hand_made(serve):
    """Serve plain TCP as a function does; yield the port."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def cut_off(reader, writer):
    """Read once, and end the connection."""
    await reader.read(100)
    writer.transport.abort()


async def answer_in_part(reader, writer):
    """Answer a Hello without the attributes that are supported."""
    await reader.read(100)
    writer.write(bytes.fromhex("200c0001 00000007 0001 0005 16030b00"))
    await reader.read(100)
    writer.close()


async def ask_back(reader, writer):
    """Answer a request by a request."""
    await reader.read(100)
    writer.write(message_of(Primitive.HELLO).serialize())
    await reader.read(100)
    writer.close()


@pytest.mark.parametrize(
    ("serve", "events", "why"),
    [
        (cut_off, [("broken", "BFCP_067")], "Hello 1 was not answered."),
        (ask_back, [("closing", ""), ("broken", "BFCP_067")], "Hello 1 got no valid answer."),
        (answer_in_part, [("closing", ""), ("broken", "BFCP_067")], "Hello 1 got no valid answer."),
    ],
)
def test_a_server_that_does_not_answer_is_told(monkeypatch, serve, events, why):
    """A request without a response, or with one that does not count, breaks the rule that asks for one."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("hello\n"))

    async def talk():
        told = []
        log = Log(lambda line: told.append(json.loads(line)), as_json=True, hearing=peer_bfcp.hearing)
        async with hand_made(serve) as port:
            plan = Plan(host="127.0.0.1", port=port, listens=False, security=None)
            await peer_bfcp.run(plan, log, peer_bfcp.Settings(serves=False, **SETTINGS))
        return told, log.broken

    told, broken = asyncio.run(talk())
    names = ("error", "closing", "broken")
    assert [(one["event"], one.get("breaks", "")) for one in told if one["event"] in names] == events
    assert [one["why"] for one in told if one["event"] == "broken"] == [why]
    assert broken


@pytest.mark.parametrize("lines", ["", "hello\n"])
def test_msrp_a_side_that_goes_without_an_answer_is_told(monkeypatch, lines):
    """The active side sends at once; where the other side ends the connection instead, that is told."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))

    async def talk():
        told = []
        log = Log(lambda line: told.append(json.loads(line)), as_json=True, hearing=peer_msrp.hearing)
        async with hand_made(cut_off) as port:
            plan = Plan(host="127.0.0.1", port=port, listens=False, security=None)
            await peer_msrp.run(plan, log, None, Uri.parse(f"msrp://127.0.0.1:{port}/s;tcp"))
        return told, log.broken

    told, broken = asyncio.run(talk())
    assert [one["breaks"] for one in told if one["event"] == "broken"] == ["MSRP_055"]
    assert broken


def test_msrp_a_line_after_the_end_of_the_session_is_nobodys_fault(monkeypatch):
    """The other side may end its session at any time; a line that comes then breaks no rule."""
    reading, writing = os.pipe()

    def run(plan, log):
        return peer_msrp.run(plan, log, None, None)

    async def talk():
        async with listening(run, peer_msrp.hearing, None) as (port, told, log):
            await until(told, "path")
            near = f"msrp://127.0.0.1:{port + 1 if port < 65535 else 9}/near;tcp"
            async with await connect("127.0.0.1", port) as stream:
                await stream.write(
                    f"MSRP a786hjs2 SEND\r\nTo-Path: {told[1]['path']}\r\nFrom-Path: {near}\r\n"
                    "Message-ID: 87652491\r\n-------a786hjs2$\r\n".encode()
                )
                await until(told, "message", 2)
            await until(told, "closed")
            os.write(writing, b"too late\n")
            await until(told, "error")
            return told, log.broken

    with os.fdopen(reading) as stdin, os.fdopen(writing, "wb"):
        monkeypatch.setattr(sys, "stdin", stdin)
        told, broken = asyncio.run(talk())
        assert [one["why"] for one in told if one["event"] == "error"] == ["The session is over."]
        assert not broken


def test_msrp_a_side_that_opens_and_says_nothing_is_told(monkeypatch):
    """Who opens the connection sends at once; a connection that ends without a request breaks that rule."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def run(plan, log):
        return peer_msrp.run(plan, log, None, None)

    async def talk():
        async with listening(run, peer_msrp.hearing, SERVER) as (port, told, log):
            await (await connect("127.0.0.1", port, CLIENT)).close()
            await until(told, "broken")
            return told, log.broken

    told, broken = asyncio.run(talk())
    assert [one["breaks"] for one in told if one["event"] == "broken"] == ["MSRP_078"]
    assert broken


def test_msrps_without_tls_is_refused(monkeypatch):
    """A path of msrps cannot be reached in the clear, and the peer says so."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    async def talk():
        log = Log(lambda line: None, as_json=True, hearing=peer_msrp.hearing)
        async with hand_made(cut_off) as port:
            plan = Plan(host="127.0.0.1", port=port, listens=False, security=None)
            await peer_msrp.run(plan, log, None, Uri.parse(f"msrps://127.0.0.1:{port}/s1;tcp"))

    with pytest.raises(LocalProtocolError, match="does without TLS"):
        asyncio.run(talk())


def test_a_log_that_cannot_be_written_ends_the_peer(monkeypatch):
    """Where nobody reads the log any more, the peer stops, and says why when it ends."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    told = []

    def write(line):
        if told:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        told.append(json.loads(line))

    async def talk():
        log = Log(write, as_json=True, hearing=peer_bfcp.hearing)
        plan = Plan(host="127.0.0.1", port=0, listens=True, security=SERVER)
        async with asyncio.timeout(20):
            task = asyncio.create_task(floor_control_server(plan, log))
            while not told:
                await asyncio.sleep(0.005)
            with contextlib.suppress(EndpointError):
                await (await connect("127.0.0.1", told[0]["port"], CLIENT)).close()
            await task
        return log.fault

    assert isinstance(asyncio.run(talk()), BrokenPipeError)


def test_a_client_asks_what_it_reads(monkeypatch):
    """Each line of standard input is a request; one that is none is told, with what there is."""
    lines = "hello\nrequest 543\nrelease 1\nnonsense\nrelease\n\nquery 543\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))

    async def talk():
        told = []
        log = Log(told.append, as_json=False, hearing=peer_bfcp.hearing)
        async with listening(floor_control_server, peer_bfcp.hearing, SERVER) as (port, _, _):
            plan = Plan(host="127.0.0.1", port=port, listens=False, security=CLIENT)
            await peer_bfcp.run(plan, log, peer_bfcp.Settings(serves=False, **SETTINGS))
        return told, log.broken

    told, broken = asyncio.run(talk())
    text = "\n".join(told)
    assert re.findall(r"^> BFCP (\w+)", text, re.MULTILINE) == [
        "Hello",
        "FloorRequest",
        "FloorRelease",
        "FloorQuery",
    ]
    assert re.findall(r"^< BFCP (\w+)", text, re.MULTILINE) == [
        "HelloAck",
        "FloorRequestStatus",
        "FloorRequestStatus",
        "FloorStatus",
    ]
    assert text.count("is none of: hello, request FLOOR..., release REQUEST") == 2
    assert not broken


def test_who_listens_can_be_the_tls_client_and_the_floor_control_client(monkeypatch):
    """The UE of a BFCP dial-in: it waits for TCP, then starts TLS and asks for floors."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("hello\n"))

    def run(plan, log):
        return peer_bfcp.run(plan, log, peer_bfcp.Settings(serves=False, **SETTINGS))

    async def talk():
        async with listening(run, peer_bfcp.hearing, CLIENT) as (port, told, _):
            server = Log(lambda line: None, as_json=True, hearing=peer_bfcp.hearing)
            plan = Plan(host="127.0.0.1", port=port, listens=False, security=SERVER)
            other = asyncio.create_task(floor_control_server(plan, server))
            await until(told, "message", 2)
            other.cancel()
            await asyncio.gather(other, return_exceptions=True)
            return told

    assert messages(asyncio.run(talk())) == [("sent", "Hello"), ("received", "HelloAck")]


def test_msrp_peers_talk(monkeypatch):
    """The active peer binds the session and sends each line; the passive one takes whoever comes."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def run(plan, log):
        return peer_msrp.run(plan, log, None, None)

    async def talk():
        async with listening(run, peer_msrp.hearing, SERVER) as (port, told, log):
            await until(told, "path")
            remote = Uri.parse(told[1]["path"])
            monkeypatch.setattr(sys, "stdin", io.StringIO("hello\nhow are you\n"))
            plan = Plan(host="127.0.0.1", port=port, listens=False, security=CLIENT)
            other = Log(lambda line: None, as_json=True, hearing=peer_msrp.hearing)
            await peer_msrp.run(plan, other, None, remote)
            await until(told, "closed")
            return told, log.broken or other.broken

    told, broken = asyncio.run(talk())
    assert messages(told) == [("received", "SEND"), ("sent", "200")] * 3
    assert [one["octets"] for one in told if one.get("name") == "SEND"] == [0, 5, 11]
    assert not broken


def test_msrp_for_somebody_else_is_refused(monkeypatch):
    """A request to another URI than the peer's gets 481."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def run(plan, log):
        return peer_msrp.run(plan, log, None, None)

    async def talk():
        async with listening(run, peer_msrp.hearing, SERVER) as (port, told, _):
            async with await connect("127.0.0.1", port, CLIENT) as stream:
                await stream.write(
                    b"MSRP a786hjs2 SEND\r\nTo-Path: msrps://127.0.0.1:9/nobody;tcp\r\n"
                    b"From-Path: msrps://127.0.0.1:9/somebody;tcp\r\nMessage-ID: 87652491\r\n"
                    b"-------a786hjs2$\r\n"
                )
                await until(told, "message", 2)
            return told

    assert messages(asyncio.run(talk())) == [("received", "SEND"), ("sent", "481")]


@contextlib.contextmanager
def start(*arguments, **how):
    """Start the command, and end it with the test."""
    with subprocess.Popen(
        [sys.executable, "-m", "mpspec", "peer", *arguments],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        | how,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'impl'}:{ROOT / 'scripts'}"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_command_from_beginning_to_end(tmp_path):
    """A listener and a client as commands: key from a file, key log, exit codes; the key is never told."""
    (tmp_path / "key").write_text(KEY.hex() + "\n")
    keyed = ("--psk-identity", "alice", "--psk-file", str(tmp_path / "key"))
    keylog = tmp_path / "keys.log"
    with start("bfcp", "--listen", "0", *keyed, "--keylog", str(keylog)) as server:
        port = re.fullmatch(r"\* Listening at 127\.0\.0\.1 port (\d+)\.\n", server.stdout.readline())[1]
        with start("bfcp", "--connect", port, *keyed) as client:
            told, errors = client.communicate("hello\n", timeout=20)
        assert (client.returncode, errors) == (0, "")
        assert "< BFCP HelloAck conference=1 transaction=1 user=1: keeps BFCP_024" in told
        with start("bfcp", "--connect", port, "--psk-identity", "alice", "--psk", "00" * 32) as client:
            told, errors = client.communicate(timeout=20)
        assert (client.returncode, errors) == (1, "")
        assert told.startswith(
            f"* TLS with 127.0.0.1:{port} failed: The two sides have different pre-shared keys."
        )
        server.send_signal(signal.SIGINT)
        told, errors = server.communicate(timeout=20)
    assert (server.returncode, errors) == (1, "")
    assert KEY.hex() not in told
    assert keylog.read_text().count("CLIENT_RANDOM") == 1
    assert keylog.stat().st_mode & 0o777 == 0o600


def test_a_peer_whose_input_is_closed():
    """Without a standard input the peer answers all the same."""
    with start("msrp", "--listen", "0", "--tls", "none", stdin=None, preexec_fn=lambda: os.close(0)) as peer:
        assert peer.stdout.readline().startswith("* Listening at 127.0.0.1")
        assert peer.stdout.readline().startswith("* a=path:msrp://127.0.0.1")
        peer.send_signal(signal.SIGTERM)
        told, errors = peer.communicate(timeout=20)
    assert (peer.returncode, told, errors) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("bfcp",), "Say one of --listen and --connect."),
        (("bfcp", "--listen", "1", "--connect", "2"), "Say one of --listen and --connect."),
        (("bfcp", "--listen", "nowhere", *KEYED), "'nowhere' is not of the form [HOST:]PORT."),
        (("bfcp", "--listen", "65536", *KEYED), "'65536' is not of the form [HOST:]PORT."),
        (("bfcp", "--listen", "0"), "Say one of --psk, --psk-file and --ticket, or --tls none"),
        (("bfcp", "--listen", "0", "--psk", "00"), "The pre-shared key has an identity: say --psk-identity."),
        (
            ("bfcp", "--listen", "0", "--psk-identity", "a", "--psk", "xy"),
            "The key in --psk is not in hex.",
        ),
        (
            ("bfcp", "--listen", "0", "--psk-identity", "a", "--psk", "00" * 15),
            "The key has 15 octets, and at least 16 are wanted.",
        ),
        (("bfcp", "--listen", "0", "--psk-identity", "", "--psk", "00" * 16), "The identity is empty."),
        (("bfcp", "--listen", "0", "--tls", "none", *KEYED), "With --tls none there is no pre-shared key."),
        (
            ("bfcp", "--listen", "0", "--ticket", "AQ==", *KEYED),
            "With --ticket say --ticket-key, and nothing else of the key.",
        ),
        (("bfcp", "--listen", "0", "--ticket", "AQ==", "--ticket-key", "/nowhere/tpk"), "cannot be read"),
        (
            ("msrp", "--connect", "9", *KEYED),
            "With --connect the URI of the other side is needed: say --peer-path.",
        ),
        (
            ("msrp", "--connect", "9", *KEYED, "--peer-path", "http://x"),
            "--peer-path is no URI of MSRP: the text is not an MSRP URI.",
        ),
        (("bfcp", "--listen", "0", *KEYED, "--keylog", "/nowhere/keys"), "/nowhere/keys cannot be written"),
        (("bfcp", "--listen", "0", "--psk-identity", "a", "--psk-file", "/nowhere/key"), "cannot be read"),
        (
            ("bfcp", "--connect", "1", *KEYED),
            "No TCP connection to 127.0.0.1 port 1: Connection refused.",
        ),
        (
            ("msrp", "--listen", "0", "--tls", "none", "--path", "msrps://192.0.2.1:9/s1;tcp"),
            "A session of msrps runs over TLS: with --tls none the --path is one of msrp.",
        ),
        (
            ("msrp", "--listen", "0.0.0.0:0", *KEYED),
            "0.0.0.0 is no address that the other side can connect to: say --path.",
        ),
        (("msrp", "--listen", "[::]:0", *KEYED), ":: is no address that the other side can connect to"),
    ],
)
def test_what_cannot_be_done_ends_in_a_sentence(capsys, arguments, sentence):
    """Options that are missing, contradict each other or are wrong end with exit code 2 and one sentence."""
    with pytest.raises(SystemExit) as ended:
        main(["peer", *arguments])
    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.out == ""
    assert captured.err.startswith("mpspec: ")
    assert sentence in captured.err
    assert captured.err.count("\n") == 1


TICKET_KEY = PreSharedKey(name=b"tpk", key=bytes(range(16, 32)))
UE, CONFERENCE, SERVICE = (uri_identity(f"sip:{name}@example.com") for name in ("ue", "conference", "kms"))


def transferred(flags, now):
    """Let a UE get or make a ticket for a conference, and return the UE and its TRANSFER_INIT."""
    settings = TicketSettings(flags=flags)
    shared = PreSharedKey(name=b"ue", key=bytes(16))
    association = KmsAssociation(identity=SERVICE, credential=shared)
    if TicketFlag.GENERATED_BY_KMS in flags:
        ue = Initiator(UE, settings, association)
        directory = SubscriberDirectory(SERVICE, [Subscriber(identity=UE, credential=shared)])
        kms = Kms(SERVICE, settings, TICKET_KEY, directory)
        granted = kms.answer(ue.request_ticket([CONFERENCE], now, token_bytes), now, token_bytes)
        ue.receive_ticket(granted.reply, now)
    else:
        ue = Initiator(UE, settings)
        ue.make_ticket([CONFERENCE], TICKET_KEY, now, token_bytes)
    return ue, ue.transfer(CONFERENCE, now, token_bytes)


TICKETS = {
    "of the KMS, forked": FORKING_FLAGS,
    "of the KMS": FORKING_FLAGS & ~TicketFlag.KEY_FORKING,
    "of the UE": (FORKING_FLAGS & ~TicketFlag.GENERATED_BY_KMS & ~TicketFlag.KEY_FORKING)
    | TicketFlag.INITIATOR_KEYS,
    "of the UE, opened by the peer": (
        FORKING_FLAGS & ~TicketFlag.GENERATED_BY_KMS & ~TicketFlag.KEY_FORKING & ~TicketFlag.RESOLVE_MANDATORY
    )
    | TicketFlag.INITIATOR_KEYS,
}


@pytest.mark.parametrize("name", TICKETS)
def test_a_ticket_gives_both_sides_one_key(name):
    """The peer answers a TRANSFER_INIT as the KMS and the Responder would, and both have one key."""
    ue, message = transferred(TICKETS[name], 1e9)
    agreed = take_ticket(message, TICKET_KEY.key, 1e9, token_bytes)
    ue.receive_response(base64.b64decode(agreed.line.removeprefix("a=key-mgmt:mikey ")))
    session = ue.agreement.bundle.sessions[0]
    assert agreed.key == session.key
    assert agreed.identity == Profile().psk_identity(ue.agreement.bundle.csb_id, session.spi).decode()
    assert session.key.hex() not in repr(agreed)


@pytest.mark.parametrize(
    ("key", "now", "octets", "words"),
    [
        (bytes(16), 1e9, slice(None), "The ticket does not open with this key"),
        (TICKET_KEY.key, 2e9, slice(None), "The TRANSFER_INIT is refused: "),
        (TICKET_KEY.key, 1e9, slice(20), "The TRANSFER_INIT is refused: "),
        (b"short", 1e9, slice(None), "The ticket does not open with this key"),
    ],
    ids=["another key", "too old", "cut off", "short key"],
)
def test_a_ticket_that_gives_no_key_ends_in_a_sentence(key, now, octets, words):
    """A wrong key, an old message and one that is cut off are refused in one sentence."""
    _, message = transferred(FORKING_FLAGS, 1e9)
    with pytest.raises(CannotRun, match=words):
        take_ticket(message[octets], key, now, token_bytes)


def test_the_command_with_a_ticket(tmp_path):
    """The listener tells what the answer has to carry, and whoever takes it has the key for TLS."""
    ue, message = transferred(FORKING_FLAGS, time.time())
    (tmp_path / "offer").write_text(f"a=key-mgmt:mikey {base64.b64encode(message).decode()}\n")
    (tmp_path / "tpk").write_text(TICKET_KEY.key.hex())
    ticket = ("--ticket", str(tmp_path / "offer"), "--ticket-key", str(tmp_path / "tpk"))
    with start("bfcp", "--listen", "0", "--json", *ticket) as server:
        agreed = json.loads(server.stdout.readline())
        port = json.loads(server.stdout.readline())["port"]
        ue.receive_response(base64.b64decode(agreed["answer"].split()[1]))
        key = ue.agreement.bundle.sessions[0].key

        async def talk():
            async with await connect("127.0.0.1", port, TlsClient(agreed["identity"], key)) as stream:
                hello = message_of(Primitive.HELLO, conference=1, user=1)
                await stream.write(hello.serialize())
                return Message.parse(await stream.read())

        assert asyncio.run(talk()).primitive is Primitive.HELLO_ACK
        server.send_signal(signal.SIGTERM)
        told, errors = server.communicate(timeout=20)
    assert (server.returncode, errors) == (0, "")
    assert key.hex() not in told
