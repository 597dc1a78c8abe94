"""What the floor control server does for each request that it has admitted (RFC 8855, 13.1 to 13.7)."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from mediasec.bfcp import values
from mediasec.bfcp.admission import Refused
from mediasec.bfcp.attributes import Attribute
from mediasec.bfcp.chairs import read_chair_action, take_decisions
from mediasec.bfcp.conference import MAX_FLOORS, MAX_REQUESTS, Conference, User
from mediasec.bfcp.floor_request import FloorRequest, RequestEvent
from mediasec.bfcp.groups import FloorRequestInformation
from mediasec.bfcp.message import Message
from mediasec.bfcp.registry import SUBSET_PRIMITIVES, AttributeType, ErrorCode, Primitive
from mediasec.bfcp.reports import describe_floor, describe_request, describe_user, may_see


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What becomes of a request.

    Attributes:
        primitive: What the response is.
        attributes: What it holds.
        told: The floor request that the response tells of.
        touched: Floor requests that have changed, that one too.
        subscription: Floors that the user is told of from now on; None leaves it as it is.
        floors: Floors that the user is told of at once, each by a message of its own.
    """

    primitive: Primitive
    attributes: tuple[Attribute, ...] = ()
    told: FloorRequest | None = None
    touched: tuple[FloorRequest, ...] = ()
    subscription: frozenset[int] | None = None
    floors: tuple[int, ...] = ()


Operation = Callable[[Message, Conference, User, Hashable], Answer]
"""A request with its conference, its user and its connection, to what becomes of it.

Raises:
    Refused: It is not processed; nothing has changed.
"""


