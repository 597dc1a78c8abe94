"""The Responder of MIKEY-TICKET: judges a ticket, has it resolved or opens it, and answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from mediasec.errors import Finding, LocalProtocolError, RemoteProtocolError, RequirementViolated
from mediasec.mikey.acceptance import Acceptance, check_before_resolving
from mediasec.mikey.base_ticket import open_ticket, ticket_key_identity, verify_copied_mac
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import Identity, Kemac, Ticket, Verification
from mediasec.mikey.protection import initial_coverage, verify
from mediasec.mikey.registry import (
    DataType,
    ErrorNumber,
    IdentityRole,
    KeyDataType,
    RandRole,
    TicketFlag,
)
from mediasec.mikey.replay import ReplayGuard
from mediasec.mikey.rules import reasons_to_reject
from mediasec.mikey.ticket import PolicyData
from mediasec.procedures.ticket_agreement import Agreement
from mediasec.procedures.ticket_answer import answer_transfer
from mediasec.procedures.ticket_credentials import Asked, KmsAssociation, ask
from mediasec.procedures.ticket_memory import ResolvedTicket, TicketMemory
from mediasec.procedures.ticket_messages import Received, authenticated_refusal, error_message, read
from mediasec.procedures.ticket_sessions import initial_transfer_keys, keys_from_kms
from mediasec.procedures.ticket_terms import (
    PreSharedKey,
    Randomness,
    TicketSettings,
    TimestampSource,
    without_role,
)


class ResponderState(Enum):
    """How far a Responder is.

    Attributes:
        IDLE: It waits for a ticket.
        RESOLVING: It has asked the KMS to resolve the ticket.
        ESTABLISHED: It has the keys, and has answered if the ticket wants a response.
        REFUSED: The KMS said no, or what it resolved shows that TRANSFER_INIT is a false one.
    """

    IDLE = auto()
    RESOLVING = auto()
    ESTABLISHED = auto()
    REFUSED = auto()


class ResponderEvent(Enum):
    """What moves a Responder on.

    Attributes:
        TICKET_TO_RESOLVE: TRANSFER_INIT is acceptable, and its ticket is for the KMS to open.
        TICKET_OPENED: TRANSFER_INIT verifies with keys of a ticket that it could open itself.
        TICKET_RESOLVED: RESOLVE_RESP verifies, and then TRANSFER_INIT does.
        RESOLVED_AND_NOT_ACCEPTED: RESOLVE_RESP verifies; it, or TRANSFER_INIT after it, is not acceptable.
        REFUSAL_VERIFIED: An Error message of the KMS verifies.
    """

    TICKET_TO_RESOLVE = auto()
    TICKET_OPENED = auto()
    TICKET_RESOLVED = auto()
    RESOLVED_AND_NOT_ACCEPTED = auto()
    REFUSAL_VERIFIED = auto()


RESPONDER_TRANSITIONS = {
    (ResponderState.IDLE, ResponderEvent.TICKET_TO_RESOLVE): ResponderState.RESOLVING,
    (ResponderState.IDLE, ResponderEvent.TICKET_OPENED): ResponderState.ESTABLISHED,
    (ResponderState.RESOLVING, ResponderEvent.TICKET_RESOLVED): ResponderState.ESTABLISHED,
    (ResponderState.RESOLVING, ResponderEvent.RESOLVED_AND_NOT_ACCEPTED): ResponderState.REFUSED,
    (ResponderState.RESOLVING, ResponderEvent.REFUSAL_VERIFIED): ResponderState.REFUSED,
}
"""What a Responder does next; anything else is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a Responder does with a TRANSFER_INIT.

    Attributes:
        to_kms: RESOLVE_INIT to send to the KMS; None if the ticket is opened already.
        to_initiator: TRANSFER_RESP; None if there is none, or not yet.
        agreement: What is agreed on; None if the KMS has to be asked first.
    """

    to_kms: bytes | None = None
    to_initiator: bytes | None = None
    agreement: Agreement | None = None


class Responder:
    """One Responder to one TRANSFER_INIT.

    Attributes:
        state: How far it is.
        agreement: What it agreed on with the Initiator; None before.
    """

    def __init__(
        self,
        identity: Identity,
        settings: TicketSettings,
        kms: KmsAssociation | None = None,
        *,
        groups: Collection[bytes] = (),
        ticket_keys: Sequence[PreSharedKey] = (),
        replay: ReplayGuard | None = None,
        memory: TicketMemory | None = None,
    ) -> None:
        """Wait for TRANSFER_INIT.

        Args:
            identity: Who it is.
            settings: How it takes part.
            kms: The KMS that it trusts; None if it opens tickets itself.
            groups: Data of further identities that it answers for, such as a conference.
            ticket_keys: TPKs that it shares with KMS or Initiator.
            replay: Shared by all Responders of a node; a new one by default.
            memory: Shared by all Responders of a node; a new one by default.
        """
        self.state = ResponderState.IDLE
        self.agreement: Agreement | None = None
        self._identity = identity
        self._settings = settings
        self._kms = kms
        self._own = frozenset({identity.data, *groups})
        self._ticket_keys = {key.name: key for key in ticket_keys}
        self._replay = ReplayGuard(window_seconds=settings.window_seconds) if replay is None else replay
        self._memory = TicketMemory() if memory is None else memory
        self._timestamps = TimestampSource(settings.timestamps)
        self._received: Received | None = None
        self._initiator: Identity | None = None
        self._supplied: KeyDataType | None = None
        self._asked: Asked | None = None

    def receive_transfer(
        self,
        octets: bytes,
        now: float,
        random: Randomness,
        *,
        initiator: Identity | None = None,
        supplied: KeyDataType | None = None,
    ) -> Answer:
        """Take TRANSFER_INIT: refuse it, ask the KMS about its ticket, or open the ticket and answer.

        Args:
            octets: The message.
            now: Seconds since 1970, UTC.
            random: Source of random octets.
            initiator: Who sends it, as the signalling around it says; None takes what the message says.
            supplied: Type of a session key to supply in the response; None takes one of the ticket.

        Raises:
            RemoteProtocolError: It is refused. The KMS was not contacted.
            LocalProtocolError: It is not the time for it, or the ticket needs a KMS and there is none.

        Source:
            PROC_146 (RFC 6043, 4.2.2.2)
            PROC_133 (RFC 6043, 4.2.2.3)
            PROC_156 (RFC 6043, 12.4)
        """
        if self.state is not ResponderState.IDLE:
            raise _refusal("PROC_140", f"the Responder is {self.state.name} and takes no ticket")
        received = read(octets, (DataType.TRANSFER_INIT,))
        ticket = received.message.first(Ticket)
        acceptance = Acceptance(may_resolve=lambda identity: identity.data in self._own)
        findings = check_before_resolving(received.message, acceptance, self._settings.profile, unix_time=now)
        if findings or ticket is None:
            raise RequirementViolated(*findings)
        self._initiator = self._check_identities(received, ticket, initiator)
        if supplied is not None and TicketFlag.RESPONDER_KEYS not in ticket.policy.flags:
            raise _refusal("PROC_133", "the ticket policy forbids keys of the Responder")
        findings = self._replay.check(received.timestamp, received.authenticator, self._initiator.data, now)
        if findings:
            raise RequirementViolated(*findings)
        self._received, self._supplied = received, supplied
        resolved = self._memory.find(ticket) or self._open(ticket)
        if resolved is not None:
            return self._finish(resolved, ResponderEvent.TICKET_OPENED, now, random)
        return self._ask(ticket, now, random)

    def _check_identities(self, received: Received, ticket: Ticket, initiator: Identity | None) -> Identity:
        """Return the Initiator, whom message, ticket and signalling name alike.

        Source:
            PROC_147 (RFC 6043, 4.2.2.1)
            PROC_148 (RFC 6043, 4.2.3)
            PROC_011 (RFC 4567, 8)
        """
        message = received.message
        called, named = message.identity(IdentityRole.RESPONDER), message.identity(IdentityRole.INITIATOR)
        if called is not None and called.data not in self._own:
            raise RequirementViolated(_identity_finding("PROC_147", "the message is for somebody else"))
        owner = PolicyData.parse(ticket.policy.data).identity(IdentityRole.INITIATOR)
        known = [without_role(each) for each in (named, owner) if each is not None]
        if initiator is not None:
            known.append(initiator)
        if not known or any(each != known[0] for each in known):
            raise RequirementViolated(
                _identity_finding("PROC_148", "message, ticket and signalling do not name one Initiator")
            )
        return known[0]

    def _open(self, ticket: Ticket) -> ResolvedTicket | None:
        """Open a ticket without the KMS, where its policy allows it and its key is known.

        Source:
            PROC_149 (RFC 6043, 4.2.3)
        """
        if TicketFlag.RESOLVE_MANDATORY in ticket.policy.flags:
            return None
        name = ticket_key_identity(ticket)
        key = self._ticket_keys.get(name) if name is not None else None
        return None if key is None else ResolvedTicket(keys=open_ticket(ticket, key.key))

    def _ask(self, ticket: Ticket, now: float, random: Randomness) -> Answer:
        if self._kms is None:
            raise _refusal("PROC_149", "the ticket has to be resolved and there is no KMS")
        timestamp = self._timestamps.next(now)
        self._asked = ask(self._kms, self._settings.suite, self._identity, ticket, timestamp, random)
        self._move(ResponderEvent.TICKET_TO_RESOLVE)
        return Answer(to_kms=self._asked.message.octets)

    def receive_keys(self, octets: bytes, now: float, random: Randomness) -> Answer:
        """Take RESOLVE_RESP, or an Error message, from the KMS.

        What is not authentic changes nothing: the right response may still come.

        Args:
            octets: The message.
            now: Seconds since 1970, UTC.
            random: Source of random octets.

        Raises:
            RemoteProtocolError: It is not the response, or TRANSFER_INIT turns out to be a false one.
            LocalProtocolError: Nothing was asked.

        Source:
            PROC_150 (RFC 6043, 4.2.3.6)
            PROC_107 (RFC 6043, 5.4)
        """
        asked = self._asked
        if asked is None or self.state is not ResponderState.RESOLVING:
            raise _refusal("PROC_150", "no ticket was sent to be resolved")
        refusal = authenticated_refusal(octets, asked.initial_keys)
        if refusal is not None:
            self._move(ResponderEvent.REFUSAL_VERIFIED)
            raise refusal
        received = read(octets, (DataType.RESOLVE_RESP,))
        asked.verify_response(received)
        try:
            resolved = self._resolved(asked, received)
            return self._finish(resolved, ResponderEvent.TICKET_RESOLVED, now, random)
        except RemoteProtocolError:
            self._move(ResponderEvent.RESOLVED_AND_NOT_ACCEPTED)
            raise

    def _resolved(self, asked: Asked, received: Received) -> ResolvedTicket:
        """Return the keys of an authentic RESOLVE_RESP."""
        message = received.message
        ticket, kemac = asked.message.first(Ticket), message.first(Kemac)
        assert ticket is not None
        assert kemac is not None
        keys, findings = keys_from_kms(asked.response_keys, kemac, received.timestamp, ticket.policy)
        findings = reasons_to_reject([*check_exchange(asked.message, message), *findings])
        if findings:
            raise RequirementViolated(*findings)
        return ResolvedTicket(
            keys=keys,
            identity=message.identity(IdentityRole.RESPONDER),
            rand_kms=message.rand(RandRole.KMS),
        )

    def _finish(
        self, resolved: ResolvedTicket, event: ResponderEvent, now: float, random: Randomness
    ) -> Answer:
        """Verify TRANSFER_INIT, at last, and answer it.

        Source:
            PROC_151 (RFC 6043, 4.2.3.6)
        """
        received, initiator = self._received, self._initiator
        assert received is not None
        assert initiator is not None
        message = received.message
        ticket, rand_i = message.first(Ticket), message.rand(RandRole.INITIATOR)
        assert ticket is not None
        assert rand_i is not None
        called = message.identity(IdentityRole.RESPONDER)
        receiver = self._identity.data if called is None else called.data
        keys = initial_transfer_keys(received.function, resolved.keys, message.header.csb_id, rand_i.value)
        verify(message, keys, initial_coverage(message, initiator.data, receiver))
        if TicketFlag.KEY_FORKING in ticket.policy.flags:
            assert isinstance(message.authenticator, Verification)
            verify_copied_mac(ticket, message.authenticator)
        self._replay.remember(received.timestamp, received.authenticator, initiator.data)
        octets, agreement = answer_transfer(
            received,
            resolved.keys,
            resolved.modifier,
            self._settings,
            initiator=initiator,
            responder=self._identity if resolved.identity is None else without_role(resolved.identity),
            timestamp=self._timestamps.next(now),
            random=random,
            supplied=self._supplied,
        )
        self._memory.keep(ticket, resolved)
        self.agreement = agreement
        self._move(event)
        return Answer(to_initiator=octets, agreement=agreement)

    def error_reply(self, faulty: bytes, error: RemoteProtocolError, now: float) -> bytes | None:
        """Return the Error message that answers a TRANSFER_INIT, or None where none may.

        It has no MAC: as long as the ticket is not resolved there is no key, and a failed authentication is
        not answered with a MAC. Where the security policies are the reason it names those that are supported.

        Args:
            faulty: The message that was refused.
            error: Why.
            now: Seconds since 1970, UTC.
        """
        supported = (self._settings.profile.security_policy(),)
        return error_message(faulty, error, self._timestamps.next(now), supported=supported)

    def _move(self, event: ResponderEvent) -> None:
        """Go on as the table says.

        Source:
            PROC_140 (RFC 6043, 4.1)
        """
        self.state = RESPONDER_TRANSITIONS[self.state, event]


def _identity_finding(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="payload", message=message, reply=ErrorNumber.INVALID_ID)


def _refusal(requirement: str, message: str) -> LocalProtocolError:
    return LocalProtocolError(Finding(requirement=requirement, where="responder", message=message))
