"""RFC 8855, 8.2: server behavior."""

from mediasec.bfcp import Primitive, RequestStatus


def test_bfcp_038__repeats_the_header(hall):
    """Response and Error have the conference ID, transaction ID and user ID of the request."""
    table = hall()
    for request in (
        "200b0000 00001267 abcd 0001",
        "200b0000 ffffffff abcd 0001",
        "200b0000 00001267 abcd fffe",
        "20ff0000 00001267 abcd 0001",
        "40010000 00001267 abcd 0001",
    ):
        octets = bytes.fromhex(request)
        (answer,) = table.raw(octets)
        assert answer.serialize()[4:12] == octets[4:12]


def test_bfcp_039__notifications_have_transaction_id_0(hall):
    """What the server sends on its own has the transaction ID 0 and the user ID of who gets it."""
    table = hall()
    holder, waiting, watcher = table.seat(1), table.seat(2), table.seat(3)
    watcher.ask(watcher.client.query_floors(543))
    first = holder.request_floors(543)
    waiting.request_floors(543)
    holder.ask(holder.client.release_floors(first))
    (granted,) = waiting.notified
    assert table.status_of(granted).status is RequestStatus.GRANTED
    assert (granted.primitive, granted.transaction_id, granted.user_id) == (
        Primitive.FLOOR_REQUEST_STATUS,
        0,
        2,
    )
    assert len(watcher.notified) == 3
    assert {(note.primitive, note.transaction_id, note.user_id) for note in watcher.notified} == {
        (Primitive.FLOOR_STATUS, 0, 3)
    }
