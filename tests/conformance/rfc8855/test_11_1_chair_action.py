"""RFC 8855, 11.1: sending a ChairAction message."""

import pytest

from mediasec.bfcp import (
    TRANSITIONS,
    Decision,
    ErrorCode,
    Floor,
    FloorControlClient,
    RequestEvent,
    RequestStatus,
)
from mediasec.bfcp.floor_request import Consent, FloorRequest
from mediasec.errors import LocalProtocolError

PENDING, ACCEPTED, GRANTED, DENIED, CANCELLED, RELEASED, REVOKED = RequestStatus


def say(status, floor_id=543, position=0, info=""):
    """Return what a chair says."""
    return Decision(floor_id=floor_id, status=status, queue_position=position, info=info)


@pytest.fixture
def table(hall):
    """A hall whose floor 543 has the chair 9."""
    return hall(Floor(floor_id=543, chair=9))


@pytest.mark.verifies("BFCP_047")
@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ((), GRANTED, GRANTED),
        ((), DENIED, None),
        ((ACCEPTED,), DENIED, None),
        ((ACCEPTED,), GRANTED, GRANTED),
        ((ACCEPTED,), ACCEPTED, ACCEPTED),
        ((GRANTED,), REVOKED, None),
        ((GRANTED,), GRANTED, GRANTED),
    ],
)
def test_bfcp_046__takes_what_fits_the_state(table, before, said, after):
    """Denied ends a request that is not granted, Revoked one that is."""
    seat, chair = table.seat(1), table.seat(9)
    floor_request_id = seat.request_floors(543)
    for status in (*before, said):
        chair.ask(chair.client.decide(floor_request_id, say(status)))
    assert seat.client.statuses.get(floor_request_id) is after
    assert table.changes[-1].status is (after or said)


@pytest.mark.parametrize(
    ("before", "said"),
    [((), REVOKED), ((ACCEPTED,), REVOKED), ((GRANTED,), DENIED), ((GRANTED,), ACCEPTED)],
)
def test_bfcp_046__refuses_what_does_not(table, before, said):
    """Revoked for a request that is not granted, or Denied for one that is, changes nothing."""
    seat, chair = table.seat(1), table.seat(9)
    floor_request_id = seat.request_floors(543)
    for status in before:
        chair.ask(chair.client.decide(floor_request_id, say(status)))
    known = dict(seat.client.statuses)
    assert chair.error(chair.client.decide(floor_request_id, say(said))) == ErrorCode.GENERIC_ERROR
    assert seat.client.statuses == known


@pytest.mark.parametrize("status", [PENDING, CANCELLED, RELEASED, 0, 8])
def test_bfcp_046__client_sends_no_other_status(status):
    """A chair gives four statuses and no others."""
    client = FloorControlClient(conference_id=1, user_id=9)
    with pytest.raises(LocalProtocolError, match="BFCP_046"):
        client.decide(1, say(status))


def request_in(status):
    """Return a floor request in a state."""
    return FloorRequest(identifier=1, requester=1, beneficiary=1, consents={1: Consent.GIVEN}, status=status)


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        (PENDING, RequestEvent.ACCEPT, ACCEPTED),
        (ACCEPTED, RequestEvent.GRANT, GRANTED),
        (PENDING, RequestEvent.DENY, DENIED),
        (ACCEPTED, RequestEvent.DENY, DENIED),
        (PENDING, RequestEvent.RELEASE, CANCELLED),
        (ACCEPTED, RequestEvent.RELEASE, CANCELLED),
        (GRANTED, RequestEvent.RELEASE, RELEASED),
        (GRANTED, RequestEvent.REVOKE, REVOKED),
        (PENDING, RequestEvent.WITHDRAW, CANCELLED),
        (ACCEPTED, RequestEvent.WITHDRAW, CANCELLED),
        (GRANTED, RequestEvent.WITHDRAW, REVOKED),
    ],
)
def test_bfcp_047__moves(before, event, after):
    """Each event moves a request from one state to the next."""
    request = request_in(before)
    request.apply(event)
    assert request.status is after


