"""One TLS connection without its socket: octets of TCP in and out, octets of the application out and in."""

import re
import secrets
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from pathlib import Path

from mediasec.endpoints.tls_profile import (
    DEFAULT_PROFILE,
    TlsProfile,
    UnknownIdentity,
    check_identity,
)
from mediasec.endpoints.tls_psk import PskContext, ServerContexts
from mediasec.errors import EndpointError, LocalProtocolError

Lookup = Callable[[str], bytes | None]
"""Gives the key of an identity, or None where there is none; `dict.get` is one."""

_RECORD = 16384


class TlsFailure(Enum):
    """Why a TLS handshake failed or a TLS connection broke."""

    TIMEOUT = "timeout"
    CLOSED = "closed"
    UNKNOWN_IDENTITY = "unknown identity"
    WRONG_KEY = "wrong key"
    NO_SHARED_KEY = "no shared key"
    NOTHING_IN_COMMON = "nothing in common"
    TOO_MANY = "too many"
    PROTOCOL = "protocol"


_SENTENCES = {
    TlsFailure.TIMEOUT: "The TLS handshake took too long.",
    TlsFailure.CLOSED: "The peer closed the TCP connection before it closed TLS.",
    TlsFailure.UNKNOWN_IDENTITY: "The identity of the pre-shared key is not known.",
    TlsFailure.WRONG_KEY: "The two sides have different pre-shared keys.",
    TlsFailure.NO_SHARED_KEY: "The peer does not authenticate by a pre-shared key.",
    TlsFailure.NOTHING_IN_COMMON: "The two sides have no TLS version or cipher suite in common.",
    TlsFailure.TOO_MANY: "There are too many connections that have not authenticated.",
    TlsFailure.PROTOCOL: "The peer broke the TLS protocol, or ended it by an alert.",
}

_FAILURES = {
    "PSK_IDENTITY_NOT_FOUND": TlsFailure.UNKNOWN_IDENTITY,
    "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY": TlsFailure.UNKNOWN_IDENTITY,
    "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": TlsFailure.WRONG_KEY,
    "BINDER_DOES_NOT_VERIFY": TlsFailure.WRONG_KEY,
    "DIGEST_CHECK_FAILED": TlsFailure.WRONG_KEY,
    "SSLV3_ALERT_BAD_RECORD_MAC": TlsFailure.WRONG_KEY,
    "SSLV3_ALERT_ILLEGAL_PARAMETER": TlsFailure.WRONG_KEY,
    "TLSV1_ALERT_DECRYPT_ERROR": TlsFailure.WRONG_KEY,
    "CERTIFICATE_VERIFY_FAILED": TlsFailure.NO_SHARED_KEY,
    "NO_SUITABLE_SIGNATURE_ALGORITHM": TlsFailure.NO_SHARED_KEY,
    "NO_SHARED_CIPHER": TlsFailure.NOTHING_IN_COMMON,
    "UNSUPPORTED_PROTOCOL": TlsFailure.NOTHING_IN_COMMON,
    "NO_PROTOCOLS_AVAILABLE": TlsFailure.NOTHING_IN_COMMON,
    "VERSION_TOO_LOW": TlsFailure.NOTHING_IN_COMMON,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": TlsFailure.NOTHING_IN_COMMON,
    "TLSV1_ALERT_PROTOCOL_VERSION": TlsFailure.NOTHING_IN_COMMON,
}
"""What OpenSSL's reasons mean here; what is not listed is a fault of the protocol."""


class TlsFailed(EndpointError):
    """A TLS handshake failed or a TLS connection broke.

    Attributes:
        failure: Why.
        detail: OpenSSL's own word for it, such as `TLSV1_ALERT_DECRYPT_ERROR`; empty if it has none.
        identity: Identity that the client named, as far as it is known.
    """

    def __init__(self, failure: TlsFailure, *, detail: str = "", identity: str | None = None) -> None:
        super().__init__(_SENTENCES[failure] + (f" [{detail}]" if detail else ""))
        self.failure = failure
        self.detail = detail
        self.identity = identity


