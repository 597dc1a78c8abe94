"""One transport connection and the MSRP sessions on it; and the directory of all sessions of an endpoint."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mediasec.errors import Finding, LocalProtocolError
from mediasec.msrp.events import Event
from mediasec.msrp.framing import BodyReceived, Framing, RequestBegun, RequestEnded, Unintelligible
from mediasec.msrp.framing import Event as Piece
from mediasec.msrp.message import Request, Response
from mediasec.msrp.reassembly import Memory
from mediasec.msrp.receiving import RecentMessages
from mediasec.msrp.registry import FailureReport, Method, StatusCode
from mediasec.msrp.sending import NewIdentifier, Outbox
from mediasec.msrp.session import Session
from mediasec.msrp.states import State
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri

MAX_SESSIONS = 10_000
"""The most sessions of one endpoint."""

MAX_REASSEMBLY_OCTETS = 256 * 2**20
"""The most octets of unfinished messages that one endpoint holds."""

MAX_SESSION_REASSEMBLY_OCTETS = 16 * 2**20
"""The most octets of unfinished messages that one session holds."""


class Directory:
    """The sessions of one endpoint, each found by its URI.

    Args:
        new_identifier: Gives Message-IDs and transaction IDs.
        max_sessions: The most sessions at one time.
        max_reassembly_octets: The most octets of unfinished messages, of all sessions together.

    Attributes:
        events: News of all sessions that nobody has taken yet, the oldest first.
    """

    def __init__(
        self,
        new_identifier: NewIdentifier,
        *,
        max_sessions: int = MAX_SESSIONS,
        max_reassembly_octets: int = MAX_REASSEMBLY_OCTETS,
    ) -> None:
        self.events: deque[Event] = deque()
        self.new_identifier = new_identifier
        self._max_sessions = max_sessions
        self._memory = Memory(max_reassembly_octets)
        self._recent = RecentMessages()
        self._sessions: dict[tuple[object, ...], Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    @property
    def held_octets(self) -> int:
        """Octets of unfinished messages that are held now."""
        return self._memory.used

    def add(self, terms: Terms) -> Session:
        """Make a session.

        Raises:
            LocalProtocolError: Another session has its URI, or there are too many.

        Source:
            MSRP_088 (RFC 4975, 8.2)
        """
        if terms.local.key in self._sessions:
            raise LocalProtocolError(_finding("local", "Another session has this URI."))
        if len(self._sessions) >= self._max_sessions:
            raise LocalProtocolError(
                _finding("sessions", f"There are {self._max_sessions} sessions already.")
            )
        session = Session(
            terms,
            events=self.events,
            new_identifier=self.new_identifier,
            memory=Memory(MAX_SESSION_REASSEMBLY_OCTETS, within=self._memory),
            recent=self._recent,
            forget=self._forget,
        )
        self._sessions[terms.local.key] = session
        return session

    def find(self, uri: Uri) -> Session | None:
        """Return the session that a URI names; None if there is none."""
        return self._sessions.get(uri.key)

    def _forget(self, session: Session) -> None:
        del self._sessions[session.terms.local.key]


@dataclass(slots=True)
class _Incoming:
    """A request while it comes in: what it is, whose it is, and whether it was refused already."""

    request: Request
    session: Session | None
    code: int


class Connection:
    """One connection: octets in, news of its sessions out, octets to send.

    Args:
        directory: Sessions that a request on it may be for.
        secure: Whether TLS protects it.
        psk_identity: Identity of the pre-shared key that it uses; None where it uses none.
        ready: Called whenever there is something new to send, and when a session is over.

    Attributes:
        outbox: What its sessions send.
    """

    def __init__(
        self,
        directory: Directory,
        *,
        secure: bool = False,
        psk_identity: str | None = None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.outbox = Outbox(directory.new_identifier, ready)
        self._ready = ready
        self._directory = directory
        self._secure = secure
        self._psk_identity = psk_identity
        self._framing = Framing()
        self._sessions: dict[Session, None] = {}
        self._incoming: _Incoming | None = None

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions that are bound to it."""
        return tuple(self._sessions)

    def open(self, session: Session) -> None:
        """Use the connection for a session whose active side is this one.

        Raises:
            LocalProtocolError: The session wants TLS, and the connection has none; or it was opened before.
        """
        if findings := session.terms.check_connection(secure=self._secure):
            raise LocalProtocolError(*findings)
        session.open(self)
        self._sessions[session] = None

    def release(self, session: Session) -> None:
        """Forget a session that is over."""
        self._sessions.pop(session, None)
        self._ready()

    def receive(self, data: bytes) -> None:
        """Take the next octets from the other side.

        Raises:
            MalformedMessage: The stream cannot be followed any further; the connection is to be closed.
        """
        for piece in self._framing.receive(data):
            self._take(piece)

    def lost(self) -> None:
        """Fail every session on it: the connection is gone.

        Source:
            MSRP_080 (RFC 4975, 5.4)
        """
        for session in self.sessions:
            session.lost()

    def data_to_send(self, now: float, limit: int) -> bytes:
        """Take the next octets for the other side; none where there is nothing to send.

        Args:
            now: Time in seconds.
            limit: About how many octets.
        """
        data, sent = self.outbox.take(limit)
        for chunk in sent:
            session = chunk.outgoing.session
            assert isinstance(session, Session)
            session.chunk_sent(chunk, now)
        return data

    @property
    def next_timer(self) -> float | None:
        """When `handle_timer` is to be called, in seconds; None where nothing is waited for."""
        timers = [timer for session in self._sessions if (timer := session.next_timer) is not None]
        return min(timers, default=None)

    def handle_timer(self, now: float) -> None:
        """Give up what is overdue.

        Args:
            now: Time in seconds.
        """
        for session in self.sessions:
            session.handle_timer(now)

    def _take(self, piece: Piece) -> None:
        match piece:
            case RequestBegun():
                self._begin(piece.request, piece.has_body)
            case BodyReceived():
                self._receive_body(piece.data)
            case RequestEnded():
                self._end(piece)
            case Response():
                self._answered(piece)
            case Unintelligible():
                self._refuse_unintelligible(piece)

    def _begin(self, request: Request, has_body: bool) -> None:
        session, code = self._admit(request, has_body)
        if session is not None and code == StatusCode.OK and request.method == Method.SEND:
            code = session.begin(request, has_body=has_body)
        self._incoming = _Incoming(request, session, code)
        if code != StatusCode.OK:
            self._respond(self._incoming)

    def _admit(self, request: Request, has_body: bool) -> tuple[Session | None, int]:
        """Find the session of a request, bind it if it is the first, and check the request.

        Returns:
            The session, None if there is none for it, and `OK` or the code to refuse the request with.

        Source:
            MSRP_033 (RFC 4975, 12)
            MSRP_036 (RFC 4975, 10.2)
            MSRP_053 (RFC 4975, 7.3)
            MSRP_054 (RFC 4975, 5.4)
        """
        session = self._directory.find(request.to_path[0]) if len(request.to_path) == 1 else None
        if session is None or not self._is_for_peer(session):
            return None, StatusCode.NO_SUCH_SESSION
        if session not in self._sessions and session.carrier is not None:
            return None, StatusCode.SESSION_IN_USE
        refusals = [
            found.reply for found in request.check_parsed(has_body=has_body) if found.reply is not None
        ]
        if refusals:
            return session, refusals[0]
        if request.method not in (Method.SEND, Method.REPORT):
            return session, StatusCode.UNKNOWN_METHOD
        if session.state is State.UNBOUND:
            self._sessions[session] = None
            session.bind(self)
        return session, StatusCode.OK

    def _is_for_peer(self, session: Session) -> bool:
        """Return whether this connection is with the peer that the session was agreed with.

        Source:
            MSRP_011 (RFC 4975, 6)
            MSRP_084 (RFC 4975, 5.4)
        """
        if session.state is State.UNBOUND and session.terms.active:
            return False
        if session.terms.check_connection(secure=self._secure):
            return False
        return session.terms.psk_identity in (None, self._psk_identity)

    def _receive_body(self, data: bytes) -> None:
        """Take octets of a body; where they are too many, refuse at once and skip the rest.

        Source:
            MSRP_063 (RFC 4975, 14.5)
        """
        incoming = self._incoming
        assert incoming is not None
        if incoming.code != StatusCode.OK or incoming.session is None:
            return
        if incoming.request.method == Method.SEND:
            incoming.code = incoming.session.receive(data)
            if incoming.code != StatusCode.OK:
                self._respond(incoming)

    def _end(self, piece: RequestEnded) -> None:
        incoming, self._incoming = self._incoming, None
        assert incoming is not None
        if incoming.code != StatusCode.OK or incoming.session is None:
            return
        if incoming.request.method == Method.REPORT:
            incoming.session.reported(incoming.request)
        else:
            self._respond(incoming)
            incoming.session.end(piece.flag)

    def _respond(self, incoming: _Incoming) -> None:
        """Answer a request, if it is one to answer.

        Source:
            MSRP_034 (RFC 4975, 7.2)
            MSRP_055 (RFC 4975, 7.2)
            MSRP_069 (RFC 4975, 7.1.2)
        """
        request = incoming.request
        wanted = request.wanted_failures
        accepted = incoming.code == StatusCode.OK
        unwanted = wanted is FailureReport.NO or (wanted is FailureReport.PARTIAL and accepted)
        if request.method == Method.REPORT or unwanted:
            return
        local = request.to_path[-1] if incoming.session is None else incoming.session.terms.local
        to_path = request.from_path[:1] if request.method == Method.SEND else request.from_path
        self._send_response(request.transaction_id, incoming.code, to_path, local)

    def _refuse_unintelligible(self, piece: Unintelligible) -> None:
        """Answer a request whose head does not parse, where enough of it does to know whom to answer.

        Source:
            MSRP_036 (RFC 4975, 10.2)
        """
        if piece.start.method is None or piece.start.method == Method.REPORT or piece.paths is None:
            return
        self._send_response(
            piece.start.transaction_id,
            StatusCode.UNINTELLIGIBLE,
            piece.paths.from_path[:1],
            piece.paths.to_path[-1],
        )

    def _send_response(self, transaction_id: str, code: int, to_path: tuple[Uri, ...], local: Uri) -> None:
        response = Response(transaction_id=transaction_id, code=code, to_path=to_path, from_path=(local,))
        if not response.check():
            self.outbox.add_control(response.serialize())

    def _answered(self, response: Response) -> None:
        """Hand a response to the session of its transaction; one to no transaction says nothing."""
        outgoing = self.outbox.transactions.pop(response.transaction_id, None)
        if outgoing is not None:
            session = outgoing.session
            assert isinstance(session, Session)
            session.answered(response.transaction_id, outgoing, response.code)


def _finding(where: str, message: str) -> Finding:
    return Finding(requirement="MSRP_088", where=where, message=message)
