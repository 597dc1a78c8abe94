"""The Initiator of MIKEY-TICKET: asks the KMS for a ticket or makes one, and transfers it to a Responder."""

import dataclasses
from collections.abc import Collection, Sequence
from enum import Enum, auto

from mediasec.errors import Finding, LocalProtocolError, RemoteProtocolError, RequirementViolated
from mediasec.mikey.acceptance import Acceptance, check_granted_policy
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import Identity, Kemac, KeyData, Ticket, TicketPolicy
from mediasec.mikey.registry import DataType, KeyDataType, TicketFlag
from mediasec.mikey.rules import reasons_to_reject
from mediasec.mikey.ticket import PolicyData
from mediasec.procedures.ticket_agreement import Agreement, NotAcceptable
from mediasec.procedures.ticket_credentials import Asked, KmsAssociation, ask
from mediasec.procedures.ticket_messages import Received, authenticated_refusal, error_message, read
from mediasec.procedures.ticket_policies import desired_policy, issue_ticket
from mediasec.procedures.ticket_sessions import keys_from_kms
from mediasec.procedures.ticket_terms import (
    GrantedTicket,
    PreSharedKey,
    Randomness,
    RequestedKey,
    TicketSettings,
    TimestampSource,
    without_role,
)
from mediasec.procedures.ticket_transfer import (
    SentTransfer,
    agree_without_response,
    send_transfer,
    take_response,
)

_CSB_ID_DRAWS = 16


class InitiatorState(Enum):
    """How far an Initiator is.

    Attributes:
        IDLE: It has no ticket.
        REQUESTING: It has asked the KMS for one.
        READY: It has a ticket to send.
        TRANSFERRING: It has sent the ticket to a Responder.
        ESTABLISHED: Both have the keys; so it is at once where the ticket wants no response.
        REFUSED: KMS or Responder said no, or answered what is not acceptable.
    """

    IDLE = auto()
    REQUESTING = auto()
    READY = auto()
    TRANSFERRING = auto()
    ESTABLISHED = auto()
    REFUSED = auto()


class InitiatorEvent(Enum):
    """What moves an Initiator on; nothing that is not authentic does.

    Attributes:
        TICKET_REQUESTED: REQUEST_INIT is sent.
        TICKET_GRANTED: REQUEST_RESP verifies, and its ticket is acceptable.
        GRANT_NOT_ACCEPTED: REQUEST_RESP verifies, and its ticket is not acceptable.
        TICKET_MADE: The Initiator made the ticket itself.
        TICKET_SENT: TRANSFER_INIT is sent, and its ticket wants a response.
        TICKET_SENT_WITHOUT_RESPONSE: TRANSFER_INIT is sent, and its ticket wants none.
        RESPONSE_VERIFIED: TRANSFER_RESP verifies, and is acceptable.
        RESPONSE_NOT_ACCEPTED: TRANSFER_RESP verifies, and is not acceptable.
        REFUSAL_VERIFIED: An Error message verifies.
    """

    TICKET_REQUESTED = auto()
    TICKET_GRANTED = auto()
    GRANT_NOT_ACCEPTED = auto()
    TICKET_MADE = auto()
    TICKET_SENT = auto()
    TICKET_SENT_WITHOUT_RESPONSE = auto()
    RESPONSE_VERIFIED = auto()
    RESPONSE_NOT_ACCEPTED = auto()
    REFUSAL_VERIFIED = auto()


