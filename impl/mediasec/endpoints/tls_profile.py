"""What a TLS endpoint offers and refuses: versions, cipher suites, keys, identities, waiting times."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from ssl import TLSVersion

from mediasec.errors import Finding, LocalProtocolError

MIN_KEY_LENGTH = 16
"""Shortest pre-shared key, in octets."""

MAX_KEY_LENGTH = 256
"""Longest pre-shared key, in octets: four times what RFC 4279 asks for, and what OpenSSL 1.1.1 takes."""

MAX_IDENTITY_LENGTH = 255
"""Longest identity in octets of UTF-8: what the `ssl` module takes; RFC 4279 asks for 128."""

_MIN_KEY_LENGTH_OF_AES_256 = 24
_OBSOLETE = ("RC4", "3DES")


class CipherSuite(IntEnum):
    """Cipher suites of TLS 1.2 with a pre-shared key; the value is the code point.

    Those of RFC 8442 are missing: OpenSSL does not have them. What this solution refuses is listed too, so
    that a profile that asks for it gets an answer.
    """

    PSK_WITH_NULL_SHA = 0x002C
    DHE_PSK_WITH_NULL_SHA = 0x002D
    RSA_PSK_WITH_NULL_SHA = 0x002E
    PSK_WITH_RC4_128_SHA = 0x008A
    PSK_WITH_3DES_EDE_CBC_SHA = 0x008B
    PSK_WITH_AES_128_CBC_SHA = 0x008C
    PSK_WITH_AES_256_CBC_SHA = 0x008D
    DHE_PSK_WITH_RC4_128_SHA = 0x008E
    DHE_PSK_WITH_3DES_EDE_CBC_SHA = 0x008F
    DHE_PSK_WITH_AES_128_CBC_SHA = 0x0090
    DHE_PSK_WITH_AES_256_CBC_SHA = 0x0091
    RSA_PSK_WITH_RC4_128_SHA = 0x0092
    RSA_PSK_WITH_3DES_EDE_CBC_SHA = 0x0093
    RSA_PSK_WITH_AES_128_CBC_SHA = 0x0094
    RSA_PSK_WITH_AES_256_CBC_SHA = 0x0095
    PSK_WITH_AES_128_GCM_SHA256 = 0x00A8
    PSK_WITH_AES_256_GCM_SHA384 = 0x00A9
    DHE_PSK_WITH_AES_128_GCM_SHA256 = 0x00AA
    DHE_PSK_WITH_AES_256_GCM_SHA384 = 0x00AB
    RSA_PSK_WITH_AES_128_GCM_SHA256 = 0x00AC
    RSA_PSK_WITH_AES_256_GCM_SHA384 = 0x00AD
    PSK_WITH_AES_128_CBC_SHA256 = 0x00AE
    PSK_WITH_AES_256_CBC_SHA384 = 0x00AF
    PSK_WITH_NULL_SHA256 = 0x00B0
    PSK_WITH_NULL_SHA384 = 0x00B1
    DHE_PSK_WITH_AES_128_CBC_SHA256 = 0x00B2
    DHE_PSK_WITH_AES_256_CBC_SHA384 = 0x00B3
    DHE_PSK_WITH_NULL_SHA256 = 0x00B4
    DHE_PSK_WITH_NULL_SHA384 = 0x00B5
    RSA_PSK_WITH_AES_128_CBC_SHA256 = 0x00B6
    RSA_PSK_WITH_AES_256_CBC_SHA384 = 0x00B7
    RSA_PSK_WITH_NULL_SHA256 = 0x00B8
    RSA_PSK_WITH_NULL_SHA384 = 0x00B9
    ECDHE_PSK_WITH_RC4_128_SHA = 0xC033
    ECDHE_PSK_WITH_3DES_EDE_CBC_SHA = 0xC034
    ECDHE_PSK_WITH_AES_128_CBC_SHA = 0xC035
    ECDHE_PSK_WITH_AES_256_CBC_SHA = 0xC036
    ECDHE_PSK_WITH_AES_128_CBC_SHA256 = 0xC037
    ECDHE_PSK_WITH_AES_256_CBC_SHA384 = 0xC038
    ECDHE_PSK_WITH_NULL_SHA = 0xC039
    ECDHE_PSK_WITH_NULL_SHA256 = 0xC03A
    ECDHE_PSK_WITH_NULL_SHA384 = 0xC03B
    PSK_WITH_AES_128_CCM = 0xC0A4
    PSK_WITH_AES_256_CCM = 0xC0A5
    DHE_PSK_WITH_AES_128_CCM = 0xC0A6
    DHE_PSK_WITH_AES_256_CCM = 0xC0A7
    PSK_WITH_AES_128_CCM_8 = 0xC0A8
    PSK_WITH_AES_256_CCM_8 = 0xC0A9
    # The registry has PSK and DHE in this order here.
    PSK_DHE_WITH_AES_128_CCM_8 = 0xC0AA
    PSK_DHE_WITH_AES_256_CCM_8 = 0xC0AB
    PSK_WITH_CHACHA20_POLY1305_SHA256 = 0xCCAB
    ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 = 0xCCAC
    DHE_PSK_WITH_CHACHA20_POLY1305_SHA256 = 0xCCAD
    RSA_PSK_WITH_CHACHA20_POLY1305_SHA256 = 0xCCAE

    @property
    def openssl_name(self) -> str:
        """OpenSSL's name of the suite, such as `DHE-PSK-AES128-GCM-SHA256`."""
        exchange, _, cipher = self.name.partition("_WITH_")
        for long, short in (("AES_128", "AES128"), ("AES_256", "AES256"), ("CCM_8", "CCM8")):
            cipher = cipher.replace(long, short)
        if cipher.startswith("CHACHA20"):
            cipher = cipher.removesuffix("_SHA256")
        return f"{exchange}_{cipher}".replace("_", "-")

    @property
    def forward_secret(self) -> bool:
        """Whether a Diffie-Hellman exchange keeps old traffic secret when the key becomes known."""
        return "DHE" in self.name.partition("_WITH_")[0]

    @property
    def needs_long_key(self) -> bool:
        """Whether the suite encrypts by AES with 256 bits."""
        return "AES_256" in self.name


