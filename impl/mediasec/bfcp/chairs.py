"""What a floor chair says to a floor request, and what becomes of it (RFC 8855, 11.1 and 13.6)."""

from collections.abc import Iterable
from dataclasses import dataclass

from mediasec.bfcp import values
from mediasec.bfcp.admission import Refused
from mediasec.bfcp.attributes import find, find_all
from mediasec.bfcp.conference import Conference
from mediasec.bfcp.floor_request import Consent, FloorRequest, RequestEvent
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus, OverallRequestStatus
from mediasec.bfcp.registry import ErrorCode, RequestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was said to a request at one floor.

    Attributes:
        floor_id: The floor; uint16.
        status: Accepted, Granted, Denied or Revoked; any other value is refused.
        queue_position: Place asked for in the queue of the floor from 1; 0 leaves it to the server.
        info: Why, for people; empty for nothing.
    """

    floor_id: int
    status: int
    queue_position: int = 0
    info: str = ""


def read_chair_action(
    conference: Conference, user_id: int, information: FloorRequestInformation
) -> tuple[FloorRequest, list[Decision]]:
    """Return the request that a ChairAction is about, and what it says.

    A floor without a status of its own takes the overall one; with neither, nothing is said to it.

    Raises:
        Refused: There is no such request, it does not ask for such a floor, or the floor has another chair.

    Source:
        BFCP_055 (RFC 8855, 5.2.6)
        BFCP_066 (RFC 8855, 13.6)
    """
    request = conference.requests.get(information.identifier)
    if request is None:
        raise Refused(ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST)
    overall = find(information.attributes, OverallRequestStatus)
    default = find(overall.attributes, values.RequestStatus) if overall else None
    default_info = find(overall.attributes, values.StatusInfo) if overall else None
    decisions = []
    for part in find_all(information.attributes, FloorRequestStatus):
        if part.identifier not in request.consents:
            raise Refused(
                ErrorCode.INVALID_FLOOR_ID, f"The request does not ask for floor {part.identifier}."
            )
        if conference.floors[part.identifier].chair != user_id:
            raise Refused(ErrorCode.UNAUTHORIZED_OPERATION)
        status = find(part.attributes, values.RequestStatus) or default
        info = find(part.attributes, values.StatusInfo) or default_info
        if status is not None:
            decisions.append(
                Decision(
                    floor_id=part.identifier,
                    status=status.status,
                    queue_position=status.queue_position,
                    info=info.text if info else "",
                )
            )
    return request, decisions


def take_decisions(conference: Conference, request: FloorRequest, decisions: Iterable[Decision]) -> None:
    """Note decisions, all of them or none; one that denies or revokes a floor ends the request as a whole.

    Raises:
        Refused: One of them does not go with the state of the request.

    Source:
        BFCP_046 (RFC 8855, 11.1)
        BFCP_047 (RFC 8855, 11.1)
        BFCP_048 (RFC 8855, 11.1)
        BFCP_066 (RFC 8855, 13.6)
    """
    taken = list(decisions)
    for decision in taken:
        _check_state(request, decision)
    for decision in taken:
        request.status_info = decision.info or request.status_info
    for decision in taken:
        if decision.status == RequestStatus.DENIED:
            conference.end(request, RequestEvent.DENY)
            return
        if decision.status == RequestStatus.REVOKED:
            conference.end(request, RequestEvent.REVOKE)
            return
    if request.status is RequestStatus.GRANTED:
        return
    for decision in taken:
        granted = decision.status == RequestStatus.GRANTED
        consent = Consent.GIVEN if granted else Consent.QUEUED
        conference.consent(request, decision.floor_id, consent, 0 if granted else decision.queue_position)


def _check_state(request: FloorRequest, decision: Decision) -> None:
    """Refuse a status that a request in this state cannot get; a second grant changes nothing.

    Source:
        BFCP_046 (RFC 8855, 11.1)
    """
    possible = {
        RequestStatus.PENDING: (RequestStatus.ACCEPTED, RequestStatus.GRANTED, RequestStatus.DENIED),
        RequestStatus.ACCEPTED: (RequestStatus.ACCEPTED, RequestStatus.GRANTED, RequestStatus.DENIED),
        RequestStatus.GRANTED: (RequestStatus.GRANTED, RequestStatus.REVOKED),
    }[request.status]
    if decision.status not in possible:
        wanted = ", ".join(status.name.title() for status in possible)
        raise Refused(
            ErrorCode.GENERIC_ERROR,
            f"The request is {request.status.name.title()}; a chair can say {wanted} to it.",
        )
