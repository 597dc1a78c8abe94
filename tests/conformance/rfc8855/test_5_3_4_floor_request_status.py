"""RFC 8855, 5.3.4 and 5.3.9: FloorRequestStatus and ChairAction."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus

WHAT = FloorRequestInformation(identifier=789, attributes=(FloorRequestStatus(identifier=543),))

EXTENSION = UnknownAttribute(number=99, octets=b"")


def message(primitive, attributes):
    """Return a message with attributes."""
    return Message(
        primitive=primitive, conference_id=1, transaction_id=1, user_id=1, attributes=tuple(attributes)
    )


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_REQUEST_STATUS, (WHAT,)),
        (Primitive.CHAIR_ACTION, (WHAT,)),
    ],
)
def test_bfcp_021__holds_its_attributes(primitive, attributes):
    """The message holds what is known of one floor request."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_REQUEST_STATUS, ()),
        (Primitive.FLOOR_REQUEST_STATUS, (WHAT, WHAT)),
        (Primitive.CHAIR_ACTION, ()),
        (Primitive.CHAIR_ACTION, (WHAT, WHAT)),
    ],
)
def test_bfcp_021__needs_one_floor_request(primitive, attributes):
    """Without a floor request, or with two, the message cannot be passed over."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_021", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