@dataclass(frozen=True, slots=True)
class TlsClient:
    """What a TLS client needs: its identity, the key, and what it offers.

    Attributes:
        identity: Identity that names the key to the server; 1 to 255 octets of UTF-8 without NUL.
        key: Pre-shared key; at least 16 octets. Secret.
        profile: What it offers and accepts.
        keylog: File for the secrets of each connection, in the form that Wireshark reads; None for no file.

    Raises:
        LocalProtocolError: The identity or the key is not what the rules ask for.

    Source:
        TLS_021 (RFC 4279, 7)
    """

    identity: str
    key: bytes = field(repr=False)
    _: KW_ONLY
    profile: TlsProfile = DEFAULT_PROFILE
    keylog: Path | None = None

    def __post_init__(self) -> None:
        findings = check_identity(self.identity) + self.profile.check_key(self.key)
        if findings:
            raise LocalProtocolError(*findings)

    def start(self) -> "TlsSession":
        """Begin a connection."""
        context = PskContext.for_client(self.profile, self.identity, self.key)
        context.log_keys(self.keylog)
        return TlsSession(context, identity=self.identity)


@dataclass(frozen=True, slots=True)
class TlsServer:
    """What a TLS server needs: the keys of its clients, and what it accepts.

    Attributes:
        lookup: Gives the key of an identity. Its keys are secret; where it raises, the identity is unknown.
        profile: What it offers and accepts.
        keylog: File for the secrets of each connection, in the form that Wireshark reads; None for no file.

    Source:
        TLS_021 (RFC 4279, 7)
    """

    lookup: Lookup = field(repr=False)
    _: KW_ONLY
    profile: TlsProfile = DEFAULT_PROFILE
    keylog: Path | None = None
    _contexts: ServerContexts = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_contexts", ServerContexts(self.profile, self.keylog))

    def start(self, hello: bytes = b"") -> "TlsSession":
        """Begin a connection.

        Args:
            hello: The first octets of the client, as many as have come; `receive` takes them all the same.
        """
        asked = _Asked(self.lookup, self.profile)
        return TlsSession(self._contexts.context_for(hello), asked=asked)


class _Asked:
    """Asks the lookup of a server for one connection, and keeps what was asked.

    Attributes:
        identity: Identity that the client named last.
        known: Whether there is a key for it.
        error: What the lookup raised.
    """

    __slots__ = ("_lookup", "_profile", "error", "identity", "known")

    def __init__(self, lookup: Lookup, profile: TlsProfile) -> None:
        self._lookup = lookup
        self._profile = profile
        self.identity: str | None = None
        self.known = False
        self.error: Exception | None = None

    def __call__(self, identity: str | None) -> bytes:
        """Return the key of an identity, or what the profile has for an unknown one.

        Source:
            TLS_016 (RFC 9257, 6.1.1)
            TLS_018 (RFC 9257, 6)
            TLS_025 (RFC 4279, 2)
        """
        self.identity = identity
        # The same is done for an unknown identity as for a known one, so that the time tells nothing either.
        decoy = secrets.token_bytes(self._profile.min_key_length)
        key = self._look_up(identity) if identity else None
        serves = not self._profile.check_key(decoy if key is None else key)
        self.known = key is not None and serves
        if key is not None and serves:
            return key
        return decoy if self._profile.unknown_identity is UnknownIdentity.AS_WRONG_KEY else b""

    def _look_up(self, identity: str) -> bytes | None:
        """Look a key up; None where there is none, or the lookup fails.

        Source:
            TLS_026 (RFC 4279, 2)
        """
        try:
            return self._lookup(identity)
        except Exception as error:
            # It must not reach OpenSSL, which calls this; the failed handshake carries it.
            self.error = error
            return None


