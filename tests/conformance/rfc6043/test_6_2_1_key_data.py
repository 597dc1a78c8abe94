"""RFC 6043, 6.2.1: types of key that MIKEY-TICKET adds."""

import pytest

from mediasec.mikey.payloads import KeyData, Opaque
from mediasec.mikey.registry import KeyDataType
from mediasec.mikey.ticket import parse_key_data


@pytest.mark.parametrize(
    ("octets", "key"),
    [
        ("00 40 0001 aa", KeyData(kind=KeyDataType.GTGK, key=b"\xaa")),
        ("00 50 0001 aa 0001 bb", KeyData(kind=KeyDataType.GTGK_SALT, key=b"\xaa", salt=b"\xbb")),
        ("00 60 0001 aa", KeyData(kind=KeyDataType.MPK, key=b"\xaa")),
    ],
)
def test_mky_034__group_keys_and_protection_keys(octets, key):
    """The type of key 4 is a group TGK, 5 a group TGK with a salt, and 6 a MIKEY protection key."""
    assert parse_key_data(bytes.fromhex(octets)) == (key,)


def test_mky_034__another_type_is_not_guessed():
    """Whether a key of an unknown type has a salt is unknown, so its octets are kept as they are."""
    octets = bytes.fromhex("00 70 0001 aa")
    assert parse_key_data(octets) == (Opaque(payload_type=20, octets=octets),)
