"""RFC 8855, 9: authentication and authorization."""

from mediasec.bfcp import Conference, ErrorCode, Floor, FloorControlClient, User


def test_bfcp_042__needs_the_right(hall):
    """A request for another user by one who has no right to it is answered with error 5."""
    table = hall()
    seat = table.seat(1)
    assert seat.error(seat.client.request_floors(543, beneficiary=2)) == ErrorCode.UNAUTHORIZED_OPERATION
    assert not table.conference.requests


def test_bfcp_042__beneficiary_is_a_user(hall):
    """A beneficiary whom the conference does not have is answered with error 2."""
    seat = hall().seat(8)
    assert seat.error(seat.client.request_floors(543, beneficiary=77)) == ErrorCode.USER_DOES_NOT_EXIST


def test_bfcp_042__with_the_right_it_is_processed(hall):
    """Who has the right gets the floor for the other user."""
    table = hall()
    floor_request_id = table.seat(8).request_floors(543, beneficiary=2)
    request = table.conference.requests[floor_request_id]
    assert (request.requester, request.beneficiary) == (8, 2)


def test_bfcp_035__other_operations_need_a_right_too(hall):
    """Nobody releases the request of somebody else but its beneficiary."""
    table = hall()
    floor_request_id = table.seat(8).request_floors(543, beneficiary=2)
    stranger, beneficiary = table.seat(1), table.seat(2)
    refused = stranger.error(stranger.client.release_floors(floor_request_id))
    assert refused == ErrorCode.UNAUTHORIZED_OPERATION
    assert floor_request_id in table.conference.requests
    beneficiary.ask(beneficiary.client.release_floors(floor_request_id))
    assert not table.conference.requests


def test_bfcp_035__a_user_of_another_conference_is_another(hall):
    """The same user ID in another conference may be somebody else."""
    table = hall()
    users = [User(user_id=1, identity="user-2")]
    table.server.add_conference(Conference(conference_id=1, floors=[Floor(floor_id=1)], users=users))
    seat = table.seat(1)
    seat.client = FloorControlClient(conference_id=1, user_id=1)
    assert seat.error(seat.client.hello()) == ErrorCode.UNAUTHORIZED_OPERATION
