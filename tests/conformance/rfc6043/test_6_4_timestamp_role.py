"""RFC 6043, 6.4: the timestamp with a role."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import RoleTimestamp, Timestamp
from mediasec.mikey.registry import TimestampRole, TimestampType
from mediasec.wire import OctetReader


@pytest.mark.parametrize(
    ("code", "role"),
    [
        (1, TimestampRole.ISSUE),
        (2, TimestampRole.START),
        (3, TimestampRole.END),
        (4, TimestampRole.REKEYING_INTERVAL),
    ],
)
def test_mky_020__role_stands_before_the_timestamp(code, role):
    """TR is a timestamp behind a role."""
    payload = RoleTimestamp(role=role, timestamp=Timestamp(kind=TimestampType.NTP_UTC_32, value=0x01020304))
    octets = bytes([code]) + bytes.fromhex("03 01020304")
    assert payload.serialize() == octets
    assert RoleTimestamp.parse(OctetReader(octets)) == payload


def test_mky_020__short_timestamp_is_malformed():
    """A timestamp that ends too early does not parse."""
    with pytest.raises(MalformedMessage):
        RoleTimestamp.parse(OctetReader(bytes.fromhex("02 03 010203")))
