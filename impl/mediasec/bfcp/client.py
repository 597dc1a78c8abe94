"""The floor control client: what a participant or chair asks and is told (RFC 8855, 10 to 12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mediasec.bfcp import values
from mediasec.bfcp.attributes import Attribute, find
from mediasec.bfcp.chairs import Decision
from mediasec.bfcp.floor_request import ONGOING
from mediasec.bfcp.framing import Framer
from mediasec.bfcp.groups import FloorRequestInformation, FloorRequestStatus, OverallRequestStatus
from mediasec.bfcp.message import REQUESTS, Message
from mediasec.bfcp.registry import Primitive, Priority, RequestStatus
from mediasec.errors import Finding, LocalProtocolError, RequirementViolated

RESPONSES: Final[Mapping[int, Primitive]] = {
    Primitive.FLOOR_REQUEST: Primitive.FLOOR_REQUEST_STATUS,
    Primitive.FLOOR_RELEASE: Primitive.FLOOR_REQUEST_STATUS,
    Primitive.FLOOR_REQUEST_QUERY: Primitive.FLOOR_REQUEST_STATUS,
    Primitive.USER_QUERY: Primitive.USER_STATUS,
    Primitive.FLOOR_QUERY: Primitive.FLOOR_STATUS,
    Primitive.CHAIR_ACTION: Primitive.CHAIR_ACTION_ACK,
    Primitive.HELLO: Primitive.HELLO_ACK,
}
"""The response to each request; an Error is one to all of them."""

_CHAIR_STATUSES: Final = frozenset(
    {RequestStatus.ACCEPTED, RequestStatus.GRANTED, RequestStatus.DENIED, RequestStatus.REVOKED}
)

_OWN: Final = frozenset({Primitive.FLOOR_REQUEST, Primitive.FLOOR_RELEASE})
_ENDS: Final = frozenset(RequestStatus) - ONGOING


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded:
    """The server has answered a request.

    Attributes:
        request: The request.
        response: The response, which may be an Error.
    """

    request: Message
    response: Message

    @property
    def error(self) -> values.ErrorCode | None:
        """Why the request was not processed; None if it was. An unknown code is an error too.

        Source:
            BFCP_012 (RFC 8855, 5.2.6)
        """
        return self.response.find(values.ErrorCode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The server tells of a change on its own.

    Attributes:
        message: What it tells: a FloorRequestStatus or a FloorStatus.
    """

    message: Message


Event = Responded | Notified


