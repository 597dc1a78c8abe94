"""A session at one of its ends: its state, and what went wrong with it, by rule."""

from dataclasses import dataclass, field

from mediasec.endpoints.stream import TcpFailed
from mediasec.endpoints.tls_session import TlsFailed
from mediasec.errors import EndpointError, Finding, MediaSecError, RemoteProtocolError, RequirementViolated
from mediasec.nodes.bearer import DISCARD_PORT
from mediasec.nodes.signalling import (
    CALL_TRANSITIONS,
    CallEvent,
    CallState,
    Invitation,
    Party,
    Response,
    Status,
)
from mediasec.procedures.key_management import MISCELLANEOUS_WARNING, SetupAborted
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.sdp.attributes import parse_accept_types
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import AttributeName, Setup
from mediasec.sdp.rules import RECOMMENDATIONS, Roles, check_exchange, check_offer
from mediasec.sdp.streams import Stream, StreamKind

KEPT_CALLS = 64
"""How many sessions that are over a node remembers, to say what became of them."""


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """A session at one of its ends.

    Attributes:
        call_id: What tells it apart.
        peer: The other end.
        state: How far it is.
        findings: The rules that were broken, by whichever side.
        reason: Why it was refused or failed, in plain words; empty before.
    """

    call_id: str
    peer: Party
    state: CallState = CallState.INVITING
    findings: list[Finding] = field(default_factory=list)
    reason: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing of it is left."""
        return self.state in (CallState.REFUSED, CallState.FAILED, CallState.ENDED)

    def check_goes_on(self) -> None:
        """Demand that nobody has ended it meanwhile.

        Raises:
            CallOver: Somebody has.
        """
        if self.over:
            raise CallOver(self.reason or "The session is over.")

    def move(self, event: CallEvent) -> None:
        """Go on as the table says; a session that is over stays so."""
        if not self.over:
            self.state = CALL_TRANSITIONS[self.state, event]

    def fail(self, error: MediaSecError) -> None:
        """Note that it was refused, or that its media failed, and why; one that is over stays as it is."""
        if self.over:
            return
        refused = self.state is CallState.INVITING
        self.move(CallEvent.OFFER_REFUSED if refused else CallEvent.MEDIA_FAILED)
        self.findings += findings_of(error)
        self.reason = str(error)


class CallOver(EndpointError):
    """A session was ended by somebody else while it was being set up."""


class CallRefused(MediaSecError):
    """An invitation is not accepted.

    Attributes:
        status: What the other side is told.
        findings: The rules that were broken.
    """

    def __init__(self, status: Status, reason: str, *findings: Finding) -> None:
        super().__init__(reason)
        self.status = status
        self.findings = findings


def findings_of(error: BaseException | None) -> list[Finding]:
    """Return the findings of an error.

    An aborted set-up, a failed handshake and a failed connection have none of their own: they are told under
    the rules by which they are reported, and of the set-up what led to it is told first.
    """
    match error:
        case SetupAborted():
            aborted = Finding(requirement="PROC_002", where=error.where, message=str(error))
            return [*findings_of(error.__cause__), aborted]
        case TlsFailed():
            return [Finding(requirement="TLS_029", where="TLS", message=str(error))]
        case TcpFailed():
            return [Finding(requirement="TLS_030", where="TCP", message=str(error))]
    return list(getattr(error, "findings", ()))


def refusal(error: MediaSecError) -> Response:
    """Return the response that refuses an invitation; it tells no more than SIP would.

    Source:
        NODE_004 (RFC 4567, 4.1.2)
    """
    if isinstance(error, CallRefused):
        return Response(status=error.status)
    if isinstance(error, SetupAborted):
        return Response(
            status=Status(error.status), warnings=error.warnings, error_message=error.error_message
        )
    return Response(status=Status.NOT_ACCEPTABLE_HERE, warnings=(MISCELLANEOUS_WARNING,))


def read_offer(invitation: Invitation, roles: Roles, call: Call) -> SessionDescription:
    """Read an offer and check it against the rules; what is a recommendation alone is noted.

    Raises:
        CallRefused: It cannot be read, or breaks a rule.

    Source:
        NODE_005 (RFC 3264, 6)
    """
    try:
        offer = SessionDescription.parse(invitation.offer)
    except RemoteProtocolError as error:
        raise CallRefused(Status.NOT_ACCEPTABLE_HERE, str(error), *findings_of(error)) from error
    findings = check_offer(offer, roles)
    call.findings += [finding for finding in findings if finding.requirement in RECOMMENDATIONS]
    broken = [finding for finding in findings if finding.requirement not in RECOMMENDATIONS]
    if broken:
        raise CallRefused(Status.NOT_ACCEPTABLE_HERE, "; ".join(map(str, broken)), *broken)
    return offer


def read_answer(offer: SessionDescription, octets: bytes, roles: Roles) -> SessionDescription:
    """Read an answer and check it against the rules.

    Raises:
        RemoteProtocolError: It cannot be read, or breaks a rule.

    Source:
        NODE_005 (RFC 3264, 6)
    """
    answer = SessionDescription.parse(octets)
    findings = check_exchange(offer, answer, roles)
    broken = [finding for finding in findings if finding.requirement not in RECOMMENDATIONS]
    if broken:
        raise RequirementViolated(*broken)
    return answer


def take_refusal(response: Response, initiators: dict[int, Initiator]) -> CallRefused:
    """Return why an offer was refused, from the status and from the MIKEY Error message beside it.

    Args:
        response: The refusal.
        initiators: By the number of each stream, the Initiator whose TRANSFER_INIT was refused.
    """
    reason = f"The offer was refused with {response.status.phrase}."
    if response.error_message is not None:
        for initiator in initiators.values():
            try:
                initiator.receive_response(response.error_message)
            except MediaSecError as error:
                reason = f"{reason} {error}"
                break
    return CallRefused(response.status, reason)


def answered_setup(stream: Stream) -> Setup:
    """Return the `a=setup` that answers an offer, where this side takes either role.

    It opens the connection where the offerer lets it, as in the examples of TS 23.333.

    Source:
        NODE_006 (TS 23.333, 6.2.20.1)
    """
    return Setup.PASSIVE if stream.setup_in(offer=True) is Setup.ACTIVE else Setup.ACTIVE


def place_of(stream: Stream) -> tuple[str, int]:
    """Return the address and the port at which the side that describes a stream is reached, if it is.

    With CEMA that is the media line, without it the first URI of the path.
    """
    first = next(iter(stream.path), None)
    if stream.kind is StreamKind.MSRP and first is not None and not stream.has(AttributeName.MSRP_CEMA):
        return first.host, first.port or DISCARD_PORT
    return stream.connection.address, stream.line.port


def accepted_types(stream: Stream) -> tuple[str, ...]:
    """Return the media types that the side which describes an MSRP stream accepts; all by default."""
    attribute = stream.first(AttributeName.ACCEPT_TYPES)
    return ("*",) if attribute is None else parse_accept_types(attribute.value)
