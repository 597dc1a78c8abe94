"""RFC 8855, 5.3.12: HelloAck."""

import pytest

from mediasec.bfcp import ErrorCode, Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.values import SupportedAttributes, SupportedPrimitives

MESSAGES, ATTRIBUTES = SupportedPrimitives(primitives=(11, 12)), SupportedAttributes(types=(1, 2))

EXTENSION = UnknownAttribute(number=99, octets=b"")


def message(primitive, attributes):
    """Return a message with attributes."""
    return Message(
        primitive=primitive, conference_id=1, transaction_id=1, user_id=1, attributes=tuple(attributes)
    )


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.HELLO_ACK, (MESSAGES, ATTRIBUTES)),
    ],
)
def test_bfcp_024__holds_its_attributes(primitive, attributes):
    """A HelloAck lists messages, then attributes."""
    sent = message(primitive, (*attributes, EXTENSION))
    assert sent.check() == []
    assert Message.parse(sent.serialize()) == sent


@pytest.mark.parametrize(
    ("primitive", "attributes"),
    [
        (Primitive.HELLO_ACK, (MESSAGES,)),
        (Primitive.HELLO_ACK, (ATTRIBUTES,)),
        (Primitive.HELLO_ACK, (MESSAGES, MESSAGES, ATTRIBUTES)),
    ],
)
def test_bfcp_024__needs_both_lists(primitive, attributes):
    """A HelloAck with one of the lists missing, or twice, cannot be passed over."""
    (finding,) = message(primitive, attributes).check()
    assert (finding.requirement, finding.reply) == ("BFCP_024", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
