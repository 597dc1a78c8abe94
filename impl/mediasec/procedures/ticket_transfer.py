"""The messages of the Ticket Transfer, made and taken, up to what both sides agree on."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.acceptance import check_crypto_sessions
from mediasec.mikey.base_ticket import TicketKeys, seal_initiator_data
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    GeneralExtension,
    GenericMap,
    Header,
    Identity,
    KeyData,
    RoleRand,
    Ticket,
    TicketPolicy,
    Timestamp,
    Verification,
)
from mediasec.mikey.profile import Profile
from mediasec.mikey.protection import (
    ProtectionKeys,
    authenticate,
    initial_coverage,
    response_coverage,
    verify,
)
from mediasec.mikey.registry import (
    DataType,
    ErrorNumber,
    IdentityRole,
    KeyDataType,
    PrfFunction,
    RandRole,
    TicketFlag,
)
from mediasec.mikey.rules import reasons_to_reject
from mediasec.mikey.strength import check_kms_rand
from mediasec.procedures.ticket_agreement import (
    Agreement,
    NotAcceptable,
    agree,
    master_keys,
    open_supplied,
)
from mediasec.procedures.ticket_messages import Received
from mediasec.procedures.ticket_sessions import (
    FORKED_KINDS,
    fork,
    initial_transfer_keys,
    make_key,
    response_transfer_keys,
    spi_of,
)
from mediasec.procedures.ticket_terms import (
    GrantedTicket,
    Randomness,
    TicketSettings,
    in_role,
    without_role,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTransfer:
    """A TRANSFER_INIT that was sent.

    Attributes:
        message: The message.
        ticket: The ticket in it, with its keys.
        responder: Who was called.
        protection: Keys of the message.
        rand_i: RANDRi in it.
        session_keys: Session keys that both sides will know: of the ticket, or supplied. Secret.
    """

    message: Message
    ticket: GrantedTicket
    responder: Identity
    protection: ProtectionKeys
    rand_i: bytes
    session_keys: tuple[KeyData, ...]


def send_transfer(
    settings: TicketSettings,
    ticket: GrantedTicket,
    *,
    initiator: Identity,
    responder: Identity,
    csb_id: int,
    timestamp: Timestamp,
    random: Randomness,
    protocols: tuple[str, ...],
    supplied: KeyDataType | None,
) -> SentTransfer:
    """Make TRANSFER_INIT.

    Args:
        settings: How the Initiator takes part.
        ticket: The ticket, with its keys.
        initiator: Who sends it.
        responder: Who is called.
        csb_id: New CSB ID; uint32.
        timestamp: New timestamp.
        random: Source of random octets: RANDRi, and a supplied key.
        protocols: Key management protocols that the SDP offer will have, in its order.
        supplied: Type of a session key to supply; None takes one of the ticket.

    Source:
        PROC_130 (RFC 6043, 4.2.2.1)
    """
    suite, policy = settings.suite, ticket.ticket.policy
    longest = max(map(len, master_keys(ticket.keys)))
    rand_i = random(max(suite.key_length, longest))
    protection = initial_transfer_keys(suite.prf_function, ticket.keys, csb_id, rand_i)
    session_keys = ticket.keys.session_keys
    kemac: list[AnyPayload] = []
    if supplied is not None:
        session_keys = (make_key(supplied, suite.key_length, random),)
        kemac.append(protection.seal(suite.encryption, timestamp, session_keys))
    message = Message(
        header=Header(
            data_type=DataType.TRANSFER_INIT,
            response_expected=TicketFlag.RESPONSE_SENT in policy.flags,
            prf_function=suite.prf_function,
            csb_id=csb_id,
            sessions=_described(settings.profile, session_keys),
        ),
        payloads=(
            timestamp,
            RoleRand(role=RandRole.INITIATOR, value=rand_i),
            in_role(initiator, IdentityRole.INITIATOR),
            in_role(responder, IdentityRole.RESPONDER),
            settings.profile.security_policy(),
            ticket.ticket,
            *kemac,
            GeneralExtension.of_protocols(protocols),
            Verification.blank(suite.mac),
        ),
    )
    message = authenticate(message, protection, initial_coverage(message, initiator.data, responder.data))
    message = _with_initiator_data(message, ticket)
    return SentTransfer(
        message=message,
        ticket=ticket,
        responder=responder,
        protection=protection,
        rand_i=rand_i,
        session_keys=session_keys,
    )


def _with_initiator_data(message: Message, ticket: GrantedTicket) -> Message:
    """Return TRANSFER_INIT with Initiator Data where keys are forked.

    Source:
        PROC_131 (RFC 6043, 6.10)
    """
    policy, verification = ticket.ticket.policy, message.authenticator
    if TicketFlag.KEY_FORKING not in policy.flags or not isinstance(verification, Verification):
        return message
    data = seal_initiator_data(policy, ticket.keys.mpk_r, verification)
    used = dataclasses.replace(ticket.ticket, initiator_data=data)
    return dataclasses.replace(
        message,
        payloads=tuple([used if isinstance(payload, Ticket) else payload for payload in message.payloads]),
    )


def agree_without_response(sent: SentTransfer, initiator: Identity, profile: Profile) -> Agreement:
    """Return what is agreed on by TRANSFER_INIT alone, where its policy has no response."""
    return agree(
        initial=sent.message,
        last=sent.message,
        policy=sent.ticket.ticket.policy,
        keys=sent.session_keys,
        master_keys=master_keys(sent.ticket.keys),
        protection=sent.protection,
        initiator=initiator,
        responder=sent.responder,
        profile=profile,
    )


def take_response(
    sent: SentTransfer, received: Received, initiator: Identity, settings: TicketSettings
) -> Agreement:
    """Verify TRANSFER_RESP and return what is agreed on.

    Raises:
        AuthenticationFailed: It is not authentic.
        NotAcceptable: It is authentic and breaks a rule.
        RequirementViolated: It lacks what its authentication needs.
    """
    message, policy = received.message, sent.ticket.ticket.policy
    keys, forking = sent.ticket.keys, TicketFlag.KEY_FORKING in policy.flags
    identity, rand_r = message.identity(IdentityRole.RESPONDER), message.rand(RandRole.RESPONDER)
    responder = sent.responder if identity is None else without_role(identity)
    if forking:
        keys = _forked_for(message, policy, keys)
    protection = response_transfer_keys(
        received.function,
        keys,
        policy.flags,
        message.header.csb_id,
        sent.rand_i,
        b"" if rand_r is None else rand_r.value,
    )
    verify(message, protection, response_coverage(message, sent.message.octets))
    findings = check_exchange(sent.message, message) + check_crypto_sessions(message, settings.profile)
    findings = reasons_to_reject(findings)
    if findings:
        raise NotAcceptable(*findings)
    supplied = open_supplied(message, protection)
    known = keys.session_keys if sent.session_keys is sent.ticket.keys.session_keys else sent.session_keys
    return agree(
        initial=sent.message,
        last=message,
        policy=policy,
        keys=(*known, *supplied),
        master_keys=master_keys(keys),
        protection=protection,
        initiator=initiator,
        responder=responder,
        profile=settings.profile,
    )


def _forked_for(message: Message, policy: TicketPolicy, keys: TicketKeys) -> TicketKeys:
    """Return the keys as they are for the Responder that a TRANSFER_RESP names.

    Source:
        PROC_132 (RFC 6043, 4.2.2.3)
    """
    identity, rand_kms = message.identity(IdentityRole.RESPONDER), message.rand(RandRole.KMS)
    if identity is None or rand_kms is None or not isinstance(policy.prf_function, PrfFunction):
        raise RequirementViolated(_finding("PROC_132", "the keys are forked and IDRr or RANDRkms is missing"))
    master = [keys.mpk_r, *(key.key for key in keys.session_keys if key.kind in FORKED_KINDS)]
    findings = check_kms_rand(rand_kms.value, master)
    if findings:
        raise RequirementViolated(*findings)
    return fork(policy.prf_function, keys, id_data=identity.data, rand_kms=rand_kms.value)


def _described(profile: Profile, keys: Sequence[KeyData]) -> GenericMap:
    """Return the map with the one crypto session, and the SPI of its key if it is known."""
    return GenericMap(sessions=(profile.crypto_session(spi_of(keys)),))


def _finding(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="payload", message=message, reply=ErrorNumber.UNSPECIFIED)