def test_bfcp_047__nothing_else_moves():
    """Every other event is refused and changes nothing; nothing leaves the end of a request."""
    refused = 0
    for status in RequestStatus:
        for event in RequestEvent:
            if (status, event) not in TRANSITIONS:
                request = request_in(status)
                with pytest.raises(LocalProtocolError, match="BFCP_047"):
                    request.apply(event)
                assert request.status is status
                refused += 1
    assert refused == len(RequestStatus) * len(RequestEvent) - 11
    assert {before for before, _ in TRANSITIONS} == {PENDING, ACCEPTED, GRANTED}


def test_bfcp_048__granted_when_all_chairs_have(hall):
    """A request for two floors is granted when the second chair has granted its floor."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2, chair=3))
    seat, one, two = table.seat(1), table.seat(9), table.seat(3)
    floor_request_id = seat.request_floors(1, 2)
    one.ask(one.client.decide(floor_request_id, say(GRANTED, 1)))
    assert seat.client.statuses == {floor_request_id: PENDING}
    two.ask(two.client.decide(floor_request_id, say(ACCEPTED, 2)))
    assert seat.client.statuses == {floor_request_id: ACCEPTED}
    two.ask(two.client.decide(floor_request_id, say(GRANTED, 2)))
    assert seat.client.statuses == {floor_request_id: GRANTED}


def test_bfcp_048__one_denial_denies(hall):
    """One chair that denies ends the request as a whole, although the other has granted its floor."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2, chair=3))
    seat, one, two = table.seat(1), table.seat(9), table.seat(3)
    floor_request_id = seat.request_floors(1, 2)
    one.ask(one.client.decide(floor_request_id, say(GRANTED, 1)))
    two.ask(two.client.decide(floor_request_id, say(DENIED, 2, info="later")))
    assert seat.client.statuses == {}
    assert table.status_of(seat.notified[-1]).status == DENIED
    assert not table.conference.requests


def test_bfcp_048__granted_by_the_chair_waits_for_room(table):
    """A request that the chair has granted waits in the queue while another holds the floor."""
    seats, chair = [table.seat(1), table.seat(2)], table.seat(9)
    ids = [seat.request_floors(543) for seat in seats]
    for floor_request_id in ids:
        chair.ask(chair.client.decide(floor_request_id, say(GRANTED)))
    assert [seat.client.statuses[identifier] for seat, identifier in zip(seats, ids, strict=True)] == [
        GRANTED,
        ACCEPTED,
    ]
    seats[0].ask(seats[0].client.release_floors(ids[0]))
    assert seats[1].client.statuses == {ids[1]: GRANTED}


@pytest.mark.verifies("BFCP_043")
def test_bfcp_048__who_waits_for_the_chair_holds_nobody_up(table):
    """A request in the queue that the chair has not granted yet does not hold up the one behind it."""
    seats, chair = [table.seat(1), table.seat(2)], table.seat(9)
    ids = [seat.request_floors(543) for seat in seats]
    for floor_request_id, status in zip(ids, (ACCEPTED, GRANTED), strict=True):
        chair.ask(chair.client.decide(floor_request_id, say(status)))
    assert seats[0].client.statuses == {ids[0]: ACCEPTED}
    assert seats[1].client.statuses == {ids[1]: GRANTED}


def test_bfcp_049__the_chair_chooses_the_place(table):
    """A position moves the request there; with zero it goes to the end of the queue."""
    seats, chair = [table.seat(user) for user in (1, 2, 3)], table.seat(9)
    ids = [seat.request_floors(543) for seat in seats]
    for floor_request_id, position in zip(ids, (0, 0, 1), strict=True):
        chair.ask(chair.client.decide(floor_request_id, say(ACCEPTED, position=position)))
    assert table.conference.queue == [ids[2], ids[0], ids[1]]
    chair.ask(chair.client.decide(ids[2], say(ACCEPTED, position=2)))
    assert table.conference.queue == [ids[0], ids[2], ids[1]]
    chair.ask(chair.client.decide(ids[0], say(ACCEPTED, position=200)))
    assert table.conference.queue == [ids[2], ids[1], ids[0]]
    chair.ask(chair.client.decide(ids[1], say(ACCEPTED)))
    assert table.conference.queue == [ids[2], ids[1], ids[0]]
    assert table.status_of(seats[0].ask(seats[0].client.query_request(ids[0]))).queue_position == 3
