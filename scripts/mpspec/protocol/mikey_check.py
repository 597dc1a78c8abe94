"""Checking MIKEY messages against the rules: one message, or an initial message and its response."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from mediasec.errors import Finding, MalformedMessage
from mediasec.mikey.acceptance import check_crypto_sessions
from mediasec.mikey.composition import COMPOSITIONS
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Ticket
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import DataType, ErrorNumber, RandRole, TicketFlag, TicketType
from mediasec.mikey.rules import KMS_INITIAL, TOLERATED, TRANSFERS, check_message, is_update
from mediasec.mikey.strength import MINIMUM_KEY_LENGTH, check_algorithms, check_ticket_algorithms
from mediasec.mikey.ticket import TicketData
from mpspec.model import CannotRun

_MALFORMED = "MKY_004"


def check(octets: bytes, response: bytes | None = None) -> list[tuple[str, Finding]]:
    """Return what breaks a rule, each with the message that it is in: `message` or `response`.

    Args:
        octets: A message; the initial one where there is a response.
        response: The response to it, if it is to be checked too.
    """
    findings: list[tuple[str, Finding]] = []
    initial = _checked("message", octets, findings)
    if response is None:
        return findings
    answer = _checked("response", response, findings)
    if initial is not None and answer is not None:
        findings += [("response", finding) for finding in check_exchange(initial, answer)]
    return findings


def check_all(
    messages: Sequence[bytes], responses: Sequence[bytes] | None = None
) -> list[tuple[str, Finding]]:
    """Return the same for the messages of an SDP offer, and of its answer.

    Args:
        messages: One message or more; the initial ones where there are responses.
        responses: The responses to them in the same order, if they are to be checked too.

    Raises:
        CannotRun: There is not one response to each message.
    """
    if responses is not None and len(responses) != len(messages):
        raise CannotRun(
            f"{_counted(messages)} cannot be paired with {_counted(responses)}; give the lines of one stream."
        )
    findings: list[tuple[str, Finding]] = []
    for place, octets in enumerate(messages):
        number = f" {place + 1}" if len(messages) > 1 else ""
        found = check(octets, None if responses is None else responses[place])
        findings += [(f"{kind}{number}", finding) for kind, finding in found]
    return findings


def notes(messages: Sequence[bytes]) -> list[str]:
    """Return a sentence on each kind of message that RFC 6043 does not have: less of it is checked."""
    kinds = dict.fromkeys(octets[1] for octets in messages if len(octets) > 1)
    known = set(DataType)
    return [
        f"A message of type {DataType(kind).name if kind in known else kind} is none of RFC 6043: "
        "its parts were checked, and not whether all are there."
        for kind in kinds
        if kind not in COMPOSITIONS
    ]


def as_json(findings: list[tuple[str, Finding]]) -> list[dict[str, Any]]:
    """Return findings for a machine."""
    return [
        {
            "in": place,
            "requirement": finding.requirement,
            "where": finding.where,
            "message": finding.message,
            "reply": finding.reply,
            "tolerated": finding.requirement in TOLERATED,
        }
        for place, finding in findings
    ]


def as_lines(findings: list[tuple[str, Finding]]) -> list[str]:
    """Return findings for a person, a line each."""
    return [
        f"{place}: {finding}{' (a receiver ignores it)' if finding.requirement in TOLERATED else ''}"
        for place, finding in findings
    ]


def _check_algorithms(message: Message) -> list[Finding]:
    """Return a finding where the message, or a base ticket in it, mixes algorithms of two strengths."""
    findings = check_algorithms(message)
    for ticket in message.all(Ticket):
        if ticket.policy.ticket_type == TicketType.MIKEY_BASE:
            with suppress(MalformedMessage):  # Which is a finding already.
                findings += check_ticket_algorithms(ticket.policy, TicketData.parse(ticket.data))
    return findings


def _check_rand(message: Message) -> list[Finding]:
    """Return a finding where the only random value of an exchange is shorter than any key may be."""
    ticket = message.first(Ticket)
    rand = message.rand(RandRole.INITIATOR) or message.rand(RandRole.RESPONDER)
    alone = message.header.data_type in KMS_INITIAL or (
        message.header.data_type == DataType.TRANSFER_INIT
        and ticket is not None
        and TicketFlag.RESPONDER_RAND not in ticket.policy.flags
    )
    if not alone or rand is None or len(rand.value) >= MINIMUM_KEY_LENGTH:
        return []
    seen = f"the random value has {len(rand.value)} octets, and every key has at least {MINIMUM_KEY_LENGTH}"
    return [Finding(requirement="MKY_141", where="payload", message=seen, reply=ErrorNumber.UNSPECIFIED)]


def _counted(messages: Sequence[bytes]) -> str:
    return f"{len(messages)} MIKEY message{'s' if len(messages) > 1 else ''}"


def _checked(place: str, octets: bytes, findings: list[tuple[str, Finding]]) -> Message | None:
    """Read a message and add what breaks a rule in it; None if it does not parse."""
    try:
        message = Message.parse_unchecked(octets)
    except MalformedMessage as error:
        where = "message" if error.offset is None else f"octet {error.offset}"
        fault = Finding(
            requirement=_MALFORMED, where=where, message=error.reason, reply=ErrorNumber.UNSPECIFIED
        )
        findings.append((place, fault))
        return None
    found = check_message(message, update=is_update(message))
    found += _check_algorithms(message) + _check_rand(message)
    if message.header.data_type in TRANSFERS and not found:
        found = check_crypto_sessions(message, Profile())
    findings += [(place, finding) for finding in found]
    return message
