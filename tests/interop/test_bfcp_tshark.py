"""tshark reads every BFCP message that our endpoints send, and finds the same fields."""

import asyncio
import json
import socket
import subprocess
from pathlib import Path

import dpkt
import pytest
from lxml import etree

from mediasec.bfcp import (
    Conference,
    Decision,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Framer,
    Message,
    Primitive,
    Priority,
    RequestStatus,
    User,
)
from mediasec.bfcp import values as v
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.groups import Group
from mediasec.bfcp.registry import SUBSET_PRIMITIVES
from mediasec.endpoints.bfcp import FloorControlClientEndpoint, FloorControlServerEndpoint
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEYS = {"alice": b"a" * 32, "bob": b"b" * 32}
PORT = 2071
CHAIR = 9


async def talk():
    """Let a participant, a helper and a chair use every message; return what each side sent, in order."""
    sent = []
    users = [
        User(user_id=1, identity="alice", display_name="Älice", uri="sip:alice@example.com"),
        User(user_id=2, identity="alice", third_party=True),
        User(user_id=CHAIR, identity="bob"),
    ]
    floors = [Floor(floor_id=1), Floor(floor_id=2, chair=CHAIR)]
    core = FloorControlServer([Conference(conference_id=0xFEDCBA98, floors=floors, users=users)])

    def observe(stream, octets, was_sent):
        if was_sent:
            sent.append(octets)

    async with (
        FloorControlServerEndpoint(core, observe=observe) as server,
        await server.listen("127.0.0.1", 0, TlsServer(KEYS.get)) as listener,
    ):
        clients = []
        for user in users:
            stream = await connect("127.0.0.1", listener.port, TlsClient(user.identity, KEYS[user.identity]))
            client_core = FloorControlClient(conference_id=0xFEDCBA98, user_id=user.user_id)
            clients.append(FloorControlClientEndpoint(client_core, stream, observe=observe))
        alice, helper, chair = clients
        await chair.ask(chair.core.hello())
        await alice.ask(alice.core.query_floors(1, 2))
        await alice.ask(alice.core.request_floors(1, 2, priority=Priority.HIGH, info="why not"))
        await helper.ask(helper.core.request_floors(1, beneficiary=CHAIR))
        for status in (RequestStatus.ACCEPTED, RequestStatus.GRANTED):
            decision = Decision(floor_id=2, status=status, queue_position=3 - status, info="go on")
            await chair.ask(chair.core.decide(1, decision))
        await alice.ask(alice.core.query_request(2))
        await chair.ask(chair.core.query_user(1))
        await alice.ask(alice.core.query_floors(77))
        await helper.ask(helper.core.release_floors(2))
        for client in clients:
            await client.close()
    return sent


def capture(path, messages, overhead=b""):
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
    """Return the fields that tshark finds in each frame, by name, each with its values in order.

    A number is as tshark shows it; text, and what else it shows as text, is the octets in hexadecimal.
    """
    done = subprocess.run(
        [tshark, "-r", str(path), "-d", f"tcp.port=={PORT},bfcp", "-T", "pdml"],
        check=True,
        capture_output=True,
    )
    capture = etree.fromstring(done.stdout)
    assert capture.find(".//proto[@name='_ws.malformed']") is None
    frames = []
    for protocol in capture.iterfind("packet/proto[@name='bfcp']"):
        found = {}
        for field in protocol.iter("field"):
            shown = field.get("show", "")
            value = shown if shown.isdecimal() else field.get("value", "")
            found.setdefault(field.get("name"), []).append(value)
        frames.append(found)
    return frames


TEXTS = {
    v.ErrorInfo: "error_info_text",
    v.ParticipantProvidedInfo: "part_prov_info_text",
    v.StatusInfo: "status_info_text",
    v.UserDisplayName: "user_disp_name",
    v.UserUri: "user_uri",
}


