"""RFC 3830, 6.1: the common header and the chain of payloads."""

import pytest

from mediasec.errors import LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import EmptyMap, Header, Opaque, Rand, Signature, SrtpMap, SrtpSession, Timestamp
from mediasec.mikey.registry import DataType, MapType, PrfFunction, SignatureType, TimestampType

HEADER = bytes.fromhex("01 0b 00 81 deadbeef 00 01")
COUNTER = Timestamp(kind=TimestampType.COUNTER, value=7)


def message(*payloads):
    header = Header(
        data_type=DataType.REQUEST_INIT_PSK,
        response_expected=True,
        prf_function=PrfFunction.PRF_HMAC_SHA_256,
        csb_id=0xDEADBEEF,
        sessions=EmptyMap(),
    )
    return Message(header=header, payloads=payloads)


def test_mky_001__header_is_laid_out_in_network_byte_order():
    """The header is version, data type, next payload, V and PRF, CSB ID, #CS and map type."""
    assert message().serialize() == HEADER
    assert Message.parse(HEADER) == message()


def test_mky_001__v_flag_and_prf_share_an_octet():
    """The V flag is the first bit of the octet whose other seven bits are the PRF function."""
    header = Message.parse(HEADER[:3] + b"\x7f" + HEADER[4:]).header
    assert header.response_expected is False
    assert header.prf_function == 127


@pytest.mark.parametrize(
    ("octet", "flag", "function"), [(0x80, True, 0), (0x7F, False, 127), (0xFF, True, 127)]
)
def test_mky_001__v_flag_is_the_first_bit(octet, flag, function):
    """Whatever the PRF function is, the V flag is the first bit, and both are written as they were read."""
    octets = HEADER[:3] + bytes([octet]) + HEADER[4:]
    header = Message.parse(octets).header
    assert (header.response_expected, header.prf_function) == (flag, function)
    assert Message.parse(octets).serialize() == octets


def test_mky_001__map_info_follows_the_fixed_fields():
    """The CS ID map info follows the CS ID map type."""
    sessions = SrtpMap(sessions=(SrtpSession(policy_number=2, ssrc=3, rollover_counter=4),))
    parsed = Message.parse(bytes.fromhex("01 00 00 00 00000001 01 00 02 00000003 00000004"))
    assert parsed.header.sessions == sessions
    assert parsed.header.sessions.map_type is MapType.SRTP_ID


@pytest.mark.parametrize("length", range(len(HEADER)))
def test_mky_001__short_header_is_malformed(length):
    """A header that ends too early does not parse."""
    with pytest.raises(MalformedMessage):
        Message.parse(HEADER[:length])


@pytest.mark.parametrize("version", [0, 2, 255])
def test_mky_002__another_version_is_rejected(version):
    """The version of a message is 1."""
    with pytest.raises(RequirementViolated) as caught:
        Message.parse(bytes([version]) + HEADER[1:])
    assert [finding.requirement for finding in caught.value.findings] == ["MKY_002"]


def test_mky_002__version_1_is_accepted_and_no_other_is_sent():
    """The version of a message is 1."""
    assert Message.parse(HEADER).header.version == 1
    with pytest.raises(LocalProtocolError):
        Message.parse_unchecked(b"\x02" + HEADER[1:]).serialize()


def test_mky_003__each_payload_names_the_next():
    """Each payload begins with the type of the payload after it, the last one with 0."""
    two = message(COUNTER, Rand(value=b"\xaa"))
    octets = HEADER[:2] + b"\x05" + HEADER[3:] + bytes.fromhex("0b 02 00000007 00 01 aa")
    assert two.serialize() == octets
    assert Message.parse(octets) == two


def test_mky_003__octets_after_the_last_payload_are_malformed():
    """Nothing follows the last payload."""
    with pytest.raises(MalformedMessage):
        Message.parse(message(COUNTER).serialize() + b"\x00")


@pytest.mark.parametrize(
    "first",
    [Signature(kind=SignatureType.RSA_PSS, signature=b"s"), Opaque(payload_type=99, octets=b"\x00")],
)
def test_mky_003__nothing_is_sent_after_a_payload_that_cannot_name_it(first):
    """A payload that has no octet for the next type is the last one."""
    with pytest.raises(LocalProtocolError):
        message(first, COUNTER).serialize()


def test_mky_003__a_signature_ends_the_chain():
    """A signature is the last payload and is read as one."""
    signed = message(COUNTER, Signature(kind=SignatureType.RSA_PSS, signature=b"s"))
    assert Message.parse(signed.serialize()) == signed


def test_mky_003__a_chain_without_end_is_malformed():
    """A chain of more payloads than the limit is not read to its end, and one of so many is."""
    start = HEADER[:2] + b"\x0b" + HEADER[3:]
    assert len(Message.parse(start + b"\x0b\x00" * 254 + b"\x00\x00").payloads) == 255
    with pytest.raises(MalformedMessage, match="more than 255 payloads"):
        Message.parse(start + b"\x0b\x00" * 255 + b"\x00\x00")
