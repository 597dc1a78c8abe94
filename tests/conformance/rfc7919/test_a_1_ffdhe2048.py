"""RFC 7919, A.1: the group ffdhe2048."""

from fractions import Fraction

from mediasec.endpoints.tls_profile import CipherSuite, TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer

KEY = bytes(range(32))
SERVER_KEY_EXCHANGE = 12


def _prime() -> int:
    """Return 2^2048 - 2^1984 + {[2^1918 * e] + 560316} * 2^64 - 1, as the RFC defines it."""
    e, term = Fraction(0), Fraction(1)
    for n in range(1, 340):
        e += term
        term /= n
    return 2**2048 - 2**1984 + (int(2**1918 * e) + 560316) * 2**64 - 1


def test_tls_012__the_group_is_ffdhe2048(join, handshake_messages):
    """ServerKeyExchange holds an empty hint, then the prime of ffdhe2048 and the generator 2."""
    profile = TlsProfile(suites=(CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256,))
    joined = join(TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get, profile=profile))
    exchange = dict(handshake_messages(bytes(joined.to_client)))[SERVER_KEY_EXCHANGE]
    assert exchange.startswith(b"\0\0" + b"\1\0" + _prime().to_bytes(256, "big") + b"\0\1\2")
