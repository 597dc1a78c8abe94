"""Rules of exchanges: what a response, and the transfer of a resolved ticket, owe to what came before."""

from collections.abc import Iterator

from mediasec.errors import Finding, MalformedMessage
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    GenericMap,
    Kemac,
    RoleIdentity,
    SecurityPolicy,
    Ticket,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.registry import (
    DataType,
    ErrorNumber,
    IdentityRole,
    ProtocolType,
    RandRole,
    TicketFlag,
    TimestampType,
)
from mediasec.mikey.rules import check_keys_allowed, is_update
from mediasec.mikey.ticket import PolicyData

RESPONSES: dict[int, DataType] = {
    DataType.REQUEST_INIT_PSK: DataType.REQUEST_RESP,
    DataType.REQUEST_INIT_PK: DataType.REQUEST_RESP,
    DataType.TRANSFER_INIT: DataType.TRANSFER_RESP,
    DataType.RESOLVE_INIT_PSK: DataType.RESOLVE_RESP,
    DataType.RESOLVE_INIT_PK: DataType.RESOLVE_RESP,
}
"""The response that each initial message has."""


def _finding(requirement: str, where: str, message: str, reply: int = ErrorNumber.UNSPECIFIED) -> Finding:
    return Finding(requirement=requirement, where=where, message=message, reply=reply)


def check_exchange(initial: Message, response: Message) -> list[Finding]:
    """Return every rule that a response breaks towards the initial message that it answers.

    What each message breaks by itself is for `mediasec.mikey.rules.check_message`.

    Args:
        initial: The initial message.
        response: The response, or an Error message.

    Source:
        MKY_091 (RFC 6043, 4.2)
        MKY_092 (RFC 6043, 5.4)
    """
    asked, answered = initial.header.data_type, response.header.data_type
    findings: list[Finding] = []
    if answered == DataType.ERROR:
        if asked == DataType.ERROR:
            findings.append(_finding("MKY_092", "header.data_type", "an error is answered with an error"))
        return findings + list(_check_copied_fields(initial, response))
    wanted = RESPONSES.get(asked)
    if wanted is None or answered != wanted:
        return [_finding("MKY_091", "header.data_type", "it is not the response to that initial message")]
    findings += _check_copied_fields(initial, response)
    findings += _check_fresh_timestamp(initial, response)
    if answered == DataType.REQUEST_RESP:
        findings += _check_policy_change(initial, response)
    elif answered == DataType.RESOLVE_RESP:
        findings += _check_modifier_given(initial, response)
    else:
        findings += _check_sessions(initial, response)
        ticket = initial.first(Ticket)
        if ticket is not None:
            findings += _check_transfer_response(response, ticket.policy)
            findings += check_keys_allowed(response, ticket.policy)
    return findings


def _check_copied_fields(initial: Message, response: Message) -> Iterator[Finding]:
    """Yield the header fields that a response has to copy and does not.

    Source:
        MKY_089 (RFC 6043, 4.2.1.5)
        MKY_089 (RFC 6043, 4.2.2.3)
        MKY_089 (RFC 6043, 4.2.3.5)
        MKY_089 (RFC 6043, 5.4)
    """
    fields = ["version", "prf_function", "csb_id"]
    if response.header.data_type in (DataType.REQUEST_RESP, DataType.RESOLVE_RESP):
        fields.append("sessions")
    for name in fields:
        if getattr(initial.header, name) != getattr(response.header, name):
            yield _finding("MKY_089", f"header.{name}", "it differs from that of the initial message")


def _check_fresh_timestamp(initial: Message, response: Message) -> Iterator[Finding]:
    """Yield a finding where a response repeats the clock of the initial message.

    Source:
        MKY_098 (RFC 6043, 4.2.1.5)
        MKY_098 (RFC 6043, 4.2.2.3)
        MKY_098 (RFC 6043, 4.2.3.5)
    """
    asked, answered = initial.first(Timestamp), response.first(Timestamp)
    clocks = (TimestampType.NTP_UTC, TimestampType.NTP)
    if asked is not None and asked.kind in clocks and asked == answered:
        yield _finding(
            "MKY_098",
            "payload",
            "the timestamp is that of the initial message and not a fresh one",
            ErrorNumber.INVALID_TS,
        )


