"""RFC 8855, 13.1: reception of a FloorRequest message."""

from mediasec.bfcp import ErrorCode, Floor
from mediasec.bfcp.conference import MAX_REQUESTS


def test_bfcp_060__answers_one_request_too_many(hall):
    """A request beyond the number that a participant may have for the floor is answered with error 8."""
    table = hall(Floor(floor_id=1, requests_per_user=2), Floor(floor_id=2))
    seat, other = table.seat(1), table.seat(2)
    first = seat.request_floors(1)
    seat.request_floors(1)
    assert seat.error(seat.client.request_floors(2, 1)) == ErrorCode.TOO_MANY_FLOOR_REQUESTS
    other.request_floors(1)
    seat.request_floors(2)
    seat.ask(seat.client.release_floors(first))
    seat.request_floors(1)


def test_bfcp_060__counts_for_the_beneficiary(hall):
    """Who gets a floor by the request of another has that request."""
    table = hall()
    seat, helper = table.seat(1), table.seat(8)
    helper.request_floors(543, beneficiary=1)
    assert seat.error(seat.client.request_floors(543)) == ErrorCode.TOO_MANY_FLOOR_REQUESTS
    helper.request_floors(543)


def test_bfcp_060__a_conference_has_an_end(hall):
    """A conference takes as many requests as one message can tell of."""
    table = hall(Floor(floor_id=543, requests_per_user=2 * MAX_REQUESTS))
    for _ in range(MAX_REQUESTS):
        table.conference.add(requester=2, beneficiary=2, floors=[543])
    seat = table.seat(1)
    assert seat.error(seat.client.request_floors(543)) == ErrorCode.GENERIC_ERROR
    response = seat.ask(seat.client.query_floors(543))
    assert len(response.serialize()) <= 12 + 4 * 0xFFFF
