"""RFC 3830, 6.14: key validity data."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Interval, KeyData, Opaque, Spi
from mediasec.mikey.registry import KeyDataType
from mediasec.mikey.ticket import parse_key_data
from mediasec.wire import OctetReader

LAYOUTS = [
    ("00 0000", None),
    ("01 0000 03 a1a2a3", Spi(value=b"\xa1\xa2\xa3")),
    ("02 0000 01 a1 02 b1b2", Interval(valid_from=b"\xa1", valid_to=b"\xb1\xb2")),
]


@pytest.mark.parametrize(("octets", "validity"), LAYOUTS)
def test_mky_035__validity_is_nothing_an_spi_or_an_interval(octets, validity):
    """Validity data is nothing, an SPI behind its length, or an interval behind two lengths."""
    key = KeyData(kind=KeyDataType.TGK, key=b"", validity=validity)
    assert key.serialize() == bytes.fromhex(octets)
    assert KeyData.parse(OctetReader(bytes.fromhex(octets))) == key


def test_mky_035__another_validity_is_not_guessed():
    """Where validity data of an unknown type ends is unknown, so the octets are kept as they are."""
    octets = bytes.fromhex("00 03 0000 01 aa")
    assert parse_key_data(octets) == (Opaque(payload_type=20, octets=octets),)


@pytest.mark.parametrize("octets", [octets for octets, validity in LAYOUTS if validity])
def test_mky_035__short_validity_is_malformed(octets):
    """Validity data that ends too early does not parse."""
    with pytest.raises(MalformedMessage):
        KeyData.parse(OctetReader(bytes.fromhex(octets)[:-1]))
