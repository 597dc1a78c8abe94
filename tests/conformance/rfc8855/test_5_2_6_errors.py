"""RFC 8855, 5.2.6: ERROR-CODE."""

import pytest

from mediasec.bfcp import ErrorCode, FloorControlClient, Message, Primitive
from mediasec.bfcp.values import ErrorCode as Error


@pytest.mark.parametrize("code", [1, 14, 15, 255])
def test_bfcp_012__unknown_code_is_an_error(code):
    """A client takes every Error as one, whether it knows the code or not."""
    client = FloorControlClient(conference_id=1, user_id=2)
    request = client.hello()
    answer = Message(
        primitive=Primitive.ERROR,
        conference_id=1,
        transaction_id=request.transaction_id,
        user_id=2,
        attributes=(Error(code=code),),
    )
    (event,) = client.receive(answer.serialize())
    assert event.error.code == code
    assert client.unanswered == ()


def test_bfcp_054__answers_unknown_user(hall):
    """A user ID that the conference does not have is answered with error 2."""
    seat = hall().seat(77)
    assert seat.error(seat.client.hello()) == ErrorCode.USER_DOES_NOT_EXIST


def test_bfcp_055__answers_unknown_floor(hall):
    """A floor that the conference does not have is answered with error 6, and nothing is granted."""
    table = hall()
    seat = table.seat(1)
    assert seat.error(seat.client.request_floors(543, 544)) == ErrorCode.INVALID_FLOOR_ID
    assert seat.error(seat.client.query_floors(544)) == ErrorCode.INVALID_FLOOR_ID
    assert not table.conference.requests


def test_bfcp_055__answers_unknown_floor_request(hall):
    """A floor request that is not ongoing is answered with error 7."""
    seat = hall().seat(1)
    assert seat.error(seat.client.query_request(5)) == ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST
    assert seat.error(seat.client.release_floors(5)) == ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST
    floor_request_id = seat.request_floors(543)
    seat.ask(seat.client.release_floors(floor_request_id))
    assert (
        seat.error(seat.client.query_request(floor_request_id)) == ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST
    )
