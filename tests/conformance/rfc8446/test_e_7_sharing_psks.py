"""RFC 8446, E.7: one key in two versions."""

import ssl

import pytest

from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsFailure, TlsServer
from mediasec.errors import LocalProtocolError

BOTH = frozenset({ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3})
KEY = bytes(range(32))


def test_tls_010__both_versions_are_refused_by_default():
    """A profile with both versions cannot be made without a word."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsProfile(versions=BOTH)
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_010"]


def test_tls_010__the_two_versions_do_not_meet(join):
    """A client of TLS 1.3 fails at a server of TLS 1.2, though both have the key."""
    profile = TlsProfile(versions=frozenset({ssl.TLSVersion.TLSv1_3}))
    joined = join(TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get))
    assert [failure.failure for failure in joined.failures] == [TlsFailure.NOTHING_IN_COMMON] * 2


@pytest.mark.parametrize("version", sorted(BOTH), ids=["1.2", "1.3"])
def test_tls_010__a_profile_can_allow_both(join, version):
    """A server that says so serves the same key to a client of either version."""
    profile = TlsProfile(versions=BOTH, one_key_in_both_versions=True)
    client = TlsProfile(versions=frozenset({version}))
    joined = join(TlsClient("alice", KEY, profile=client), TlsServer({"alice": KEY}.get, profile=profile))
    assert joined.established
