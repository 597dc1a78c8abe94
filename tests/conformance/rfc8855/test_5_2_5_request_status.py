"""RFC 8855, 5.2.5: REQUEST-STATUS."""

import pytest

from mediasec.bfcp import RequestStatus
from mediasec.bfcp.attributes import find_all
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus, parse_attributes
from mediasec.bfcp.values import RequestStatus as Status


def test_bfcp_011__accepted_has_a_position():
    """Status and position have 8 bits each."""
    status = Status(status=RequestStatus.ACCEPTED, queue_position=3)
    assert status.check("a") == []
    assert status.serialize() == bytes.fromhex("0a 04 0203")
    assert parse_attributes(bytes.fromhex("0a 04 0203")) == (status,)


@pytest.mark.parametrize("status", sorted({*RequestStatus, 8, 255} - {RequestStatus.ACCEPTED}))
def test_bfcp_011__other_states_have_none(status):
    """A queue position is not sent in another state than Accepted."""
    assert Status(status=status).check("a") == []
    findings = Status(status=status, queue_position=1).check("a")
    assert [(finding.requirement, finding.where) for finding in findings] == [
        ("BFCP_011", "a.queue_position")
    ]


def test_bfcp_011__server_tells_the_place_of_those_who_wait(hall):
    """The holder has the position 0, those who wait 1 and 2."""
    table = hall()
    told = []
    for user in (1, 2, 3):
        seat = table.seat(user)
        response = seat.ask(seat.client.request_floors(543))
        status = table.status_of(response)
        part = find_all(response.find(FloorRequestInformation).attributes, FloorRequestStatus)[0]
        assert part.attributes == (status,)
        told.append((status.status, status.queue_position))
    assert told == [(RequestStatus.GRANTED, 0), (RequestStatus.ACCEPTED, 1), (RequestStatus.ACCEPTED, 2)]
