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


def test_mky_069__error_message_may_have_one(mikey_messages, edit):
    """An Error message, which RFC 3830 defines, may have an ID payload."""
    identity = Identity(kind=IdentityType.URI, data=b"sip:a@b")
    assert check_message(edit.insert(mikey_messages["error"], 1, identity)) == []
