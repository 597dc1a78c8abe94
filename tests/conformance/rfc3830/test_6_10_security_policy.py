"""RFC 3830, 6.10: the security policy payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import PolicyParameter, SecurityPolicy
from mediasec.mikey.registry import ProtocolType
from mediasec.wire import OctetReader

OCTETS = bytes.fromhex("03 00 0007 00 01 01 01 02 8000")
POLICY = SecurityPolicy(
    number=3,
    protocol_type=ProtocolType.SRTP,
    parameters=(PolicyParameter(kind=0, value=b"\x01"), PolicyParameter(kind=1, value=b"\x80\x00")),
)


def test_mky_037__parameters_fill_their_length():
    """SP has a policy number, a protocol, a length of 16 bits, and parameters that fill that length."""
    assert POLICY.serialize() == OCTETS
    assert SecurityPolicy.parse(OctetReader(OCTETS)) == POLICY


@pytest.mark.parametrize("length", ["0006", "0001", "0008"])
def test_mky_037__length_that_lies_is_malformed(length):
    """A length that ends within a parameter, or after the message, does not parse."""
    with pytest.raises(MalformedMessage):
        SecurityPolicy.parse(OctetReader(OCTETS[:2] + bytes.fromhex(length) + OCTETS[4:]))
