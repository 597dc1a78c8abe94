"""RFC 6043, 6.1: the maps of the Ticket Transfer and the V flag."""

import dataclasses

import pytest

from mediasec.mikey.payloads import EmptyMap, SrtpMap, Ticket
from mediasec.mikey.registry import PayloadType, TicketFlag
from mediasec.mikey.rules import check_message, reasons_to_reject


def found(findings):
    return [finding.requirement for finding in findings]


@pytest.mark.parametrize("name", ["transfer_init", "transfer_resp"])
def test_mky_082__srtp_id_is_not_used(mikey_messages, edit, name):
    """The messages of the Ticket Transfer do not use the SRTP-ID map."""
    findings = check_message(edit.header(mikey_messages[name], sessions=SrtpMap(sessions=())))
    assert found(findings) == ["MKY_082"]
    assert reasons_to_reject(findings) == findings


def test_mky_083__generic_id_is_recommended(mikey_messages, edit):
    """The messages of the Ticket Transfer use the GENERIC-ID map, and another than SRTP-ID is accepted."""
    message = edit.header(mikey_messages["transfer_resp"], sessions=EmptyMap())
    findings = check_message(message)
    assert found(findings) == ["MKY_083"]
    assert reasons_to_reject(findings) == []
    assert check_message(mikey_messages["transfer_resp"]) == []


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("request_init_psk", True),
        ("request_init_pk", True),
        ("request_resp", False),
        ("transfer_init", True),
        ("transfer_resp", False),
        ("resolve_init_psk", True),
        ("resolve_init_pk", True),
        ("resolve_resp", False),
        ("error", False),
    ],
)
def test_mky_084__v_flag(mikey_messages, edit, name, flag):
    """The V flag is 1 in initial messages to the KMS, 0 in responses, and ignored by the receiver."""
    message = mikey_messages[name]
    assert message.header.response_expected is flag
    assert check_message(message) == []
    findings = check_message(edit.header(message, response_expected=not flag))
    assert found(findings) == ["MKY_084"]
    assert reasons_to_reject(findings) == []


def test_mky_084__v_flag_agrees_with_the_policy(mikey_messages, edit):
    """In TRANSFER_INIT the V flag agrees with the F flag, and in an update it is free."""
    message = mikey_messages["transfer_init"]
    ticket = message.first(Ticket)
    flags = ticket.policy.flags & ~TicketFlag.RESPONSE_SENT & ~TicketFlag.RESPONDER_RAND
    silent = edit.payload(message, Ticket, policy=dataclasses.replace(ticket.policy, flags=flags))
    assert found(check_message(silent)) == ["MKY_084"]
    assert check_message(edit.header(silent, response_expected=False)) == []
    update = edit.without(edit.without(message, PayloadType.TICKET), PayloadType.RANDR)
    for flag in (False, True):
        assert check_message(edit.header(update, response_expected=flag), update=True) == []