GROUP_IDS = {
    "BeneficiaryInformation": "beneficiary_id",
    "FloorRequestInformation": "floorrequest_id",
    "RequestedByInformation": "req_by_i",
    "FloorRequestStatus": "floor_id",
    "OverallRequestStatus": "floorrequest_id",
}


NUMBERS = {
    v.BeneficiaryId: "beneficiary_id",
    v.FloorId: "floor_id",
    v.FloorRequestId: "floorrequest_id",
}


def values_of(attribute):
    """Return the fields that tshark is to find in one attribute, and their values."""
    match attribute:
        case v.Identifier(value=value):
            return {NUMBERS[type(attribute)]: [value]}
        case v.Priority(priority=priority):
            return {"priority": [priority.value]}
        case v.RequestStatus(status=status, queue_position=position):
            return {"request_status": [int(status)], "queue_pos": [position]}
        case v.ErrorCode(code=code):
            return {"error_code": [int(code)]}
        case v.SupportedAttributes(types=types):
            return {"supp_attr": types}
        case v.SupportedPrimitives(primitives=primitives):
            return {"supp_primitive": primitives}
        case v.Text(text=text):
            return {TEXTS[type(attribute)]: [text.encode().hex()]}
        case UnknownAttribute():
            return {}
    return {GROUP_IDS[type(attribute).__name__]: [attribute.identifier]}


def expected_of(attributes, found):
    """Collect what tshark is to find in attributes, however deep they stand."""
    for attribute in attributes:
        for name, values in ({"attribute_type": [int(attribute.type)]} | values_of(attribute)).items():
            found.setdefault(f"bfcp.{name}", []).extend(map(str, values))
        if isinstance(attribute, Group):
            expected_of(attribute.attributes, found)


@pytest.fixture(scope="module")
def messages():
    """What the endpoints send, each message once, in order."""
    framer = Framer()
    framer.feed(b"".join(asyncio.run(talk())))
    found = []
    while (framed := framer.next_message()) is not None:
        found.append(framed[1])
    return found


def test_every_message_is_sent(messages):
    """The endpoints send each message that is used over TCP."""
    assert {octets[1] for octets in messages} == {int(primitive) for primitive in SUBSET_PRIMITIVES}


def compare(tshark, messages, path):
    """Demand that tshark finds in each message what this project finds."""
    capture(path, messages)
    dissected = dissect(tshark, path)
    assert len(dissected) == len(messages)
    for octets, fields in zip(messages, dissected, strict=True):
        message = Message.parse(octets)
        wanted = {
            "bfcp.ver": [str(message.version)],
            "bfcp.primitive": [str(int(message.primitive))],
            "bfcp.payload_length": [str((len(octets) - 12) // 4)],
            "bfcp.conference_id": [str(message.conference_id)],
            "bfcp.transaction_id": [str(message.transaction_id)],
            "bfcp.user_id": [str(message.user_id)],
        }
        expected_of(message.attributes, wanted)
        assert {name: fields.get(name) for name in wanted} == wanted, Primitive(octets[1]).label
        assert not [name for name in fields if "malformed" in name or "too_small" in name]


def test_tshark_finds_the_same_fields(need, messages, tmp_path):
    """Each field of each message that the endpoints send has the same value for tshark."""
    compare(need("tshark"), messages, tmp_path / "bfcp.pcap")


def test_tshark_reads_the_vectors_alike(need, tmp_path):
    """Each field of each vector has the same value for tshark, which takes version 2 over UDP alone."""
    content = json.loads((Path(__file__).parents[1] / "vectors/bfcp/messages.json").read_text())
    vectors = [
        bytes.fromhex(vector["octets"])
        for vector in content["vectors"]
        if vector["expected"] and "not canonical" not in vector["flags"] and vector["id"] != "version-2"
    ]
    assert len(vectors) > 25
    compare(need("tshark"), vectors, tmp_path / "bfcp.pcap")
