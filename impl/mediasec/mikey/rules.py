"""Rules of single messages and of exchanges; each returns findings and raises nothing."""

from collections.abc import Callable, Iterable
from typing import Any

from mediasec.errors import Finding
from mediasec.mikey.composition import COMPOSITIONS, UPDATE, check_composition
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    EmptyMap,
    GenericMap,
    Header,
    Identity,
    Kemac,
    SecurityPolicy,
    SrtpMap,
    Ticket,
    TicketPolicy,
    Verification,
)
from mediasec.mikey.policy_rules import check_policy, check_ticket
from mediasec.mikey.registry import (
    DataType,
    ErrorNumber,
    MacAlgorithm,
    RandRole,
    TicketFlag,
)
from mediasec.mikey.ticket import InitiatorData

TOLERATED = frozenset({"MKY_015", "MKY_060", "MKY_062", "MKY_083", "MKY_084", "MKY_098"})
"""Rules that bind the sender alone: a receiver ignores what breaks them."""

KMS_INITIAL = frozenset(
    {
        DataType.REQUEST_INIT_PSK,
        DataType.REQUEST_INIT_PK,
        DataType.RESOLVE_INIT_PSK,
        DataType.RESOLVE_INIT_PK,
    }
)
"""Initial messages to the KMS."""
KMS_RESPONSES = frozenset({DataType.REQUEST_RESP, DataType.RESOLVE_RESP})
"""Responses of the KMS."""
TRANSFERS = frozenset({DataType.TRANSFER_INIT, DataType.TRANSFER_RESP})
"""Messages of the Ticket Transfer exchange."""
_WITH_KMS = KMS_INITIAL | KMS_RESPONSES


