"""`mpspec check pcap`: captures in the clear, and TLS with a key log, which tshark decrypts."""

import asyncio
import base64
import gzip
import json
import random
import socket
import ssl
import struct
import subprocess
from pathlib import Path

import dpkt
import pytest

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus
from mediasec.bfcp.values import FloorId, RequestStatus
from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mpspec.cli import main

KEY = bytes(range(32))
VECTORS = Path(__file__).parents[1] / "vectors"
SAMPLE = VECTORS / "captures/in-the-clear.pcap"
EXCHANGE = json.loads((VECTORS / "mikey/exchanges/mode_2.json").read_text())
MODE_1 = json.loads((VECTORS / "mikey/exchanges/mode_1.json").read_text())
PATHS = b"To-Path: msrps://192.0.2.2:2855/s2;tcp\r\nFrom-Path: msrps://192.0.2.1:2855/s1;tcp\r\n"
BACK = b"To-Path: msrps://192.0.2.1:2855/s1;tcp\r\nFrom-Path: msrps://192.0.2.2:2855/s2;tcp\r\n"
SEND = (
    b"MSRP a786hjs2 SEND\r\n" + PATHS + b"Message-ID: 87652491\r\nByte-Range: 1-5/5\r\n"
    b"Content-Type: text/plain\r\n\r\nhello\r\n-------a786hjs2$\r\n"
)
OK = b"MSRP a786hjs2 200 OK\r\n" + BACK + b"-------a786hjs2$\r\n"
HEADER = {"conference_id": 7, "user_id": 5}


def request(transaction=3):
    """Return a FloorRequest."""
    return Message(
        primitive=Primitive.FLOOR_REQUEST,
        transaction_id=transaction,
        attributes=(FloorId(value=543),),
        **HEADER,
    ).serialize()


REQUEST = request()
STATUS = Message(
    primitive=Primitive.FLOOR_REQUEST_STATUS,
    transaction_id=3,
    attributes=(
        FloorRequestInformation(
            identifier=1,
            attributes=(FloorRequestStatus(identifier=543, attributes=(RequestStatus(status=3),)),),
        ),
    ),
    **HEADER,
).serialize()


class Capture:
    """Frames of a network that never was."""

    def __init__(self, client="192.0.2.1", server="192.0.2.2") -> None:
        self.frames = []
        self.client = client
        self.server = server

    def frame(self, source, target, transport, number):
        """Add a frame of Ethernet with IPv4 or IPv6."""
        if ":" in source:
            ends = {
                end: socket.inet_pton(socket.AF_INET6, at) for end, at in (("src", source), ("dst", target))
            }
            packet = dpkt.ip6.IP6(nxt=number, plen=len(transport), hlim=64, data=transport, **ends)
            packet.extension_hdrs = {}
            kind = dpkt.ethernet.ETH_TYPE_IP6
        else:
            ends = {"src": socket.inet_aton(source), "dst": socket.inet_aton(target)}
            packet = dpkt.ip.IP(p=number, data=transport, ttl=64, **ends)
            packet.len = len(packet)
            kind = dpkt.ethernet.ETH_TYPE_IP
        self.frames.append(bytes(dpkt.ethernet.Ethernet(type=kind, data=packet)))

    def datagram(self, octets):
        """Add a datagram of UDP."""
        self.frame(
            self.client,
            self.server,
            dpkt.udp.UDP(sport=5060, dport=5060, ulen=8 + len(octets), data=octets),
            dpkt.ip.IP_PROTO_UDP,
        )

    def connection(self, port, parts, *, size=1000, start=0xFFFFFF00, closed=True):
        """Add a TCP connection; `parts` are pairs of: from the client, octets."""
        ends = ((self.client, 40000 + port), (self.server, port))
        sent = [start, 77]

        def segment(back, octets, flags):
            source, target = ends[back], ends[not back]
            tcp = dpkt.tcp.TCP(
                sport=source[1],
                dport=target[1],
                seq=sent[back],
                ack=sent[not back],
                flags=flags,
                data=octets,
            )
            self.frame(source[0], target[0], tcp, dpkt.ip.IP_PROTO_TCP)
            sent[back] = (sent[back] + len(octets) + bool(flags & dpkt.tcp.TH_SYN)) & 0xFFFFFFFF

        segment(0, b"", dpkt.tcp.TH_SYN)
        segment(1, b"", dpkt.tcp.TH_SYN | dpkt.tcp.TH_ACK)
        segment(0, b"", dpkt.tcp.TH_ACK)
        for from_client, octets in parts:
            for at in range(0, len(octets), size):
                segment(not from_client, octets[at : at + size], dpkt.tcp.TH_ACK | dpkt.tcp.TH_PUSH)
        if closed:
            segment(0, b"", dpkt.tcp.TH_ACK | dpkt.tcp.TH_FIN)
            segment(1, b"", dpkt.tcp.TH_ACK | dpkt.tcp.TH_FIN)

    def write(self, path, writer=dpkt.pcap.Writer):
        """Write the file and return its name."""
        with path.open("wb") as file:
            writer = writer(file)
            for number, frame in enumerate(self.frames):
                writer.writepkt(frame, ts=number / 1000)
        return str(path)


