"""A conference at the floor control server: its floors, its users, and whose turn it is."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from mediasec.bfcp.floor_request import Consent, FloorRequest, RequestEvent
from mediasec.bfcp.message import Message
from mediasec.bfcp.registry import Priority, RequestStatus

MAX_FLOORS: Final = 28
"""Floors that one request can ask for: as many as a FLOOR-REQUEST-INFORMATION of 255 octets can tell of."""

MAX_REQUESTS: Final = 1000
"""Ongoing requests of a conference: as many as the 262140 octets of one message can tell of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A floor, and the policy by which it is granted.

    Attributes:
        floor_id: Floor ID; uint16.
        max_holders: How many requests hold it at the same time at most; from 1.
        chair: User whose decision every request needs; None where the order of arrival alone decides.
        requests_per_user: Ongoing requests that one beneficiary has for it at most; from 1.
    """

    floor_id: int
    max_holders: int = 1
    chair: int | None = None
    requests_per_user: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A participant or chair.

    Attributes:
        user_id: User ID; uint16.
        identity: Identity that a connection has authenticated itself with to speak for this user; text.
        display_name: Name for people; empty for none.
        uri: URI by which the user takes part; empty for none.
        highest_priority: Highest priority that the user's requests get.
        third_party: Whether the user may ask for floors for others.
    """

    user_id: int
    identity: str
    display_name: str = ""
    uri: str = ""
    highest_priority: Priority = Priority.HIGHEST
    third_party: bool = False


