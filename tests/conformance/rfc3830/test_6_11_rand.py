"""RFC 3830, 6.11: the random value."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import Rand
from mediasec.wire import OctetReader


def test_mky_026__rand_is_length_and_value():
    """RAND is a length of 8 bits and a value of that length."""
    assert Rand(value=b"\x01\x02").serialize() == b"\x02\x01\x02"
    assert Rand.parse(OctetReader(b"\x02\x01\x02")) == Rand(value=b"\x01\x02")


def test_mky_026__short_value_is_malformed():
    """A value shorter than its length does not parse."""
    with pytest.raises(MalformedMessage):
        Rand.parse(OctetReader(b"\x02\x01"))
