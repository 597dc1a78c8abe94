"""tshark reads every MSRP message that our endpoints send, and finds the same fields."""

import asyncio
import itertools
import re
import socket
import subprocess

import dpkt
import pytest
from lxml import etree

from mediasec.endpoints.msrp import MessageRefused, MsrpEndpoint, SessionEnded
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.msrp import Connection, Directory, FailureReport, Header, Switch, Terms, Uri

KEYS = {"alice": b"a" * 32, "bob": b"b" * 32, "carol": b"c" * 32}
PORT = 2855
LONG = "Zürich € -------\r\n".encode() * 900
"""Its lines do not begin with hyphens: tshark takes any line that does for the end-line."""


async def drain(session):
    """Receive until the session is over."""
    async for _ in session:
        pass


async def talk() -> bytes:
    """Hold a conference in which every kind of message is sent; return what all sides sent."""
    sent = bytearray()

    def observe(stream, octets, was_sent):
        if was_sent:
            sent.extend(octets)

    switch = Switch()
    accepted = {"alice": ("*",), "bob": ("text/plain",), "carol": ("text/plain", "image/*")}
    async with MsrpEndpoint(observe=observe) as mrfp, MsrpEndpoint(observe=observe) as ues:
        port = await mrfp.listen("127.0.0.1", 0, TlsServer(KEYS.get))

        async def join(name, far, **terms):
            near = ues.new_uri(f"{name}.invalid", 9)
            if terms:
                legs = Terms(local=far, remote=(near,), active=False, psk_identity=name, max_octets=40_000)
                switch.join(mrfp.add(legs, on_event=switch.take).core)
            session = ues.add(Terms(local=near, remote=(far,), active=True, **terms))
            await ues.connect(session, TlsClient(name, KEYS[name]))
            await session.established()
            return session

        alice, *others = [
            await join(name, mrfp.new_uri("127.0.0.1", port), accept_types=accepted[name]) for name in KEYS
        ]
        listeners = [asyncio.create_task(drain(session)) for session in others]
        await alice.send(b"Hi", "text/plain", success_report=True)
        await alice.send(b"", "text/plain;charset=utf-8", headers=(Header("Content-Disposition", "render"),))
        await alice.send(LONG, "text/plain", success_report=True)
        alice.post(b"quiet", "text/plain", failure_report=FailureReport.NO)
        alice.post(b"partly", "text/plain", failure_report=FailureReport.PARTIAL, success_report=True)
        alice.post(b"<p/>", "text/html")
        with pytest.raises(MessageRefused):
            await alice.send(b"x" * 40_001, "application/octet-stream")
        with pytest.raises(SessionEnded):
            await join("bob", mrfp.new_uri("127.0.0.1", port))
        for session in (alice, *others):
            session.close()
        await asyncio.gather(*listeners)
    return bytes(sent)


def interrupt() -> bytes:
    """Return a message that is interrupted, goes on, and is given up."""
    near, far = (Uri.parse(f"msrp://{name}.invalid:2855/{name};tcp") for name in ("near", "far"))
    numbers = itertools.count()
    directory = Directory(lambda: f"own.-+%={next(numbers):04}")
    connection = Connection(directory)
    session = directory.add(Terms(local=near, remote=(far,), active=True))
    connection.open(session)
    name = session.send(b"y" * 9000, "image/png", success_report=True)
    question = (
        f"MSRP their{{}} SEND\r\nTo-Path: {near.serialize()}\r\nFrom-Path: {far.serialize()}\r\n"
        "Message-ID: question\r\n-------their{}$\r\n"
    )
    octets = connection.data_to_send(0.0, 3000)
    for number in range(2):
        connection.receive(question.replace("{}", str(number)).encode())
        octets += connection.data_to_send(0.0, 3000)
    session.abort(name)
    return octets + connection.data_to_send(0.0, 3000)


def cut(octets: bytes) -> list[bytes]:
    """Cut a stream into messages, each at its own end-line."""
    messages = []
    while octets:
        identifier = octets.split(b" ", 2)[1]
        end = re.search(rb"\r\n-------" + re.escape(identifier) + rb"[+$#]\r\n", octets).end()
        messages.append(octets[:end])
        octets = octets[end:]
    return messages