class UnknownIdentity(Enum):
    """How a server answers an identity that it does not know."""

    ALERT = "alert"
    """With the alert that says so."""

    AS_WRONG_KEY = "as wrong key"
    """As if the identity were known and the key wrong, so that nobody can ask which identities exist."""


DEFAULT_SUITES = (
    CipherSuite.ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.DHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.ECDHE_PSK_WITH_AES_128_CBC_SHA256,
    CipherSuite.ECDHE_PSK_WITH_AES_128_CBC_SHA,
    CipherSuite.DHE_PSK_WITH_AES_128_CBC_SHA,
    CipherSuite.PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.PSK_WITH_AES_128_CBC_SHA256,
    CipherSuite.PSK_WITH_AES_128_CBC_SHA,
)
"""Suites for keys of 16 octets and more, forward secrecy first; the last is of RFC 4279."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProfile:
    """What a TLS endpoint offers and accepts.

    Attributes:
        versions: TLS 1.2, TLS 1.3, or both where `one_key_in_both_versions` says so.
        suites: Suites of TLS 1.2, the preferred one first; TLS 1.3 has its own.
        one_key_in_both_versions: Whether a key may serve in TLS 1.2 and in TLS 1.3.
        unknown_identity: How a server answers an identity that it does not know.
        handshake_timeout_seconds: How long a handshake may take.

    Raises:
        LocalProtocolError: The profile asks for what a rule forbids.

    Source:
        TLS_009 (TS 23.333, 6.2.19.1)
    """

    versions: frozenset[TLSVersion] = frozenset({TLSVersion.TLSv1_2})
    suites: tuple[CipherSuite, ...] = DEFAULT_SUITES
    one_key_in_both_versions: bool = False
    unknown_identity: UnknownIdentity = UnknownIdentity.ALERT
    handshake_timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        findings = self.check()
        if findings:
            raise LocalProtocolError(*findings)

    @property
    def min_key_length(self) -> int:
        """Shortest key that is as strong as every suite of this profile, in octets.

        Source:
            TLS_019 (RFC 8442, 5)
        """
        long = TLSVersion.TLSv1_2 in self.versions and any(suite.needs_long_key for suite in self.suites)
        return _MIN_KEY_LENGTH_OF_AES_256 if long else MIN_KEY_LENGTH

    def check(self) -> list[Finding]:
        """Return every rule that this profile breaks."""
        findings = self._check_versions()
        for place, suite in enumerate(self.suites):
            findings += [
                Finding(requirement=rule, where=f"suites[{place}]", message=f"{suite.name} {message}")
                for rule, message in _refusals(suite)
            ]
        return findings + self._check_order()

    def _check_versions(self) -> list[Finding]:
        """Return what is wrong with the versions.

        Source:
            TLS_008 (RFC 8996, 5)
            TLS_010 (RFC 8446, E.7)
        """
        rule = None
        if not self.versions or not self.versions <= {TLSVersion.TLSv1_2, TLSVersion.TLSv1_3}:
            rule, message = "TLS_008", "the versions are TLS 1.2, TLS 1.3 or both"
        elif len(self.versions) > 1 and not self.one_key_in_both_versions:
            rule, message = "TLS_010", "a key serves in one version of TLS, and two are asked for"
        return [Finding(requirement=rule, where="versions", message=message)] if rule else []

    def _check_order(self) -> list[Finding]:
        """Return what is wrong with the order of the suites.

        Source:
            TLS_003 (RFC 4279, 7.1)
        """
        if not self.suites:
            message = "a profile has at least one suite"
        elif [suite.forward_secret for suite in self.suites] != sorted(
            (suite.forward_secret for suite in self.suites), reverse=True
        ):
            message = "a suite with forward secrecy stands after one without it"
        else:
            return []
        return [Finding(requirement="TLS_003", where="suites", message=message)]

    def check_key(self, key: bytes) -> list[Finding]:
        """Return what is wrong with a pre-shared key.

        Args:
            key: Octets of any number. Secret.

        Source:
            TLS_017 (RFC 4279, 5.3)
            TLS_018 (RFC 9257, 6)
        """
        length = len(key)
        if length < self.min_key_length:
            rule = "TLS_018" if length < MIN_KEY_LENGTH else "TLS_019"
            message = f"the key has {length} octets, and at least {self.min_key_length} are wanted"
        elif length > MAX_KEY_LENGTH:
            rule = "TLS_017"
            message = f"the key has {length} octets, and at most {MAX_KEY_LENGTH} are supported"
        else:
            return []
        return [Finding(requirement=rule, where="key", message=message)]


def _refusals(suite: CipherSuite) -> Iterator[tuple[str, str]]:
    """Yield the rule that forbids a suite, and why.

    Source:
        TLS_004 (RFC 5487, 4)
        TLS_005 (RFC 4279, 4)
        TLS_006 (RFC 8442, 5)
        TLS_007 (RFC 5489, 5)
    """
    if "NULL" in suite.name:
        yield "TLS_004", "does not encrypt"
    if suite.name.startswith("RSA_PSK"):
        yield "TLS_005", "needs a certificate, and has no forward secrecy"
    if suite.name.endswith("CCM_8"):
        yield "TLS_006", "has an authentication tag of 8 octets only"
    if any(cipher in suite.name for cipher in _OBSOLETE):
        yield "TLS_007", "has an obsolete cipher"


DEFAULT_PROFILE = TlsProfile()
"""TLS 1.2 with the default suites."""


def check_identity(identity: str) -> list[Finding]:
    """Return what is wrong with an identity.

    Source:
        TLS_013 (RFC 4279, 5.1)
        TLS_014 (RFC 4279, 5.3)
        TLS_015 (RFC 9257, 6.1.1)
    """
    try:
        length = len(identity.encode())
    except UnicodeEncodeError:
        rule, message = "TLS_013", "the identity holds a character that UTF-8 cannot encode"
    else:
        if not length:
            rule, message = "TLS_015", "the identity is empty"
        elif "\0" in identity:
            rule, message = "TLS_015", "the identity holds a NUL, at which implementations cut it"
        elif length > MAX_IDENTITY_LENGTH:
            rule = "TLS_014"
            message = f"the identity has {length} octets, and at most {MAX_IDENTITY_LENGTH} are supported"
        else:
            return []
    return [Finding(requirement=rule, where="identity", message=message)]
