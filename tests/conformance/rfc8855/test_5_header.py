"""RFC 8855, 5: packet format."""

import pytest

from mediasec.bfcp import Header, Message, Primitive
from mediasec.bfcp.values import FloorId
from mediasec.errors import LocalProtocolError, MalformedMessage

FLOOR_REQUEST = bytes.fromhex(
    "20 01 0001  11223344  007b 00ea"  # Ver 1, FloorRequest, 1 unit, conference, transaction 123, user 234
    "04 04 021f"  # FLOOR-ID 543
)
MESSAGE = Message(
    primitive=Primitive.FLOOR_REQUEST,
    conference_id=0x11223344,
    transaction_id=123,
    user_id=234,
    attributes=(FloorId(value=543),),
)


def test_bfcp_001__serializes_header():
    """A message begins with 12 octets in network byte order."""
    assert MESSAGE.serialize() == FLOOR_REQUEST


def test_bfcp_001__parses_header():
    """The fields of the header are read in network byte order."""
    assert Message.parse(FLOOR_REQUEST) == MESSAGE


@pytest.mark.parametrize(("octet", "bits"), [(0x30, (1, 0, 0)), (0x28, (0, 1, 0)), (0x27, (0, 0, 7))])
def test_bfcp_001__parses_each_bit(octet, bits):
    """Each bit behind the version has a field of its own."""
    header = Header.parse(bytes([octet]) + FLOOR_REQUEST[1:12])
    assert (header.version, header.responder, header.fragmented, header.reserved) == (1, *bits)


@pytest.mark.parametrize("length", range(12))
def test_bfcp_001__rejects_short_header(length):
    """Fewer than 12 octets are no header."""
    with pytest.raises(MalformedMessage):
        Header.parse(FLOOR_REQUEST[:length])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("primitive", 1 << 8),
        ("conference_id", 1 << 32),
        ("transaction_id", 1 << 16),
        ("user_id", 1 << 16),
        ("user_id", -1),
    ],
)
def test_bfcp_001__refuses_value_that_does_not_fit(field, value):
    """A value that does not fit into its field is not sent."""
    fields = {"primitive": 11, "conference_id": 1, "transaction_id": 1, "user_id": 1} | {field: value}
    with pytest.raises(LocalProtocolError) as caught:
        Message(**fields).serialize()
    assert [(finding.requirement, finding.where) for finding in caught.value.findings] == [
        ("BFCP_001", f"header.{field}")
    ]
