"""RFC 8855, 13.5.1: generation of the first FloorStatus message."""

from mediasec.bfcp import Floor, Primitive


def test_bfcp_051__no_floor_ends_the_subscription(hall):
    """A FloorQuery without a floor is answered by a FloorStatus without attributes; nothing follows."""
    table = hall()
    watcher, seat = table.seat(3), table.seat(1)
    watcher.ask(watcher.client.query_floors(543))
    response = watcher.ask(watcher.client.query_floors())
    assert (response.primitive, response.attributes) == (Primitive.FLOOR_STATUS, ())
    seat.request_floors(543)
    assert watcher.notified == []


def test_bfcp_051__replaces_the_one_before(hall):
    """Floors of an earlier FloorQuery are not told any more."""
    table = hall(Floor(floor_id=1), Floor(floor_id=2))
    watcher, seat = table.seat(3), table.seat(1)
    watcher.ask(watcher.client.query_floors(1))
    watcher.ask(watcher.client.query_floors(2))
    seat.request_floors(1)
    assert watcher.notified == []
    seat.request_floors(2)
    assert len(watcher.notified) == 1