def _check_policy_change(initial: Message, response: Message) -> Iterator[Finding]:
    """Yield a finding where the KMS changed the policy and does not say so.

    Source:
        MKY_097 (RFC 6043, 6.10)
    """
    desired, ticket = initial.first(TicketPolicy), response.first(Ticket)
    if desired is None or ticket is None or TicketFlag.CHANGED_BY_KMS in ticket.policy.flags:
        return
    try:
        changed = _content(desired) != _content(ticket.policy)
    except MalformedMessage:
        return
    if changed:
        yield _finding(
            "MKY_097",
            "payload",
            "the granted policy is not the desired one and the flag K is 0",
            ErrorNumber.INVALID_TPPAR,
        )


def _content(policy: TicketPolicy) -> tuple[object, ...]:
    """Return what a policy grants, without what a KMS is free to add or has to take out."""
    payloads: list[AnyPayload] = []
    for payload in PolicyData.parse(policy.data).payloads:
        initiator = isinstance(payload, RoleIdentity) and payload.role == IdentityRole.INITIATOR
        if not initiator and not isinstance(payload, Kemac):
            payloads.append(payload)
    flags = policy.flags & ~TicketFlag.CHANGED_BY_KMS
    return (policy.ticket_type, policy.subtype, policy.version, policy.prf_function, flags, payloads)


def _check_modifier_given(initial: Message, response: Message) -> Iterator[Finding]:
    """Yield a finding where the KMS forked keys and does not say with what.

    Source:
        MKY_094 (RFC 6043, 4.2.3.5)
    """
    ticket = initial.first(Ticket)
    if ticket is None or TicketFlag.KEY_FORKING not in ticket.policy.flags:
        return
    if response.identity(IdentityRole.RESPONDER) is None:
        yield _finding("MKY_094", "payload", "keys are forked and IDRr is missing")
    if response.rand(RandRole.KMS) is None:
        yield _finding("MKY_094", "payload", "keys are forked and RANDRkms is missing")


def _check_transfer_response(response: Message, policy: TicketPolicy) -> Iterator[Finding]:
    """Yield what TRANSFER_RESP owes to the ticket policy.

    Source:
        MKY_090 (RFC 6043, 4.2.2.3)
        MKY_099 (RFC 6043, 6.10)
    """
    if TicketFlag.RESPONSE_SENT not in policy.flags:
        yield _finding("MKY_099", "header.data_type", "there is a response and the flag F is 0")
    wanted = TicketFlag.RESPONDER_RAND in policy.flags
    if wanted != (response.rand(RandRole.RESPONDER) is not None):
        seen = "missing" if wanted else "there"
        yield _finding("MKY_090", "payload", f"RANDRr is {seen} and the flag G is {int(wanted)}")


def _check_sessions(initial: Message, response: Message) -> Iterator[Finding]:
    """Yield what a response leaves open about a crypto session.

    Source:
        MKY_201 (RFC 6043, 6.1.1)
        MKY_202 (RFC 6043, 6.1.1)
    """
    sessions = response.header.sessions
    if not isinstance(sessions, GenericMap):
        return
    known = {
        (policy.number, policy.protocol_type)
        for message in (initial, response)
        for policy in message.all(SecurityPolicy)
    }
    for place, session in enumerate(sessions.sessions):
        where = f"header.sessions[{place}]"
        if len(session.policies) != 1:
            yield _finding(
                "MKY_201",
                f"{where}.policies",
                f"{len(session.policies)} policies are named, and a response names exactly one",
                ErrorNumber.INVALID_SP,
            )
        elif not is_update(initial) and (session.policies[0], session.protocol_type) not in known:
            yield _finding(
                "MKY_201",
                f"{where}.policies",
                f"no SP payload of its protocol has the number {session.policies[0]}",
                ErrorNumber.INVALID_SP,
            )
        if not session.spi:
            yield _finding("MKY_202", f"{where}.spi", "the SPI is missing")
        if session.protocol_type == ProtocolType.SRTP and not session.session_data:
            yield _finding("MKY_202", f"{where}.session_data", "the session data of SRTP is missing")


def check_modifier(resolved: Message, response: Message) -> list[Finding]:
    """Return what TRANSFER_RESP does not repeat from RESOLVE_RESP.

    Args:
        resolved: RESOLVE_RESP that the Responder received.
        response: TRANSFER_RESP that it sends.

    Source:
        MKY_093 (RFC 6043, 4.2.2.3)
    """
    findings = []
    identity, rand = resolved.identity(IdentityRole.RESPONDER), resolved.rand(RandRole.KMS)
    if identity is not None and response.identity(IdentityRole.RESPONDER) != identity:
        findings.append(_finding("MKY_093", "payload", "IDRr is not that of RESOLVE_RESP"))
    if rand is not None and response.rand(RandRole.KMS) != rand:
        findings.append(_finding("MKY_093", "payload", "RANDRkms is not that of RESOLVE_RESP"))
    return findings
