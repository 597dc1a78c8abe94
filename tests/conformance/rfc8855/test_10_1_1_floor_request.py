"""RFC 8855, 10.1.1: sending a FloorRequest message."""

from itertools import permutations

import pytest

from mediasec.bfcp import Floor, FloorControlClient, RequestStatus
from mediasec.bfcp.attributes import find
from mediasec.bfcp.groups import BeneficiaryInformation, FloorRequestInformation, RequestedByInformation
from mediasec.bfcp.values import BeneficiaryId


def test_bfcp_041__names_the_beneficiary():
    """A request for another user names that user, one for the sender nobody."""
    client = FloorControlClient(conference_id=1, user_id=7)
    assert client.request_floors(1, beneficiary=9).find(BeneficiaryId) == BeneficiaryId(value=9)
    assert client.request_floors(1, beneficiary=7).find(BeneficiaryId) is None
    assert client.request_floors(1).find(BeneficiaryId) is None


def test_bfcp_042__tells_both(hall):
    """The status of a request for another user tells the beneficiary and the requester."""
    seat = hall().seat(8)
    information = seat.ask(seat.client.request_floors(543, beneficiary=1)).find(FloorRequestInformation)
    assert find(information.attributes, BeneficiaryInformation).identifier == 1
    assert find(information.attributes, RequestedByInformation).identifier == 8


def test_bfcp_043__all_floors_or_none(hall):
    """A request for two floors waits while one of them is held, and holds neither meanwhile."""
    table = hall(Floor(floor_id=1), Floor(floor_id=2))
    one, both = table.seat(1), table.seat(2)
    held = one.request_floors(1)
    waiting = both.request_floors(1, 2)
    assert both.status(waiting) is RequestStatus.ACCEPTED
    assert [len(table.conference.holders(floor)) for floor in (1, 2)] == [1, 0]
    one.ask(one.client.release_floors(held))
    assert both.status(waiting) is RequestStatus.GRANTED
    assert [len(table.conference.holders(floor)) for floor in (1, 2)] == [1, 1]
    both.ask(both.client.release_floors(waiting))
    assert [len(table.conference.holders(floor)) for floor in (1, 2)] == [0, 0]


@pytest.mark.parametrize("order", list(permutations([(1, 2), (2, 3), (3, 1)])))
def test_bfcp_043__requests_in_a_circle_do_not_block_one_another(hall, order):
    """Three requests, each for two of three floors, are granted one after the other."""
    table = hall(*(Floor(floor_id=number) for number in (1, 2, 3)))
    seats = [table.seat(user) for user in (1, 2, 3)]
    for seat, floors in zip(seats, order, strict=True):
        seat.request_floors(*floors)
    for granted, seat in enumerate(seats, start=1):
        (floor_request_id,) = seat.client.statuses
        assert seat.client.statuses == {floor_request_id: RequestStatus.GRANTED}, granted
        seat.ask(seat.client.release_floors(floor_request_id))


def test_bfcp_043__one_floor_does_not_overtake_two(hall):
    """A request for one floor does not overtake an earlier one that needs it and waits for another floor."""
    table = hall(Floor(floor_id=1), Floor(floor_id=2))
    first, both, late = table.seat(1), table.seat(2), table.seat(3)
    held = first.request_floors(1)
    waiting = both.request_floors(1, 2)
    alone = late.request_floors(2)
    assert late.status(alone) is RequestStatus.ACCEPTED
    first.ask(first.client.release_floors(held))
    assert both.status(waiting) is RequestStatus.GRANTED
    assert late.status(alone) is RequestStatus.ACCEPTED


def test_bfcp_043__the_same_floor_twice_is_one(hall):
    """A floor that a request names twice is asked for once."""
    table = hall(Floor(floor_id=1))
    seat = table.seat(1)
    floor_request_id = seat.request_floors(1, 1)
    assert table.conference.requests[floor_request_id].floors == (1,)
    assert seat.status(floor_request_id) is RequestStatus.GRANTED
