"""RFC 3830, 6.10: numbers of security policies."""

from mediasec.mikey.payloads import SecurityPolicy
from mediasec.mikey.rules import check_message


def test_mky_087__numbers_are_distinct(mikey_messages, edit):
    """The security policies of a message have distinct numbers."""
    message = mikey_messages["transfer_init"]
    other = edit.insert(message, 4, SecurityPolicy(number=1, protocol_type=241))
    same = edit.insert(message, 4, SecurityPolicy(number=0, protocol_type=241))
    assert check_message(other) == []
    assert [finding.requirement for finding in check_message(same)] == ["MKY_087"]
