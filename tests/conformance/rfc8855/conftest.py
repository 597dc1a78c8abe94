"""A floor control server and its clients, joined in memory."""

from collections.abc import Callable

import pytest

from mediasec.bfcp import (
    Action,
    Close,
    Conference,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Message,
    Notified,
    Primitive,
    Priority,
    RequestStatus,
    Responded,
    Send,
    StatusChanged,
    User,
)
from mediasec.bfcp.attributes import find
from mediasec.bfcp.groups import FloorRequestInformation, OverallRequestStatus
from mediasec.bfcp.values import RequestStatus as Status

CONFERENCE = 4711


class Seat:
    """One client at its connection."""

    def __init__(self, hall: "Hall", user_id: int, connection: str) -> None:
        self.hall = hall
        self.user_id = user_id
        self.connection = connection
        self.client = FloorControlClient(conference_id=CONFERENCE, user_id=user_id)
        self.notified: list[Message] = []
        self.responses: list[Responded] = []

    def ask(self, request: Message) -> Message:
        """Send a request and return the response to it."""
        count = len(self.responses)
        self.hall.receive(self.connection, request.serialize())
        assert len(self.responses) == count + 1
        assert self.responses[-1].request == request
        return self.responses[-1].response

    def error(self, request: Message) -> int:
        """Send a request and return the code of the Error that answers it."""
        self.ask(request)
        error = self.responses[-1].error
        assert error is not None
        return error.code

    def request_floors(
        self, *floors: int, beneficiary: int | None = None, priority: Priority | None = None
    ) -> int:
        """Ask for floors, and return the floor request ID."""
        response = self.ask(self.client.request_floors(*floors, beneficiary=beneficiary, priority=priority))
        information = response.find(FloorRequestInformation)
        assert information is not None
        return information.identifier

    def status(self, floor_request_id: int) -> RequestStatus:
        """Ask how a floor request stands."""
        return status_of(self.ask(self.client.query_request(floor_request_id))).status


def status_of(message: Message) -> Status:
    """Return the overall status that a FloorRequestStatus tells."""
    information = message.find(FloorRequestInformation)
    assert information is not None
    overall = find(information.attributes, OverallRequestStatus)
    assert overall is not None
    status = find(overall.attributes, Status)
    assert status is not None
    return status


class Hall:
    """The server, with users 1, 2 and 3, user 8 who may ask for others, and user 9 who may be a chair."""

    conference_id = CONFERENCE
    status_of = staticmethod(status_of)

    def __init__(self, *floors: Floor, keep_seconds: float = 60.0) -> None:
        users = [User(user_id=number, identity=f"user-{number}") for number in (1, 2, 3, 9)]
        users.append(User(user_id=8, identity="user-8", third_party=True))
        self.conference = Conference(
            conference_id=CONFERENCE, floors=floors or (Floor(floor_id=543),), users=users
        )
        self.server = FloorControlServer([self.conference], keep_seconds=keep_seconds)
        self.now = 0.0
        self.seats: dict[str, Seat] = {}
        self.closed: list[str] = []
        self.changes: list[StatusChanged] = []
        self.sent: list[tuple[str, Message]] = []

    def seat(self, user_id: int, *, identity: str | None = "own", connection: str = "") -> Seat:
        """Connect a client."""
        name = connection or f"connection-{user_id}"
        self.server.connect(name, f"user-{user_id}" if identity == "own" else identity)
        self.seats[name] = Seat(self, user_id, name)
        return self.seats[name]

    def receive(self, connection: str, octets: bytes) -> None:
        """Give octets to the server, and what it sends to the clients."""
        self.deliver(self.server.receive(connection, octets, self.now))

    def deliver(self, actions: list[Action]) -> None:
        """Do what the server asks for."""
        for action in actions:
            if isinstance(action, Close):
                self.closed.append(str(action.connection))
            elif isinstance(action, StatusChanged):
                self.changes.append(action)
            elif isinstance(action, Send):
                self.sent.append((str(action.connection), action.message))
                seat = self.seats[str(action.connection)]
                for event in seat.client.receive(action.message.serialize()):
                    if isinstance(event, Notified):
                        seat.notified.append(event.message)
                    else:
                        seat.responses.append(event)

    def raw(self, octets: bytes, *, user_id: int = 1, identity: str | None = "own") -> list[Message]:
        """Send octets on a connection of their own, and return what the server sends there."""
        seat = self.seat(user_id, identity=identity, connection=f"raw-{len(self.seats)}")
        self.receive(seat.connection, octets)
        return [message for connection, message in self.sent if connection == seat.connection]


@pytest.fixture
def hall() -> Callable[..., Hall]:
    """The class of halls: `hall(Floor(...), ...)`."""
    return Hall


@pytest.fixture
def primitives() -> type[Primitive]:
    """The messages of BFCP."""
    return Primitive
