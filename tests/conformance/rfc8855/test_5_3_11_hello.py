"""RFC 8855, 5.3.10, 5.3.11 and 5.3.14 to 5.3.17: messages without attributes."""

import pytest

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.values import FloorId

FLOOR = FloorId(value=543)

EXTENSION = UnknownAttribute(number=99, octets=b"")


def message(primitive, attributes):
    """Return a message with attributes."""
    return Message(
        primitive=primitive, conference_id=1, transaction_id=1, user_id=1, attributes=tuple(attributes)
    )


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.CHAIR_ACTION_ACK, ()),
        (Primitive.HELLO, ()),
        (Primitive.FLOOR_REQUEST_STATUS_ACK, ()),
        (Primitive.FLOOR_STATUS_ACK, ()),
        (Primitive.GOODBYE, ()),
        (Primitive.GOODBYE_ACK, ()),
    ],
)
def test_bfcp_026__holds_its_attributes(primitive, attributes):
    """The message holds extensions at most."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.CHAIR_ACTION_ACK, (FLOOR,)),
        (Primitive.HELLO, (FLOOR,)),
        (Primitive.FLOOR_REQUEST_STATUS_ACK, (FLOOR,)),
        (Primitive.FLOOR_STATUS_ACK, (FLOOR,)),
        (Primitive.GOODBYE, (FLOOR,)),
        (Primitive.GOODBYE_ACK, (FLOOR,)),
    ],
)
def test_bfcp_026__holds_no_known_attribute(primitive, attributes):
    """An attribute that RFC 8855 knows is not sent in this message."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_026", None)
