"""RFC 6043, 6.8: the random value with a role."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import RoleRand
from mediasec.mikey.registry import RandRole
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "role"), [(1, RandRole.INITIATOR), (2, RandRole.RESPONDER), (3, RandRole.KMS)]
)
def test_mky_027__role_stands_before_the_value(code, role):
    """RANDR is a random value behind a role."""
    payload = RoleRand(role=role, value=b"\xaa\xbb")
    octets = bytes([code]) + bytes.fromhex("02 aabb")
    assert payload.serialize() == octets
    assert RoleRand.parse(OctetReader(octets)) == payload


def test_mky_027__short_value_is_malformed():
    """A value shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        RoleRand.parse(OctetReader(bytes.fromhex("01 02 aa")))
