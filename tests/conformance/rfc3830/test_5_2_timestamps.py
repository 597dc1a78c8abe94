"""RFC 3830, 5.2: every message has a timestamp of its own."""

import pytest

from mediasec.mikey.registry import TimestampType
from mediasec.procedures.ticket_terms import TimestampSource

NOW = 1_796_126_400.0


@pytest.mark.parametrize("kind", list(TimestampType))
def test_proc_106__timestamps_rise_even_if_the_clock_does_not(kind):
    """A party makes no two messages with one timestamp, with any form and any clock."""
    source = TimestampSource(kind)
    values = [source.next(now).value for now in (NOW, NOW, NOW - 100, NOW + 1, NOW + 1)]
    assert values == sorted(set(values))
    assert {source.next(NOW).kind} == {kind}


def test_proc_106__timestamp_is_that_of_the_clock():
    """A clock that goes on gives its own time."""
    source = TimestampSource(TimestampType.NTP_UTC_32)
    assert [source.next(NOW + seconds).unix_time - NOW for seconds in (0, 5, 7)] == [0, 5, 7]
    assert [TimestampSource(TimestampType.COUNTER).next(NOW).value for _ in range(2)] == [1, 1]
