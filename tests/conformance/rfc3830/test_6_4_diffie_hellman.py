"""RFC 3830, 6.4: the Diffie-Hellman payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import DiffieHellman, Spi
from mediasec.mikey.registry import DhGroup
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "group", "bits"),
    [(0, DhGroup.OAKLEY_5, 1536), (1, DhGroup.OAKLEY_1, 768), (2, DhGroup.OAKLEY_2, 1024)],
)
def test_mky_031__group_decides_the_length(code, group, bits):
    """DH has a group, a public value as long as the group makes it, reserved bits, and the validity."""
    value = bytes(range(bits // 8))
    payload = DiffieHellman(group=group, public_value=value, reserved=9, validity=Spi(value=b"\x05"))
    octets = bytes([code]) + value + bytes.fromhex("91 01 05")
    assert payload.serialize() == octets
    assert DiffieHellman.parse(OctetReader(octets)) == payload
    assert payload.check("payload[0]") == []


def test_mky_031__value_of_another_length_is_found():
    """A public value of another length than the group's is a finding, and does not parse."""
    findings = DiffieHellman(group=DhGroup.OAKLEY_1, public_value=bytes(95)).check("payload[3]")
    assert [finding.requirement for finding in findings] == ["MKY_031"]
    with pytest.raises(MalformedMessage):
        DiffieHellman.parse(OctetReader(bytes(97)[:96]))
