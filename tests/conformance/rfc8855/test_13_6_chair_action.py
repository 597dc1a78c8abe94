"""RFC 8855, 13.6: reception of a ChairAction message."""

import pytest

from mediasec.bfcp import Decision, ErrorCode, Floor, Primitive, RequestStatus
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus, OverallRequestStatus
from mediasec.bfcp.values import RequestStatus as Status
from mediasec.errors import LocalProtocolError


def grant(floor_id):
    """Return what a chair says to grant a floor."""
    return Decision(floor_id=floor_id, status=RequestStatus.GRANTED)


def test_bfcp_066__acknowledges(hall):
    """A ChairAction that is accepted is answered by a ChairActionAck without attributes."""
    table = hall(Floor(floor_id=1, chair=9))
    seat, chair = table.seat(1), table.seat(9)
    response = chair.ask(chair.client.decide(seat.request_floors(1), grant(1)))
    assert (response.primitive, response.attributes) == (Primitive.CHAIR_ACTION_ACK, ())
    assert seat.client.statuses == {1: RequestStatus.GRANTED}


@pytest.mark.verifies("BFCP_055")
@pytest.mark.parametrize(
    ("user", "floor_request_id", "floors", "code"),
    [
        (2, 1, (1,), ErrorCode.UNAUTHORIZED_OPERATION),
        (9, 1, (1, 2), ErrorCode.UNAUTHORIZED_OPERATION),
        (9, 1, (1, 3), ErrorCode.INVALID_FLOOR_ID),
        (9, 1, (1, 77), ErrorCode.INVALID_FLOOR_ID),
        (9, 7, (1,), ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST),
    ],
)
def test_bfcp_066__refuses_what_is_not_the_chairs(hall, user, floor_request_id, floors, code):
    """A floor of another chair, of another request, or of none changes nothing, also if others are right."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2), Floor(floor_id=3, chair=9))
    seat, chair = table.seat(1), table.seat(user)
    seat.request_floors(1, 2)
    decisions = [grant(floor_id) for floor_id in floors]
    assert chair.error(chair.client.decide(floor_request_id, *decisions)) == code
    assert seat.client.statuses == {1: RequestStatus.PENDING}
    assert not table.conference.requests[1].is_accepted


def test_bfcp_066__all_or_nothing(hall):
    """Of two decisions, one of which does not fit the state, none is taken."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2, chair=9))
    seat, chair = table.seat(1), table.seat(9)
    floor_request_id = seat.request_floors(1, 2)
    revoke = Decision(floor_id=2, status=RequestStatus.REVOKED)
    assert chair.error(chair.client.decide(floor_request_id, grant(1), revoke)) == ErrorCode.GENERIC_ERROR
    chair.ask(chair.client.decide(floor_request_id, grant(2)))
    assert seat.client.statuses == {floor_request_id: RequestStatus.PENDING}


@pytest.mark.parametrize(
    ("overall", "after"),
    [((Status(status=RequestStatus.GRANTED),), RequestStatus.GRANTED), ((), RequestStatus.PENDING)],
)
def test_bfcp_066__overall_status_for_a_floor_without_its_own(hall, overall, after):
    """A floor without a status takes the overall one; with neither nothing is said to it."""
    table = hall(Floor(floor_id=1, chair=9))
    seat, chair = table.seat(1), table.seat(9)
    floor_request_id = seat.request_floors(1)
    information = FloorRequestInformation(
        identifier=floor_request_id,
        attributes=(
            OverallRequestStatus(identifier=floor_request_id, attributes=overall),
            FloorRequestStatus(identifier=1),
        ),
    )
    response = chair.ask(chair.client._request(Primitive.CHAIR_ACTION, [information]))
    assert response.primitive == Primitive.CHAIR_ACTION_ACK
    assert seat.client.statuses == {floor_request_id: after}


def test_bfcp_066__revoking_one_floor_revokes_the_request(hall):
    """A request for two floors, one of which is revoked, holds neither any more."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2))
    seat, chair = table.seat(1), table.seat(9)
    floor_request_id = seat.request_floors(1, 2)
    chair.ask(chair.client.decide(floor_request_id, grant(1)))
    assert [len(table.conference.holders(floor)) for floor in (1, 2)] == [1, 1]
    revoke = Decision(floor_id=1, status=RequestStatus.REVOKED)
    chair.ask(chair.client.decide(floor_request_id, revoke))
    assert [len(table.conference.holders(floor)) for floor in (1, 2)] == [0, 0]


def test_bfcp_066__the_server_may_decide_itself(hall):
    """The server can decide in place of the chairs; what the state does not allow it refuses."""
    table = hall(Floor(floor_id=1, chair=9), Floor(floor_id=2, chair=3))
    seat = table.seat(1)
    floor_request_id = seat.request_floors(1, 2)
    with pytest.raises(LocalProtocolError, match="BFCP_066"):
        table.server.decide(table.conference_id, floor_request_id, RequestStatus.REVOKED)
    table.deliver(table.server.decide(table.conference_id, floor_request_id, RequestStatus.GRANTED))
    assert seat.client.statuses == {floor_request_id: RequestStatus.GRANTED}
    with pytest.raises(LocalProtocolError, match="BFCP_066"):
        table.server.decide(table.conference_id, 77, RequestStatus.GRANTED)
