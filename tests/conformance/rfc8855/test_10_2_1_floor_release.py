"""RFC 8855, 10.2.1: sending a FloorRelease message."""

from mediasec.bfcp import FloorControlClient, RequestStatus
from mediasec.bfcp.values import FloorRequestId


def test_bfcp_045__names_the_floor_request():
    """A FloorRelease holds the ID of the floor request and nothing else."""
    message = FloorControlClient(conference_id=1, user_id=2).release_floors(789)
    assert message.serialize() == bytes.fromhex("20 02 0001 00000001 0001 0002 06 04 0315")
    assert message.attributes == (FloorRequestId(value=789),)


def test_bfcp_045__ends_the_request_that_it_names(hall):
    """Of two requests the named one ends."""
    table = hall()
    seat, other = table.seat(1), table.seat(2)
    first, second = seat.request_floors(543), other.request_floors(543)
    other.ask(other.client.release_floors(second))
    assert list(table.conference.requests) == [first]
    assert seat.client.statuses == {first: RequestStatus.GRANTED}
    assert other.client.statuses == {}
