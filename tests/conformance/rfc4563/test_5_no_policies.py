"""RFC 4563, 5: no security policies with the empty map."""

import pytest

from mediasec.mikey.payloads import EmptyMap, SecurityPolicy
from mediasec.mikey.rules import check_message


@pytest.mark.parametrize("name", ["request_init_psk", "resolve_resp"])
def test_mky_081__empty_map_forbids_policies(mikey_messages, edit, name):
    """A message whose map is the empty one has no security policy."""
    message = edit.insert(mikey_messages[name], 1, SecurityPolicy(number=0, protocol_type=241))
    assert [finding.requirement for finding in check_message(message)] == ["MKY_081"]


def test_mky_081__in_a_transfer_too(mikey_messages, edit):
    """The rule holds whatever the message is."""
    message = edit.header(mikey_messages["transfer_init"], sessions=EmptyMap())
    assert "MKY_081" in [finding.requirement for finding in check_message(message)]
    assert check_message(mikey_messages["transfer_init"]) == []
