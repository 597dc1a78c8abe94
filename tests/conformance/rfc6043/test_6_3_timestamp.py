"""RFC 6043, 6.3: NTP-UTC-32."""

from datetime import UTC, datetime

import pytest

from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType

ROLL_OVER = datetime(2036, 2, 7, 6, 28, 16, tzinfo=UTC).timestamp()
"""RFC 4330, 3: the second at which the 32-bit seconds of NTP begin again at 0."""


def test_mky_019__fraction_of_zero_follows():
    """Where 64 bits are needed, an NTP-UTC-32 timestamp gets a fraction of zero after it."""
    timestamp = Timestamp(kind=TimestampType.NTP_UTC_32, value=0x01020304)
    assert timestamp.octets_of_64_bits == bytes.fromhex("0102030400000000")


@pytest.mark.parametrize(
    ("value", "unix_time"),
    [
        (0x8000_0000, datetime(1968, 1, 20, 3, 14, 8, tzinfo=UTC).timestamp()),
        (2_208_988_800, 0.0),
        (0xFFFF_FFFF, ROLL_OVER - 1),
        (0, ROLL_OVER),
        (0x7FFF_FFFF, ROLL_OVER + 0x7FFF_FFFF),
    ],
)
def test_mky_018__first_bit_tells_the_era(value, unix_time):
    """A timestamp whose first bit is 0 lies after 7 February 2036."""
    assert Timestamp(kind=TimestampType.NTP_UTC_32, value=value).unix_time == unix_time
    assert Timestamp(kind=TimestampType.NTP_UTC, value=value << 32).unix_time == unix_time
    assert Timestamp.of_unix_time(unix_time, TimestampType.NTP_UTC_32).value == value


def test_mky_018__fraction_of_a_second_is_kept():
    """The second half of an NTP-UTC timestamp is a binary fraction."""
    timestamp = Timestamp.of_unix_time(1_700_000_000.25, TimestampType.NTP_UTC)
    assert timestamp.value == (1_700_000_000 + 2_208_988_800) << 32 | 0x4000_0000
    assert timestamp.unix_time == 1_700_000_000.25
    before_1970 = Timestamp.of_unix_time(-0.25, TimestampType.NTP_UTC)
    assert before_1970.value == 2_208_988_799 << 32 | 0xC000_0000
