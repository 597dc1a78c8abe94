"""The floor control server: octets and times in, messages and reports out (RFC 8855, 13)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from mediasec.bfcp import values
from mediasec.bfcp.actions import Action, Close, Connection, Send, StatusChanged
from mediasec.bfcp.admission import Refused, admit
from mediasec.bfcp.attributes import MAX_TEXT, Attribute
from mediasec.bfcp.chairs import Decision, take_decisions
from mediasec.bfcp.conference import Conference, User
from mediasec.bfcp.floor_request import FloorRequest, RequestEvent
from mediasec.bfcp.framing import Framer, TooLong
from mediasec.bfcp.message import Header, Message
from mediasec.bfcp.operations import OPERATIONS
from mediasec.bfcp.registry import ErrorCode, Primitive, RequestStatus
from mediasec.bfcp.reports import describe_floor, describe_request
from mediasec.errors import Finding, LocalProtocolError

MAX_REQUEST_PAYLOAD: Final = 16384
"""Longest payload in octets that the server takes from a client."""

_User = tuple[int, int]
"""A user in all conferences: conference ID and user ID."""


@dataclass(slots=True, kw_only=True)
class _Peer:
    """One connection.

    Attributes:
        identity: Identity that it has authenticated itself with over TLS; None where it has not.
        framer: What it has sent.
        users: Users that speak through it.
    """

    identity: str | None
    framer: Framer
    users: set[_User] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _Presence:
    """A user who has a connection.

    Attributes:
        connection: The connection.
        floors: Floors of whose changes the user is told.
    """

    connection: Connection
    floors: frozenset[int]


class FloorControlServer:
    """A floor control server for any number of conferences, over a reliable transport.

    It opens no socket and reads no clock: an endpoint gives it the octets of each connection and the time,
    and does what it returns, in order.

    Args:
        conferences: Its conferences at the start.
        keep_seconds: How long the floor requests of a user whose connection was lost are kept.

    Attributes:
        conferences: Conferences by their ID.
    """

    def __init__(self, conferences: Iterable[Conference] = (), *, keep_seconds: float = 60.0) -> None:
        self.conferences = {conference.conference_id: conference for conference in conferences}
        self._keep_seconds = keep_seconds
        self._peers: dict[Connection, _Peer] = {}
        self._present: dict[_User, _Presence] = {}
        self._deadlines: dict[_User, float] = {}

    def connect(self, connection: Connection, identity: str | None) -> None:
        """Note a new connection.

        Args:
            connection: Whatever the endpoint tells it apart by.
            identity: Identity that it has authenticated itself with over TLS; None for plain TCP.
        """
        framer = Framer(max_payload=MAX_REQUEST_PAYLOAD)
        self._peers[connection] = _Peer(identity=identity, framer=framer)

    def receive(self, connection: Connection, data: bytes, now: float) -> list[Action]:
        """Process octets of a connection; what it sends after a `Close` means nothing.

        Args:
            connection: The connection.
            data: Octets, of any number.
            now: Time in seconds, by any clock that does not go back.

        Source:
            BFCP_027 (RFC 8855, 6.1)
            BFCP_028 (RFC 8855, 6.1)
        """
        actions: list[Action] = []
        peer = self._peers.get(connection)
        if peer is None:
            return actions
        peer.framer.feed(data)
        try:
            while connection in self._peers and (framed := peer.framer.next_message()) is not None:
                actions += self._process(connection, peer, *framed, now)
        except TooLong as error:
            refusal = Refused(ErrorCode.GENERIC_ERROR, str(error), closes=True)
            actions += self._refuse(connection, error.header, refusal, now)
        return actions

    def disconnect(self, connection: Connection, now: float) -> None:
        """Note that a connection is lost; the floor requests of its users are kept until a deadline.

        Args:
            connection: The connection; one that the server does not know any more is no fault.
            now: Time in seconds, by the clock of `receive`.

        Source:
            BFCP_031 (RFC 8855, 6.1)
        """
        peer = self._peers.pop(connection, None)
        for user in peer.users if peer else ():
            del self._present[user]
            self._deadlines[user] = now + self._keep_seconds

    def next_deadline(self) -> float | None:
        """Return when `expire` has something to do, by the clock of `receive`; None for never."""
        return min(self._deadlines.values(), default=None)

    def expire(self, now: float) -> list[Action]:
        """Withdraw the floor requests of every user who has not come back in time.

        Source:
            BFCP_032 (RFC 8855, 6.1)
        """
        actions: list[Action] = []
        for user in [user for user, deadline in self._deadlines.items() if deadline <= now]:
            del self._deadlines[user]
            actions += self._withdraw_all(user)
        return actions

    def release(self, connection: Connection) -> list[Action]:
        """End a connection by command: floors that its users hold are revoked at once.

        Source:
            BFCP_072 (TS 23.333, 6.2.13.2)
        """
        peer = self._peers.pop(connection, None)
        if peer is None:
            return []
        actions: list[Action] = [
            Close(connection=connection, reason="The connection is released by command.")
        ]
        for user in sorted(peer.users):
            del self._present[user]
            actions += self._withdraw_all(user)
        return actions

    def add_conference(self, conference: Conference) -> None:
        """Take a conference in."""
        self.conferences[conference.conference_id] = conference

    def remove_conference(self, conference_id: int) -> list[Action]:
        """End a conference, with every request and connection of it."""
        users = tuple(self.conferences[conference_id].users)
        actions = [action for user_id in users for action in self.remove_user(conference_id, user_id)]
        del self.conferences[conference_id]
        return actions

    def add_user(self, conference_id: int, user: User) -> None:
        """Let a user into a conference."""
        self.conferences[conference_id].users[user.user_id] = user

    def remove_user(self, conference_id: int, user_id: int) -> list[Action]:
        """Put a user out of a conference: what was asked by or for the user ends, the connection is closed.

        A floor whose chair it was keeps its pending requests until another chair is designated.

        Source:
            BFCP_072 (TS 23.333, 6.2.13.2)
        """
        conference = self.conferences[conference_id]
        concerned = [
            request
            for request in conference.requests.values()
            if user_id in (request.requester, request.beneficiary)
        ]
        actions = self._withdraw(conference, concerned)
        del conference.users[user_id]
        self._deadlines.pop((conference_id, user_id), None)
        return actions + self._detach((conference_id, user_id), "The user was put out of the conference.")

    def designate_chair(self, conference_id: int, floor_id: int, user_id: int | None) -> list[Action]:
        """Give a floor another chair, or none; the new one is told of what the floor was asked for.

        Source:
            BFCP_071 (TS 23.333, 6.2.13.2)
        """
        conference = self.conferences[conference_id]
        conference.designate_chair(floor_id, user_id)
        presence = self._present.get((conference_id, user_id)) if user_id is not None else None
        if presence is not None:
            presence.floors |= {floor_id}
        return self._tell(conference, [*conference.requests_for(floor_id), *conference.settle()])

    def decide(self, conference_id: int, floor_request_id: int, status: RequestStatus) -> list[Action]:
        """Decide a floor request as a whole, in place of its chairs.

        Args:
            conference_id: Conference; uint32.
            floor_request_id: The request; uint16.
            status: Accepted, Granted, Denied or Revoked.

        Raises:
            LocalProtocolError: There is no such request, or its state does not allow it.

        Source:
            BFCP_066 (RFC 8855, 13.6)
        """
        conference = self.conferences[conference_id]
        request = conference.requests.get(floor_request_id)
        where, message = f"floor_request[{floor_request_id}]", "There is no such request."
        if request is not None:
            try:
                decisions = [Decision(floor_id=floor_id, status=status) for floor_id in request.floors]
                take_decisions(conference, request, decisions)
            except Refused as error:
                message = error.info
            else:
                return self._tell(conference, [request, *conference.settle()])
        raise LocalProtocolError(Finding(requirement="BFCP_066", where=where, message=message))

    def _process(
        self, connection: Connection, peer: _Peer, header: Header, octets: bytes, now: float
    ) -> list[Action]:
        """Process one message: the response first, then what others are told."""
        actions: list[Action] = []
        try:
            message, conference, user = admit(header, octets, peer.identity, self.conferences)
            new = self._attach(conference, user, connection, actions)
            answer = OPERATIONS[message.primitive](message, conference, user, connection)
        except Refused as refusal:
            return actions + self._refuse(connection, header, refusal, now)
        actions.append(_response(connection, header, answer.primitive, answer.attributes))
        presence = self._present[conference.conference_id, user.user_id]
        asked_for = presence.floors if new else frozenset()
        if answer.subscription is not None:
            presence.floors = answer.subscription
            asked_for = frozenset()
        floors = [*answer.floors, *(floor for floor in sorted(asked_for) if conference.requests_for(floor))]
        actions += [self._floor_status(conference, user.user_id, floor_id) for floor_id in floors]
        told = answer.told if answer.told and answer.told.requester == user.user_id else None
        return actions + self._tell(conference, answer.touched, told)

    def _attach(
        self, conference: Conference, user: User, connection: Connection, actions: list[Action]
    ) -> bool:
        """Note through which connection a user speaks; return whether it is another one than before.

        An older connection that nobody else speaks through is closed: a client has one alone.

        Source:
            BFCP_029 (RFC 8855, 6.1)
            BFCP_071 (TS 23.333, 6.2.13.2)
        """
        key = (conference.conference_id, user.user_id)
        presence = self._present.get(key)
        if presence is not None and presence.connection == connection:
            return False
        actions += self._detach(key, "The user speaks through a newer connection.")
        self._deadlines.pop(key, None)
        self._peers[connection].users.add(key)
        chaired = frozenset(
            floor.floor_id for floor in conference.floors.values() if floor.chair == user.user_id
        )
        self._present[key] = _Presence(connection=connection, floors=chaired)
        return True

    def _detach(self, user: _User, reason: str) -> list[Action]:
        """Forget through which connection a user speaks, and close it if nobody else does."""
        presence = self._present.pop(user, None)
        if presence is None:
            return []
        peer = self._peers[presence.connection]
        peer.users.discard(user)
        if peer.users:
            return []
        del self._peers[presence.connection]
        return [Close(connection=presence.connection, reason=reason)]

    def _refuse(self, connection: Connection, header: Header, refusal: Refused, now: float) -> list[Action]:
        """Answer with an Error, and close the connection where no further message can be trusted.

        Source:
            BFCP_068 (RFC 8855, 13.8)
        """
        info = refusal.info.encode()[:MAX_TEXT].decode(errors="ignore")
        attributes: tuple[Attribute, ...] = (refusal.error, values.ErrorInfo(text=info))
        actions: list[Action] = [
            _response(connection, header, Primitive.ERROR, attributes if info else attributes[:1])
        ]
        if refusal.closes:
            self.disconnect(connection, now)
            actions.append(Close(connection=connection, reason=refusal.info))
        return actions

    def _withdraw_all(self, user: _User) -> list[Action]:
        """Withdraw what a user has asked for."""
        conference = self.conferences.get(user[0])
        if conference is None:
            return []
        requests = [request for request in conference.requests.values() if request.requester == user[1]]
        return self._withdraw(conference, requests)

    def _withdraw(self, conference: Conference, requests: list[FloorRequest]) -> list[Action]:
        for request in requests:
            conference.end(request, RequestEvent.WITHDRAW)
        return self._tell(conference, [*requests, *conference.settle()])

    def _tell(
        self, conference: Conference, touched: Iterable[FloorRequest], told: FloorRequest | None = None
    ) -> list[Action]:
        """Report what has changed: each request to its requester, each floor to those who asked for it.

        Args:
            conference: The conference.
            touched: Floor requests that have changed.
            told: The one whose requester knows it from a response.

        Source:
            BFCP_039 (RFC 8855, 8.2)
            BFCP_059 (RFC 8855, 13.1.2)
            BFCP_075 (TS 23.333, 6.2.13.1)
        """
        actions: list[Action] = []
        changed: dict[int, FloorRequest] = {request.identifier: request for request in touched}
        for request in changed.values():
            key = (conference.conference_id, request.requester)
            presence = self._present.get(key)
            if presence is not None and request is not told:
                attributes = (describe_request(conference, request),)
                actions.append(
                    _notification(presence.connection, key, Primitive.FLOOR_REQUEST_STATUS, attributes)
                )
            if request.status is not request.reported:
                request.reported = request.status
                actions.append(
                    StatusChanged(
                        conference_id=conference.conference_id,
                        floor_request_id=request.identifier,
                        beneficiary=request.beneficiary,
                        floors=request.floors,
                        status=request.status,
                    )
                )
        floors = sorted({floor_id for request in changed.values() for floor_id in request.floors})
        for (conference_id, user_id), presence in self._present.items():
            if conference_id == conference.conference_id:
                actions += [
                    self._floor_status(conference, user_id, floor_id)
                    for floor_id in floors
                    if floor_id in presence.floors
                ]
        return actions

    def _floor_status(self, conference: Conference, user_id: int, floor_id: int) -> Send:
        key = (conference.conference_id, user_id)
        attributes = describe_floor(conference, user_id, floor_id)
        return _notification(self._present[key].connection, key, Primitive.FLOOR_STATUS, attributes)


def _response(
    connection: Connection, request: Header, primitive: Primitive, attributes: tuple[Attribute, ...]
) -> Send:
    """Return the response to a request.

    Source:
        BFCP_038 (RFC 8855, 8.2)
    """
    message = Message(
        primitive=primitive,
        conference_id=request.conference_id,
        transaction_id=request.transaction_id,
        user_id=request.user_id,
        attributes=attributes,
    )
    return Send(connection=connection, message=message)


def _notification(
    connection: Connection, user: _User, primitive: Primitive, attributes: tuple[Attribute, ...]
) -> Send:
    """Return a message that the server sends on its own.

    Source:
        BFCP_039 (RFC 8855, 8.2)
    """
    message = Message(
        primitive=primitive,
        conference_id=user[0],
        transaction_id=0,
        user_id=user[1],
        attributes=attributes,
    )
    return Send(connection=connection, message=message)
