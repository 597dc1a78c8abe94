"""RFC 8855, 13.3: reception of a UserQuery message."""

from mediasec.bfcp import ErrorCode, Floor, Primitive
from mediasec.bfcp.groups import BeneficiaryInformation, FloorRequestInformation


def told(message):
    """Return the user and the floor requests that a UserStatus tells of."""
    assert message.primitive == Primitive.USER_STATUS
    ids = [information.identifier for information in message.find_all(FloorRequestInformation)]
    return message.find(BeneficiaryInformation).identifier, ids


def test_bfcp_062__tells_of_the_sender(hall):
    """A query that names nobody is about its sender, as requester and as beneficiary."""
    table = hall(Floor(floor_id=1, requests_per_user=3))
    seat, helper, other = table.seat(1), table.seat(8), table.seat(2)
    own = seat.request_floors(1)
    by_helper = helper.request_floors(1, beneficiary=1)
    other.request_floors(1)
    assert told(seat.ask(seat.client.query_user())) == (1, [own, by_helper])
    assert told(helper.ask(helper.client.query_user())) == (8, [by_helper])


def test_bfcp_062__tells_of_the_named_user(hall):
    """A query that names a user is about that user."""
    table = hall()
    seat, other = table.seat(1), table.seat(2)
    own = seat.request_floors(543)
    assert told(other.ask(other.client.query_user(1))) == (1, [own])
    assert told(other.ask(other.client.query_user())) == (2, [])


def test_bfcp_062__answers_unknown_user(hall):
    """A query about a user whom the conference does not have is answered with error 2."""
    seat = hall().seat(1)
    assert seat.error(seat.client.query_user(77)) == ErrorCode.USER_DOES_NOT_EXIST
