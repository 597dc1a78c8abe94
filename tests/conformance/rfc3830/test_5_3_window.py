"""RFC 3830, 5.3: the timestamp is checked first, and only authentic messages are remembered."""

import pytest

from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType
from mediasec.mikey.replay import ReplayGuard

NOW = 1_800_000_000.0


def ids(findings):
    return [finding.requirement for finding in findings]


@pytest.mark.parametrize("kind", [TimestampType.NTP_UTC, TimestampType.NTP, TimestampType.NTP_UTC_32])
@pytest.mark.parametrize(
    ("difference", "wrong"), [(0, False), (-60, False), (60, False), (-61, True), (61, True), (1e9, True)]
)
def test_mky_170__timestamp_lies_within_the_window(kind, difference, wrong):
    """A message is discarded whose timestamp differs from the clock by more than the window."""
    timestamp = Timestamp.of_unix_time(NOW + difference, kind)
    found = ReplayGuard(window_seconds=60).check(timestamp, b"mac", b"sender", NOW)
    assert ids(found) == ["MKY_170"] * wrong


def test_mky_172__message_that_was_only_checked_is_not_remembered():
    """A message enters the memory after its authentication, and not by being checked."""
    guard, timestamp = ReplayGuard(), Timestamp.of_unix_time(NOW, TimestampType.NTP_UTC)
    for _ in range(3):
        assert guard.check(timestamp, b"mac", b"sender", NOW) == []
    guard.remember(timestamp, b"mac", b"sender")
    assert ids(guard.check(timestamp, b"mac", b"sender", NOW)) == ["MKY_171"]
