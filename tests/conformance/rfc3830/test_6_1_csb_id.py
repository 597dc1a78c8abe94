"""RFC 3830, 6.1: a CSB ID is random and new."""

import pytest

from mediasec.errors import LocalProtocolError
from mediasec.mikey.message import Message

NOW = 1_796_126_400.0


def test_proc_137__csb_id_that_is_taken_is_drawn_again(replayed, octet_stream):
    """A CSB ID that a bundle with the Responder has is not taken."""
    parties = replayed("mode_4")
    parties.make_ticket()
    random = octet_stream()
    taken = int.from_bytes(octet_stream()(4), "big")
    octets = parties.initiator.transfer(parties.identities["called"], NOW, random, taken=[taken])
    assert Message.parse(octets).header.csb_id == int.from_bytes(octet_stream_second(octet_stream), "big")


def octet_stream_second(octet_stream):
    random = octet_stream()
    random(4)
    return random(4)


def test_proc_137__source_that_yields_nothing_new_is_given_up(replayed):
    """A source of random octets that repeats itself is not asked for ever."""
    parties = replayed("mode_4")
    parties.make_ticket()
    with pytest.raises(LocalProtocolError, match="PROC_137"):
        parties.initiator.transfer(parties.identities["called"], NOW, bytes, taken=[0])
