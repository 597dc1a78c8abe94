"""What the floor control server tells of users, floor requests and floors, as attributes (RFC 8855, 13)."""

from mediasec.bfcp import values
from mediasec.bfcp.attributes import HEADER, MAX_LENGTH, Attribute
from mediasec.bfcp.conference import Conference, User
from mediasec.bfcp.floor_request import Consent, FloorRequest
from mediasec.bfcp.groups import (
    BeneficiaryInformation,
    FloorRequestInformation,
    FloorRequestStatus,
    OverallRequestStatus,
    RequestedByInformation,
)
from mediasec.bfcp.registry import RequestStatus


class _Room:
    """Octets that a grouped attribute has left for text; text that does not fit is left out."""

    def __init__(self, octets: int) -> None:
        self._octets = octets

    def text(self, kind: type[values.Text], text: str) -> tuple[values.Text, ...]:
        size = HEADER + len(text.encode())
        size += -size % 4
        if not text or size > self._octets:
            return ()
        self._octets -= size
        return (kind(text=text),)


def describe_request(conference: Conference, request: FloorRequest) -> FloorRequestInformation:
    """Return all that the server tells of a floor request.

    The status as a whole, the status at each floor and the beneficiary always find room; names, URIs and
    reasons are left out, the least needed first, where the 255 octets of an attribute do not hold them.

    Source:
        BFCP_008 (RFC 8855, 5.2)
        BFCP_058 (RFC 8855, 13.1.1)
    """
    beneficiary = conference.users.get(request.beneficiary)
    requester = conference.users.get(request.requester) if request.requester != request.beneficiary else None
    priority = () if request.asked_priority is None else (values.Priority(priority=request.asked_priority),)
    size = (
        16
        + 8 * len(request.floors)
        + (4 if request.requester != request.beneficiary else 0)
        + 4 * len(priority)
    )
    room = _Room(MAX_LENGTH - size)
    status_info = room.text(values.StatusInfo, request.status_info)
    info = room.text(values.ParticipantProvidedInfo, request.info)
    of_beneficiary = _person(room, beneficiary)
    of_requester = _person(room, requester)
    overall, at_floors = _standings(conference, request)
    attributes: list[Attribute] = [
        OverallRequestStatus(identifier=request.identifier, attributes=(overall, *status_info))
    ]
    attributes += [
        FloorRequestStatus(identifier=floor_id, attributes=(status,))
        for floor_id, status in at_floors.items()
    ]
    attributes.append(BeneficiaryInformation(identifier=request.beneficiary, attributes=of_beneficiary))
    if request.requester != request.beneficiary:
        attributes.append(RequestedByInformation(identifier=request.requester, attributes=of_requester))
    return FloorRequestInformation(identifier=request.identifier, attributes=(*attributes, *priority, *info))


def describe_user(user: User) -> BeneficiaryInformation:
    """Return what the server tells of a user.

    Source:
        BFCP_062 (RFC 8855, 13.3)
    """
    return BeneficiaryInformation(identifier=user.user_id, attributes=_person(_Room(MAX_LENGTH - 4), user))


def describe_floor(conference: Conference, user_id: int, floor_id: int) -> tuple[Attribute, ...]:
    """Return what the server tells a user of a floor: holders first, then the queue, then what is pending.

    Source:
        BFCP_064 (RFC 8855, 13.5)
    """
    requests = [
        describe_request(conference, request)
        for request in conference.requests_for(floor_id)
        if may_see(conference, user_id, request)
    ]
    return (values.FloorId(value=floor_id), *requests)


def may_see(conference: Conference, user_id: int, request: FloorRequest) -> bool:
    """Return whether a user is told of a request: of a pending one its parties and its floors' chairs alone.

    Source:
        BFCP_065 (RFC 8855, 13.5)
    """
    if request.status is not RequestStatus.PENDING or user_id in (request.requester, request.beneficiary):
        return True
    return any(conference.floors[floor_id].chair == user_id for floor_id in request.floors)


def _person(room: _Room, user: User | None) -> tuple[Attribute, ...]:
    if user is None:
        return ()
    return (
        *room.text(values.UserDisplayName, user.display_name),
        *room.text(values.UserUri, user.uri),
    )


def _standings(
    conference: Conference, request: FloorRequest
) -> tuple[values.RequestStatus, dict[int, values.RequestStatus]]:
    """Return the status as a whole and at each floor.

    The place as a whole is the one on the floor where the request waits longest. While a chair has not
    decided, the request can be accepted at the other floors already.

    Source:
        BFCP_011 (RFC 8855, 5.2.5)
    """
    places = {floor_id: conference.queue_position(request, floor_id) for floor_id in request.floors}
    overall = max(places.values()) if all(places.values()) else 0
    at_floors = {
        floor_id: values.RequestStatus(
            status=RequestStatus.ACCEPTED
            if request.status is RequestStatus.PENDING and request.consents[floor_id] is not Consent.AWAITED
            else request.status,
            queue_position=place,
        )
        for floor_id, place in places.items()
    }
    return values.RequestStatus(status=request.status, queue_position=overall), at_floors
