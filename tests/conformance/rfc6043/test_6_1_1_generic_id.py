"""RFC 6043, 6.1.1: the GENERIC-ID map."""

import pytest

from mediasec.errors import MalformedMessage, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GenericMap, GenericSession, SrtpSessionData
from mediasec.mikey.registry import ProtocolType
from mediasec.wire import OctetReader

TWO = bytes.fromhex("01 00 82 0304 0002 aabb 01 07  02 f1 00 0000 00")


def test_mky_010__each_block_counts_its_parts():
    """A block is CS ID, protocol, S flag, policies, session data and SPI behind their counts and lengths."""
    sessions = GenericMap(
        sessions=(
            GenericSession(
                cs_id=1,
                protocol_type=ProtocolType.SRTP,
                session_flag=True,
                policies=(3, 4),
                session_data=b"\xaa\xbb",
                spi=b"\x07",
            ),
            GenericSession(cs_id=2, protocol_type=241),
        )
    )
    assert GenericMap.parse(OctetReader(TWO), 2) == sessions
    assert sessions.serialize() == TWO
    assert sessions.count == 2


@pytest.mark.parametrize("length", range(len(TWO)))
def test_mky_010__a_map_that_ends_too_early_is_malformed(length):
    """There are as many blocks as crypto sessions, each complete."""
    with pytest.raises(MalformedMessage):
        GenericMap.parse(OctetReader(TWO[:length]), 2)


def test_mky_010__255_crypto_sessions_with_all_policies():
    """The largest map has 255 blocks of 127 policies each."""
    sessions = tuple(
        GenericSession(cs_id=number, protocol_type=241, policies=tuple(range(127)), spi=bytes(255))
        for number in range(255)
    )
    octets = GenericMap(sessions=sessions).serialize()
    assert len(octets) == 255 * (3 + 127 + 2 + 1 + 255)
    assert GenericMap.parse(OctetReader(octets), 255).sessions == sessions


@pytest.mark.parametrize(
    ("octets", "data"),
    [
        ("11223344", SrtpSessionData(ssrc=0x11223344)),
        (
            "11223344 00000005 0006",
            SrtpSessionData(ssrc=0x11223344, rollover_counter=5, sequence_number=6),
        ),
    ],
)
def test_mky_011__counters_are_there_exactly_if_the_flag_is_set(octets, data):
    """Session data of SRTP is the SSRC and, exactly if the S flag is set, ROC and SEQ."""
    octets = bytes.fromhex(octets)
    with_counters = data.rollover_counter is not None
    assert SrtpSessionData.parse(octets, with_counters=with_counters) == data
    assert data.serialize() == octets
    with pytest.raises(MalformedMessage):
        SrtpSessionData.parse(octets, with_counters=not with_counters)


@pytest.mark.parametrize("flag_and_count", ["80", "00"])
def test_mky_011__session_data_of_another_length_is_rejected(flag_and_count):
    """Session data that does not agree with the S flag breaks the rule."""
    data = "00000001" if flag_and_count == "80" else "00000001 00000002 0003"
    block = bytes.fromhex(f"01 00 {flag_and_count}") + len(bytes.fromhex(data)).to_bytes(2, "big")
    octets = bytes.fromhex("01 0e 00 00 00000001 01 02") + block + bytes.fromhex(data) + b"\x00"
    with pytest.raises(RequirementViolated) as caught:
        Message.parse(octets)
    assert [finding.requirement for finding in caught.value.findings] == ["MKY_011"]


def test_mky_011__session_data_of_another_protocol_is_opaque():
    """Session data of a protocol other than SRTP has its own form."""
    octets = bytes.fromhex("01 0e 00 00 00000001 01 02  01 f1 80 0001 ff 00")
    assert Message.parse(octets).header.sessions.sessions[0].session_data == b"\xff"
