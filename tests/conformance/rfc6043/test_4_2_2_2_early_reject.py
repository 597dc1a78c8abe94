"""RFC 6043, 4.2.2.2: the Responder rejects without contacting the KMS."""

import dataclasses

import pytest

from mediasec.mikey.acceptance import Acceptance, check_before_resolving
from mediasec.mikey.payloads import RoleIdentity, Ticket
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import (
    ErrorNumber,
    IdentityRole,
    IdentityType,
    PayloadType,
    PrfFunction,
    TicketFlag,
    TicketType,
)
from mediasec.mikey.ticket import PolicyData

START = 0xD8000000 - 2_208_988_800
"""Start of the validity period of the ticket in the vector; it lasts a day."""
OWN = b"sip:conference@mrfc.example"


def acceptance(**fields):
    return Acceptance(**{"may_resolve": lambda identity: identity.data == OWN} | fields)


def rejected(message, accepted=None, unix_time=START):
    findings = check_before_resolving(message, accepted or acceptance(), Profile(), unix_time=unix_time)
    return [(finding.requirement, finding.message, finding.reply) for finding in findings]


def with_policy(edit, message, **fields):
    policy = message.first(Ticket).policy
    return edit.payload(message, Ticket, policy=dataclasses.replace(policy, **fields))


def test_mky_203__acceptable_policy_is_not_rejected(mikey_messages):
    """A Responder goes on where ticket policy and security policies are acceptable."""
    assert rejected(mikey_messages["transfer_init"]) == []


@pytest.mark.parametrize("unix_time", [START - 1, START + 86_401])
def test_mky_203__ticket_that_is_not_valid_now_is_rejected(mikey_messages, unix_time):
    """A ticket is acceptable within its validity period."""
    assert rejected(mikey_messages["transfer_init"], unix_time=unix_time) == [
        ("MKY_203", "the ticket is not valid at this time", ErrorNumber.INVALID_TPPAR)
    ]


def test_mky_203__ticket_for_others_is_rejected(mikey_messages):
    """A ticket is acceptable to those whom it authorizes."""
    stranger = acceptance(may_resolve=lambda identity: False)
    assert [message for _, message, _ in rejected(mikey_messages["transfer_init"], stranger)] == [
        "the responder is not authorized"
    ]


def test_mky_203__ticket_for_other_applications_is_rejected(mikey_messages, edit):
    """A ticket that names applications is acceptable to these alone."""
    message = mikey_messages["transfer_init"]
    data = PolicyData.parse(message.first(Ticket).policy.data)
    application = RoleIdentity(
        role=IdentityRole.APPLICATION, kind=IdentityType.BYTE_STRING, data=b"conference"
    )
    limited = PolicyData(payloads=(application, *data.payloads)).serialize()
    message = with_policy(edit, message, data=limited)
    assert [reason for _, reason, _ in rejected(message)] == ["the application is not authorized"]
    assert rejected(message, acceptance(application=b"conference")) == []


def test_mky_203__ticket_type_that_needs_more_is_rejected(mikey_messages, edit):
    """A ticket of another type is acceptable if RFC 6043 alone is enough, or the type is known."""
    flags = mikey_messages["transfer_init"].first(Ticket).policy.flags
    message = with_policy(
        edit,
        mikey_messages["transfer_init"],
        ticket_type=TicketType.THREEGPP_BASE,
        flags=flags & ~TicketFlag.RESPONDER_READY,
    )
    assert [reply for _, _, reply in rejected(message)] == [ErrorNumber.INVALID_TICKET]
    assert rejected(message, acceptance(ticket_types=(TicketType.THREEGPP_BASE,))) == []
    ready = with_policy(edit, message, flags=flags)
    assert rejected(ready) == []


def test_mky_203__prf_that_is_not_supported_is_rejected(mikey_messages):
    """The PRF functions of the header and of the policy are acceptable if they are supported."""
    old = acceptance(prf_functions=(PrfFunction.MIKEY_1,))
    replies = [reply for _, _, reply in rejected(mikey_messages["transfer_init"], old)]
    assert replies == [ErrorNumber.INVALID_PRF, ErrorNumber.INVALID_PRF]


def test_mky_203__without_a_readable_policy_it_is_rejected(mikey_messages, edit):
    """A message without a ticket, or with TP Data that does not parse, is rejected and raises nothing."""
    message = mikey_messages["transfer_init"]
    assert rejected(edit.without(message, PayloadType.TICKET))[0][2] == ErrorNumber.INVALID_TICKET
    assert rejected(with_policy(edit, message, data=b"\x05"))[0][2] == ErrorNumber.INVALID_TPPAR
