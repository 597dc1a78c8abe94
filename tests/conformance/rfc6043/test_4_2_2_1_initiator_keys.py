"""RFC 6043, 4.2.2.1: keys that the Initiator or Responder supplies."""

import dataclasses

from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import Kemac, Ticket
from mediasec.mikey.registry import EncryptionAlgorithm, TicketFlag
from mediasec.mikey.rules import check_message

KEMAC = Kemac(encryption=EncryptionAlgorithm.AES_CM_256, data=b"\x01")


def found(findings):
    return [finding.requirement for finding in findings]


def with_flag(edit, message, flag):
    policy = message.first(Ticket).policy
    return edit.payload(message, Ticket, policy=dataclasses.replace(policy, flags=policy.flags | flag))


def test_mky_086__initiator_supplies_keys_where_the_policy_lets_it(mikey_messages, edit):
    """TRANSFER_INIT has no KEMAC if the flag L is 0."""
    message = mikey_messages["transfer_init"]
    message = edit.insert(message, len(message.payloads) - 1, KEMAC)
    assert found(check_message(message)) == ["MKY_086"]
    assert check_message(with_flag(edit, message, TicketFlag.INITIATOR_KEYS)) == []


def test_mky_086__responder_supplies_keys_where_the_policy_lets_it(mikey_messages, edit):
    """TRANSFER_RESP has no KEMAC if the flag M is 0."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    response = edit.insert(response, len(response.payloads) - 1, KEMAC)
    assert found(check_exchange(initial, response)) == ["MKY_086"]
    allowed = with_flag(edit, initial, TicketFlag.RESPONDER_KEYS)
    assert check_exchange(allowed, response) == []
