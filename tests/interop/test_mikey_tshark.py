"""MIKEY messages in tshark: it takes them apart at the same octets as we do, as far as it knows them.

It knows the payloads of RFC 3830 but CHASH, and IDR. It stops at TR, RANDR, TP and TICKET, and reads a
GENERIC-ID map as something else, so of a ticket message it sees what stands before the first of these. Two of
its readings differ from the figures of RFC 3830 and are left out here: it takes the length of a certificate
from one octet too early (6.7), and places type and length of a parameter of SP outside of it (6.10).
"""

import json
import struct
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from mediasec.mikey import payloads as p
from mediasec.mikey import registry as r
from mediasec.mikey.message import Message
from mpspec.protocol.mikey_decode import decode

VECTORS = Path(__file__).parents[1] / "vectors" / "mikey" / "messages"
PORT = 2269
"""The port that IANA gives MIKEY, by which tshark knows it."""
NAMES = {
    "HDR": "mikey.hdr",
    "KEMAC": "mikey.kemac",
    "PKE": "mikey.pke",
    "DH": "mikey.dh",
    "SIGN": "mikey.sign",
    "T": "mikey.t",
    "ID": "mikey.id",
    "CERT": "mikey.cert",
    "CHASH": "mikey.chash",
    "V": "mikey.v",
    "SP": "mikey.sp",
    "RAND": "mikey.rand",
    "ERR": "mikey.err",
    "IDR": "mikey.idr",
    "GENERAL EXTENSION": "mikey.ext",
}
MISPLACED = ("mikey.sp.param.type", "mikey.sp.param.len")
RAND, MAC = bytes(range(16)), bytes(range(20))


def vector(name):
    parts = json.loads((VECTORS / f"{name}.json").read_text())["parts"]
    return bytes.fromhex("".join(part["octets"] for part in parts))


def capture(message):
    """Return a capture of one UDP datagram (RFC 768) in one IPv4 packet (RFC 791), linktype 101."""
    datagram = struct.pack("!HHHH", PORT, PORT, 8 + len(message), 0) + message
    packet = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1"
    )
    packet += datagram
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    return head + struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet


@pytest.fixture
def dissect(need, tmp_path):
    """Return what tshark sees: its payloads as (name, offset, length), and the places of their fields."""
    tshark = need("tshark")

    def run(message):
        path = tmp_path / "message.pcap"
        path.write_bytes(capture(message))
        done = subprocess.run(
            [tshark, "-r", str(path), "-T", "pdml"], capture_output=True, check=True, timeout=60
        )
        found = etree.fromstring(done.stdout).find(".//proto[@name='mikey']")
        start = int(found.get("pos"))

        def place(field):
            return int(field.get("pos")) - start, int(field.get("size"))

        payloads = [(field.get("name"), *place(field)) for field in found if len(field)]
        leaves = {
            place(field)
            for field in found.iter("field")
            if not len(field) and place(field)[1] and field.get("name") not in MISPLACED
        }
        return payloads, leaves

    return run


def ours(message):
    """Return the same of our decoder."""
    whole = decode(message)
    assert whole.fault is None
    payloads, leaves = [], set()

    def walk(part):
        inner = part.get("parts", [])
        if not inner and part["length"]:
            leaves.add((part["offset"], part["length"]))
        for child in inner[2:] if part["name"] == "Policy param" else inner:
            walk(child)

    for part in whole.as_json()["parts"]:
        name = "IDR" if part["name"].startswith("IDR") else part["name"]
        payloads.append((NAMES.get(name, name), part["offset"], part["length"]))
        walk(part)
    return payloads, leaves


def message(data_type, *payloads):
    header = p.Header(
        data_type=data_type,
        response_expected=True,
        prf_function=r.PrfFunction.MIKEY_1,
        csb_id=0xCAFE0001,
        sessions=p.SrtpMap(
            sessions=(
                p.SrtpSession(policy_number=0, ssrc=0x11223344),
                p.SrtpSession(policy_number=1, ssrc=0x55667788, rollover_counter=3),
            )
        ),
    )
    timestamp = p.Timestamp(kind=r.TimestampType.NTP_UTC, value=0xD800000180000000)
    return Message(header=header, payloads=(timestamp, *payloads)).serialize()


IDENTITIES = (
    p.Identity(kind=r.IdentityType.URI, data=b"sip:alice@example.com"),
    p.Identity(kind=r.IdentityType.NAI, data=b"bob@example.com"),
)
POLICY = p.SecurityPolicy(
    number=1,
    protocol_type=r.ProtocolType.SRTP,
    parameters=(p.PolicyParameter(kind=0, value=b"\x01"), p.PolicyParameter(kind=11, value=b"\x0a")),
)
OWN = {
    "pre-shared key": message(
        r.DataType.PSK,
        p.Rand(value=RAND),
        *IDENTITIES,
        POLICY,
        p.GeneralExtension(kind=r.GeneralExtensionType.SDP_IDS, data=b"mikey"),
        p.Kemac(
            encryption=r.EncryptionAlgorithm.AES_CM_128,
            data=bytes(30),
            mac_algorithm=r.MacAlgorithm.HMAC_SHA_1_160,
            mac=MAC,
        ),
    ),
    "public key": message(
        r.DataType.PUBLIC_KEY,
        p.Rand(value=RAND),
        IDENTITIES[0],
        p.Kemac(encryption=r.EncryptionAlgorithm.AES_CM_128, data=bytes(9)),
        p.EncryptedEnvelopeKey(cache=r.EnvelopeKeyCache.CACHE, data=bytes(64)),
        p.Signature(kind=r.SignatureType.RSA_PKCS1_V1_5, signature=bytes(64)),
    ),
    "verification": message(
        r.DataType.PUBLIC_KEY_VERIFICATION,
        IDENTITIES[1],
        p.Verification(algorithm=r.MacAlgorithm.HMAC_SHA_1_160, mac=MAC),
    ),
    "error": message(
        r.DataType.ERROR,
        p.Error(number=r.ErrorNumber.INVALID_SP),
        POLICY,
        p.Verification(algorithm=r.MacAlgorithm.HMAC_SHA_1_160, mac=MAC),
    ),
}


@pytest.mark.parametrize("name", ["rfc4567_offer", "rfc4567_answer"])
def test_the_messages_of_rfc_4567(dissect, name):
    """Both messages of RFC 4567, 5.1 have the same payloads and fields in tshark and here."""
    assert dissect(vector(name)) == ours(vector(name))


@pytest.mark.parametrize("name", OWN)
def test_our_messages_of_rfc_3830(dissect, name):
    """Our messages of RFC 3830 have in tshark the payloads and fields that we put there."""
    assert dissect(OWN[name]) == ours(OWN[name])


@pytest.mark.parametrize(
    ("name", "known"),
    [("request_init_psk", 2), ("resolve_init_psk", 2), ("request_resp", 3), ("resolve_resp", 5)],
)
def test_ticket_messages_up_to_the_first_unknown_payload(dissect, name, known):
    """Of a ticket message tshark sees the payloads before RANDR, TP or TICKET at the same octets."""
    theirs, _ = dissect(vector(name))
    payloads, _ = ours(vector(name))
    assert theirs[:known] == payloads[:known]
    assert payloads[known][0] not in NAMES.values()
    assert [payload for payload, *_ in theirs[known:] if payload in NAMES.values()] == []
