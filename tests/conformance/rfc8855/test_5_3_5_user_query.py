"""RFC 8855, 5.3.5 and 5.3.6: UserQuery and UserStatus."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.groups import BeneficiaryInformation, FloorRequestInformation, FloorRequestStatus
from mediasec.bfcp.values import BeneficiaryId

WHOM, WHO = BeneficiaryId(value=1), BeneficiaryInformation(identifier=1)
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
        (Primitive.USER_QUERY, ()),
        (Primitive.USER_QUERY, (WHOM,)),
        (Primitive.USER_STATUS, ()),
        (Primitive.USER_STATUS, (WHO,)),
        (Primitive.USER_STATUS, (WHO, WHAT, WHAT)),
        (Primitive.USER_STATUS, (WHAT,)),
    ],
)
def test_bfcp_022__holds_its_attributes(primitive, attributes):
    """The query names at most one user; the status tells of that user, then of floor requests."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.USER_QUERY, (WHOM, WHOM)),
        (Primitive.USER_STATUS, (WHO, WHO, WHAT)),
    ],
)
def test_bfcp_022__names_one_user(primitive, attributes):
    """A second user cannot be passed over."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_022", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