def request_floors(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Take a floor request in; it is granted at once, waits in the queue, or is pending with the chairs.

    A message that comes again on another connection is the one whose response was lost: it is no second
    request.

    Source:
        BFCP_030 (RFC 8855, 6.1)
        BFCP_042 (RFC 8855, 10.1.1)
        BFCP_056 (RFC 8855, 13.1.1)
    """
    for request in conference.requests.values():
        if request.origin is not None and request.origin[1] == message and request.origin[0] != connection:
            return _status(conference, request)
    floors = tuple(dict.fromkeys(attribute.value for attribute in message.find_all(values.FloorId)))
    beneficiary = message.find(values.BeneficiaryId)
    beneficiary_id = user.user_id if beneficiary is None else beneficiary.value
    _check_floors(conference, floors)
    _check_beneficiary(conference, user, beneficiary_id)
    _check_number(conference, floors, beneficiary_id)
    priority = message.find(values.Priority)
    info = message.find(values.ParticipantProvidedInfo)
    request = conference.add(
        requester=user.user_id,
        beneficiary=beneficiary_id,
        floors=floors,
        asked_priority=priority.priority if priority else None,
        info=info.text if info else "",
        origin=(connection, message),
    )
    return _status(conference, request, request, *conference.settle())


def release_floors(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Release the floors of a granted request, or cancel one that is not granted yet.

    Source:
        BFCP_063 (RFC 8855, 13.4)
    """
    request = _named_request(message, conference)
    if user.user_id not in (request.requester, request.beneficiary):
        raise Refused(ErrorCode.UNAUTHORIZED_OPERATION)
    conference.end(request, RequestEvent.RELEASE)
    return _status(conference, request, request, *conference.settle())


def query_request(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Tell of one floor request.

    Source:
        BFCP_061 (RFC 8855, 13.2)
    """
    request = _named_request(message, conference)
    if not may_see(conference, user.user_id, request):
        raise Refused(ErrorCode.UNAUTHORIZED_OPERATION)
    return _status(conference, request)


def query_user(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Tell of a user and of the floor requests by and for that user.

    Source:
        BFCP_062 (RFC 8855, 13.3)
    """
    beneficiary = message.find(values.BeneficiaryId)
    about = conference.users.get(beneficiary.value) if beneficiary else user
    if about is None:
        raise Refused(ErrorCode.USER_DOES_NOT_EXIST)
    requests = [
        describe_request(conference, request)
        for request in conference.requests.values()
        if about.user_id in (request.requester, request.beneficiary)
        and may_see(conference, user.user_id, request)
    ]
    return Answer(primitive=Primitive.USER_STATUS, attributes=(describe_user(about), *requests))


def query_floors(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Tell of the first floor in the response and of the others after it, and of every change from now on.

    Source:
        BFCP_051 (RFC 8855, 13.5.1)
        BFCP_064 (RFC 8855, 13.5)
    """
    floors = tuple(dict.fromkeys(attribute.value for attribute in message.find_all(values.FloorId)))
    _check_floors(conference, floors)
    return Answer(
        primitive=Primitive.FLOOR_STATUS,
        attributes=describe_floor(conference, user.user_id, floors[0]) if floors else (),
        subscription=frozenset(floors),
        floors=floors[1:],
    )


def chair_action(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Take what a chair says.

    Source:
        BFCP_066 (RFC 8855, 13.6)
    """
    information = message.find(FloorRequestInformation)
    assert information is not None
    request, decisions = read_chair_action(conference, user.user_id, information)
    take_decisions(conference, request, decisions)
    return Answer(primitive=Primitive.CHAIR_ACTION_ACK, touched=(request, *conference.settle()))


def hello(message: Message, conference: Conference, user: User, connection: Hashable) -> Answer:
    """Tell which messages and attributes the server supports.

    Source:
        BFCP_067 (RFC 8855, 13.7)
    """
    return Answer(
        primitive=Primitive.HELLO_ACK,
        attributes=(
            values.SupportedPrimitives(primitives=tuple(sorted(SUBSET_PRIMITIVES))),
            values.SupportedAttributes(types=tuple(AttributeType)),
        ),
    )


OPERATIONS: Final[Mapping[int, Operation]] = {
    Primitive.FLOOR_REQUEST: request_floors,
    Primitive.FLOOR_RELEASE: release_floors,
    Primitive.FLOOR_REQUEST_QUERY: query_request,
    Primitive.USER_QUERY: query_user,
    Primitive.FLOOR_QUERY: query_floors,
    Primitive.CHAIR_ACTION: chair_action,
    Primitive.HELLO: hello,
}
"""What is done for each request."""


def _status(conference: Conference, request: FloorRequest, *touched: FloorRequest) -> Answer:
    return Answer(
        primitive=Primitive.FLOOR_REQUEST_STATUS,
        attributes=(describe_request(conference, request),),
        told=request,
        touched=touched,
    )


def _named_request(message: Message, conference: Conference) -> FloorRequest:
    """Return the floor request that a message names.

    Source:
        BFCP_055 (RFC 8855, 5.2.6)
    """
    named = message.find(values.FloorRequestId)
    assert named is not None
    request = conference.requests.get(named.value)
    if request is None:
        raise Refused(ErrorCode.FLOOR_REQUEST_ID_DOES_NOT_EXIST)
    return request


def _check_floors(conference: Conference, floors: tuple[int, ...]) -> None:
    """Refuse a floor that the conference does not have, and more floors than a status can tell of.

    Source:
        BFCP_055 (RFC 8855, 5.2.6)
    """
    for floor_id in floors:
        if floor_id not in conference.floors:
            raise Refused(ErrorCode.INVALID_FLOOR_ID, f"The conference has no floor {floor_id}.")
    if len(floors) > MAX_FLOORS:
        raise Refused(ErrorCode.GENERIC_ERROR, f"One request is for {MAX_FLOORS} floors at most.")


def _check_beneficiary(conference: Conference, user: User, beneficiary: int) -> None:
    """Refuse a request for somebody else by a user who has no right to it.

    Source:
        BFCP_042 (RFC 8855, 10.1.1)
    """
    if beneficiary not in conference.users:
        raise Refused(ErrorCode.USER_DOES_NOT_EXIST)
    if beneficiary != user.user_id and not user.third_party:
        raise Refused(ErrorCode.UNAUTHORIZED_OPERATION)


def _check_number(conference: Conference, floors: tuple[int, ...], beneficiary: int) -> None:
    """Refuse a request beyond the number that a beneficiary, or the conference, can have.

    Source:
        BFCP_060 (RFC 8855, 13.1)
    """
    for floor_id in floors:
        mine = sum(
            request.beneficiary == beneficiary and floor_id in request.consents
            for request in conference.requests.values()
        )
        if mine >= conference.floors[floor_id].requests_per_user:
            raise Refused(ErrorCode.TOO_MANY_FLOOR_REQUESTS)
    if len(conference.requests) >= MAX_REQUESTS:
        raise Refused(ErrorCode.GENERIC_ERROR, f"The conference has {MAX_REQUESTS} floor requests already.")
