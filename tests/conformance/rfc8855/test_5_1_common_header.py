"""RFC 8855, 5.1: COMMON-HEADER format."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.message import IncorrectLength
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.errors import LocalProtocolError

HELLO = bytes.fromhex("20 0b 0000 00001267 0001 0001")


def codes(messages):
    """Return the error codes of Error messages."""
    return [message.find(Error).code for message in messages]


def test_bfcp_002__sends_version_1():
    """Over TCP the version is 1."""
    octets = Message(primitive=Primitive.HELLO, conference_id=0x1267, transaction_id=1, user_id=1).serialize()
    assert octets == HELLO
    assert octets[0] >> 5 == 1


@pytest.mark.parametrize("version", [0, 2, 3, 7])
def test_bfcp_002__answers_other_version(hall, version):
    """The server answers another version with error 12, in a message of version 1."""
    answers = hall().raw(bytes([version << 5]) + HELLO[1:])
    assert codes(answers) == [ErrorCode.UNSUPPORTED_VERSION]
    assert answers[0].version == 1


def test_bfcp_002__refuses_to_send_version_2():
    """A message of version 2 is not sent over TCP."""
    message = Message(primitive=Primitive.HELLO, conference_id=1, transaction_id=1, user_id=1, version=2)
    with pytest.raises(LocalProtocolError, match="BFCP_002"):
        message.serialize()


@pytest.mark.parametrize("bits", [0x10, 0x08, 0x01, 0x02, 0x04, 0x1F])
def test_bfcp_003__ignores_bits(hall, bits):
    """The server passes over R, F and reserved bits: it answers as if they were zero."""
    octets = bytes([HELLO[0] | bits]) + HELLO[1:]
    assert [message.primitive for message in hall().raw(octets)] == [Primitive.HELLO_ACK]


@pytest.mark.parametrize("field", [{"responder": True}, {"fragmented": True}, {"reserved": 5}])
def test_bfcp_003__refuses_to_send_bits(field):
    """R, F and reserved bits are sent as zero alone."""
    message = Message(primitive=Primitive.HELLO, conference_id=1, transaction_id=1, user_id=1, **field)
    with pytest.raises(LocalProtocolError, match="BFCP_003"):
        message.serialize()


def test_bfcp_003__fragment_fields_are_not_there():
    """With the F bit set the attributes still begin behind 12 octets."""
    octets = bytes.fromhex("28 03 0001 00001267 0001 0001 06 04 0315")
    assert Message.parse(octets).attributes[0].value == 0x0315


def test_bfcp_004__counts_units_of_4_octets():
    """The Payload Length counts units of 4 octets without the header."""
    attributes = (UnknownAttribute(number=99, octets=b"1234567"),)
    message = Message(
        primitive=Primitive.HELLO, conference_id=1, transaction_id=1, user_id=1, attributes=attributes
    )
    octets = message.serialize()
    assert len(octets) == 12 + 12
    assert octets[2:4] == (3).to_bytes(2, "big")


@pytest.mark.parametrize("octets", [HELLO[:2] + b"\0\1" + HELLO[4:], HELLO + bytes(4)])
def test_bfcp_004__rejects_other_length(octets):
    """A message that has another length than the announced one does not parse."""
    with pytest.raises(IncorrectLength):
        Message.parse(octets)


def test_bfcp_004__answers_wrong_length(hall):
    """The server answers a message whose attribute passes its end with error 13, and discards it."""
    table = hall()
    request = bytes.fromhex("20 01 0001 00001267 0001 0001 04 08 021f")
    assert codes(table.raw(request)) == [ErrorCode.INCORRECT_MESSAGE_LENGTH]
    assert not table.conference.requests


def test_bfcp_004__refuses_longer_payload():
    """A payload that the field cannot count is not sent."""
    attributes = (UnknownAttribute(number=99, octets=bytes(250)),) * 1041
    message = Message(
        primitive=Primitive.HELLO, conference_id=1, transaction_id=1, user_id=1, attributes=attributes
    )
    with pytest.raises(LocalProtocolError, match="BFCP_004"):
        message.serialize()
