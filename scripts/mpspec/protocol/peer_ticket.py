"""From a TRANSFER_INIT and the key of its ticket to a pre-shared key: the peer is both KMS and Responder."""

import base64
from dataclasses import dataclass, field

from mediasec.errors import AuthenticationFailed, LocalProtocolError, RemoteProtocolError
from mediasec.mikey.base_ticket import ticket_key_identity
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Identity, Ticket
from mediasec.mikey.registry import IdentityRole, TicketFlag
from mediasec.mikey.ticket import PolicyData
from mediasec.procedures.ticket_agreement import Agreement
from mediasec.procedures.ticket_credentials import KmsAssociation
from mediasec.procedures.ticket_kms import Kms
from mediasec.procedures.ticket_responder import Responder
from mediasec.procedures.ticket_subscribers import Subscriber, SubscriberDirectory
from mediasec.procedures.ticket_terms import (
    PreSharedKey,
    Randomness,
    TicketSettings,
    uri_identity,
    without_role,
)
from mpspec.model import CannotRun

_KEY_LENGTH = 32
_SOMEBODY = uri_identity("sip:kms.invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a ticket gives.

    Attributes:
        identity: Identity of the pre-shared key.
        key: The pre-shared key: the TEK of the crypto session. Secret.
        response: TRANSFER_RESP for the other side; None where its policy has none.
    """

    identity: str
    key: bytes = field(repr=False)
    response: bytes | None

    @property
    def line(self) -> str | None:
        """The line of SDP that carries the response; None without one."""
        if self.response is None:
            return None
        return f"a=key-mgmt:mikey {base64.b64encode(self.response).decode()}"


def take_ticket(octets: bytes, ticket_key: bytes, now: float, random: Randomness) -> Agreed:
    """Answer a TRANSFER_INIT, with the keys that the KMS would resolve its ticket with.

    Args:
        octets: The message.
        ticket_key: TPK of the ticket in it. Secret.
        now: Seconds since 1970, UTC.
        random: Source of random octets.

    Raises:
        CannotRun: The message is refused, or the key does not open the ticket.
    """
    try:
        agreement, response = _answer(octets, ticket_key, now, random)
    except AuthenticationFailed as error:
        raise CannotRun("The ticket does not open with this key, or is not authentic.") from error
    except (RemoteProtocolError, LocalProtocolError) as error:
        raise CannotRun(f"The TRANSFER_INIT is refused: {error}.") from error
    settings, session = TicketSettings(), agreement.bundle.sessions[0]
    identity = settings.profile.psk_identity(agreement.bundle.csb_id, session.spi).decode()
    return Agreed(identity=identity, key=session.key, response=response)


def _answer(
    octets: bytes, ticket_key: bytes, now: float, random: Randomness
) -> tuple[Agreement, bytes | None]:
    message = Message.parse(octets)
    ticket = message.first(Ticket)
    if ticket is None:
        raise CannotRun("The message has no ticket.")
    settings = TicketSettings()
    protection = PreSharedKey(name=ticket_key_identity(ticket) or b"", key=ticket_key)
    credential = PreSharedKey(name=b"peer", key=random(_KEY_LENGTH))
    policy = PolicyData.parse(ticket.policy.data)
    called = message.identity(IdentityRole.RESPONDER) or policy.identity(IdentityRole.RESPONDER)
    named = policy.identity(IdentityRole.KMS)
    own = _SOMEBODY if called is None else without_role(called)
    service = _SOMEBODY if named is None else without_role(named)
    responder = Responder(
        own,
        settings,
        KmsAssociation(identity=service, credential=credential),
        ticket_keys=[protection],
    )
    answer = responder.receive_transfer(octets, now, random)
    if answer.to_kms is not None:
        kms = _kms(
            service, settings, ticket, protection, Subscriber(identity=own, credential=credential), random
        )
        resolved = kms.answer(answer.to_kms, now, random)
        if resolved.refusal is not None:
            raise resolved.refusal
        assert resolved.reply is not None
        answer = responder.receive_keys(resolved.reply, now, random)
    assert answer.agreement is not None
    return answer.agreement, answer.to_initiator


def _kms(
    identity: Identity,
    settings: TicketSettings,
    ticket: Ticket,
    protection: PreSharedKey,
    peer: Subscriber,
    random: Randomness,
) -> Kms:
    """Return a KMS that knows the key of the ticket as its own, or as that of whoever made the ticket."""
    subscribers, own = [peer], protection
    if TicketFlag.GENERATED_BY_KMS not in ticket.policy.flags:
        own = PreSharedKey(name=b"", key=random(_KEY_LENGTH))
        maker = PolicyData.parse(ticket.policy.data).identity(IdentityRole.INITIATOR)
        if maker is not None:
            subscribers.append(Subscriber(identity=without_role(maker), ticket_key=protection))
    return Kms(identity, settings, own, SubscriberDirectory(identity, subscribers))