def reasons_to_reject(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings for which a receiver rejects the message."""
    return [finding for finding in findings if finding.requirement not in TOLERATED]


def is_update(message: Message) -> bool:
    """Return whether a message is a TRANSFER_INIT that brings neither a ticket nor a RANDRi."""
    return (
        message.header.data_type == DataType.TRANSFER_INIT
        and message.first(Ticket) is None
        and message.rand(RandRole.INITIATOR) is None
    )


def check_message(message: Message, *, update: bool = False) -> list[Finding]:
    """Return every rule that a message breaks by itself.

    Args:
        message: A message of RFC 6043; of a message of another kind only the parts are checked.
        update: Whether it belongs to the update of a crypto session bundle.
    """
    findings = message.check()
    data_type = message.header.data_type
    composition = COMPOSITIONS.get(data_type)
    if composition is None:
        return findings
    if update and data_type == DataType.TRANSFER_INIT:
        composition = UPDATE
    findings += check_composition(message, composition)
    findings += _check_header(message.header)
    findings += _check_response_flag(message)
    findings += _check_policies(message)
    if data_type == DataType.TRANSFER_INIT and not update:
        findings += _check_references(message)
    for place, payload in enumerate(message.payloads):
        check = _PAYLOAD_RULES.get(type(payload))
        if check is not None:
            findings += check(message, payload, f"payload[{place}]", update)
    return findings


def _check_header(header: Header) -> list[Finding]:
    """Return what the header may not say in such a message.

    Source:
        MKY_080 (RFC 6043, 4.2.1.1)
        MKY_080 (RFC 6043, 4.2.3.1)
        MKY_082 (RFC 6043, 6.1)
        MKY_083 (RFC 6043, 6.1)
    """
    data_type, sessions = header.data_type, header.sessions
    if data_type in _WITH_KMS and not (isinstance(sessions, EmptyMap) and sessions.count == 0):
        return [
            Finding(
                requirement="MKY_080",
                where="header.sessions",
                message="a message from or to the KMS has crypto sessions or another map than the empty one",
                reply=ErrorNumber.UNSPECIFIED,
            )
        ]
    if data_type not in TRANSFERS or isinstance(sessions, GenericMap):
        return []
    if isinstance(sessions, SrtpMap):
        return [
            Finding(
                requirement="MKY_082",
                where="header.sessions",
                message="the map is SRTP-ID",
                reply=ErrorNumber.UNSPECIFIED,
            )
        ]
    return [
        Finding(requirement="MKY_083", where="header.sessions", message="the recommended map is GENERIC-ID")
    ]


def _check_response_flag(message: Message) -> list[Finding]:
    """Return a finding where the V flag is not what the sender has to set.

    Source:
        MKY_084 (RFC 6043, 6.1)
    """
    header = message.header
    wanted = header.data_type in KMS_INITIAL
    if header.data_type == DataType.TRANSFER_INIT:
        ticket = message.first(Ticket)
        if ticket is None:
            return []
        wanted = TicketFlag.RESPONSE_SENT in ticket.policy.flags
    if header.response_expected == wanted:
        return []
    return [
        Finding(
            requirement="MKY_084",
            where="header.response_expected",
            message=f"the V flag is {int(not wanted)}, and a sender sets it to {int(wanted)}",
        )
    ]


def _check_policies(message: Message) -> list[Finding]:
    """Return what is wrong with the security policies.

    Source:
        MKY_081 (RFC 4563, 5)
        MKY_087 (RFC 3830, 6.10)
    """
    numbers = [policy.number for policy in message.all(SecurityPolicy)]
    findings: list[Finding] = []
    if numbers and isinstance(message.header.sessions, EmptyMap):
        findings.append(_policy_finding("MKY_081", "there is an SP payload with an empty map"))
    if len(numbers) > 1:
        findings += [
            _policy_finding("MKY_087", f"more than one SP payload has the number {number}")
            for number in sorted({number for number in numbers if numbers.count(number) > 1})
        ]
    return findings


def _policy_finding(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="payload", message=message, reply=ErrorNumber.INVALID_SP)


def _check_references(message: Message) -> list[Finding]:
    """Return a finding for each policy of a crypto session that no SP payload describes.

    Source:
        MKY_088 (RFC 6043, 6.1.1)
    """
    sessions = message.header.sessions
    if not isinstance(sessions, GenericMap):
        return []
    known = {(policy.number, policy.protocol_type) for policy in message.all(SecurityPolicy)}
    return [
        Finding(
            requirement="MKY_088",
            where=f"header.sessions[{place}].policies",
            message=f"no SP payload of its protocol has the number {number}",
            reply=ErrorNumber.INVALID_SP,
        )
        for place, session in enumerate(sessions.sessions)
        for number in session.policies
        if (number, session.protocol_type) not in known
    ]


def _check_identity(message: Message, identity: Identity, where: str, update: bool) -> list[Finding]:
    """Return a finding about an identity without a role.

    Source:
        MKY_069 (RFC 6043, 6.6)
    """
    if message.header.data_type == DataType.ERROR:
        return []
    return [
        Finding(
            requirement="MKY_069",
            where=where,
            message="it is an ID payload where IDR is wanted",
            reply=ErrorNumber.INVALID_ID,
        )
    ]


def _check_kemac(message: Message, kemac: Kemac, where: str, update: bool) -> list[Finding]:
    """Return a finding where a KEMAC has a MAC of its own.

    Source:
        MKY_085 (RFC 6043, 4.2.1.5)
        MKY_085 (RFC 6043, 4.2.3.5)
        MKY_085 (RFC 6043, 5.2)
    """
    if kemac.mac_algorithm is MacAlgorithm.NULL or message.header.data_type == DataType.ERROR:
        return []
    return [
        Finding(
            requirement="MKY_085",
            where=f"{where}.mac_algorithm",
            message=f"the KEMAC has a MAC of its own, {kemac.mac_algorithm.name}",
            reply=ErrorNumber.INVALID_MAC,
        )
    ]


def _check_desired(message: Message, policy: TicketPolicy, where: str, update: bool) -> list[Finding]:
    """Return what breaks a rule in the ticket policy that is asked for."""
    return check_policy(policy, where, granted=False)


def _check_ticket(message: Message, ticket: Ticket, where: str, update: bool) -> list[Finding]:
    """Return what breaks a rule in the ticket; an update repeats that of its exchange."""
    data_type = message.header.data_type
    findings = check_ticket(ticket, where, used=data_type != DataType.REQUEST_RESP)
    if data_type == DataType.TRANSFER_INIT:
        if not findings and not update:
            findings += _check_copied_verification(message, ticket, where)
        findings += check_keys_allowed(message, ticket.policy)
    return findings


_PAYLOAD_RULES: dict[type[AnyPayload], Callable[[Message, Any, str, bool], list[Finding]]] = {
    Identity: _check_identity,
    Kemac: _check_kemac,
    TicketPolicy: _check_desired,
    Ticket: _check_ticket,
}
"""The rules that single payloads keep in a message, called with message, payload, path, and `update`."""


def _check_copied_verification(message: Message, ticket: Ticket, where: str) -> list[Finding]:
    """Return a finding where Initiator Data does not repeat the V payload of its message.

    Source:
        MKY_047 (RFC 6043, 6.10)
    """
    if not ticket.initiator_data:
        return []
    copied = InitiatorData.parse(ticket.initiator_data).copied_verification
    if not isinstance(message.authenticator, Verification) or copied == message.authenticator:
        return []
    return [
        Finding(
            requirement="MKY_047",
            where=f"{where}.initiator_data",
            message="its first V payload is not that of the message",
            reply=ErrorNumber.AUTH_FAILURE,
        )
    ]


def check_keys_allowed(message: Message, policy: TicketPolicy) -> list[Finding]:
    """Return a finding where a message of the Ticket Transfer has keys that the ticket policy forbids.

    Args:
        message: TRANSFER_INIT or TRANSFER_RESP.
        policy: The policy of the ticket that was transferred.

    Source:
        MKY_086 (RFC 6043, 4.2.2.1)
        MKY_086 (RFC 6043, 4.2.2.3)
    """
    letter, flag = "L", TicketFlag.INITIATOR_KEYS
    if message.header.data_type == DataType.TRANSFER_RESP:
        letter, flag = "M", TicketFlag.RESPONDER_KEYS
    if flag in policy.flags or message.first(Kemac) is None:
        return []
    return [
        Finding(
            requirement="MKY_086",
            where="payload",
            message=f"there is a KEMAC and the flag {letter} of the ticket policy is 0",
            reply=ErrorNumber.UNSPECIFIED,
        )
    ]
