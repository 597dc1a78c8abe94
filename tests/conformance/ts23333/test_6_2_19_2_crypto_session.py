"""TS 23.333, 6.2.19.2: the crypto session of a TLS tunnel."""

import pytest

from mediasec.mikey.acceptance import check_crypto_sessions
from mediasec.mikey.payloads import EmptyMap, GenericMap
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import ProtocolType

PROFILE = Profile()


def test_mky_205__one_crypto_session_for_tls(mikey_messages):
    """TRANSFER_INIT and TRANSFER_RESP describe exactly one crypto session, and its protocol is TLS."""
    for name in ("transfer_init", "transfer_resp"):
        assert check_crypto_sessions(mikey_messages[name], PROFILE) == []


@pytest.mark.parametrize(
    "sessions",
    [
        EmptyMap(),
        GenericMap(sessions=()),
        GenericMap(sessions=(PROFILE.crypto_session(),) * 2),
        GenericMap(sessions=(Profile(tls_protocol_type=ProtocolType.SRTP).crypto_session(),)),
    ],
)
def test_mky_205__other_sessions_are_found(mikey_messages, edit, sessions):
    """No crypto session, more than one, or one of another protocol is a finding."""
    message = edit.header(mikey_messages["transfer_init"], sessions=sessions)
    assert [finding.requirement for finding in check_crypto_sessions(message, PROFILE)] == ["MKY_205"]
