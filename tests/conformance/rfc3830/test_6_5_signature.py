"""RFC 3830, 6.5: the signature payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Signature
from mediasec.mikey.registry import SignatureType
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("octets", "kind"), [("0002 aabb", SignatureType.RSA_PKCS1_V1_5), ("1002 aabb", SignatureType.RSA_PSS)]
)
def test_mky_029__type_and_length_share_two_octets(octets, kind):
    """SIGN has a type of 4 bits, a length of 12 bits and a signature of that length."""
    payload = Signature(kind=kind, signature=b"\xaa\xbb")
    assert payload.serialize() == bytes.fromhex(octets)
    assert Signature.parse(OctetReader(bytes.fromhex(octets))) == payload


def test_mky_029__signature_ends_the_message():
    """SIGN names no next payload and is the last payload."""
    header = bytes.fromhex("01 0c 04 00 00000001 00 01")
    assert Message.parse(header + bytes.fromhex("0001 ff")).payloads == (
        Signature(kind=SignatureType.RSA_PKCS1_V1_5, signature=b"\xff"),
    )
    with pytest.raises(MalformedMessage):
        Message.parse(header + bytes.fromhex("0001 ff 00"))