INITIATOR_TRANSITIONS = {
    (InitiatorState.IDLE, InitiatorEvent.TICKET_REQUESTED): InitiatorState.REQUESTING,
    (InitiatorState.IDLE, InitiatorEvent.TICKET_MADE): InitiatorState.READY,
    (InitiatorState.REQUESTING, InitiatorEvent.TICKET_REQUESTED): InitiatorState.REQUESTING,
    (InitiatorState.REQUESTING, InitiatorEvent.TICKET_GRANTED): InitiatorState.READY,
    (InitiatorState.REQUESTING, InitiatorEvent.GRANT_NOT_ACCEPTED): InitiatorState.IDLE,
    (InitiatorState.REQUESTING, InitiatorEvent.REFUSAL_VERIFIED): InitiatorState.REFUSED,
    (InitiatorState.READY, InitiatorEvent.TICKET_SENT): InitiatorState.TRANSFERRING,
    (InitiatorState.READY, InitiatorEvent.TICKET_SENT_WITHOUT_RESPONSE): InitiatorState.ESTABLISHED,
    (InitiatorState.TRANSFERRING, InitiatorEvent.RESPONSE_VERIFIED): InitiatorState.ESTABLISHED,
    (InitiatorState.TRANSFERRING, InitiatorEvent.RESPONSE_NOT_ACCEPTED): InitiatorState.REFUSED,
    (InitiatorState.TRANSFERRING, InitiatorEvent.REFUSAL_VERIFIED): InitiatorState.REFUSED,
    (InitiatorState.ESTABLISHED, InitiatorEvent.TICKET_SENT): InitiatorState.TRANSFERRING,
    (InitiatorState.ESTABLISHED, InitiatorEvent.TICKET_SENT_WITHOUT_RESPONSE): InitiatorState.ESTABLISHED,
}
"""What an Initiator does next; anything else is refused."""


