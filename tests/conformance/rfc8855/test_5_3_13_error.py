"""RFC 8855, 5.3.13: Error."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.bfcp.values import ErrorInfo

CODE, INFO = Error(code=ErrorCode.GENERIC_ERROR), ErrorInfo(text="more")

EXTENSION = UnknownAttribute(number=99, octets=b"")


def message(primitive, attributes):
    """Return a message with attributes."""
    return Message(
        primitive=primitive, conference_id=1, transaction_id=1, user_id=1, attributes=tuple(attributes)
    )


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.ERROR, (CODE,)),
        (Primitive.ERROR, (CODE, INFO)),
    ],
)
def test_bfcp_025__holds_its_attributes(primitive, attributes):
    """An Error holds a code, then at most one text."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.ERROR, ()),
        (Primitive.ERROR, (INFO,)),
        (Primitive.ERROR, (CODE, CODE)),
        (Primitive.ERROR, (CODE, INFO, INFO)),
    ],
)
def test_bfcp_025__needs_one_code(primitive, attributes):
    """An Error without a code, or with two codes or texts, cannot be passed over."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_025", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
