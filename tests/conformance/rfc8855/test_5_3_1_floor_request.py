"""RFC 8855, 5.3.1: FloorRequest."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.registry import Priority
from mediasec.bfcp.values import BeneficiaryId, FloorId, ParticipantProvidedInfo
from mediasec.bfcp.values import Priority as Asked

FLOOR, OTHER, WHO = FloorId(value=543), FloorId(value=544), BeneficiaryId(value=2)
WHY, HOW = ParticipantProvidedInfo(text="why"), Asked(priority=Priority.HIGH)

EXTENSION = UnknownAttribute(number=99, octets=b"")


def message(primitive, attributes):
    """Return a message with attributes."""
    return Message(
        primitive=primitive, conference_id=1, transaction_id=1, user_id=1, attributes=tuple(attributes)
    )


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_REQUEST, (FLOOR,)),
        (Primitive.FLOOR_REQUEST, (FLOOR, OTHER)),
        (Primitive.FLOOR_REQUEST, (FLOOR, WHO, WHY, HOW)),
    ],
)
def test_bfcp_019__holds_its_attributes(primitive, attributes):
    """A FloorRequest holds floors, then beneficiary, reason and priority."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.FLOOR_REQUEST, ()),
        (Primitive.FLOOR_REQUEST, (WHO,)),
        (Primitive.FLOOR_REQUEST, (FLOOR, WHO, WHO)),
        (Primitive.FLOOR_REQUEST, (FLOOR, WHY, WHY)),
        (Primitive.FLOOR_REQUEST, (FLOOR, HOW, HOW)),
    ],
)
def test_bfcp_019__needs_a_floor_and_the_others_once(primitive, attributes):
    """A FloorRequest without a floor, or with another attribute twice, cannot be passed over."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_019", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
