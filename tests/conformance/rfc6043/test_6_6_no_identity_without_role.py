"""RFC 6043, 6.6: identities of ticket messages have a role."""

import pytest

from mediasec.mikey.payloads import Identity
from mediasec.mikey.registry import ErrorNumber, IdentityType
from mediasec.mikey.rules import check_message


@pytest.mark.parametrize("name", ["request_init_psk", "transfer_init", "resolve_resp"])
def test_mky_069__identity_without_role_is_found(mikey_messages, edit, name):
    """A ticket message has IDR payloads and no ID payload."""
    identity = Identity(kind=IdentityType.URI, data=b"sip:a@b")
    findings = check_message(edit.insert(mikey_messages[name], 1, identity))
    assert [(finding.requirement, finding.where) for finding in findings] == [("MKY_069", "payload[1]")]
    assert findings[0].reply == ErrorNumber.INVALID_ID


def test_mky_069__messages_of_rfc_3830_have_identities_without_role(mikey_messages):
    """A message of RFC 3830 has ID payloads."""
    assert check_message(mikey_messages["rfc4567_offer"]) == []
