"""RFC 6043, 4.2.1.6: the Initiator looks at the granted policy before it uses the ticket."""

import dataclasses

import pytest

from mediasec.mikey.acceptance import Acceptance, check_granted_policy
from mediasec.mikey.payloads import Ticket, TicketPolicy
from mediasec.mikey.registry import TicketFlag, TicketType

START = 0xD8000000 - 2_208_988_800


def rejected(messages, unix_time=START, **fields):
    desired = messages["request_init_psk"].first(TicketPolicy)
    granted = dataclasses.replace(messages["request_resp"].first(Ticket).policy, **fields)
    acceptance = Acceptance(may_resolve=lambda identity: identity.data == b"sip:conference@mrfc.example")
    return [
        finding.message for finding in check_granted_policy(desired, granted, acceptance, unix_time=unix_time)
    ]


def test_mky_204__acceptable_policy_is_used(mikey_messages):
    """An Initiator uses a ticket whose granted policy is acceptable."""
    assert rejected(mikey_messages) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"data": b"\x00"}, "the responder is not authorized"),
        ({"flags": TicketFlag.GENERATED_BY_KMS | TicketFlag.INITIATOR_RAND}, "key forking was asked for"),
        ({"prf_function": 9}, "the PRF is not supported"),
        ({"unix_time": START + 100_000}, "the ticket is not valid at this time"),
    ],
)
def test_mky_204__other_policy_is_not_used(mikey_messages, fields, reason):
    """An Initiator does not use a ticket whose granted policy is not acceptable."""
    assert rejected(mikey_messages, **fields) == [reason]


def test_mky_204__ticket_type_that_needs_more_is_not_used(mikey_messages):
    """A ticket of another type is used only if RFC 6043 alone is enough to use it."""
    flags = mikey_messages["request_resp"].first(Ticket).policy.flags
    other = {"ticket_type": TicketType.THREEGPP_BASE}
    assert rejected(mikey_messages, **other) == []
    assert len(rejected(mikey_messages, **other, flags=flags & ~TicketFlag.INITIATOR_READY)) == 1
