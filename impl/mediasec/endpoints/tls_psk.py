"""Pre-shared keys in the `ssl` module: one interface on every Python from 3.11 on.

From Python 3.13 on `ssl` has the callbacks itself. On 3.11 and 3.12 `tls_psk_shim` gives them to the same
`SSLContext`; where it cannot, importing this module raises ImportError with a sentence that says why.
"""

import ssl
from collections.abc import Callable
from pathlib import Path

from mediasec.endpoints.tls_profile import TlsProfile

if not hasattr(ssl.SSLContext, "set_psk_server_callback"):
    from mediasec.endpoints import tls_psk_shim

_DH_PARAMETERS = str(Path(__file__).with_name("ffdhe2048.pem"))


class PskContext(ssl.SSLContext):
    """A context for one connection that authenticates by a pre-shared key and by nothing else.

    No certificate is loaded and none is trusted. A client keeps to the verification that `ssl` sets, so that
    a server with a certificate of whatever kind is refused.

    Source:
        TLS_001 (RFC 4279, 2)
        TLS_022 (RFC 4279, 2)
        TLS_023 (RFC 4279, 2)
    """

    _kept: object = None

    @classmethod
    def for_client(cls, profile: TlsProfile, identity: str, key: bytes) -> "PskContext":
        """Return a context for a client.

        Args:
            profile: What the client offers.
            identity: Identity that names the key.
            key: Octets that `profile` accepts. Secret.

        Source:
            TLS_020 (RFC 4279, 5.2)
        """
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context._keep_to(profile)

        def choose(hint: str | None) -> tuple[str, bytes]:
            return identity, key

        if hasattr(context, "set_psk_client_callback"):
            context.set_psk_client_callback(choose)
        else:
            context._kept = tls_psk_shim.set_client_callback(context, choose)
        return context

    @classmethod
    def for_server(cls, profile: TlsProfile, lookup: Callable[[str | None], bytes]) -> "PskContext":
        """Return a context for a server.

        Args:
            profile: What the server accepts.
            lookup: Gives the key of an identity, or no octets where there is none. It does not raise.

        Source:
            TLS_003 (RFC 4279, 7.1)
            TLS_012 (RFC 4279, 7.1)
            TLS_020 (RFC 4279, 5.2)
            TLS_024 (RFC 4279, 2)
        """
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context._keep_to(profile)
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_SINGLE_DH_USE | ssl.OP_SINGLE_ECDH_USE
        context.num_tickets = 0
        if any(suite.name.startswith("DHE_") for suite in profile.suites):
            context.load_dh_params(_DH_PARAMETERS)
        if hasattr(context, "set_psk_server_callback"):
            context.set_psk_server_callback(lookup)
        else:
            context._kept = tls_psk_shim.set_server_callback(context, lookup)
        return context

    def _keep_to(self, profile: TlsProfile) -> None:
        """Offer and accept what the profile says, once for each connection.

        Source:
            TLS_008 (RFC 8996, 5)
            TLS_011 (RFC 9257, 6)
        """
        self.minimum_version = min(profile.versions)
        self.maximum_version = max(profile.versions)
        self.set_ciphers(":".join(suite.openssl_name for suite in profile.suites))
        self.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
