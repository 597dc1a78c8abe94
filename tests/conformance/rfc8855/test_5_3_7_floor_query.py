"""RFC 8855, 5.3.7 and 5.3.8: FloorQuery and FloorStatus."""

import pytest

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus
from mediasec.bfcp.values import FloorId, FloorRequestId

FLOOR, OTHER = FloorId(value=543), FloorId(value=544)
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
        (Primitive.FLOOR_QUERY, ()),
        (Primitive.FLOOR_QUERY, (FLOOR, OTHER)),
        (Primitive.FLOOR_STATUS, ()),
        (Primitive.FLOOR_STATUS, (FLOOR,)),
        (Primitive.FLOOR_STATUS, (FLOOR, WHAT, WHAT)),
    ],
)
def test_bfcp_023__holds_its_attributes(primitive, attributes):
    """The query names floors; the status tells of floors, then of floor requests."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_QUERY, (FLOOR, FloorRequestId(value=1))),
        (Primitive.FLOOR_STATUS, (WHAT, FLOOR)),
        (Primitive.FLOOR_STATUS, (FLOOR, EXTENSION, WHAT)),
    ],
)
def test_bfcp_023__has_its_order(primitive, attributes):
    """An attribute that belongs elsewhere, or that stands too late, is not sent."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_023", None)
