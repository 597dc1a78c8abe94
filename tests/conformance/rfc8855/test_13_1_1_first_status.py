"""RFC 8855, 13.1.1: generating the first FloorRequestStatus message."""

import pytest

from mediasec.bfcp import Floor, Priority, RequestStatus
from mediasec.bfcp.attributes import find, find_all
from mediasec.bfcp.groups import (
    BeneficiaryInformation,
    FloorRequestInformation,
    FloorRequestStatus,
    OverallRequestStatus,
)
from mediasec.bfcp.values import ParticipantProvidedInfo, UserDisplayName, UserUri
from mediasec.bfcp.values import Priority as Asked
from mediasec.bfcp.values import RequestStatus as Status


def test_bfcp_056__pending_with_the_chair(hall):
    """While a chair has to decide the first status is Pending."""
    table = hall(Floor(floor_id=1), Floor(floor_id=2, chair=9))
    seat = table.seat(1)
    response = seat.ask(seat.client.request_floors(1, 2))
    assert table.status_of(response).status is RequestStatus.PENDING
    parts = find_all(response.find(FloorRequestInformation).attributes, FloorRequestStatus)
    assert [find(part.attributes, Status).status for part in parts] == [
        RequestStatus.ACCEPTED,
        RequestStatus.PENDING,
    ]


@pytest.mark.parametrize(("holders", "status"), [(1, RequestStatus.GRANTED), (0, RequestStatus.ACCEPTED)])
def test_bfcp_056__decided_at_once_without_a_chair(hall, holders, status):
    """Without a chair the first status says whether the floor is granted."""
    table = hall(Floor(floor_id=1, max_holders=1 + holders))
    table.seat(2).request_floors(1)
    seat = table.seat(1)
    assert table.status_of(seat.ask(seat.client.request_floors(1))).status is status


def test_bfcp_057__unique_within_the_conference(hall):
    """No two ongoing requests have the same ID, also after all IDs were used once; 0 is none."""
    table = hall(Floor(floor_id=1, requests_per_user=10))
    conference = table.conference
    kept = [conference.add(requester=1, beneficiary=1, floors=[1]).identifier for _ in range(3)]
    conference._last_identifier = 0xFFFE
    more = [conference.add(requester=1, beneficiary=1, floors=[1]).identifier for _ in range(3)]
    assert (kept, more) == ([1, 2, 3], [0xFFFF, 4, 5])


def test_bfcp_058__tells_of_the_request(hall):
    """The status tells ID, overall status, floors, beneficiary, priority and reason."""
    table = hall(Floor(floor_id=543), Floor(floor_id=544))
    seat = table.seat(1)
    request = seat.client.request_floors(543, 544, priority=Priority.HIGH, info="why")
    response = seat.ask(request)
    assert (
        response.serialize().hex()
        == bytes.fromhex(
            "20 04 000b 00001267 0001 0001"
            "1e 2c 0001"
            "24 08 0001 0a 04 0300"
            "22 08 021f 0a 04 0300"
            "22 08 0220 0a 04 0300"
            "1c 04 0001"
            "08 04 6000"
            "10 05 776879 000000"
        ).hex()
    )


def test_bfcp_058__tells_name_and_uri(hall):
    """Name and URI of the beneficiary are told where they are known."""
    table = hall()
    user = table.conference.users[1]
    table.server.add_user(
        table.conference_id,
        user.__class__(user_id=1, identity="user-1", display_name="Ann", uri="sip:ann@example.org"),
    )
    seat = table.seat(1)
    information = seat.ask(seat.client.request_floors(543)).find(FloorRequestInformation)
    assert find(information.attributes, BeneficiaryInformation).attributes == (
        UserDisplayName(text="Ann"),
        UserUri(text="sip:ann@example.org"),
    )
    assert find(information.attributes, Asked) is None
    assert find(information.attributes, ParticipantProvidedInfo) is None
    assert find(information.attributes, OverallRequestStatus).identifier == information.identifier
