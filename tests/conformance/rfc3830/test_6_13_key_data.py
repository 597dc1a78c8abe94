"""RFC 3830, 6.13: the key data sub-payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import KeyData, Spi
from mediasec.mikey.registry import KeyDataType
from mediasec.wire import OctetReader

LAYOUTS = [
    ("01 0002 aabb 01 07", KeyData(kind=KeyDataType.TGK, key=b"\xaa\xbb", validity=Spi(value=b"\x07"))),
    ("10 0001 aa 0001 bb", KeyData(kind=KeyDataType.TGK_SALT, key=b"\xaa", salt=b"\xbb")),
    ("20 0001 aa", KeyData(kind=KeyDataType.TEK, key=b"\xaa")),
    ("30 0001 aa 0000", KeyData(kind=KeyDataType.TEK_SALT, key=b"\xaa", salt=b"")),
]


@pytest.mark.parametrize(("octets", "key"), LAYOUTS)
def test_mky_033__key_is_followed_by_salt_and_validity(octets, key):
    """Key data has types of 4 bits each, a key, a salt exactly if the type says so, and the validity data."""
    assert key.serialize() == bytes.fromhex(octets)
    assert KeyData.parse(OctetReader(bytes.fromhex(octets))) == key
    assert key.check("key_data[0]") == []


@pytest.mark.parametrize(
    "key",
    [
        KeyData(kind=KeyDataType.TGK, key=b"\xaa", salt=b"\xbb"),
        KeyData(kind=KeyDataType.TEK_SALT, key=b"\xaa"),
    ],
)
def test_mky_033__salt_against_the_type_is_found(key):
    """A salt that the type of key does not have, or a missing one, is a finding."""
    assert [finding.requirement for finding in key.check("key_data[0]")] == ["MKY_033"]


@pytest.mark.parametrize("octets", [octets for octets, _ in LAYOUTS])
def test_mky_033__short_key_data_is_malformed(octets):
    """Key data that ends too early does not parse."""
    with pytest.raises(MalformedMessage):
        KeyData.parse(OctetReader(bytes.fromhex(octets)[:-1]))
