"""RFC 8855, 5.2.17 and 5.2.18: FLOOR-REQUEST-STATUS and OVERALL-REQUEST-STATUS."""

import pytest

from mediasec.bfcp import ErrorCode, RequestStatus
from mediasec.bfcp import values as v
from mediasec.bfcp.groups import FloorRequestStatus, OverallRequestStatus, parse_attributes

STATUS, INFO = v.RequestStatus(status=RequestStatus.GRANTED), v.StatusInfo(text="why")


@pytest.mark.parametrize(("kind", "first"), [(FloorRequestStatus, "22"), (OverallRequestStatus, "24")])
def test_bfcp_018__begins_with_its_id(kind, first):
    """The group begins with the ID of the floor or the floor request, and holds status and reason."""
    octets = bytes.fromhex(first + "10 0102  0a 04 0300  12 05 776879 000000")
    group = kind(identifier=0x0102, attributes=(STATUS, INFO))
    assert group.check("a") == []
    assert group.serialize() == octets
    assert parse_attributes(octets) == (group,)


@pytest.mark.parametrize("kind", [FloorRequestStatus, OverallRequestStatus])
@pytest.mark.parametrize("attributes", [(STATUS, STATUS), (INFO, INFO)])
def test_bfcp_018__one_status_and_one_reason(kind, attributes):
    """A second status or a second reason is a fault that cannot be passed over."""
    (finding,) = kind(identifier=1, attributes=attributes).check("a")
    assert (finding.requirement, finding.reply) == ("BFCP_018", ErrorCode.UNABLE_TO_PARSE_MESSAGE)