class FloorControlClient:
    """One user of one conference: makes requests, and matches what the server sends to them.

    It opens no socket and reads no clock: what the methods return is to be sent.

    Args:
        conference_id: Conference; uint32.
        user_id: The user; uint16.
        first_transaction_id: Transaction ID of the first request; from 1 to 65535.

    Attributes:
        statuses: Last known status of each of the user's ongoing floor requests, by floor request ID; one
            that RFC 8855 does not know is an int.
    """

    def __init__(self, *, conference_id: int, user_id: int, first_transaction_id: int = 1) -> None:
        self.statuses: dict[int, int] = {}
        self._conference_id = conference_id
        self._user_id = user_id
        self._next_transaction_id = first_transaction_id
        self._outstanding: dict[int, Message] = {}
        self._octets: dict[int, bytes] = {}
        self._framer = Framer()

    @property
    def unanswered(self) -> tuple[Message, ...]:
        """Requests without a response, the oldest first: they can be sent again on a new connection.

        Source:
            BFCP_030 (RFC 8855, 6.1)
        """
        return tuple(self._outstanding.values())

    def octets(self, request: Message) -> bytes:
        """Return the octets of a request that has no response yet."""
        return self._octets[request.transaction_id]

    def reconnect(self) -> None:
        """Forget the beginning of a message that the old connection did not bring to its end."""
        self._framer = Framer()

    def request_floors(
        self,
        *floors: int,
        beneficiary: int | None = None,
        priority: Priority | None = None,
        info: str = "",
    ) -> Message:
        """Ask for floors, all at once or none.

        Args:
            floors: Floor IDs; uint16 each, one at least.
            beneficiary: User who is to get them, if it is another one; uint16.
            priority: How urgent it is.
            info: Why, for people.

        Source:
            BFCP_041 (RFC 8855, 10.1.1)
        """
        attributes: list[Attribute] = [values.FloorId(value=floor_id) for floor_id in floors]
        if beneficiary is not None and beneficiary != self._user_id:
            attributes.append(values.BeneficiaryId(value=beneficiary))
        if info:
            attributes.append(values.ParticipantProvidedInfo(text=info))
        if priority is not None:
            attributes.append(values.Priority(priority=priority))
        return self._request(Primitive.FLOOR_REQUEST, attributes)

    def release_floors(self, floor_request_id: int) -> Message:
        """Release the floors of a request, or cancel it.

        Source:
            BFCP_045 (RFC 8855, 10.2.1)
        """
        return self._request(Primitive.FLOOR_RELEASE, [values.FloorRequestId(value=floor_request_id)])

    def query_request(self, floor_request_id: int) -> Message:
        """Ask how a floor request stands."""
        return self._request(Primitive.FLOOR_REQUEST_QUERY, [values.FloorRequestId(value=floor_request_id)])

    def query_user(self, user_id: int | None = None) -> Message:
        """Ask about a user, by default this one, and the user's floor requests.

        Source:
            BFCP_050 (RFC 8855, 12.3.1)
        """
        about_another = user_id is not None and user_id != self._user_id
        attributes = [values.BeneficiaryId(value=user_id)] if about_another and user_id is not None else []
        return self._request(Primitive.USER_QUERY, attributes)

    def query_floors(self, *floors: int) -> Message:
        """Ask to be told of these floors and no others from now on."""
        return self._request(Primitive.FLOOR_QUERY, [values.FloorId(value=floor_id) for floor_id in floors])

    def decide(self, floor_request_id: int, *decisions: Decision) -> Message:
        """Say as a chair what becomes of a floor request at one or more floors.

        Raises:
            LocalProtocolError: A chair cannot give that status.

        Source:
            BFCP_046 (RFC 8855, 11.1)
            BFCP_049 (RFC 8855, 11.1)
        """
        for place, decision in enumerate(decisions):
            if decision.status not in _CHAIR_STATUSES:
                message = f"A chair gives Accepted, Granted, Denied or Revoked, not {decision.status}."
                raise LocalProtocolError(
                    Finding(requirement="BFCP_046", where=f"decision[{place}].status", message=message)
                )
        parts = [
            FloorRequestStatus(
                identifier=decision.floor_id,
                attributes=(
                    values.RequestStatus(status=decision.status, queue_position=decision.queue_position),
                    *((values.StatusInfo(text=decision.info),) if decision.info else ()),
                ),
            )
            for decision in decisions
        ]
        information = FloorRequestInformation(identifier=floor_request_id, attributes=tuple(parts))
        return self._request(Primitive.CHAIR_ACTION, [information])

    def hello(self) -> Message:
        """Ask whether the server is alive, and what it supports."""
        return self._request(Primitive.HELLO, [])

    def receive(self, data: bytes) -> list[Event]:
        """Return what octets from the server tell; a response to nothing that was asked tells nothing.

        Raises:
            RemoteProtocolError: They cannot be parsed or break a requirement; the connection is closed.

        Source:
            BFCP_027 (RFC 8855, 6.1)
            BFCP_028 (RFC 8855, 6.1)
        """
        events: list[Event] = []
        self._framer.feed(data)
        while (framed := self._framer.next_message()) is not None:
            header, octets = framed
            event = self._receive(Message.parse(octets, header))
            if event is not None:
                events.append(event)
        return events

    def _receive(self, message: Message) -> Event | None:
        """Match one message by conference, transaction and user.

        Source:
            BFCP_040 (RFC 8855, 10.1.2)
            BFCP_044 (RFC 8855, 10.1.2)
            BFCP_073 (TS 23.333, 5.14)
        """
        findings = [finding for finding in message.check() if finding.reply is not None]
        if message.primitive in REQUESTS:
            findings.append(_unexpected("BFCP_073", "A floor control client was sent a request."))
        if findings:
            raise RequirementViolated(*findings)
        if (message.conference_id, message.user_id) != (self._conference_id, self._user_id):
            return None
        if message.transaction_id == 0:
            if message.primitive == Primitive.FLOOR_REQUEST_STATUS:
                self._note_status(message)
            return Notified(message=message)
        request = self._outstanding.get(message.transaction_id)
        if request is None:
            return None
        if message.primitive not in (RESPONSES[request.primitive], Primitive.ERROR):
            raise RequirementViolated(_unexpected("BFCP_040", "The response is not one to the request."))
        del self._outstanding[message.transaction_id]
        del self._octets[message.transaction_id]
        about_all = message.primitive == Primitive.USER_STATUS and not request.attributes
        if about_all:
            self.statuses.clear()
        if about_all or request.primitive in _OWN:
            self._note_status(message)
        return Responded(request=request, response=message)

    def _note_status(self, message: Message) -> None:
        """Note how the user's own floor requests stand; one at its end is forgotten.

        Source:
            BFCP_044 (RFC 8855, 10.1.2)
        """
        for information in message.find_all(FloorRequestInformation):
            overall = find(information.attributes, OverallRequestStatus)
            status = find(overall.attributes, values.RequestStatus) if overall else None
            if status is None:
                continue
            self.statuses[information.identifier] = status.status
            if status.status in _ENDS:
                del self.statuses[information.identifier]

    def _request(self, primitive: Primitive, attributes: Iterable[Attribute]) -> Message:
        """Return a request with a transaction ID that no unanswered request has, and wait for its response.

        Raises:
            LocalProtocolError: The request breaks a requirement, or every transaction ID is in use.

        Source:
            BFCP_037 (RFC 8855, 8.1)
        """
        if len(self._outstanding) == 0xFFFF:
            raise LocalProtocolError(_unexpected("BFCP_037", "Every transaction ID waits for a response."))
        while self._next_transaction_id in self._outstanding:
            self._next_transaction_id = self._next_transaction_id % 0xFFFF + 1
        message = Message(
            primitive=primitive,
            conference_id=self._conference_id,
            transaction_id=self._next_transaction_id,
            user_id=self._user_id,
            attributes=tuple(attributes),
        )
        self._octets[message.transaction_id] = message.serialize()
        self._outstanding[message.transaction_id] = message
        self._next_transaction_id = self._next_transaction_id % 0xFFFF + 1
        return message


def _unexpected(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="header", message=message)
