"""RFC 6043, 4.2.1.1 and 4.2.3.1: messages between a KMS and others have no crypto session."""

import pytest

from mediasec.mikey.payloads import EmptyMap, GenericMap, GenericSession
from mediasec.mikey.rules import check_message


@pytest.mark.parametrize(
    "name",
    [
        "request_init_psk",
        "request_init_pk",
        "request_resp",
        "resolve_init_psk",
        "resolve_init_pk",
        "resolve_resp",
    ],
)
@pytest.mark.parametrize(
    "sessions",
    [
        EmptyMap(count=1),
        GenericMap(sessions=()),
        GenericMap(sessions=(GenericSession(cs_id=1, protocol_type=241),)),
    ],
)
def test_mky_080__no_crypto_session_and_the_empty_map(mikey_messages, edit, name, sessions):
    """The messages between a KMS and others have no crypto session, and their map is the empty one."""
    message = mikey_messages[name]
    assert check_message(message) == []
    findings = check_message(edit.header(message, sessions=sessions))
    assert "MKY_080" in [finding.requirement for finding in findings]
