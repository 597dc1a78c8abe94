"""RFC 8855, 6.1: reliable transport."""

import pytest

from mediasec.bfcp import (
    ErrorCode,
    Floor,
    FloorControlClient,
    Framer,
    Message,
    Primitive,
    Reconnection,
    RequestStatus,
)
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.groups import FloorRequestInformation
from mediasec.bfcp.reconnection import MAX_SAME_FAULT, MIN_INTERVAL_SECONDS
from mediasec.bfcp.server import MAX_REQUEST_PAYLOAD
from mediasec.bfcp.values import ErrorCode as Error
from mediasec.errors import LocalProtocolError, MalformedMessage, RemoteProtocolError


@pytest.mark.parametrize("size", [1, 2, 11, 12, 13, 16, 31, 1000])
def test_bfcp_027__cuts_the_stream_into_messages(size):
    """However the stream is divided, the same messages come out."""
    messages = [
        bytes.fromhex("200b0000000000010001000a"),
        bytes.fromhex("20010001000000010002000a0404021f"),
    ] * 3
    stream = b"".join(messages)
    framer = Framer()
    found = []
    for start in range(0, len(stream), size):
        framer.feed(stream[start : start + size])
        while (framed := framer.next_message()) is not None:
            found.append(framed[1])
    assert found == messages
    assert framer.pending == 0


def test_bfcp_027__waits_for_the_rest():
    """A message that is not whole does not come out."""
    framer = Framer()
    framer.feed(bytes.fromhex("20010001000000010002000a0404"))
    assert framer.next_message() is None
    assert framer.pending == 14


def test_bfcp_027__server_answers_each_message_of_a_segment(hall):
    """Two requests in one segment, and one that comes octet by octet, get a response each."""
    table = hall()
    seat = table.seat(1)
    table.receive(seat.connection, seat.client.hello().serialize() + seat.client.query_user().serialize())
    assert [event.response.primitive for event in seat.responses] == [
        Primitive.HELLO_ACK,
        Primitive.USER_STATUS,
    ]
    for octet in seat.client.hello().serialize():
        table.receive(seat.connection, bytes([octet]))
    assert len(seat.responses) == 3


def test_bfcp_027__limits_what_it_keeps(hall):
    """A message beyond the limit is refused when its header is there, and the connection is closed."""
    framer = Framer(max_payload=4)
    framer.feed(bytes.fromhex("200b0002 00000001 0001 000a"))
    with pytest.raises(MalformedMessage):
        framer.next_message()
    table = hall()
    units = MAX_REQUEST_PAYLOAD // 4
    kept = table.raw(bytes.fromhex(f"200b{units:04x}000012670001 0001"))
    assert (kept, table.closed) == ([], [])
    (answer,) = table.raw(bytes.fromhex(f"200b{units + 1:04x}000012670001 0001"))
    assert answer.find(Error).code == ErrorCode.GENERIC_ERROR
    assert len(table.closed) == 1


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ("04 01 0000", ErrorCode.UNABLE_TO_PARSE_MESSAGE),
        ("04 03 0200", ErrorCode.UNABLE_TO_PARSE_MESSAGE),
        ("10 04 c328", ErrorCode.UNABLE_TO_PARSE_MESSAGE),
        ("02 04 0001", ErrorCode.UNABLE_TO_PARSE_MESSAGE),
        ("04 09 0001", ErrorCode.INCORRECT_MESSAGE_LENGTH),
    ],
)
def test_bfcp_028__server_closes(hall, attributes, code):
    """Data that cannot be parsed is answered with an Error, and the connection is closed."""
    table = hall()
    (answer,) = table.raw(bytes.fromhex("2001000100001267000100 01" + attributes))
    assert answer.find(Error).code == code
    assert len(table.closed) == 1


def test_bfcp_028__nothing_after_it_is_processed(hall):
    """What follows data that cannot be parsed is not processed any more."""
    table = hall()
    seat = table.seat(1)
    good = seat.client.request_floors(543).serialize()
    table.receive(seat.connection, bytes.fromhex("200100010000126700010001 04010000") + good)
    table.receive(seat.connection, good)
    assert table.closed == [seat.connection]
    assert not table.conference.requests


@pytest.mark.parametrize(
    "octets",
    [
        "2004 0001 00001267 0001 0001 1e03 0001",
        "2004 0000 00001267 0001 0001",
        "4004 0000 00001267 0001 0001",
        "200d 0001 00001267 0001 0001 0e04 c328",
    ],
)
def test_bfcp_028__client_closes(octets):
    """A client that cannot parse what the server sends raises what makes its endpoint close."""
    client = FloorControlClient(conference_id=0x1267, user_id=1)
    client.hello()
    with pytest.raises(RemoteProtocolError):
        client.receive(bytes.fromhex(octets))


def test_bfcp_029__a_newer_connection_replaces_the_older(hall):
    """A user who speaks through a second connection is served there, and the first is closed."""
    table = hall()
    first = table.seat(1, connection="first")
    first.ask(first.client.hello())
    second = table.seat(1, connection="second")
    second.ask(second.client.hello())
    assert table.closed == ["first"]
    floor_request_id = second.request_floors(543)
    table.deliver(table.server.decide(table.conference_id, floor_request_id, RequestStatus.REVOKED))
    assert first.notified == []
    assert [table.status_of(message).status for message in second.notified] == [RequestStatus.REVOKED]


