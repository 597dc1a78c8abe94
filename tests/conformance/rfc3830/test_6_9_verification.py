"""RFC 3830, 6.9: the verification payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Verification
from mediasec.mikey.registry import MacAlgorithm
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "algorithm", "length"), [(0, MacAlgorithm.NULL, 0), (1, MacAlgorithm.HMAC_SHA_1_160, 20)]
)
def test_mky_028__algorithm_decides_the_length(code, algorithm, length):
    """V has a MAC algorithm and a MAC as long as that algorithm makes it."""
    mac = bytes(range(length))
    payload = Verification(algorithm=algorithm, mac=mac)
    assert payload.serialize() == bytes([code]) + mac
    assert Verification.parse(OctetReader(bytes([code]) + mac)) == payload
    assert payload.check("payload[0]") == []


def test_mky_028__blank_has_zeros_for_the_mac():
    """A blank V payload has the length that the algorithm makes it."""
    blank = Verification.blank(MacAlgorithm.HMAC_SHA_1_160)
    assert blank.serialize() == b"\x01" + bytes(20)


def test_mky_028__mac_of_another_length_is_found():
    """A MAC of another length than the algorithm's is a finding, and does not parse."""
    findings = Verification(algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=bytes(12)).check("payload[3]")
    assert [(finding.requirement, finding.where) for finding in findings] == [("MKY_028", "payload[3].mac")]
    with pytest.raises(MalformedMessage):
        Verification.parse(OctetReader(b"\x01" + bytes(12)))