class Initiator:
    """One Initiator with one ticket.

    Attributes:
        state: How far it is.
        ticket: The ticket that it has; None before.
        agreement: What it agreed on with the Responder last; None before.
    """

    def __init__(
        self, identity: Identity, settings: TicketSettings, kms: KmsAssociation | None = None
    ) -> None:
        """Start without a ticket.

        Args:
            identity: Who it is.
            settings: How it takes part.
            kms: The KMS that it trusts; None if it makes its tickets itself for a Responder that it knows.
        """
        self.state = InitiatorState.IDLE
        self.ticket: GrantedTicket | None = None
        self.agreement: Agreement | None = None
        self._identity = identity
        self._settings = settings
        self._kms = kms
        self._timestamps = TimestampSource(settings.timestamps)
        self._asked: Asked | None = None
        self._responders: tuple[Identity, ...] = ()
        self._sent: SentTransfer | None = None
        self._csb_ids: set[int] = set()

    def request_ticket(
        self,
        responders: Sequence[Identity],
        now: float,
        random: Randomness,
        *,
        keys: Sequence[RequestedKey] | None = None,
    ) -> bytes:
        """Return REQUEST_INIT for the KMS.

        Args:
            responders: Who may resolve the ticket.
            now: Seconds since 1970, UTC.
            random: Source of random octets.
            keys: Session keys to ask for; None leaves them to the KMS.

        Raises:
            LocalProtocolError: There is no KMS, or this is not the time for it.
        """
        if self._kms is None:
            raise _refusal("PROC_120", "there is no KMS to ask")
        self._after(InitiatorEvent.TICKET_REQUESTED)
        policy = desired_policy(
            self._settings, self._identity, responders, now, kms=self._kms.identity, keys=keys
        )
        timestamp = self._timestamps.next(now)
        self._asked = ask(self._kms, self._settings.suite, self._identity, policy, timestamp, random)
        self._responders = tuple(responders)
        self._move(InitiatorEvent.TICKET_REQUESTED)
        return self._asked.message.octets

    def receive_ticket(self, octets: bytes, now: float) -> GrantedTicket:
        """Take REQUEST_RESP, or an Error message, from the KMS.

        What is not authentic changes nothing: the right response may still come.

        Args:
            octets: The message.
            now: Seconds since 1970, UTC.

        Raises:
            RemoteProtocolError: It is not the response, or its ticket is not acceptable.
            LocalProtocolError: Nothing was asked.

        Source:
            PROC_128 (RFC 6043, 4.2.1.6)
            PROC_107 (RFC 3830, 5.1.2)
        """
        asked = self._asked
        if asked is None or self.state is not InitiatorState.REQUESTING:
            raise _refusal("PROC_128", "no ticket was asked for")
        refusal = authenticated_refusal(octets, asked.initial_keys)
        if refusal is not None:
            self._move(InitiatorEvent.REFUSAL_VERIFIED)
            raise refusal
        received = read(octets, (DataType.REQUEST_RESP,))
        asked.verify_response(received)
        try:
            self.ticket = self._granted(asked, received, now)
        except RemoteProtocolError:
            self._move(InitiatorEvent.GRANT_NOT_ACCEPTED)
            raise
        self._move(InitiatorEvent.TICKET_GRANTED)
        return self.ticket

    def _granted(self, asked: Asked, received: Received, now: float) -> GrantedTicket:
        """Return the ticket of an authentic REQUEST_RESP, if it is acceptable."""
        message = received.message
        ticket, kemac, policy = message.first(Ticket), message.first(Kemac), asked.message.first(TicketPolicy)
        assert ticket is not None
        assert kemac is not None
        assert policy is not None
        acceptance = Acceptance(may_resolve=lambda identity: without_role(identity) in self._responders)
        keys, findings = keys_from_kms(asked.response_keys, kemac, received.timestamp, ticket.policy)
        findings = [
            *check_exchange(asked.message, message),
            *check_granted_policy(policy, ticket.policy, acceptance, unix_time=now),
            *findings,
        ]
        findings = reasons_to_reject(findings)
        if findings:
            raise RequirementViolated(*findings)
        return GrantedTicket(ticket=ticket, keys=keys)

    def make_ticket(
        self,
        responders: Sequence[Identity],
        ticket_key: PreSharedKey,
        now: float,
        random: Randomness,
        *,
        keys: Sequence[KeyData] | None = None,
    ) -> GrantedTicket:
        """Make the ticket without the help of the KMS.

        Args:
            responders: Who may resolve the ticket.
            ticket_key: TPK that is shared with the KMS, or with the Responder.
            now: Seconds since 1970, UTC.
            random: Source of random octets.
            keys: Types, lengths and SPIs of the session keys; None for a single TGK.

        Source:
            PROC_129 (RFC 6043, 4.1.1)
        """
        self._after(InitiatorEvent.TICKET_MADE)
        settings = dataclasses.replace(
            self._settings,
            flags=(self._settings.flags & ~TicketFlag.GENERATED_BY_KMS) | TicketFlag.INITIATOR_KEYS,
        )
        kms = None if self._kms is None else self._kms.identity
        policy = desired_policy(settings, self._identity, responders, now, kms=kms)
        timestamp = self._timestamps.next(now)
        self.ticket = issue_ticket(policy, ticket_key, settings.suite, timestamp, keys, random)
        self._responders = tuple(responders)
        self._move(InitiatorEvent.TICKET_MADE)
        return self.ticket

    def transfer(
        self,
        responder: Identity,
        now: float,
        random: Randomness,
        *,
        protocols: tuple[str, ...] = ("mikey",),
        supplied: KeyDataType | None = None,
        taken: Collection[int] = (),
    ) -> bytes:
        """Return TRANSFER_INIT for a Responder.

        Without the flag F there is no response, and the bundle is agreed on at once. With the flag J the
        ticket may be sent again.

        Args:
            responder: Who is called; another one may answer.
            now: Seconds since 1970, UTC.
            random: Source of random octets.
            protocols: Key management protocols that the SDP offer will have, in its order.
            supplied: Type of a session key to supply; None takes one of the ticket.
            taken: CSB IDs of bundles that exist already with this Responder.

        Raises:
            LocalProtocolError: There is no ticket, it is not valid now, or its policy forbids it.

        Source:
            PROC_003 (RFC 4567, 4.1.4)
            PROC_130 (RFC 6043, 4.2.2.1)
        """
        ticket = self._usable_ticket(now)
        policy = ticket.ticket.policy
        if supplied is not None and TicketFlag.INITIATOR_KEYS not in policy.flags:
            raise _refusal("PROC_130", "the ticket policy forbids keys of the Initiator")
        self._sent = send_transfer(
            self._settings,
            ticket,
            initiator=self._identity,
            responder=responder,
            csb_id=self._new_csb_id(random, taken),
            timestamp=self._timestamps.next(now),
            random=random,
            protocols=protocols,
            supplied=supplied,
        )
        if TicketFlag.RESPONSE_SENT in policy.flags:
            self._move(InitiatorEvent.TICKET_SENT)
        else:
            self.agreement = agree_without_response(self._sent, self._identity, self._settings.profile)
            self._move(InitiatorEvent.TICKET_SENT_WITHOUT_RESPONSE)
        return self._sent.message.octets

    def _usable_ticket(self, now: float) -> GrantedTicket:
        """Return the ticket, if it may be sent now.

        Source:
            PROC_135 (RFC 6043, 5.3)
            PROC_136 (RFC 6043, 6.10)
        """
        ticket = self.ticket
        event = InitiatorEvent.TICKET_SENT
        if ticket is None or (self.state, event) not in INITIATOR_TRANSITIONS:
            raise _refusal("PROC_130", f"the Initiator is {self.state.name} and cannot send a ticket")
        policy = ticket.ticket.policy
        if self.state is InitiatorState.ESTABLISHED and TicketFlag.REUSABLE not in policy.flags:
            raise _refusal("PROC_135", "the ticket was used before and its policy forbids that")
        if not PolicyData.parse(policy.data).valid_at(now):
            raise _refusal("PROC_136", "the ticket is not valid now")
        return ticket

    def _new_csb_id(self, random: Randomness, taken: Collection[int]) -> int:
        """Return a CSB ID that no bundle of this Initiator has.

        Source:
            PROC_137 (RFC 3830, 6.1)
        """
        for _ in range(_CSB_ID_DRAWS):
            csb_id = int.from_bytes(random(4), "big")
            if csb_id not in self._csb_ids and csb_id not in taken:
                self._csb_ids.add(csb_id)
                return csb_id
        raise _refusal("PROC_137", "the source of random octets yields no new CSB ID")

    def receive_response(self, octets: bytes) -> Agreement:
        """Take TRANSFER_RESP, or an Error message, from the Responder.

        What is not authentic changes nothing: the right response may still come.

        Args:
            octets: The message.

        Raises:
            RemoteProtocolError: It is not the response, or is not acceptable.
            LocalProtocolError: No response is due.

        Source:
            PROC_138 (RFC 6043, 4.2.2.4)
            PROC_107 (RFC 6043, 5.4)
        """
        sent = self._sent
        if sent is None or self.state is not InitiatorState.TRANSFERRING:
            raise _refusal("PROC_138", "no response is due")
        refusal = authenticated_refusal(octets, sent.protection)
        if refusal is not None:
            self._move(InitiatorEvent.REFUSAL_VERIFIED)
            raise refusal
        received = read(octets, (DataType.TRANSFER_RESP,))
        try:
            self.agreement = take_response(sent, received, self._identity, self._settings)
        except NotAcceptable:
            self._move(InitiatorEvent.RESPONSE_NOT_ACCEPTED)
            raise
        self._move(InitiatorEvent.RESPONSE_VERIFIED)
        return self.agreement

    def error_reply(self, faulty: bytes, error: RemoteProtocolError, now: float) -> bytes | None:
        """Return the Error message that answers a message, or None where none may.

        Args:
            faulty: The message that was refused.
            error: Why.
            now: Seconds since 1970, UTC.
        """
        return error_message(faulty, error, self._timestamps.next(now))

    def _after(self, event: InitiatorEvent) -> InitiatorState:
        """Return the state that follows; refuse what the state does not allow.

        Source:
            PROC_140 (RFC 6043, 4.1)
        """
        following = INITIATOR_TRANSITIONS.get((self.state, event))
        if following is None:
            raise _refusal("PROC_140", f"the Initiator is {self.state.name}, so {event.name} cannot be")
        return following

    def _move(self, event: InitiatorEvent) -> None:
        """Go on as the table says.

        Source:
            PROC_140 (RFC 6043, 4.1)
        """
        self.state = self._after(event)


def _refusal(requirement: str, message: str) -> LocalProtocolError:
    return LocalProtocolError(Finding(requirement=requirement, where="initiator", message=message))
