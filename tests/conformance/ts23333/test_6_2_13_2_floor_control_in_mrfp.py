"""TS 23.333, 6.2.13.2: floor control within the MRFP."""

import pytest

from mediasec.bfcp import (
    Close,
    Conference,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Primitive,
    RequestStatus,
    Send,
    StatusChanged,
    User,
)
from mediasec.bfcp.groups import FloorRequestInformation


@pytest.fixture
def server():
    """A server with one conference: floor 1 with chair 9, floor 2 without."""
    users = [User(user_id=number, identity=f"user-{number}") for number in (1, 2, 9)]
    floors = [Floor(floor_id=1, chair=9), Floor(floor_id=2)]
    return FloorControlServer([Conference(conference_id=1, floors=floors, users=users)])


@pytest.fixture
def send(server):
    """Send a request of a user on the user's own connection."""
    clients = {}

    def send(user, request):
        if user not in clients:
            clients[user] = FloorControlClient(conference_id=1, user_id=user)
            server.connect(f"of {user}", f"user-{user}")
        message = request(clients[user])
        return server.receive(f"of {user}", message.serialize(), 0.0)

    return send


def told(actions, connection):
    """Return the floor requests that each FloorStatus on a connection tells of."""
    return [
        [information.identifier for information in action.message.find_all(FloorRequestInformation)]
        for action in actions
        if isinstance(action, Send)
        and action.connection == connection
        and action.message.primitive == Primitive.FLOOR_STATUS
    ]


def test_bfcp_071__the_chair_is_told_of_a_request(send):
    """A chair that has asked for nothing is told of a request for its floor, and of no other."""
    send(9, lambda client: client.hello())
    assert told(send(1, lambda client: client.request_floors(2)), "of 9") == []
    assert told(send(1, lambda client: client.request_floors(1)), "of 9") == [[2]]


def test_bfcp_071__a_chair_that_comes_later_is_told(send):
    """A chair whose connection begins later is told of the requests that wait for it."""
    send(1, lambda client: client.request_floors(1))
    assert told(send(9, lambda client: client.hello()), "of 9") == [[1]]
    assert told(send(9, lambda client: client.hello()), "of 9") == []


def test_bfcp_071__a_new_chair_is_told(server, send):
    """A user who becomes the chair is told, and without a chair nothing is pending any more."""
    send(2, lambda client: client.hello())
    send(1, lambda client: client.request_floors(1))
    assert told(server.designate_chair(1, 1, 2), "of 2") == [[1]]
    changes = [
        action.status for action in server.designate_chair(1, 1, None) if isinstance(action, StatusChanged)
    ]
    assert changes == [RequestStatus.GRANTED]


def test_bfcp_072__a_released_connection_gives_its_floors_back(server, send):
    """When the connection is released by command, what its user holds is revoked and the next one has it."""
    send(1, lambda client: client.request_floors(2))
    send(2, lambda client: client.request_floors(2))
    actions = server.release("of 1")
    assert actions[0] == Close(connection="of 1", reason="The connection is released by command.")
    changes = [(action.beneficiary, action.status) for action in actions if isinstance(action, StatusChanged)]
    assert changes == [(1, RequestStatus.REVOKED), (2, RequestStatus.GRANTED)]
    assert server.release("of 1") == []


def test_bfcp_072__so_does_a_user_who_is_put_out(server, send):
    """A user who is put out of the conference keeps neither floor nor connection."""
    send(1, lambda client: client.request_floors(2))
    actions = server.remove_user(1, 1)
    assert [action.status for action in actions if isinstance(action, StatusChanged)] == [
        RequestStatus.REVOKED
    ]
    assert [action.connection for action in actions if isinstance(action, Close)] == ["of 1"]
