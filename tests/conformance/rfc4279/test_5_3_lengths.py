"""RFC 4279, 5.3: the identities and keys that work."""

import pytest

from mediasec.endpoints.tls_profile import MAX_KEY_LENGTH
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import LocalProtocolError


@pytest.mark.parametrize("length", [1, 64, 127, 128, 129, 255])
def test_tls_014__an_identity_of_this_length_works(join, length):
    """An identity of 1 to 255 octets arrives whole."""
    identity, key = "é" * (length // 2) + "e" * (length % 2), bytes(range(16))
    assert len(identity.encode()) == length
    joined = join(TlsClient(identity, key), TlsServer({identity: key}.get))
    assert joined.established
    assert joined.server.identity == identity


def test_tls_014__a_longer_identity_is_refused():
    """An identity of 256 octets is refused where it is given, and not cut."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient("é" * 128, bytes(16))
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_014"]


@pytest.mark.parametrize("length", [16, 17, 32, 48, 63, 64, 65, MAX_KEY_LENGTH])
def test_tls_017__a_key_of_this_length_works(join, length):
    """A key of 16 octets and more works, and another of the same length does not."""
    key = bytes(range(255, -1, -1))[:length]
    assert join(TlsClient("alice", key), TlsServer({"alice": key}.get)).established
    other = key[:-1] + b"\0" if key[-1] else key[:-1] + b"\1"
    assert not join(TlsClient("alice", key), TlsServer({"alice": other}.get)).established


def test_tls_017__a_longer_key_is_refused():
    """A key that is longer than the limit is refused where it is given."""
    with pytest.raises(LocalProtocolError) as caught:
        TlsClient("alice", bytes(MAX_KEY_LENGTH + 1))
    assert [finding.requirement for finding in caught.value.findings] == ["TLS_017"]
