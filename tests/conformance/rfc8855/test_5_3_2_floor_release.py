"""RFC 8855, 5.3.2 and 5.3.3: FloorRelease and FloorRequestQuery."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.values import FloorRequestId

WHICH = FloorRequestId(value=789)

EXTENSION = UnknownAttribute(number=99, octets=b"")


def message(primitive, attributes):
    """Return a message with attributes."""
    return Message(
        primitive=primitive, conference_id=1, transaction_id=1, user_id=1, attributes=tuple(attributes)
    )


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_RELEASE, (WHICH,)),
        (Primitive.FLOOR_REQUEST_QUERY, (WHICH,)),
    ],
)
def test_bfcp_020__holds_its_attributes(primitive, attributes):
    """The message holds one floor request ID."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_RELEASE, ()),
        (Primitive.FLOOR_RELEASE, (WHICH, WHICH)),
        (Primitive.FLOOR_REQUEST_QUERY, ()),
        (Primitive.FLOOR_REQUEST_QUERY, (WHICH, WHICH)),
    ],
)
def test_bfcp_020__needs_one_floor_request_id(primitive, attributes):
    """Without a floor request ID, or with two, the message cannot be passed over."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_020", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