class TlsSession:
    """One TLS connection, from its handshake to its end.

    The owner hands on what TCP brings, calls what it wants done, and sends what `take_output` gives after
    each call, also after one that raised: a fatal alert may be in it.

    Attributes:
        identity: Identity of the pre-shared key: the client's own, or, after the handshake, the one that
            the server knows the client by.
        closed_by_peer: Whether the peer has closed its direction.
        version: `TLSv1.2` or `TLSv1.3`; None before the handshake is complete.
        suite: OpenSSL's name of the cipher suite; None before the handshake is complete.
    """

    def __init__(
        self,
        context: PskContext,
        *,
        identity: str | None = None,
        asked: _Asked | None = None,
    ) -> None:
        self._context = context
        self._received = ssl.MemoryBIO()
        self._output = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._output, server_side=asked is not None)
        self._asked = asked
        self._established = False
        self._held: deque[bytes] = deque()
        self.identity = identity
        self.closed_by_peer = False
        self.version: str | None = None
        self.suite: str | None = None

    def receive(self, data: bytes) -> None:
        """Take octets that TCP brought."""
        self._received.write(data)

    def receive_end(self) -> None:
        """Take note that the peer has closed its direction of TCP."""
        self._received.write_eof()

    def take_output(self) -> bytes:
        """Return the octets to send by TCP."""
        return self._output.read()

    def handshake(self) -> bool:
        """Go on with the handshake as far as the octets received so far allow.

        Returns:
            Whether it is complete.

        Raises:
            TlsFailed: It failed.
        """
        if self._asked is not None:
            self._context.ask(self._asked)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise self._failed(error) from (self._asked.error if self._asked else None) or error
        self.version = self._tls.version()
        cipher = self._tls.cipher()
        self.suite = cipher[0] if cipher else None
        self._check_key_was_used()
        self._established = True
        return True

    def _check_key_was_used(self) -> None:
        """Demand that both sides showed that they have the key.

        Raises:
            TlsFailed: The handshake succeeded by other means.

        Source:
            TLS_001 (RFC 4279, 2)
            TLS_022 (RFC 4279, 2)
        """
        if self._asked is not None:
            used = self._asked.known
            self.identity = self._asked.identity
        elif self.version == "TLSv1.3":
            # A key from outside is a session to resume for OpenSSL; this client has no session of its own.
            used = bool(self._tls.session_reused)
        else:
            used = "PSK" in (self.suite or "")
        if not used:
            raise TlsFailed(TlsFailure.NO_SHARED_KEY)

    def read(self) -> bytes:
        """Return octets of the application, of one record at most; none where more must come from TCP.

        Raises:
            TlsFailed: The connection broke, or TCP ended before TLS did.

        Source:
            TLS_032 (RFC 8446, 6.1)
        """
        if self._held:
            return self._held.popleft()
        try:
            data = self._tls.read(_RECORD)
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLZeroReturnError:
            data = b""
        except ssl.SSLError as error:
            raise self._failed(error) from error
        self.closed_by_peer = not data
        return data

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt octets of the application.

        Raises:
            TlsFailed: The connection is broken.
        """
        view = memoryview(data)
        try:
            while view:
                view = view[self._tls.write(view) :]
        except ssl.SSLError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close this side's direction; what comes from the peer can still be read.

        Source:
            TLS_031 (RFC 8446, 6.1)
        """
        # OpenSSL looks for the peer's own alert at once, and gives up on octets of the application before it.
        with suppress(TlsFailed):
            held: list[bytes] = []
            while data := self.read():
                held.append(data)
            self._held.extend(held)
        with suppress(ssl.SSLError):
            self._tls.unwrap()

    def _failed(self, error: ssl.SSLError) -> TlsFailed:
        """Return what an error of OpenSSL means.

        Source:
            TLS_029 (TS 23.333, 6.2.19.3.1)
        """
        detail = _reason(error)
        identity = self._asked.identity if self._asked else self.identity
        ended = isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError))
        if ended or detail == "UNEXPECTED_EOF_WHILE_READING":
            failure = TlsFailure.CLOSED
        elif self._established:
            failure = TlsFailure.PROTOCOL
        elif self._asked is not None and identity is not None and not self._asked.known:
            failure = TlsFailure.UNKNOWN_IDENTITY
        elif self._asked is not None and identity is not None and detail == "RECORD_LAYER_FAILURE":
            # What OpenSSL 3.2 and later say of the first record under the key, and of broken ones before it.
            failure = TlsFailure.WRONG_KEY
        else:
            failure = _FAILURES.get(detail, TlsFailure.PROTOCOL)
        return TlsFailed(failure, detail=detail, identity=identity)


def _reason(error: ssl.SSLError) -> str:
    """Return OpenSSL's reason; Python's table lacks some of the names that its text has."""
    if error.reason:
        return error.reason
    match = re.search(r"\[SSL\] (.+) \(_ssl\.c", str(error))
    return match[1].upper().replace(" ", "_") if match else ""
