"""RFC 3830, 5.4: what was accepted is not accepted again."""

from mediasec.mikey.payloads import Timestamp
from mediasec.mikey.registry import TimestampType
from mediasec.mikey.replay import ReplayGuard

NOW = 1_800_000_000.0


def ids(findings):
    return [finding.requirement for finding in findings]


def at(seconds):
    return Timestamp.of_unix_time(NOW + seconds, TimestampType.NTP_UTC)


def counter(value):
    return Timestamp(kind=TimestampType.COUNTER, value=value)


def test_mky_171__accepted_message_is_refused_for_as_long_as_it_is_new():
    """A message that is in the memory is discarded, whoever claims to send it."""
    guard = ReplayGuard(window_seconds=60)
    guard.remember(at(0), b"mac", b"sender")
    for seconds in (0, 30, 60):
        assert ids(guard.check(at(0), b"mac", b"other", NOW + seconds)) == ["MKY_171"]
    assert ids(guard.check(at(0), b"mac", b"sender", NOW + 61)) == ["MKY_170"]
    assert guard.check(at(0), b"another mac", b"sender", NOW) == []


def test_mky_173__full_memory_refuses_until_the_oldest_leave():
    """A receiver that cannot remember refuses every message until the window has passed."""
    guard = ReplayGuard(window_seconds=60, capacity=2)
    guard.remember(at(0), b"first", b"sender")
    guard.remember(at(10), b"second", b"sender")
    assert ids(guard.check(at(20), b"third", b"sender", NOW + 20)) == ["MKY_173"]
    assert ids(guard.check(at(60), b"third", b"sender", NOW + 60)) == ["MKY_173"]
    assert guard.check(at(61), b"third", b"sender", NOW + 61) == []
    assert ids(guard.check(at(10), b"second", b"sender", NOW + 61)) == ["MKY_171"]


def test_mky_173__memory_stays_bounded():
    """No number of messages makes the memory larger than its capacity."""
    guard = ReplayGuard(window_seconds=1, capacity=8)
    for place in range(200):
        mac = place.to_bytes(2, "big")
        if not guard.check(at(place), mac, b"sender", NOW + place):
            guard.remember(at(place), mac, b"sender")
        assert len(guard._accepted) <= 8
    for place in range(20):
        sender = bytes([place])
        if not guard.check(counter(1), b"mac", sender, NOW):
            guard.remember(counter(1), b"mac", sender)
        assert len(guard._counters) <= 8
    assert ids(guard.check(counter(1), b"mac", b"one more", NOW)) == ["MKY_173"]


def test_mky_174__counter_rises_for_each_sender():
    """A counter is accepted that is greater than the last one of the same sender."""
    guard = ReplayGuard()
    assert guard.check(counter(7), b"a", b"sender", NOW) == []
    guard.remember(counter(7), b"a", b"sender")
    for value, wrong in ((7, True), (6, True), (8, False), (0xFFFFFFFF, False)):
        assert ids(guard.check(counter(value), b"b", b"sender", NOW)) == ["MKY_174"] * wrong
    assert guard.check(counter(1), b"c", b"another", NOW) == []