def test_bfcp_029__one_connection_may_serve_two_users(hall):
    """A connection that another user still speaks through stays open."""
    table = hall()
    table.conference.users[2] = table.conference.users[1].__class__(user_id=2, identity="user-1")
    first = table.seat(1, connection="first")
    other = FloorControlClient(conference_id=table.conference_id, user_id=2)
    first.ask(first.client.hello())
    table.receive("first", other.hello().serialize())
    second = table.seat(1, connection="second")
    second.ask(second.client.hello())
    assert table.closed == []
    table.receive("first", other.hello().serialize())
    assert table.sent[-1][1].user_id == 2


def test_bfcp_030__unanswered_requests_are_sent_again(hall):
    """What got no response can be sent again on a new connection, where it is answered."""
    table = hall()
    lost = table.seat(1, connection="lost")
    request = lost.client.request_floors(543)
    hello = lost.client.hello()
    assert lost.client.unanswered == (request, hello)
    again = table.seat(1, connection="again")
    again.client = lost.client
    again.client.receive(b"\x20")
    again.client.reconnect()
    for message in again.client.unanswered:
        again.ask(message)
    assert again.client.unanswered == ()


def test_bfcp_030__sent_again_is_no_second_request(hall):
    """A FloorRequest whose response was lost is answered with the request that it made."""
    table = hall(Floor(floor_id=543, requests_per_user=5))
    lost = table.seat(1, connection="lost")
    request = lost.client.request_floors(543)
    table.server.receive("lost", request.serialize(), table.now)
    table.server.disconnect("lost", table.now)
    again = table.seat(1, connection="again")
    again.client = lost.client
    information = again.ask(request).find(FloorRequestInformation)
    assert list(table.conference.requests) == [information.identifier]


def test_bfcp_030__asked_twice_is_two_requests(hall):
    """A further request on the same connection, also one for the same floor, is one of its own."""
    table = hall(Floor(floor_id=543, requests_per_user=5))
    seat = table.seat(1)
    assert seat.request_floors(543) != seat.request_floors(543)
    other = table.seat(2)
    assert other.request_floors(543) not in (1, 2)


def test_bfcp_031__keeps_requests_while_the_connection_is_lost(hall):
    """Neither the holder of a floor nor one in the queue loses anything by a lost connection."""
    table = hall()
    holder, waiting = table.seat(1), table.seat(2)
    granted, accepted = holder.request_floors(543), waiting.request_floors(543)
    for seat in (holder, waiting):
        table.server.disconnect(seat.connection, 100.0)
    table.deliver(table.server.expire(159.9))
    again = table.seat(2, connection="again")
    assert again.status(accepted) is RequestStatus.ACCEPTED
    back = table.seat(1, connection="back")
    assert back.status(granted) is RequestStatus.GRANTED
    table.deliver(table.server.expire(1000.0))
    assert back.status(granted) is RequestStatus.GRANTED


def test_bfcp_032__withdraws_them_in_the_end(hall):
    """After the time of the policy a granted request is Revoked, another Cancelled, the next granted."""
    table = hall(keep_seconds=45.0)
    holder, second, third = table.seat(1), table.seat(2), table.seat(3)
    first_id, second_id, third_id = (seat.request_floors(543) for seat in (holder, second, third))
    table.server.disconnect(second.connection, 90.0)
    table.server.disconnect(holder.connection, 100.0)
    assert table.server.next_deadline() == 135.0
    table.deliver(table.server.expire(145.0))
    assert table.server.next_deadline() is None
    ends = {change.floor_request_id: change.status for change in table.changes}
    assert ends == {
        first_id: RequestStatus.REVOKED,
        second_id: RequestStatus.CANCELLED,
        third_id: RequestStatus.GRANTED,
    }
    assert [table.status_of(message).status for message in third.notified] == [RequestStatus.GRANTED]


def test_bfcp_032__at_once_where_the_policy_says_so(hall):
    """With a time of zero a floor is free as soon as its holder's connection is lost."""
    table = hall(keep_seconds=0.0)
    holder, other = table.seat(1), table.seat(2)
    holder.request_floors(543)
    waiting = other.request_floors(543)
    table.server.disconnect(holder.connection, 5.0)
    table.deliver(table.server.expire(5.0))
    assert other.status(waiting) is RequestStatus.GRANTED


def test_bfcp_033__not_more_often_than_every_30_seconds():
    """The first attempt is free; the next one waits until 30 seconds have passed."""
    reconnection = Reconnection()
    assert reconnection.earliest(7.0) == 7.0
    reconnection.attempt(7.0)
    assert reconnection.earliest(8.0) == 7.0 + 30.0
    with pytest.raises(LocalProtocolError, match="BFCP_033"):
        reconnection.attempt(36.9)
    reconnection.attempt(37.0)
    assert MIN_INTERVAL_SECONDS == 30.0


def test_bfcp_033__ceases_when_the_fault_persists():
    """The same fault again and again ends all attempts; another fault does not."""
    reconnection = Reconnection()
    for number in range(MAX_SAME_FAULT):
        reconnection.attempt(100.0 * number)
        reconnection.failed("same")
    with pytest.raises(LocalProtocolError, match="BFCP_033"):
        reconnection.attempt(1000.0)
    reconnection.failed("other")
    reconnection.attempt(1000.0)


def test_bfcp_027__client_takes_the_longest_message():
    """A client takes a message of nearly the greatest length that the header can announce."""
    attributes = (UnknownAttribute(number=99, octets=bytes(250)),) * 1040
    client = FloorControlClient(conference_id=1, user_id=1)
    notification = Message(
        primitive=Primitive.FLOOR_STATUS, conference_id=1, transaction_id=0, user_id=1, attributes=attributes
    )
    (event,) = client.receive(notification.serialize())
    assert event.message == notification
