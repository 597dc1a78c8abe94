"""RFC 8855, 5.2.15: FLOOR-REQUEST-INFORMATION."""

from mediasec.bfcp import ErrorCode, Priority, RequestStatus
from mediasec.bfcp import values as v
from mediasec.bfcp.attributes import UnknownAttribute
from mediasec.bfcp.groups import (
    BeneficiaryInformation,
    FloorRequestInformation,
    FloorRequestStatus,
    OverallRequestStatus,
    RequestedByInformation,
    parse_attributes,
)

ALL = (
    OverallRequestStatus(identifier=789, attributes=(v.RequestStatus(status=RequestStatus.PENDING),)),
    FloorRequestStatus(identifier=543),
    FloorRequestStatus(identifier=544),
    BeneficiaryInformation(identifier=1),
    RequestedByInformation(identifier=2),
    v.Priority(priority=Priority.HIGH),
    v.ParticipantProvidedInfo(text="why"),
    UnknownAttribute(number=99, octets=b""),
)
OCTETS = bytes.fromhex(
    "1e 2c 0315  24 08 0315 0a 04 0100  22 04 021f  22 04 0220  1c 04 0001  20 04 0002  08 04 6000"
    "10 05 776879 000000  c6 02 0000"
)


def test_bfcp_017__holds_all_in_order():
    """The group begins with the floor request ID; all of its attributes stand in the order of the source."""
    group = FloorRequestInformation(identifier=789, attributes=ALL)
    assert group.check("a") == []
    assert group.serialize() == OCTETS
    assert parse_attributes(OCTETS) == (group,)


def test_bfcp_017__needs_a_floor():
    """A group without FLOOR-REQUEST-STATUS has no meaning."""
    (finding,) = FloorRequestInformation(identifier=789, attributes=ALL[:1]).check("a")
    assert (finding.requirement, finding.reply) == ("BFCP_017", ErrorCode.UNABLE_TO_PARSE_MESSAGE)


def test_bfcp_017__holds_the_others_once():
    """Every attribute but FLOOR-REQUEST-STATUS and extensions stands there once at most."""
    for attribute in (ALL[0], *ALL[3:7]):
        place = ALL.index(attribute)
        attributes = (*ALL[: place + 1], attribute, *ALL[place + 1 :])
        (finding,) = FloorRequestInformation(identifier=789, attributes=attributes).check("a")
        assert (finding.requirement, finding.reply) == ("BFCP_017", ErrorCode.UNABLE_TO_PARSE_MESSAGE)


def test_bfcp_017__checks_what_it_holds():
    """A fault of an attribute within is found with its path."""
    inner = FloorRequestStatus(identifier=1, attributes=(v.StatusInfo(text="a"), v.StatusInfo(text="b")))
    (finding,) = FloorRequestInformation(identifier=789, attributes=(ALL[0], inner)).check("attribute[0]")
    assert (finding.requirement, finding.where) == ("BFCP_018", "attribute[0][1]")
