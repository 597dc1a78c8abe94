"""SDP in tshark: it reads the same origin, addresses, streams and attributes as we do.

It shows formats of RTP by names of its own, so that formats are left out here.
"""

import json
import re
import struct
import subprocess
from pathlib import Path

import pytest

from mediasec.sdp.message import SessionDescription

FOLDER = Path(__file__).parents[1] / "vectors" / "sdp"
REFUSED = re.compile(r"^SDP_08[2-7]$")
"""Rules on the form of SDP: what breaks one is refused here, and tshark is more patient."""

CASES = json.loads((FOLDER / "index.json").read_text())["cases"]
VECTORS = sorted(
    {
        FOLDER / case[part]
        for case in CASES
        if not any(map(REFUSED.match, case["expected"]))
        for part in ("previous", "offer", "answer")
        if part in case
    }
)
FIELDS = {
    "owner": ["sdp.owner.username", "sdp.owner.sessionid", "sdp.owner.version", "sdp.owner.address"],
    "address": ["sdp.connection_info.address"],
    "media": ["sdp.media.media"],
    "port": ["sdp.media.port"],
    "transport": ["sdp.media.proto"],
    "of the session": ["sdp.session_attr"],
    "of a stream": ["sdp.media_attr"],
}


def packet(body):
    """Return a SIP request with this body in a UDP datagram (RFC 768) in an IPv4 packet (RFC 791)."""
    head = f"INVITE sip:a SIP/2.0\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
    data = head.encode() + body
    datagram = struct.pack("!HHHH", 5060, 5060, 8 + len(data), 0) + data
    addresses = b"\x7f\0\0\1" * 2
    return struct.pack("!BBHHHBBH8s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, addresses) + datagram


def ascii_values(attributes):
    """Return the attributes that are of ASCII; tshark shows others in its own escapes."""
    return [text for text in (each.serialize() for each in attributes) if text.isascii()]


@pytest.fixture(scope="module")
def dissected(need, tmp_path_factory):
    """Return what tshark reads in each vector, by its name; each field is a list of what it shows."""
    tshark = need("tshark")
    path = tmp_path_factory.mktemp("sdp") / "sdp.pcap"
    octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for vector in VECTORS:
        each = packet(vector.read_bytes())
        octets += struct.pack("<IIII", 0, 0, len(each), len(each)) + each
    path.write_bytes(octets)
    names = [name for names in FIELDS.values() for name in names]
    arguments = [option for name in names for option in ("-e", name)]
    done = subprocess.run(
        [tshark, "-r", path, "-T", "json", *arguments], capture_output=True, check=True, timeout=60
    )
    packets = [each["_source"].get("layers", {}) for each in json.loads(done.stdout)]
    assert len(packets) == len(VECTORS)
    return dict(zip((vector.name for vector in VECTORS), packets, strict=True))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_tshark_reads_the_same(dissected, vector):
    """The program sees the origin, addresses, media lines and attributes that we see, in the same order."""
    description = SessionDescription.parse(vector.read_bytes())
    layers = dissected[vector.name]
    seen = {
        what: [value for name in names for value in layers.get(name, []) if value.isascii()]
        for what, names in FIELDS.items()
    }
    origin = description.origin
    lines = [media.line for media in description.media]
    connections = [description.connection, *(media.connection for media in description.media)]
    assert seen == {
        "owner": [origin.username, str(origin.session_id), str(origin.version), origin.address],
        "address": [each.address for each in connections if each is not None],
        "media": [line.media for line in lines],
        "port": [str(line.port) for line in lines],
        "transport": [line.transport for line in lines],
        "of the session": ascii_values(description.attributes),
        "of a stream": ascii_values(each for media in description.media for each in media.attributes),
    }
