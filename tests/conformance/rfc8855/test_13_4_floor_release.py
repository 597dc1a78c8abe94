"""RFC 8855, 13.4: reception of a FloorRelease message."""

from mediasec.bfcp import Floor, RequestStatus


def test_bfcp_063__released_if_granted(hall):
    """A granted request ends as Released, and its floor is free."""
    table = hall()
    seat = table.seat(1)
    response = seat.ask(seat.client.release_floors(seat.request_floors(543)))
    assert table.status_of(response).status is RequestStatus.RELEASED
    assert not table.conference.holders(543)


def test_bfcp_063__cancelled_if_not(hall):
    """A request that was not granted ends as Cancelled, whether it is pending or accepted."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2))
    table.seat(2).request_floors(2)
    seat = table.seat(1)
    for floor_id in (1, 2):
        response = seat.ask(seat.client.release_floors(seat.request_floors(floor_id)))
        assert table.status_of(response).status is RequestStatus.CANCELLED
    assert len(table.conference.requests) == 1
    assert table.conference.queue == []