def sdp(kind):
    """Return a description with a message of MIKEY."""
    message = next(message for message in EXCHANGE["messages"] if message["type"] == kind)
    return f"v=0\r\na=key-mgmt:mikey {message['base64']}\r\nm=message 9 TCP/TLS/MSRP *\r\n".encode()


@pytest.fixture
def run(capsys):
    """Run `mpspec check pcap` and return its exit code, output and errors."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["check", "pcap", *arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return call


def names(output):
    """Return protocol and name of each message, with what it breaks."""
    return [
        (found["protocol"], found["name"], [broken["requirement"] for broken in found["breaks"]])
        for found in json.loads(output)["messages"]
    ]


def test_messages_in_the_clear_are_found_and_checked(run, tmp_path):
    """BFCP, MSRP and MIKEY in SDP are found on any port, and each is told with the rule that it keeps."""
    capture = Capture()
    capture.datagram(b"INVITE sip:mrfc@example.com SIP/2.0\r\n\r\n" + sdp("TRANSFER_INIT"))
    capture.connection(2000, [(True, REQUEST), (False, STATUS)])
    capture.connection(3000, [(True, SEND), (False, OK)])
    code, output, errors = run(capture.write(tmp_path / "clear.pcap"))
    assert code == 0
    assert errors == ""
    assert "192.0.2.1:5060 > 192.0.2.2:5060 UDP MIKEY TRANSFER_INIT" in output
    assert (
        "192.0.2.1:42000 > 192.0.2.2:2000 TCP BFCP FloorRequest conference=7 transaction=3 user=5 "
        "floors=543: keeps BFCP_019" in output
    )
    assert "192.0.2.2:3000 > 192.0.2.1:43000 TCP MSRP 200 transaction=a786hjs2: keeps MSRP_034" in output
    assert output.count("\n") == output.count("keeps")


@pytest.mark.parametrize(
    ("octets", "wanted"),
    [
        (b"\x21" + REQUEST[1:], ("BFCP", "FloorRequest", ["BFCP_003"])),
        (REQUEST[:8] + b"\0\0" + REQUEST[10:], ("BFCP", "FloorRequest", ["BFCP_037"])),
        (REQUEST[:-4], ("BFCP", "unfinished message", ["BFCP_004"])),
        (REQUEST[:13] + b"\x09" + REQUEST[14:], ("BFCP", "FloorRequest", ["BFCP_004"])),
        (SEND.replace(b"Message-ID: 87652491\r\n", b""), ("MSRP", "SEND", ["MSRP_025"])),
        (SEND.replace(b"1-5/5", b"0-4/5"), ("MSRP", "SEND", ["MSRP_026"])),
        (SEND.replace(b"To-Path", b"Via"), ("MSRP", "SEND", ["MSRP_036"])),
        (SEND[:-5], ("MSRP", "unfinished message", ["MSRP_020"])),
        (SEND + b"nonsense\r\n", ("MSRP", "no message", ["MSRP_013"])),
    ],
)
def test_a_broken_rule_is_named(run, tmp_path, octets, wanted):
    """A message that breaks a rule is told with it, and the exit code is 1."""
    capture = Capture()
    capture.connection(2000, [(True, octets)])
    code, output, _ = run("--json", capture.write(tmp_path / "broken.pcap"))
    assert code == 1
    assert wanted in names(output)


def test_a_response_of_mikey_is_checked_with_its_initial_message(run, tmp_path):
    """TRANSFER_INIT in one datagram and TRANSFER_RESP in another are an exchange."""
    capture = Capture()
    answer = sdp("TRANSFER_RESP")
    capture.datagram(sdp("TRANSFER_INIT"))
    capture.datagram(answer)
    code, output, _ = run("--json", capture.write(tmp_path / "exchange.pcap"))
    assert code == 0
    assert names(output) == [("MIKEY", "TRANSFER_INIT", []), ("MIKEY", "TRANSFER_RESP", [])]
    # The PRF of a response is that of its initial message; alone, either is as good.
    octets = bytearray(base64.b64decode(answer.split()[2]))
    octets[3] ^= 1
    capture.datagram(answer.replace(answer.split()[2], base64.b64encode(octets)))
    code, output, _ = run("--json", capture.write(tmp_path / "exchange.pcap"))
    assert code == 1
    assert names(output)[2][2] != []


def http(kind, start, *, media_type="application/mikey", cut=0, spoilt=False):
    """Return an HTTP message with a message of MIKEY."""
    message = next(message for message in MODE_1["messages"] if message["type"] == kind)
    body = bytearray.fromhex(message["octets"])
    if spoilt:
        body[0] = 2
    head = f"{start}\r\ncontent-length: {len(body)}\r\nContent-Type: {media_type}\r\nDate: now\r\n\r\n"
    return head.encode() + bytes(body[: len(body) - cut])


ASKS, ANSWERS = "POST /tickets HTTP/1.1", "HTTP/1.1 200 OK"


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_mikey_over_http_is_found_and_checked(run, tmp_path, pieces):
    """A request to the KMS and its response are told with the rules that they keep, however they are cut."""
    asked = http("REQUEST_INIT_PSK", ASKS) + http("RESOLVE_INIT_PSK", ASKS)
    answered = http("REQUEST_RESP", ANSWERS) + http("RESOLVE_RESP", ANSWERS)
    size = len(asked) // pieces + 1
    capture = Capture()
    capture.connection(
        8080,
        [
            *((True, asked[start : start + size]) for start in range(0, len(asked), size)),
            *((False, answered[start : start + size]) for start in range(0, len(answered), size)),
        ],
    )
    code, output, errors = run("--json", capture.write(tmp_path / "http.pcap"))
    assert (code, errors) == (0, "")
    kinds = ("REQUEST_INIT_PSK", "RESOLVE_INIT_PSK", "REQUEST_RESP", "RESOLVE_RESP")
    assert names(output) == [("MIKEY", kind, []) for kind in kinds]


def test_faults_of_mikey_over_http_are_named(run, tmp_path):
    """A body that breaks a rule, and one that ends too early, are told; another type is passed over."""
    capture = Capture()
    capture.connection(8080, [(True, http("REQUEST_INIT_PSK", ASKS, spoilt=True))])
    capture.connection(8081, [(True, http("REQUEST_INIT_PSK", ASKS, cut=1))])
    capture.connection(8082, [(True, http("REQUEST_INIT_PSK", ASKS, media_type="text/plain"))])
    code, output, _ = run("--json", capture.write(tmp_path / "http.pcap"))
    assert code == 1
    spoilt, cut = names(output)
    assert spoilt[1:] != ("REQUEST_INIT_PSK", [])
    assert spoilt[2]
    assert cut == ("MIKEY", "unfinished message", ["MKY_004"])


@pytest.mark.parametrize("writer", [dpkt.pcap.Writer, dpkt.pcapng.Writer])
@pytest.mark.parametrize("ends", [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2")])
def test_both_formats_and_both_versions_of_ip_are_read(run, tmp_path, writer, ends):
    """The same message is found in pcap and pcapng, over IPv4 and IPv6."""
    capture = Capture(*ends)
    capture.connection(2000, [(True, REQUEST)])
    code, output, _ = run("--json", capture.write(tmp_path / "one", writer))
    assert code == 0
    assert names(output) == [("BFCP", "FloorRequest", [])]
    assert ends[0] in json.loads(output)["messages"][0]["from"]


def test_a_long_body_is_heard_whole(run, tmp_path):
    """The length of a body of many segments is told, and its range is found to be right."""
    body = bytes(300_000)
    long = SEND.replace(b"1-5/5", b"1-*/300000").replace(b"hello", body)
    capture = Capture()
    capture.connection(3000, [(True, long), (False, OK)], size=1400)
    code, output, _ = run("--json", capture.write(tmp_path / "long.pcap"))
    assert code == 0
    assert json.loads(output)["messages"][0]["octets"] == 300_000


@pytest.mark.parametrize("seed", range(5))
def test_tcp_is_put_together_whatever_its_segments(run, tmp_path, seed):
    """Segments of a few octets, twice, out of order, and across the end of the sequence numbers."""
    shuffled = random.Random(seed)  # noqa: S311
    capture = Capture()
    octets = b"".join(map(request, range(1, 21)))
    capture.connection(2000, [(True, octets)], size=shuffled.randrange(1, 40))
    opening, segments = capture.frames[:3], capture.frames[3:]
    for at in range(0, len(segments), 5):
        window = segments[at : at + 5] * 2
        shuffled.shuffle(window)
        opening += window
    capture.frames = opening
    code, output, _ = run("--json", capture.write(tmp_path / "shuffled.pcap"))
    assert code == 0
    assert names(output) == [("BFCP", "FloorRequest", [])] * 20


def test_missing_octets_are_told(run, tmp_path):
    """What comes behind octets that are not in the capture is not checked, and that is said."""
    capture = Capture()
    capture.connection(2000, [(True, REQUEST * 3)], size=len(REQUEST))
    del capture.frames[4]
    code, output, errors = run(capture.write(tmp_path / "missing.pcap"))
    assert code == 0
    assert output.count("FloorRequest") == 1
    assert errors == "Octets from 192.0.2.1:42000 to 192.0.2.2:2000 are not in the capture.\n"


def test_a_port_that_is_used_again_is_another_connection(run, tmp_path):
    """A second connection between the same ports is heard from its own beginning."""
    capture = Capture()
    capture.connection(2000, [(True, SEND)])
    capture.connection(2000, [(True, REQUEST)], start=5)
    code, output, _ = run("--json", capture.write(tmp_path / "again.pcap"))
    assert code == 0
    assert [name for _, name, _ in names(output)] == ["SEND", "FloorRequest"]


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "is no capture"),
        (b"this is no capture at all, only text", "is no capture"),
        (None, "cannot be read: No such file or directory."),
    ],
)
def test_what_is_no_capture_ends_in_a_sentence(run, tmp_path, octets, words):
    """A file that is no capture, or none at all, ends with exit code 2 and one sentence."""
    path = tmp_path / "none.pcap"
    if octets is not None:
        path.write_bytes(octets)
    code, output, errors = run(str(path))
    assert (code, output) == (2, "")
    assert errors.startswith("mpspec: ")
    assert words in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("writer", "octets"), [(dpkt.pcap.Writer, 10), (dpkt.pcap.Writer, 80), (dpkt.pcapng.Writer, 10)]
)
def test_a_capture_that_is_cut_off_is_read_up_to_there(run, tmp_path, writer, octets):
    """What stands before the cut is told, and that the file is cut off; its sender broke no rule by that."""
    capture = Capture()
    parts = [(True, request(1)), (True, request(2))]
    capture.connection(2000, parts, closed=False)
    path = Path(capture.write(tmp_path / "cut", writer))
    path.write_bytes(path.read_bytes()[:-octets])
    code, output, errors = run(str(path))
    assert code == 0
    assert output.count("FloorRequest conference=7 transaction=1 user=5 floors=543: keeps") == 1
    assert output.count("\n") == 1
    assert errors == "The capture is cut off.\n"


def test_a_capture_that_ends_in_a_message_says_so(run, tmp_path):
    """A message whose end was not captured breaks no rule; one that its sender broke off does."""
    capture = Capture()
    capture.connection(3000, [(True, SEND + SEND[:40])], closed=False)
    code, output, errors = run(capture.write(tmp_path / "stopped.pcap"))
    assert code == 0
    assert "unfinished" not in output
    assert errors == "The capture ends in a message from 192.0.2.1:43000 to 192.0.2.2:3000.\n"


def test_packets_that_were_cut_short_are_counted(run, tmp_path):
    """A capture with the beginning of each packet alone tells how many are not there in full."""
    capture = Capture()
    capture.connection(3000, [(True, SEND), (False, OK)], closed=False)
    capture.frames = [frame[:80] for frame in capture.frames]
    code, _, errors = run(capture.write(tmp_path / "short.pcap"))
    assert code == 2
    assert "Packets of which the capture holds a part only: 2." in errors


def fragments(frame, size):
    """Return a frame of IPv4 as frames with its fragments."""
    whole = dpkt.ethernet.Ethernet(frame)
    packet, payload = whole.data, bytes(whole.data.data)
    for at in range(0, len(payload), size):
        part = dpkt.ip.IP(
            p=packet.p,
            id=77,
            src=packet.src,
            dst=packet.dst,
            ttl=64,
            data=payload[at : at + size],
        )
        part.offset = at // 8
        part.mf = int(at + size < len(payload))
        part.len = len(part)
        yield bytes(dpkt.ethernet.Ethernet(type=whole.type, data=part))


def fragments_of_version_6(frame, size):
    """Return a frame of IPv6 as frames with its fragments."""
    whole = dpkt.ethernet.Ethernet(frame)
    packet, payload = whole.data, bytes(whole.data.data)
    for at in range(0, len(payload), size):
        more = at + size < len(payload)
        head = struct.pack("!BBHI", packet.nxt, 0, at | more, 77) + payload[at : at + size]
        fixed = struct.pack("!IHBB", 6 << 28, len(head), 44, 64) + packet.src + packet.dst
        yield bytes(whole)[:14] + fixed + head


@pytest.mark.parametrize(
    ("ends", "cut"),
    [
        (("192.0.2.1", "192.0.2.2"), fragments),
        (("2001:db8::1", "2001:db8::2"), fragments_of_version_6),
    ],
)
def test_fragments_of_ip_are_put_together(run, tmp_path, ends, cut):
    """A long INVITE over UDP comes in fragments, in any order; one that is missing is told."""
    capture = Capture(*ends)
    capture.datagram(b"INVITE sip:mrfc@example.com SIP/2.0\r\n\r\n" + sdp("TRANSFER_INIT"))
    parts = list(cut(capture.frames[0], 160))
    assert len(parts) > 3
    capture.frames = parts[::-1]
    code, output, errors = run("--json", capture.write(tmp_path / "fragments.pcap"))
    assert (code, errors) == (0, "")
    assert names(output) == [("MIKEY", "TRANSFER_INIT", [])]
    capture.frames = parts[1:]
    code, _, errors = run(capture.write(tmp_path / "fragments.pcap"))
    assert code == 2
    assert "Packets whose fragments are not all in the capture: 1." in errors


def block(order, kind, body):
    """Return a block of the pcapng format."""
    body += bytes(-len(body) % 4)
    length = struct.pack(f"{order}I", 12 + len(body))
    return struct.pack(f"{order}I", kind) + length + body + length


def section(order):
    """Return the block that begins a section of the pcapng format."""
    return block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order, link, limit=0):
    """Return the block of an interface."""
    return block(order, 1, struct.pack(f"{order}HHI", link, 0, limit))


def enhanced(order, number, frame):
    """Return the block of a packet."""
    head = struct.pack(f"{order}IIIII", number, 0, 0, len(frame), len(frame))
    return block(order, 6, head + frame)


def simple(order, number, frame):
    """Return the block of a packet of the first interface."""
    return block(order, 3, struct.pack(f"{order}I", len(frame)) + frame)


def obsolete(order, number, frame):
    """Return the block of a packet as files of old have it."""
    head = struct.pack(f"{order}HHIIII", number, 0, 0, 0, len(frame), len(frame))
    return block(order, 2, head + frame)


def frames_of_a_request():
    """Return the frames of a connection with one message."""
    capture = Capture()
    capture.connection(2000, [(True, REQUEST)])
    return capture.frames


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("packet", [enhanced, simple, obsolete])
def test_every_block_of_a_packet_is_read(run, tmp_path, order, packet):
    """The pcapng format has three blocks for a packet, in either order of octets, among other blocks."""
    frames = frames_of_a_request()
    other = block(order, 0xBAD, b"example")
    blocks = b"".join(packet(order, 0, frame) + other for frame in frames)
    path = tmp_path / "blocks.pcapng"
    path.write_bytes(section(order) + other + interface(order, 1) + blocks)
    code, output, errors = run("--json", str(path))
    assert (code, errors) == (0, "")
    assert names(output) == [("BFCP", "FloorRequest", [])]


def test_a_limit_of_the_interface_cuts_simple_packets(run, tmp_path):
    """How much of a simple packet was captured is said by the limit of its interface alone."""
    frames = frames_of_a_request()
    blocks = b"".join(block("<", 3, struct.pack("<I", len(frame)) + frame[:60]) for frame in frames)
    path = tmp_path / "limit.pcapng"
    path.write_bytes(section("<") + interface("<", 1, 60) + blocks)
    code, _, errors = run(str(path))
    assert code == 2
    assert "Packets of which the capture holds a part only: 1." in errors


def test_interfaces_of_several_kinds_are_read(run, tmp_path):
    """Each packet is read as one of its own interface, and each section has its own interfaces and order."""
    frames = frames_of_a_request()
    first = interface("<", 113) + interface("<", 1) + b"".join(enhanced("<", 1, one) for one in frames[:3])
    second = interface(">", 101) + b"".join(enhanced(">", 0, one[14:]) for one in frames[3:])
    path = tmp_path / "several.pcapng"
    path.write_bytes(section("<") + first + section(">") + second)
    code, output, errors = run("--json", str(path))
    assert (code, errors) == (0, "")
    assert names(output) == [("BFCP", "FloorRequest", [])]


def test_packets_of_links_that_are_not_known_are_counted(run, tmp_path):
    """Beside links that can be read the others are counted; alone they end in a sentence."""
    frames = frames_of_a_request()
    known = interface("<", 1) + b"".join(enhanced("<", 0, one) for one in frames)
    path = tmp_path / "links.pcapng"
    path.write_bytes(section("<") + known + interface("<", 127) + enhanced("<", 1, b"radio"))
    code, output, errors = run(str(path))
    assert code == 0
    assert "FloorRequest" in output
    assert errors == "Packets from a kind of link that is not known here, 127: 1.\n"
    path.write_bytes(section("<") + interface("<", 127) + enhanced("<", 0, b"radio"))
    code, _, errors = run(str(path))
    assert code == 2
    assert errors.endswith("was captured on a kind of link that is not known here: 127.\n")


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("magic", "more"), [(0xA1B2C3D4, b""), (0xA1B23C4D, b""), (0xA1B2CD34, bytes(8))])
@pytest.mark.parametrize("link", [1, 0x24000001])
def test_every_form_of_pcap_is_read(run, tmp_path, order, magic, more, link):
    """Times of two units, a longer head of packets, either order, and a link with frame check sequences."""
    octets = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for frame in frames_of_a_request():
        checked = frame + b"\xaa" * 4 * (link != 1)
        octets += struct.pack(f"{order}IIII", 0, 0, len(checked), len(checked)) + more + checked
    path = tmp_path / "form.pcap"
    path.write_bytes(octets)
    code, output, errors = run("--json", str(path))
    assert (code, errors) == (0, "")
    assert names(output) == [("BFCP", "FloorRequest", [])]


def test_a_compressed_capture_is_read(run, tmp_path):
    """A capture in gzip is read as it stands, up to where it is cut off; other compressions are named."""
    capture = Capture()
    capture.connection(2000, [(True, request(number)) for number in range(1, 40)])
    plain = Path(capture.write(tmp_path / "plain.pcap")).read_bytes()
    path = tmp_path / "packed.pcap.gz"
    path.write_bytes(gzip.compress(plain))
    code, output, errors = run("--json", str(path))
    assert (code, errors) == (0, "")
    assert len(names(output)) == 39
    path.write_bytes(gzip.compress(plain)[:-60])
    code, output, errors = run(str(path))
    assert "The capture is cut off." in errors
    assert 0 < output.count("FloorRequest") < 39
    path.write_bytes(b"\x28\xb5\x2f\xfd" + plain)
    code, _, errors = run(str(path))
    assert code == 2
    assert errors.endswith("packed.pcap.gz is compressed by zstd; unpack it first, or use gzip.\n")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (struct.pack("<II", 6, 4), "the length of a packet or block cannot be"),
        (struct.pack("<II", 6, 0xFFFFFFF0), "the length of a packet or block cannot be"),
        (block("<", 6, b"short"), "a block does not hold what it has to"),
        (enhanced("<", 7, b"of no interface"), "a block does not hold what it has to"),
        (section("<").replace(b"\x4d\x3c", b"\x4d\x4d"), "a section does not say its order of octets"),
    ],
)
def test_damage_of_a_capture_is_told(run, tmp_path, damage, words):
    """What stands before the damage is told, and what the damage is."""
    frames = b"".join(enhanced("<", 0, frame) for frame in frames_of_a_request())
    path = tmp_path / "damaged.pcapng"
    path.write_bytes(section("<") + interface("<", 1) + frames + damage + frames)
    code, output, errors = run(str(path))
    assert code == 0
    assert output.count("FloorRequest") == 1
    assert errors == f"The capture is damaged: {words}.\n"


@pytest.mark.parametrize("path", ["vlan", "mpls", "pppoe"])
def test_what_stands_between_ethernet_and_ip_is_passed_over(run, tmp_path, path):
    """A VLAN tag, or two, a label of MPLS, and PPP over Ethernet."""
    heads = {
        "vlan": b"\x88\xa8\x00\x05\x81\x00\x00\x07\x08\x00",
        "mpls": b"\x88\x47\x00\x01\x01\x40",
        "pppoe": b"\x88\x64\x11\x00\x00\x01",
    }
    capture = Capture()
    capture.connection(2000, [(True, REQUEST)])
    for number, frame in enumerate(capture.frames):
        packet = frame[14:]
        session = struct.pack("!HH", len(packet) + 2, 0x21) if path == "pppoe" else b""
        capture.frames[number] = frame[:12] + heads[path] + session + packet
    code, output, errors = run("--json", capture.write(tmp_path / "between.pcap"))
    assert (code, errors) == (0, "")
    assert names(output) == [("BFCP", "FloorRequest", [])]


def test_datagrams_are_no_floor_control(run, tmp_path):
    """What looks like BFCP in a datagram is other traffic: floor control is over TCP here."""
    capture = Capture()
    capture.datagram(REQUEST)
    code, _, errors = run(capture.write(tmp_path / "datagram.pcap"))
    assert code == 2
    assert "holds no message" in errors


def test_a_response_is_checked_with_its_request(run, tmp_path):
    """A response to another transaction, and one from another session, break a rule."""
    capture = Capture()
    capture.connection(2000, [(True, request(9)), (False, STATUS)])
    capture.connection(3000, [(True, SEND), (False, OK.replace(b"/s2", b"/s3"))])
    code, output, _ = run("--json", capture.write(tmp_path / "answers.pcap"))
    assert code == 1
    assert names(output) == [
        ("BFCP", "FloorRequest", []),
        ("BFCP", "FloorRequestStatus", ["BFCP_039"]),
        ("MSRP", "SEND", []),
        ("MSRP", "200", ["MSRP_034"]),
    ]


def test_a_response_whose_request_came_before_the_capture(run, tmp_path):
    """Where the capture begins in the middle of a connection, a response may be to what came before."""
    capture = Capture()
    capture.connection(2000, [(False, STATUS)])
    del capture.frames[:3]
    code, output, _ = run("--json", capture.write(tmp_path / "late.pcap"))
    assert code == 0
    assert names(output) == [("BFCP", "FloorRequestStatus", [])]


@pytest.mark.parametrize("record", [0x14, 0x15, 0x16, 0x17])
def test_tls_is_told_from_its_middle_on_too(run, tmp_path, record):
    """A capture that begins after the handshake holds TLS that was not decrypted, and that is said."""
    capture = Capture()
    capture.connection(4000, [(True, bytes((record, 3, 3, 0, 32)) + bytes(32))])
    del capture.frames[:3]
    code, _, errors = run(capture.write(tmp_path / "middle.pcap"))
    assert code == 2
    assert "TLS connections that were not decrypted, for want of a key log: 1." in errors


def test_a_key_log_that_is_not_there(run, tmp_path):
    """A key log that cannot be read is told before anything else."""
    code, output, errors = run("--keylog", str(tmp_path / "none"), str(SAMPLE))
    assert (code, output) == (2, "")
    assert errors.startswith("mpspec: ")
    assert errors.endswith("none cannot be read: it is no file.\n")


def test_other_traffic_alone_is_no_success(run, tmp_path):
    """A capture without any message that can be checked ends with exit code 2."""
    capture = Capture()
    capture.connection(80, [(True, b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")])
    capture.datagram(b"\x80\x00 some RTP")
    code, _, errors = run(capture.write(tmp_path / "other.pcap"))
    assert code == 2
    assert "holds no message of MIKEY, MSRP or BFCP." in errors


def test_tshark_finds_the_same_messages(need, run):
    """In the capture that the guide uses, tshark finds the messages that we find."""
    code, output, _ = run("--json", str(SAMPLE))
    assert code == 1
    found = json.loads(output)["messages"]
    fields = [
        "bfcp.primitive",
        "bfcp.transaction_id",
        "msrp.method",
        "msrp.status.code",
        "msrp.transaction.id",
    ]
    done = subprocess.run(
        [
            *(need("tshark"), "-r", str(SAMPLE), "-Y", "bfcp or msrp", "-T", "fields", "-E", "occurrence=f"),
            *("-d", "tcp.port==4000,bfcp", "-d", "tcp.port==2855,msrp"),
            *(word for field in fields for word in ("-e", field)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    seen = [line.split("\t") for line in done.stdout.splitlines()]
    names = {1: "FloorRequest", 4: "FloorRequestStatus", 11: "Hello"}
    assert [(one["name"], str(one["transaction"])) for one in found if one["protocol"] != "MIKEY"] == [
        (names[int(primitive)], number) if primitive else (method or status, transaction)
        for primitive, number, method, status, transaction in seen
    ]


async def recorded(profile, keylog):
    """Send BFCP through TLS and return what went over TCP: from the client, octets."""
    parts = []

    async def copy(source, target, from_client):
        while octets := await source.read(65536):
            parts.append((from_client, octets))
            target.write(octets)
            await target.drain()
        target.write_eof()

    async def splice(reader, writer):
        there, onward = await asyncio.open_connection("127.0.0.1", listener.port)
        await asyncio.gather(copy(reader, onward, True), copy(there, writer, False))
        onward.close()
        writer.close()

    async def serve(stream):
        assert await stream.read() == REQUEST
        await stream.write(STATUS)
        await stream.read()

    server = TlsServer({"alice": KEY}.get, profile=profile, keylog=keylog)
    async with await listen(serve, "127.0.0.1", 0, server) as listener:
        between = await asyncio.start_server(splice, "127.0.0.1", 0)
        port = between.sockets[0].getsockname()[1]
        stream = await connect("127.0.0.1", port, TlsClient("alice", KEY, profile=profile))
        await stream.write(REQUEST)
        assert await stream.read() == STATUS
        await stream.close()
        between.close()
        await asyncio.sleep(0.05)
    return parts


PROFILES = {
    "1.2 ECDHE": TlsProfile(suites=(CipherSuite.ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,)),
    "1.2 DHE": TlsProfile(suites=(CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256,)),
    "1.2 plain": TlsProfile(suites=(CipherSuite.PSK_WITH_AES_128_CBC_SHA,)),
    "1.3": TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3})),
}


@pytest.mark.parametrize("name", PROFILES)
def test_tls_is_decrypted_with_a_key_log(need, run, tmp_path, name):
    """With the key log that our endpoint writes, tshark opens each version and key exchange."""
    need("tshark")
    keylog = tmp_path / "keys.log"
    capture = Capture()
    capture.connection(4000, asyncio.run(recorded(PROFILES[name], keylog)))
    assert keylog.stat().st_mode & 0o777 == 0o600
    path = capture.write(tmp_path / "tls.pcap")
    code, output, errors = run("--keylog", str(keylog), path)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "192.0.2.1:44000 > 192.0.2.2:4000 TLS BFCP FloorRequest conference=7 transaction=3 user=5 "
        "floors=543: keeps BFCP_019",
        "192.0.2.2:4000 > 192.0.2.1:44000 TLS BFCP FloorRequestStatus conference=7 transaction=3 user=5 "
        "requests=1:granted: keeps BFCP_021",
    ]
    code, _, errors = run(path)
    assert code == 2
    assert "for want of a key log: 1." in errors
    other = tmp_path / "other.log"
    other.write_text(f"CLIENT_RANDOM {'00' * 32} {'00' * 48}\n")
    code, _, errors = run("--keylog", str(other), path)
    assert code == 2
    assert "does not open the TLS connection of 192.0.2.1:44000 and 192.0.2.2:4000." in errors


@pytest.mark.parametrize("order", "<>")
def test_keys_in_the_capture_open_its_tls(need, run, tmp_path, order):
    """The pcapng format can bring the secrets of TLS with it, as Wireshark writes them."""
    need("tshark")
    keylog = tmp_path / "keys.log"
    capture = Capture()
    capture.connection(4000, asyncio.run(recorded(PROFILES["1.3"], keylog)))
    frames = b"".join(enhanced(order, 0, frame) for frame in capture.frames)
    path = tmp_path / "keys.pcapng"

    def write(keys):
        secrets = block(order, 10, struct.pack(f"{order}II", 0x544C534B, len(keys)) + keys)
        path.write_bytes(section(order) + secrets + interface(order, 1) + frames)

    write(keylog.read_bytes())
    code, output, errors = run("--json", str(path))
    assert (code, errors) == (0, "")
    assert [name for _, name, _ in names(output)] == ["FloorRequest", "FloorRequestStatus"]
    write(f"CLIENT_RANDOM {'00' * 32} {'00' * 48}\n".encode())
    code, _, errors = run(str(path))
    assert code == 2
    assert "No key of the capture opens the TLS connection of 192.0.2.1:44000 and 192.0.2.2:4000." in errors


def test_tls_over_ipv6_is_decrypted(need, run, tmp_path):
    """The ends of a connection over IPv6 are told to tshark as it wants them."""
    need("tshark")
    keylog = tmp_path / "keys.log"
    capture = Capture("2001:db8::1", "2001:db8::2")
    capture.connection(4000, asyncio.run(recorded(PROFILES["1.3"], keylog)))
    code, output, errors = run("--keylog", str(keylog), capture.write(tmp_path / "tls.pcap"))
    assert (code, errors) == (0, "")
    assert output.startswith("[2001:db8::1]:44000 > [2001:db8::2]:4000 TLS BFCP FloorRequest")


def test_without_tshark_tls_is_not_passed_over(run, tmp_path, monkeypatch):
    """Where tshark is missing and TLS is to be decrypted, the exit code is 2 and the sentence says why."""
    capture = Capture()
    capture.connection(4000, [(True, b"\x16\x03\x01\x00\x01\x00")])
    path = capture.write(tmp_path / "tls.pcap")
    (tmp_path / "keys.log").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, errors = run("--keylog", str(tmp_path / "keys.log"), path)
    assert code == 2
    assert errors == "mpspec: TLS in a capture is decrypted by tshark, which is not installed.\n"
