"""RFC 8855, 13.8: Error message generation."""

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.bfcp.values import ErrorInfo, FloorId


def test_bfcp_068__has_a_code(hall):
    """An Error has an ERROR-CODE, and a text where there is more to say."""
    table = hall()
    seat = table.seat(1)
    response = seat.ask(seat.client.query_floors(77))
    assert response.primitive == Primitive.ERROR
    assert [type(attribute) for attribute in response.attributes] == [Error, ErrorInfo]
    assert response.check() == []
    (answer,) = table.raw(bytes.fromhex("200b0000 ffffffff 0001 0001"))
    assert [type(attribute) for attribute in answer.attributes] == [Error]
    assert answer.check() == []


def test_bfcp_068__a_long_text_is_cut(hall):
    """More text than fits is cut, so that the Error can be sent."""
    attributes = tuple(FloorId(value=1) for _ in range(2)) + tuple(
        UnknownAttribute(number=number, mandatory=True, octets=b"") for number in range(19, 128)
    )
    message = Message(
        primitive=Primitive.FLOOR_QUERY,
        conference_id=4711,
        transaction_id=1,
        user_id=1,
        attributes=attributes,
    )
    (answer,) = hall().raw(message.serialize())
    assert answer.find(Error).unknown_types == tuple(range(19, 128))
    assert answer.check() == []
