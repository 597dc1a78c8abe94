"""Pre-shared keys in the `ssl` module: one interface on every Python from 3.11 on.

From Python 3.13 on `ssl` has the callbacks itself. On 3.11 and 3.12 `tls_psk_shim` gives them to the same
`SSLContext`; where it cannot, importing this module raises ImportError with a sentence that says why.
"""

import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from mediasec.endpoints.tls_profile import TlsProfile

if sys.version_info < (3, 13):
    from mediasec.endpoints.tls_psk_shim import set_client_callback, set_server_callback
elif ssl.HAS_PSK:
    set_client_callback = ssl.SSLContext.set_psk_client_callback
    set_server_callback = ssl.SSLContext.set_psk_server_callback
else:
    raise ImportError("This Python's OpenSSL was built without pre-shared keys.")

_CONNECTIONS_OF_A_CONTEXT = 64
_DH_PARAMETERS = str(Path(__file__).with_name("ffdhe2048.pem"))


class _Asking(threading.local):
    """Whom a server's context asks for a key: the connection whose handshake goes on in this thread."""

    def __init__(self) -> None:
        self.lookup: Callable[[str | None], bytes] | None = None

    def __call__(self, identity: str | None) -> bytes:
        return self.lookup(identity) if self.lookup else b""


class PskContext(ssl.SSLContext):
    """A context for connections that authenticate by a pre-shared key and by nothing else.

    No certificate is loaded and none is trusted. A client keeps to the verification that `ssl` sets, so that
    a server with a certificate of whatever kind is refused.
    """

    _kept: object = None
    _asking: _Asking

    @classmethod
    def for_client(cls, profile: TlsProfile, identity: str, key: bytes) -> "PskContext":
        """Return a context for a client.

        Args:
            profile: What the client offers.
            identity: Identity that names the key.
            key: Octets that `profile` accepts. Secret.

        Source:
            TLS_001 (RFC 4279, 2)
            TLS_020 (RFC 4279, 5.2)
            TLS_022 (RFC 4279, 2)
        """
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        # No certificate is accepted, so there is no name in one to compare.
        context.check_hostname = False
        context._keep_to(profile)

        def choose(hint: str | None) -> tuple[str, bytes]:
            return identity, key

        context._kept = set_client_callback(context, choose)
        return context

    @classmethod
    def for_server(cls, profile: TlsProfile) -> "PskContext":
        """Return a context for a server; `ask` says where it finds its keys.

        Args:
            profile: What the server accepts.

        Source:
            TLS_001 (RFC 4279, 2)
            TLS_012 (RFC 4279, 7.1)
            TLS_012 (RFC 7919, A.1)
            TLS_020 (RFC 4279, 5.2)
            TLS_023 (RFC 4279, 2)
            TLS_024 (RFC 4279, 2)
        """
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context._keep_to(profile)
        context.num_tickets = 0
        if any(suite.name.startswith("DHE_") for suite in profile.suites):
            context.load_dh_params(_DH_PARAMETERS)
        context._asking = asking = _Asking()
        context._kept = set_server_callback(context, asking)
        return context

    def ask(self, lookup: Callable[[str | None], bytes]) -> None:
        """Have the handshake that goes on next in this thread ask for its key here.

        Args:
            lookup: Gives the key of an identity, or no octets where there is none. It does not raise.
        """
        self._asking.lookup = lookup

    def log_keys(self, path: Path | None) -> None:
        """Append the secrets of each connection to a file that only its owner reads; None for no file."""
        if path is not None:
            path.touch(mode=0o600)
            self.keylog_filename = str(path)

    def _keep_to(self, profile: TlsProfile) -> None:
        """Offer and accept what the profile says; in a server its order decides, as `ssl` has it by default.

        Source:
            TLS_002 (TS 23.333, 6.2.19.1)
            TLS_003 (RFC 4279, 7.1)
            TLS_008 (RFC 8996, 5)
            TLS_011 (RFC 9257, 6)
            TLS_032 (RFC 8446, 6.1)
        """
        self.minimum_version = min(profile.versions)
        self.maximum_version = max(profile.versions)
        self.set_ciphers(":".join(suite.openssl_name for suite in profile.suites))
        self.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
        # Python up to 3.11.3 takes the end of TCP for an orderly close, unless it is told not to.
        self.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)


class ServerContexts:
    """The contexts for the connections of one server, none of which can resume a session.

    A resumed session names no identity, and OpenSSL keeps sessions with the context. A client of TLS 1.2
    resumes by the session ID of its hello, as there are no tickets; in TLS 1.3 there is nothing to resume.
    So connections without a session ID share a context for a while, which costs less than one for each, and
    every other connection gets a context of its own.
    """

    def __init__(self, profile: TlsProfile, keylog: Path | None) -> None:
        self._profile = profile
        self._keylog = keylog
        self._left = 0

    def context_for(self, hello: bytes) -> PskContext:
        """Return a context for a connection.

        Args:
            hello: The first octets of the client, as many as have come.

        Source:
            TLS_024 (RFC 4279, 2)
        """
        if self._profile.versions != {ssl.TLSVersion.TLSv1_3} and not _has_no_session(hello):
            return self._new()
        if not self._left:
            self._shared = self._new()
            self._left = _CONNECTIONS_OF_A_CONTEXT
        self._left -= 1
        return self._shared

    def _new(self) -> PskContext:
        context = PskContext.for_server(self._profile)
        context.log_keys(self._keylog)
        return context


def _has_no_session(hello: bytes) -> bool:
    """Return whether these octets show a ClientHello with an empty session ID (RFC 5246, 7.4.1.2)."""
    record_length = int.from_bytes(hello[3:5], "big")
    # A record of the handshake; in it a ClientHello: header 4, version 2, random 32, length of session ID 1.
    return hello[:1] == b"\x16" and record_length >= 39 and hello[5:6] == b"\x01" and hello[43:44] == b"\0"