class Conference:
    """Floors, users and ongoing requests, and the one queue of those that wait.

    One queue holds the accepted requests of all floors; the queue of a floor is the part of it that asks for
    that floor. A request that waits keeps its place on each of its floors: nothing behind it in the queue
    overtakes it there, so that a request for several floors is not starved by requests for one.

    Args:
        conference_id: Conference ID; uint32.
        floors: Its floors.
        users: Its users at the start.

    Attributes:
        conference_id: Conference ID.
        floors: Floors by their ID.
        users: Users by their ID.
        requests: Ongoing requests by their ID, the oldest first.
        queue: IDs of the accepted requests, the next first.
    """

    def __init__(self, *, conference_id: int, floors: Iterable[Floor], users: Iterable[User] = ()) -> None:
        self.conference_id = conference_id
        self.floors = {floor.floor_id: floor for floor in floors}
        self.users = {user.user_id: user for user in users}
        self.requests: dict[int, FloorRequest] = {}
        self.queue: list[int] = []
        self._last_identifier = 0

    def holders(self, floor_id: int) -> list[FloorRequest]:
        """Return the requests that hold a floor, the oldest first."""
        return [
            request
            for request in self.requests.values()
            if request.status is RequestStatus.GRANTED and floor_id in request.consents
        ]

    def requests_for(self, floor_id: int) -> list[FloorRequest]:
        """Return the ongoing requests for a floor: holders first, then the queue, then what is pending."""
        waiting = [self.requests[identifier] for identifier in self.queue]
        pending = [request for request in self.requests.values() if request.status is RequestStatus.PENDING]
        others = [request for request in waiting + pending if floor_id in request.consents]
        return self.holders(floor_id) + others

    def queue_position(self, request: FloorRequest, floor_id: int) -> int:
        """Return the place of a request in the queue of a floor, from 1; 0 where it does not wait.

        A place behind 255 is 0 too: the field has 8 bits, and 0 tells nothing.

        Source:
            BFCP_011 (RFC 8855, 5.2.5)
        """
        if request.status is not RequestStatus.ACCEPTED:
            return 0
        ahead = self.queue[: self.queue.index(request.identifier)]
        place = 1 + sum(floor_id in self.requests[identifier].consents for identifier in ahead)
        return place if place <= 0xFF else 0

    def add(
        self,
        *,
        requester: int,
        beneficiary: int,
        floors: Iterable[int],
        asked_priority: Priority | None = None,
        info: str = "",
        origin: tuple[Hashable, Message] | None = None,
    ) -> FloorRequest:
        """Take a new request in; it is pending at each floor that has a chair.

        Source:
            BFCP_010 (RFC 8855, 5.2.4)
            BFCP_057 (RFC 8855, 13.1.1)
        """
        asked = Priority.NORMAL if asked_priority is None else asked_priority
        request = FloorRequest(
            identifier=self._free_identifier(),
            requester=requester,
            beneficiary=beneficiary,
            consents={
                floor_id: Consent.GIVEN if self.floors[floor_id].chair is None else Consent.AWAITED
                for floor_id in floors
            },
            priority=min(asked, self.users[requester].highest_priority),
            asked_priority=asked_priority,
            info=info,
            origin=origin,
        )
        self.requests[request.identifier] = request
        return request

    def consent(self, request: FloorRequest, floor_id: int, consent: Consent, position: int = 0) -> None:
        """Note what a chair has said; a position from 1 moves the request to that place in the floor's queue.

        Source:
            BFCP_049 (RFC 8855, 13.6)
        """
        request.consents[floor_id] = consent
        if request.status is RequestStatus.PENDING and request.is_accepted:
            self._accept(request)
        if position and request.status is RequestStatus.ACCEPTED:
            self.queue.remove(request.identifier)
            others = [
                place
                for place, identifier in enumerate(self.queue)
                if floor_id in self.requests[identifier].consents
            ]
            place = others[position - 1] if position <= len(others) else len(self.queue)
            self.queue.insert(place, request.identifier)

    def end(self, request: FloorRequest, event: RequestEvent) -> None:
        """Bring a request to its end: it is forgotten, and its floors are free.

        Raises:
            LocalProtocolError: The event cannot happen in its state.
        """
        request.apply(event)
        del self.requests[request.identifier]
        if request.identifier in self.queue:
            self.queue.remove(request.identifier)

    def designate_chair(self, floor_id: int, chair: int | None) -> None:
        """Give a floor another chair; without one, what no chair has decided yet waits for its turn alone.

        Source:
            BFCP_071 (TS 23.333, 6.2.13.2)
        """
        self.floors[floor_id] = replace(self.floors[floor_id], chair=chair)
        if chair is None:
            for request in self.requests_for(floor_id):
                request.consents[floor_id] = Consent.GIVEN

    def settle(self) -> list[FloorRequest]:
        """Accept what no chair holds back, grant each request whose turn has come, and return those granted.

        A request gets all of its floors at once or none of them.

        Source:
            BFCP_043 (RFC 8855, 10.1.1)
            BFCP_069 (TS 23.333, 8.45)
            BFCP_070 (TS 23.333, 5.14)
        """
        for request in self.requests.values():
            if request.status is RequestStatus.PENDING and request.is_accepted:
                self._accept(request)
        if not self.queue:
            return []
        room = {
            floor_id: floor.max_holders - len(self.holders(floor_id))
            for floor_id, floor in self.floors.items()
        }
        granted = []
        for identifier in tuple(self.queue):
            request = self.requests[identifier]
            if not request.is_agreed:
                continue
            if all(room[floor_id] > 0 for floor_id in request.floors):
                request.apply(RequestEvent.GRANT)
                self.queue.remove(identifier)
                granted.append(request)
            for floor_id in request.floors:
                room[floor_id] -= 1
        return granted

    def _accept(self, request: FloorRequest) -> None:
        """Put a request into the queue behind every one of its priority or a higher one."""
        request.apply(RequestEvent.ACCEPT)
        place = max(
            (
                place
                for place, identifier in enumerate(self.queue, start=1)
                if self.requests[identifier].priority >= request.priority
            ),
            default=0,
        )
        self.queue.insert(place, request.identifier)

    def _free_identifier(self) -> int:
        """Return the next floor request ID that no ongoing request has, from 1 to 65535.

        Source:
            BFCP_057 (RFC 8855, 13.1.1)
        """
        while True:
            self._last_identifier = self._last_identifier % 0xFFFF + 1
            if self._last_identifier not in self.requests:
                return self._last_identifier
