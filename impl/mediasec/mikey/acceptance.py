"""What each side checks in a ticket policy before it goes on: the Responder before it contacts the KMS."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from mediasec.errors import Finding, MalformedMessage
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GenericMap, RoleIdentity, Ticket, TicketPolicy
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import (
    ErrorNumber,
    IdentityRole,
    PrfFunction,
    TicketFlag,
    TicketType,
)
from mediasec.mikey.ticket import PolicyData


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What one side accepts.

    Attributes:
        ticket_types: Ticket types that it can process beyond RFC 6043.
        prf_functions: PRF functions that it has.
        may_resolve: Whether it knows itself, or a group that it is of, under an identity of the policy.
        application: Its application ID; None if it has none.
    """

    ticket_types: Collection[int] = (TicketType.MIKEY_BASE,)
    prf_functions: Collection[int] = tuple(PrfFunction)
    may_resolve: Callable[[RoleIdentity], bool]
    application: bytes | None = None


def check_before_resolving(
    message: Message, acceptance: Acceptance, profile: Profile, *, unix_time: float
) -> list[Finding]:
    """Return why a Responder rejects a TRANSFER_INIT without contacting the KMS.

    Nothing is authenticated yet: no finding here means that resolving the ticket is worth while.

    Args:
        message: TRANSFER_INIT that breaks no rule by itself.
        acceptance: What the Responder accepts.
        profile: The use of MIKEY-TICKET for TLS.
        unix_time: Seconds since 1970, UTC.

    Source:
        MKY_203 (RFC 6043, 4.2.2.2)
    """
    ticket = message.first(Ticket)
    if ticket is None:
        return [_reject("MKY_203", "payload", "there is no ticket", ErrorNumber.INVALID_TICKET)]
    ready = TicketFlag.RESPONDER_READY in ticket.policy.flags
    findings = list(_check_policy(ticket.policy, acceptance, "MKY_203", ready=ready, unix_time=unix_time))
    if message.header.prf_function not in acceptance.prf_functions:
        findings.append(
            _reject("MKY_203", "header.prf_function", "the PRF is not supported", ErrorNumber.INVALID_PRF)
        )
    return findings + check_crypto_sessions(message, profile)


def check_granted_policy(
    desired: TicketPolicy, granted: TicketPolicy, acceptance: Acceptance, *, unix_time: float
) -> list[Finding]:
    """Return why an Initiator does not use a ticket that the KMS granted.

    Args:
        desired: The policy that it asked for.
        granted: The policy that it got.
        acceptance: What the Initiator accepts; `may_resolve` is asked about each authorized responder.
        unix_time: Seconds since 1970, UTC.

    Source:
        MKY_204 (RFC 6043, 4.2.1.6)
    """
    ready = TicketFlag.INITIATOR_READY in granted.flags
    findings = list(_check_policy(granted, acceptance, "MKY_204", ready=ready, unix_time=unix_time))
    if TicketFlag.KEY_FORKING in desired.flags and TicketFlag.KEY_FORKING not in granted.flags:
        findings.append(
            _reject("MKY_204", "policy.flags", "key forking was asked for", ErrorNumber.INVALID_TPPAR)
        )
    return findings


def check_crypto_sessions(message: Message, profile: Profile) -> list[Finding]:
    """Return a finding where a message does not describe exactly one crypto session, and that for TLS.

    Args:
        message: TRANSFER_INIT or TRANSFER_RESP.
        profile: The use of MIKEY-TICKET for TLS.

    Source:
        MKY_205 (TS 23.333, 6.2.19.2)
    """
    sessions = message.header.sessions
    found = (
        [session.protocol_type for session in sessions.sessions] if isinstance(sessions, GenericMap) else []
    )
    if found == [profile.tls_protocol_type]:
        return []
    return [
        _reject(
            "MKY_205",
            "header.sessions",
            f"the message has not one crypto session of protocol type {profile.tls_protocol_type} (TLS)",
            ErrorNumber.INVALID_SP,
        )
    ]


def _reject(requirement: str, where: str, message: str, reply: ErrorNumber) -> Finding:
    return Finding(requirement=requirement, where=where, message=message, reply=reply)


def _check_policy(
    policy: TicketPolicy, acceptance: Acceptance, requirement: str, *, ready: bool, unix_time: float
) -> Iterator[Finding]:
    """Yield why a ticket policy is not acceptable."""
    if not ready and policy.ticket_type not in acceptance.ticket_types:
        message = f"the ticket type {policy.ticket_type} needs processing that is not supported"
        yield _reject(requirement, "policy.ticket_type", message, ErrorNumber.INVALID_TICKET)
    if policy.prf_function not in acceptance.prf_functions:
        yield _reject(requirement, "policy.prf_function", "the PRF is not supported", ErrorNumber.INVALID_PRF)
    try:
        data = PolicyData.parse(policy.data)
    except MalformedMessage as error:
        yield _reject(requirement, "policy.data", error.reason, ErrorNumber.INVALID_TPPAR)
        return
    if not data.valid_at(unix_time):
        yield _reject(
            requirement, "policy.data", "the ticket is not valid at this time", ErrorNumber.INVALID_TPPAR
        )
    if not any(map(acceptance.may_resolve, data.identities(IdentityRole.RESPONDER))):
        yield _reject(
            requirement, "policy.data", "the responder is not authorized", ErrorNumber.INVALID_TPPAR
        )
    applications = [identity.data for identity in data.identities(IdentityRole.APPLICATION)]
    if applications and acceptance.application not in applications:
        yield _reject(
            requirement, "policy.data", "the application is not authorized", ErrorNumber.INVALID_TPPAR
        )
