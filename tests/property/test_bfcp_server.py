"""The floor control server under any order of requests, decisions, losses and returns."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from mediasec.bfcp import (
    Close,
    Conference,
    Decision,
    ErrorCode,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Priority,
    RequestStatus,
    Responded,
    Send,
    StatusChanged,
    User,
)
from mediasec.bfcp.groups import FloorRequestInformation

MAX_HOLDERS = {1: 1, 2: 2, 3: 1}
CHAIR = 9
KEEP_SECONDS = 60.0
users = st.sampled_from([1, 2, 3, 4])
floor_lists = st.lists(st.sampled_from(sorted(MAX_HOLDERS)), min_size=1, max_size=3, unique=True)


class FloorControl(RuleBasedStateMachine):
    """Four participants and one chair; floor 3 is the chair's, floor 2 has two holders."""

    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        floors = [
            Floor(
                floor_id=floor_id,
                max_holders=most,
                chair=CHAIR if floor_id == 3 else None,
                requests_per_user=3,
            )
            for floor_id, most in MAX_HOLDERS.items()
        ]
        people = [User(user_id=number, identity=f"user-{number}") for number in (1, 2, 3, 4, CHAIR)]
        self.conference = Conference(conference_id=1, floors=floors, users=people)
        self.server = FloorControlServer([self.conference], keep_seconds=KEEP_SECONDS)
        self.now = 0.0
        self.clients = {
            user.user_id: FloorControlClient(conference_id=1, user_id=user.user_id) for user in people
        }
        self.connections: dict[int, str] = {}
        self.count = 0
        self.floors: dict[int, tuple[int, ...]] = {}
        self.reported: dict[int, RequestStatus] = {}
        self.has_chair = True
        self.agreed: set[int] = set()
        for user_id in self.clients:
            self.come(user_id)

    def come(self, user_id: int) -> None:
        """Connect a user and ask what the user still has."""
        self.count += 1
        name = f"{user_id}-{self.count}"
        old = self.connections.get(user_id)
        self.connections[user_id] = name
        self.server.connect(name, f"user-{user_id}")
        self.clients[user_id].reconnect()
        closed = self.ask(user_id, self.clients[user_id].query_user())
        assert closed == ([old] if old else [])

    def ask(self, user_id: int, request) -> list[str]:
        """Send a request."""
        return self.deliver(self.server.receive(self.connections[user_id], request.serialize(), self.now))

    def deliver(self, actions) -> list[str]:
        """Give each client what it is sent, and return the connections that are closed."""
        closed = []
        present = {name: user_id for user_id, name in self.connections.items()}
        for action in actions:
            if isinstance(action, Close):
                closed.append(action.connection)
            elif isinstance(action, StatusChanged):
                before = self.reported.get(action.floor_request_id)
                assert before is not action.status
                self.reported[action.floor_request_id] = action.status
            elif isinstance(action, Send) and action.connection in present:
                client = self.clients[present[action.connection]]
                (event,) = client.receive(action.message.serialize())
                self.last = event if isinstance(event, Responded) else self.last
        return closed

    last: Responded | None = None

    @rule(target=requests, user_id=users, floors=floor_lists, priority=st.sampled_from(Priority))
    def request(self, user_id, floors, priority):
        """A participant asks for floors."""
        if user_id not in self.connections:
            return multiple()
        self.ask(user_id, self.clients[user_id].request_floors(*floors, priority=priority))
        information = self.last.response.find(FloorRequestInformation)
        if information is None:
            assert self.last.error.code == ErrorCode.TOO_MANY_FLOOR_REQUESTS
            return multiple()
        self.floors[information.identifier] = tuple(floors)
        if not self.has_chair:
            self.agreed.add(information.identifier)
        return (user_id, information.identifier)

    @rule(request=consumes(requests))
    def release(self, request):
        """A participant gives up what it asked for."""
        user_id, floor_request_id = request
        if user_id in self.connections:
            self.ask(user_id, self.clients[user_id].release_floors(floor_request_id))

    @rule(
        request=requests,
        status=st.sampled_from([RequestStatus(value) for value in (2, 3, 4, 7)]),
        position=st.integers(0, 4),
    )
    def decide(self, request, status, position):
        """The chair says something about floor 3."""
        if CHAIR in self.connections:
            decision = Decision(
                floor_id=3, status=status, queue_position=position if status is RequestStatus.ACCEPTED else 0
            )
            if status is RequestStatus.GRANTED and self.has_chair:
                self.agreed.add(request[1])
            self.ask(CHAIR, self.clients[CHAIR].decide(request[1], decision))
            if status is RequestStatus.ACCEPTED and self.last.error is None:
                self.agreed.discard(request[1])

    @rule(user_id=st.sampled_from([1, 2, 3, 4, CHAIR]))
    def lose(self, user_id):
        """A connection breaks."""
        if user_id in self.connections:
            self.server.disconnect(self.connections.pop(user_id), self.now)

    @rule(user_id=st.sampled_from([1, 2, 3, 4, CHAIR]))
    def come_back(self, user_id):
        """A user connects, perhaps while the old connection still seems alive."""
        self.come(user_id)

    @rule(seconds=st.sampled_from([1.0, 29.0, 31.0]))
    def wait(self, seconds):
        """Time passes."""
        self.now += seconds
        self.deliver(self.server.expire(self.now))

    @rule(chair=st.sampled_from([None, CHAIR]))
    def designate(self, chair):
        """Floor 3 gets a chair or loses it."""
        self.has_chair = chair is not None
        if not self.has_chair:
            self.agreed |= set(self.floors)
        self.deliver(self.server.designate_chair(1, 3, chair))

    @invariant()
    def no_floor_has_too_many_holders(self):
        """A floor is never held by more requests than allowed, by what was reported."""
        for floor_id, most in MAX_HOLDERS.items():
            held = [
                identifier
                for identifier, status in self.reported.items()
                if status is RequestStatus.GRANTED and floor_id in self.floors.get(identifier, ())
            ]
            assert len(held) <= most
            assert len(self.conference.holders(floor_id)) == len(held)

    @invariant()
    def a_request_has_all_floors_or_none(self):
        """A granted request is a holder on each of its floors, any other one on none."""
        for identifier, request in self.conference.requests.items():
            holds = [request in self.conference.holders(floor_id) for floor_id in self.floors[identifier]]
            assert all(holds) if request.status is RequestStatus.GRANTED else not any(holds)

    @invariant()
    def the_chair_has_agreed(self):
        """Nobody holds the chair's floor whose request the chair has not granted."""
        assert {request.identifier for request in self.conference.holders(3)} <= self.agreed

    @invariant()
    def the_queue_holds_who_waits(self):
        """The queue holds each accepted request once, and nothing else."""
        accepted = [
            identifier
            for identifier, request in self.conference.requests.items()
            if request.status is RequestStatus.ACCEPTED
        ]
        assert sorted(self.conference.queue) == accepted

    @invariant()
    def nobody_waits_for_nothing(self):
        """The first in the queue that all chairs agree to waits for a floor without room."""
        agreed = [self.conference.requests[i] for i in self.conference.queue]
        agreed = [request for request in agreed if request.is_agreed]
        if agreed:
            assert any(
                len(self.conference.holders(floor_id)) == MAX_HOLDERS[floor_id]
                for floor_id in agreed[0].floors
            )

    @invariant()
    def clients_know_the_truth(self):
        """What a connected client knows of its own requests is what the server has."""
        for user_id in self.connections:
            truth = {
                identifier: request.status
                for identifier, request in self.conference.requests.items()
                if request.requester == user_id
            }
            assert self.clients[user_id].statuses == truth

    @invariant()
    def reports_are_the_truth(self):
        """What was reported last of each ongoing request is its status."""
        for identifier, request in self.conference.requests.items():
            assert self.reported[identifier] is request.status


FloorControl.TestCase.settings = settings(max_examples=30, stateful_step_count=35, deadline=None)
TestFloorControl = FloorControl.TestCase
