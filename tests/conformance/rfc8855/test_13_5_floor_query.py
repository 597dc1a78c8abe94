"""RFC 8855, 13.5: reception of a FloorQuery message."""

import pytest

from mediasec.bfcp import ErrorCode, Floor, Primitive
from mediasec.bfcp.groups import FloorRequestInformation
from mediasec.bfcp.values import FloorId


def told(message):
    """Return the floors and the floor requests that a FloorStatus tells of."""
    assert message.primitive == Primitive.FLOOR_STATUS
    return (
        [attribute.value for attribute in message.find_all(FloorId)],
        [information.identifier for information in message.find_all(FloorRequestInformation)],
    )


def test_bfcp_064__one_message_for_each_floor(hall):
    """The first floor is told in the response, each other one in a message of its own."""
    table = hall(*(Floor(floor_id=number) for number in (1, 2, 3)))
    seat, holder = table.seat(1), table.seat(2)
    held = holder.request_floors(2)
    request = seat.client.query_floors(3, 2, 1, 2)
    assert told(seat.ask(request)) == ([3], [])
    assert [told(message) for message in seat.notified] == [([2], [held]), ([1], [])]


def test_bfcp_064__tells_changes_of_these_floors(hall):
    """Each change of a floor that was asked for is told, holders first, and none of another floor."""
    table = hall(Floor(floor_id=1), Floor(floor_id=2))
    watcher, one, two = table.seat(3), table.seat(1), table.seat(2)
    watcher.ask(watcher.client.query_floors(1))
    first = one.request_floors(1)
    second = two.request_floors(1)
    two.request_floors(2)
    one.ask(one.client.release_floors(first))
    assert [told(message) for message in watcher.notified] == [
        ([1], [first]),
        ([1], [first, second]),
        ([1], [second]),
    ]


def test_bfcp_064__holders_stand_before_the_queue(hall):
    """A FloorStatus tells of holders, then of the queue in its order, then of pending requests."""
    table = hall(Floor(floor_id=1, max_holders=2), Floor(floor_id=2, chair=9))
    seats = {user: table.seat(user) for user in (1, 2, 3, 8, 9)}
    pending = seats[9].request_floors(1, 2)
    ids = [seats[user].request_floors(1) for user in (1, 2, 3, 8)]
    assert told(seats[9].ask(seats[9].client.query_floors(1))) == ([1], [*ids, pending])


def test_bfcp_065__pending_is_told_to_its_parties_alone(hall):
    """A pending request is told to requester, beneficiary and chair, and to nobody else."""
    table = hall(Floor(floor_id=1, chair=9))
    requester, beneficiary, chair, other = table.seat(8), table.seat(1), table.seat(9), table.seat(2)
    floor_request_id = requester.request_floors(1, beneficiary=1)
    for seat in (requester, beneficiary, chair):
        assert told(seat.ask(seat.client.query_floors(1))) == ([1], [floor_request_id])
    assert told(other.ask(other.client.query_floors(1))) == ([1], [])
    error = other.error(other.client.query_request(floor_request_id))
    assert error == ErrorCode.UNAUTHORIZED_OPERATION
    status = other.ask(other.client.query_user(1))
    assert status.find(FloorRequestInformation) is None


@pytest.mark.parametrize("floors", [(1,), (2, 1)])
def test_bfcp_064__a_query_for_an_unknown_floor_changes_nothing(hall, floors):
    """After an error the subscription is what it was before."""
    table = hall(Floor(floor_id=1), Floor(floor_id=2))
    seat, other = table.seat(1), table.seat(2)
    seat.ask(seat.client.query_floors(1))
    assert seat.error(seat.client.query_floors(*floors, 77)) == ErrorCode.INVALID_FLOOR_ID
    other.request_floors(2)
    other.request_floors(1)
    assert [told(message)[0] for message in seat.notified] == [[1]]
