"""RFC 3830, 6.1.1: the SRTP-ID map."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.mikey.payloads import SrtpMap, SrtpSession
from mediasec.wire import OctetReader

TWO = bytes.fromhex("01 11223344 00000002 05 55667788 00000006")


def test_mky_008__each_block_has_policy_ssrc_and_rollover_counter():
    """A block is a policy number of 8 bits, an SSRC of 32 bits and a rollover counter of 32 bits."""
    sessions = SrtpMap(
        sessions=(
            SrtpSession(policy_number=1, ssrc=0x11223344, rollover_counter=2),
            SrtpSession(policy_number=5, ssrc=0x55667788, rollover_counter=6),
        )
    )
    assert SrtpMap.parse(OctetReader(TWO), 2) == sessions
    assert sessions.serialize() == TWO
    assert sessions.count == 2


def test_mky_008__fewer_blocks_than_announced_are_malformed():
    """There are as many blocks as crypto sessions."""
    with pytest.raises(MalformedMessage):
        SrtpMap.parse(OctetReader(TWO[:-1]), 2)
