"""RFC 3830, 4.2.8: the seconds of NTP begin again at zero in 2036."""

import pytest

from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType
from mediasec.mikey.replay import ReplayGuard

OVERFLOW = 2_085_978_496.0
"""2036-02-07 06:28:16 UTC, when the 32 bits of seconds since 1900 are used up."""


@pytest.mark.parametrize("sent", [-30, 0, 30])
@pytest.mark.parametrize("received", [-30, 0, 30])
def test_mky_175__window_holds_across_the_overflow(sent, received):
    """A timestamp from just before the overflow is new just after it, and the other way round."""
    timestamp = Timestamp.of_unix_time(OVERFLOW + sent, TimestampType.NTP_UTC_32)
    assert timestamp.value == (sent if sent >= 0 else (1 << 32) + sent)
    assert ReplayGuard(window_seconds=60).check(timestamp, b"mac", b"sender", OVERFLOW + received) == []


def test_mky_175__window_ends_across_the_overflow():
    """A timestamp from before the overflow is old when the window has passed."""
    timestamp = Timestamp.of_unix_time(OVERFLOW - 30, TimestampType.NTP_UTC)
    (finding,) = ReplayGuard(window_seconds=60).check(timestamp, b"mac", b"sender", OVERFLOW + 31)
    assert finding.requirement == "MKY_170"
