"""RFC 3830, 6.6: the timestamp payload."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType
from mediasec.wire import OctetReader

LAYOUTS = [
    ("00 c8e350ea00000006", TimestampType.NTP_UTC, 0xC8E350EA00000006),
    ("01 0000000000000001", TimestampType.NTP, 1),
    ("02 00000003", TimestampType.COUNTER, 3),
    ("03 c8e350ea", TimestampType.NTP_UTC_32, 0xC8E350EA),
]


@pytest.mark.parametrize(("octets", "kind", "value"), LAYOUTS)
def test_mky_016__type_decides_the_length_of_the_value(octets, kind, value):
    """NTP-UTC and NTP have values of 64 bits, COUNTER and NTP-UTC-32 of 32 bits."""
    timestamp = Timestamp(kind=kind, value=value)
    assert timestamp.serialize() == bytes.fromhex(octets)
    assert Timestamp.parse(OctetReader(bytes.fromhex(octets))) == timestamp


@pytest.mark.parametrize("octets", [octets for octets, _, _ in LAYOUTS])
def test_mky_016__short_value_is_malformed(octets):
    """A value that ends too early does not parse."""
    with pytest.raises(MalformedMessage):
        Timestamp.parse(OctetReader(bytes.fromhex(octets)[:-1]))


def test_mky_017__counter_gets_leading_zeros():
    """Where 64 bits are needed, a counter gets zeros before it."""
    counter = Timestamp(kind=TimestampType.COUNTER, value=0x01020304)
    assert counter.octets_of_64_bits == bytes.fromhex("0000000001020304")


def test_mky_017__a_timestamp_of_64_bits_stays_as_it_is():
    """A value that has 64 bits needs no padding."""
    timestamp = Timestamp(kind=TimestampType.NTP_UTC, value=0xC8E350EA00000006)
    assert timestamp.octets_of_64_bits == bytes.fromhex("c8e350ea00000006")
