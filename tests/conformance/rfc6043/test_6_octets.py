"""RFC 6043, 6: fields of variable length are byte aligned."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.message import Message


def test_mky_004__fields_follow_each_other_without_padding(transfer_init):
    """Every length is used up exactly, and written again it is the same message."""
    octets = b"".join(transfer_init)
    assert Message.parse(octets).serialize() == octets


def test_mky_004__every_truncation_is_malformed(transfer_init):
    """A message whose lengths do not agree with its octets is not processed."""
    octets = b"".join(transfer_init)
    for length in range(len(octets)):
        with pytest.raises(MalformedMessage):
            Message.parse(octets[:length])


def test_mky_004__a_message_has_a_limit():
    """A message of 1,048,576 octets is read, and a longer one is not."""
    longest = bytes.fromhex("01 0e 63 00 00000001 00 01").ljust(1 << 20, b"\0")
    assert Message.parse(longest).serialize() == longest
    with pytest.raises(MalformedMessage):
        Message.parse(longest + b"\0")


def test_mky_004__a_length_that_lies_is_malformed():
    """An identity that announces more octets than follow does not parse."""
    with pytest.raises(MalformedMessage):
        Message.parse(bytes.fromhex("01 0e 0e 00 00000001 00 01  00 01 01 ffff 61"))
