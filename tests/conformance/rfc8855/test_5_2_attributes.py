"""RFC 8855, 5.2: attribute format."""

import pytest

from mediasec.bfcp import ErrorCode, Floor, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute, find, find_all
from mediasec.bfcp.groups import (
    BeneficiaryInformation,
    FloorRequestInformation,
    FloorRequestStatus,
    RequestedByInformation,
    parse_attributes,
)
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.bfcp.values import FloorId, ParticipantProvidedInfo, StatusInfo, UserDisplayName, UserUri
from mediasec.errors import LocalProtocolError, MalformedMessage

HEADER = "20 0b {units:04x} 00001267 0001 0001"


def hello(attributes: str) -> bytes:
    """Return a Hello with attributes in hexadecimal."""
    octets = bytes.fromhex(attributes)
    return bytes.fromhex(HEADER.format(units=len(octets) // 4)) + octets


def parse(attributes: str):
    """Parse attributes in hexadecimal."""
    return parse_attributes(bytes.fromhex(attributes))


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("", "12 02 0000"),
        ("a", "12 03 61 00"),
        ("ab", "12 04 6162"),
        ("abc", "12 05 616263 000000"),
        ("abcd", "12 06 61626364 0000"),
    ],
)
def test_bfcp_005__pads_with_zeros(text, octets):
    """The length counts header and contents, and zeros align the attribute to 32 bits."""
    assert StatusInfo(text=text).serialize() == bytes.fromhex(octets)
    assert parse(octets) == (StatusInfo(text=text),)


def test_bfcp_005__ignores_padding():
    """Padding that is not zero changes nothing."""
    assert parse("12 03 61 ff 04 04 021f") == (StatusInfo(text="a"), FloorId(value=543))


@pytest.mark.parametrize("octets", ["12 01 6100", "12 00 6100", "12", "12 05 616263", "12 09 61626364"])
def test_bfcp_005__rejects_wrong_length(octets):
    """An attribute that is shorter than its header, or longer than what is left, does not parse."""
    with pytest.raises(MalformedMessage):
        parse(octets)


def test_bfcp_005__m_bit_stands_behind_the_type():
    """The type has 7 bits, and the M bit is the eighth."""
    assert parse("13 04 6162") == (StatusInfo(text="ab", mandatory=True),)
    assert StatusInfo(text="ab", mandatory=True).serialize() == bytes.fromhex("13 04 6162")


def test_bfcp_006__counts_padding_of_inner_attributes():
    """The length of a group counts the attributes in it with their padding."""
    group = BeneficiaryInformation(
        identifier=7, attributes=(UserDisplayName(text="a"), UserUri(text="sip:b"))
    )
    octets = "1c 10 0007  18 03 61 00  1a 07 7369703a62 00"
    assert group.serialize() == bytes.fromhex(octets)
    assert parse(octets) == (group,)


@pytest.mark.parametrize("octets", ["1c 07 0007 18 03 61 00", "1c 0c 0007 18 03 61 00", "1c 02 0000"])
def test_bfcp_006__rejects_group_of_another_length(octets):
    """A group whose attributes do not fill it does not parse."""
    with pytest.raises(MalformedMessage):
        parse(octets)


def test_bfcp_007__passes_over_unknown_attribute(hall):
    """An unknown attribute without the M bit changes nothing."""
    answers = hall().raw(hello("c6 05 010203 000000"))
    assert [message.primitive for message in answers] == [Primitive.HELLO_ACK]


def test_bfcp_007__keeps_unknown_attribute_octet_for_octet():
    """An unknown attribute, also one in a group, is written as it was read."""
    octets = "1e 14 0001  22 08 0001 ff 04 6162  c7 05 010203 000000"
    attributes = parse(octets)
    assert find_all(attributes[0].attributes, UnknownAttribute) == (
        UnknownAttribute(number=99, mandatory=True, octets=b"\1\2\3"),
    )
    assert b"".join(attribute.serialize() for attribute in attributes) == bytes.fromhex(octets)


def test_bfcp_007__answers_unknown_mandatory_attributes(hall):
    """Unknown attributes with the M bit, also in groups, are listed in error 4, each type once."""
    octets = hello("c7 03 01 00  1c 08 0001 c9 04 0102  c7 02 0000  c4 02 0000")
    error = hall().raw(octets)[0].find(Error)
    assert error.code == ErrorCode.UNKNOWN_MANDATORY_ATTRIBUTE
    assert error.unknown_types == (0x63, 0x64)


def test_bfcp_007__known_type_is_not_unknown():
    """What RFC 8855 knows is not sent as an unknown attribute."""
    attributes = (UnknownAttribute(number=2, octets=b"\0\1"),)
    message = Message(
        primitive=Primitive.HELLO, conference_id=1, transaction_id=1, user_id=1, attributes=attributes
    )
    with pytest.raises(LocalProtocolError, match="BFCP_007"):
        message.serialize()


@pytest.mark.parametrize(
    "attribute",
    [
        StatusInfo(text="x" * 254),
        StatusInfo(text="é" * 127),
        UnknownAttribute(number=99, octets=bytes(254)),
        Error(code=14, details=bytes(253)),
        BeneficiaryInformation(
            identifier=1, attributes=(UserDisplayName(text="x" * 122), UserUri(text="y" * 125))
        ),
    ],
)
def test_bfcp_008__refuses_attribute_beyond_255_octets(attribute):
    """An attribute of more than 255 octets, a group too, is not sent."""
    with pytest.raises(LocalProtocolError, match="BFCP_008"):
        attribute.serialize()


@pytest.mark.parametrize(
    "attribute",
    [
        StatusInfo(text="x" * 253),
        Error(code=14, details=bytes(252)),
        BeneficiaryInformation(
            identifier=1, attributes=(UserDisplayName(text="x" * 122), UserUri(text="y" * 121))
        ),
    ],
)
def test_bfcp_008__sends_as_much_as_fits(attribute):
    """The longest attributes are sent and read again."""
    octets = attribute.serialize()
    assert octets[1] >= 252
    assert parse(octets.hex()) == (attribute,)


def test_bfcp_008__leaves_out_what_finds_no_room(hall):
    """A request for as many floors as fit is told of without its reason, and with all of its floors."""
    table = hall(*(Floor(floor_id=number) for number in range(1, 30)))
    seat = table.seat(8)
    request = seat.client.request_floors(*range(1, 29), beneficiary=1, info="x" * 200)
    information = seat.ask(request).find(FloorRequestInformation)
    assert len(information.serialize()) <= 256
    assert len(find_all(information.attributes, FloorRequestStatus)) == 28
    assert find(information.attributes, BeneficiaryInformation).identifier == 1
    assert find(information.attributes, RequestedByInformation).identifier == 8
    assert find(information.attributes, ParticipantProvidedInfo) is None
    assert seat.error(seat.client.request_floors(*range(1, 30))) == ErrorCode.GENERIC_ERROR


def test_bfcp_008__tells_the_reason_where_it_fits(hall):
    """The reason of a request is told where there is room for it."""
    seat = hall().seat(1)
    information = seat.ask(seat.client.request_floors(543, info="x" * 200)).find(FloorRequestInformation)
    assert find(information.attributes, ParticipantProvidedInfo).text == "x" * 200