def capture(path, messages):
    """Write messages as segments of one TCP connection."""
    sequence = 1
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, octets in enumerate(messages):
            segment = dpkt.tcp.TCP(
                sport=40000, dport=PORT, seq=sequence, ack=1, flags=dpkt.tcp.TH_ACK, data=octets
            )
            packet = dpkt.ip.IP(
                src=socket.inet_aton("192.0.2.1"),
                dst=socket.inet_aton("192.0.2.2"),
                p=dpkt.ip.IP_PROTO_TCP,
                data=segment,
            )
            frame = dpkt.ethernet.Ethernet(src=b"\2\0\0\0\0\1", dst=b"\2\0\0\0\0\2", data=packet)
            writer.writepkt(bytes(frame), ts=float(number))
            sequence += len(octets)


def dissect(tshark, path):
    """Return the text of each field that tshark finds in each frame, by its name, and the body.

    Its own field for the body goes on to the end of the frame; where the end-line begins, it knows.
    """
    done = subprocess.run(
        [tshark, "-r", str(path), "-d", f"tcp.port=={PORT},msrp", "-T", "pdml"],
        check=True,
        capture_output=True,
    )
    found = etree.fromstring(done.stdout, etree.XMLParser(huge_tree=True))
    assert found.find(".//proto[@name='_ws.malformed']") is None
    frames = []
    for packet in found.iterfind("packet"):
        fields = {}
        for field in packet.iterfind("proto[@name='msrp']//field"):
            fields.setdefault(field.get("name"), []).append(field.get("show", "").encode())
        (end,) = packet.iterfind("proto[@name='msrp']/field[@name='msrp.end.line']")
        for data in packet.iterfind("proto[@name='msrp']/field[@name='msrp.data']"):
            length = int(end.get("pos")) - int(data.get("pos"))
            fields["body"] = bytes.fromhex(data.get("value"))[: length - len(b"\r\n")]
        frames.append(fields)
    return frames


HEADERS = {
    b"To-Path": "msrp.to.path",
    b"From-Path": "msrp.from.path",
    b"Message-ID": "msrp.messageid",
    b"Success-Report": "msrp.success.report",
    b"Failure-Report": "msrp.failure.report",
    b"Byte-Range": "msrp.byte.range",
    b"Status": "msrp.status",
    b"Content-Type": "msrp.content.type",
    b"Content-Disposition": "msrp.content.disposition",
}


def test_tshark_finds_the_same_fields(need, tmp_path):
    """Start line, header fields, body and end-line of every message are what tshark finds in it."""
    tshark = need("tshark")
    messages = cut(asyncio.run(talk())) + cut(interrupt())
    capture(tmp_path / "msrp.pcap", messages)
    frames = dissect(tshark, tmp_path / "msrp.pcap")
    assert len(frames) == len(messages)
    kinds = set()
    for octets, fields in zip(messages, frames, strict=True):
        head, _, body = octets.partition(b"\r\n\r\n")
        start, *lines = head.split(b"\r\n")
        _, identifier, kind, *_ = start.split(b" ")
        assert fields["msrp.transaction.id"][0] == identifier
        assert fields["msrp.status.code" if kind.isdigit() else "msrp.method"] == [kind]
        for name, field in HEADERS.items():
            values = [line.split(b": ", 1)[1] for line in lines if line.startswith(name + b": ")]
            assert fields.get(field, []) == values, (name, octets[:400])
        flag = octets[-3:-2]
        assert fields["msrp.cnt.flg"] == [flag]
        if body:
            data = body[: -len(b"\r\n-------" + identifier + b"$\r\n")]
            assert fields["body"] == data
        kinds.add((kind, flag))
    assert kinds == {
        (b"SEND", b"$"),
        (b"SEND", b"+"),
        (b"SEND", b"#"),
        (b"REPORT", b"$"),
        (b"200", b"$"),
        (b"413", b"$"),
        (b"415", b"$"),
        (b"481", b"$"),
    }
