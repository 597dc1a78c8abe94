"""RFC 6043, 6.6: the identity with a role."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import RoleIdentity
from mediasec.mikey.registry import IdentityRole, IdentityType
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "role"),
    [
        (1, IdentityRole.INITIATOR),
        (2, IdentityRole.RESPONDER),
        (3, IdentityRole.KMS),
        (4, IdentityRole.PRE_SHARED_KEY),
        (5, IdentityRole.APPLICATION),
    ],
)
def test_mky_023__role_stands_before_the_identity(code, role):
    """IDR is an identity behind a role."""
    payload = RoleIdentity(role=role, kind=IdentityType.URI, data=b"a:b")
    octets = bytes([code]) + bytes.fromhex("01 0003") + b"a:b"
    assert payload.serialize() == octets
    assert RoleIdentity.parse(OctetReader(octets)) == payload


def test_mky_023__short_data_is_malformed():
    """Data shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        RoleIdentity.parse(OctetReader(bytes.fromhex("01 01 0004") + b"a:b"))
