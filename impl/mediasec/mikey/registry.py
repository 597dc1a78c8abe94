"""Code points of MIKEY, each list in the order of its source; an unknown code point stays an int."""

from enum import KEEP, IntEnum, IntFlag
from typing import Self


class CodePoint(IntEnum):
    """A number that a MIKEY registry gives a meaning to."""

    @classmethod
    def of(cls, number: int) -> Self | int:
        """Return the member with this number, or the number itself where the registry does not have it."""
        known: Self | int = cls._value2member_map_.get(number, number)  # type: ignore[assignment]
        return known


class DataType(CodePoint):
    """Type of message; uint8 (RFC 3830, 6.1; RFC 6043, 6.1)."""

    PSK = 0
    PSK_VERIFICATION = 1
    PUBLIC_KEY = 2
    PUBLIC_KEY_VERIFICATION = 3
    DH_INIT = 4
    DH_RESP = 5
    ERROR = 6
    REQUEST_INIT_PSK = 11
    REQUEST_INIT_PK = 12
    REQUEST_RESP = 13
    TRANSFER_INIT = 14
    TRANSFER_RESP = 15
    RESOLVE_INIT_PSK = 16
    RESOLVE_INIT_PK = 17
    RESOLVE_RESP = 18


class PayloadType(CodePoint):
    """Type of the payload that follows; uint8 (RFC 3830, 6.1; RFC 6043, 6.1)."""

    LAST = 0
    KEMAC = 1
    PKE = 2
    DH = 3
    SIGN = 4
    T = 5
    ID = 6
    CERT = 7
    CHASH = 8
    V = 9
    SP = 10
    RAND = 11
    ERR = 12
    TR = 13
    IDR = 14
    RANDR = 15
    TP = 16
    TICKET = 17
    KEY_DATA = 20
    GENERAL_EXTENSION = 21


class PrfFunction(CodePoint):
    """Pseudorandom function of the key derivations; uint7 (RFC 3830, 6.1; RFC 6043, 6.1)."""

    MIKEY_1 = 0
    PRF_HMAC_SHA_256 = 1


class MapType(CodePoint):
    """How crypto sessions map to sessions of a security protocol; uint8.

    From RFC 3830, 6.1; RFC 4563, 5; RFC 6043, 6.1.
    """

    SRTP_ID = 0
    EMPTY = 1
    GENERIC_ID = 2


class EncryptionAlgorithm(CodePoint):
    """Encryption of key data; uint8 (RFC 3830, 6.2; RFC 6043, 6.2)."""

    NULL = 0
    AES_CM_128 = 1
    AES_KW_128 = 2
    AES_CM_256 = 3


class MacAlgorithm(CodePoint):
    """Message authentication in KEMAC and V; uint8 (RFC 3830, 6.2; RFC 6043, 6.2)."""

    NULL = 0
    HMAC_SHA_1_160 = 1
    HMAC_SHA_256_256 = 2

    @property
    def mac_length(self) -> int:
        """Length of the MAC in octets."""
        return _MAC_LENGTHS[self]


_MAC_LENGTHS = {
    MacAlgorithm.NULL: 0,
    MacAlgorithm.HMAC_SHA_1_160: 20,
    MacAlgorithm.HMAC_SHA_256_256: 32,
}


class EnvelopeKeyCache(CodePoint):
    """Whether the receiver keeps the envelope key; uint2 (RFC 3830, 6.3)."""

    NO_CACHE = 0
    CACHE = 1
    CACHE_FOR_CSB = 2


class DhGroup(CodePoint):
    """Diffie-Hellman group; uint8 (RFC 3830, 6.4)."""

    OAKLEY_5 = 0
    OAKLEY_1 = 1
    OAKLEY_2 = 2

    @property
    def value_length(self) -> int:
        """Length of a public value of the group in octets."""
        return _DH_VALUE_LENGTHS[self]


_DH_VALUE_LENGTHS = {DhGroup.OAKLEY_5: 192, DhGroup.OAKLEY_1: 96, DhGroup.OAKLEY_2: 128}


class SignatureType(CodePoint):
    """Signature scheme; uint4 (RFC 3830, 6.5)."""

    RSA_PKCS1_V1_5 = 0
    RSA_PSS = 1


class TimestampType(CodePoint):
    """Form of a timestamp; uint8 (RFC 3830, 6.6; RFC 6043, 6.3)."""

    NTP_UTC = 0
    NTP = 1
    COUNTER = 2
    NTP_UTC_32 = 3

    @property
    def value_length(self) -> int:
        """Length of the timestamp value in octets."""
        return _TIMESTAMP_LENGTHS[self]


_TIMESTAMP_LENGTHS = {
    TimestampType.NTP_UTC: 8,
    TimestampType.NTP: 8,
    TimestampType.COUNTER: 4,
    TimestampType.NTP_UTC_32: 4,
}


class TimestampRole(CodePoint):
    """What a timestamp with a role means; uint8 (RFC 6043, 6.4)."""

    ISSUE = 1
    START = 2
    END = 3
    REKEYING_INTERVAL = 4

    @property
    def suffix(self) -> str:
        """What the sources put behind the payload's name, as in `TRs`."""
        return _TIMESTAMP_SUFFIXES[self]


_TIMESTAMP_SUFFIXES = {
    TimestampRole.ISSUE: "i",
    TimestampRole.START: "s",
    TimestampRole.END: "e",
    TimestampRole.REKEYING_INTERVAL: "r",
}


class IdentityType(CodePoint):
    """Form of an identity; uint8 (RFC 3830, 6.7; RFC 6043, 6.5)."""

    NAI = 0
    URI = 1
    BYTE_STRING = 2


class CertificateType(CodePoint):
    """Form and use of a certificate; uint8 (RFC 3830, 6.7)."""

    X509V3 = 0
    X509V3_URL = 1
    X509V3_SIGN = 2
    X509V3_ENCR = 3


class IdentityRole(CodePoint):
    """Whose identity it is; uint8 (RFC 6043, 6.6)."""

    INITIATOR = 1
    RESPONDER = 2
    KMS = 3
    PRE_SHARED_KEY = 4
    APPLICATION = 5

    @property
    def suffix(self) -> str:
        """What the sources put behind the payload's name, as in `IDRkms`."""
        return _IDENTITY_SUFFIXES[self]


_IDENTITY_SUFFIXES = {
    IdentityRole.INITIATOR: "i",
    IdentityRole.RESPONDER: "r",
    IdentityRole.KMS: "kms",
    IdentityRole.PRE_SHARED_KEY: "psk",
    IdentityRole.APPLICATION: "app",
}


class HashFunction(CodePoint):
    """Hash over a certificate; uint8 (RFC 3830, 6.8; RFC 6043, 6.7)."""

    SHA_1 = 0
    MD5 = 1
    SHA_256 = 2

    @property
    def hash_length(self) -> int:
        """Length of the hash in octets."""
        return _HASH_LENGTHS[self]


_HASH_LENGTHS = {HashFunction.SHA_1: 20, HashFunction.MD5: 16, HashFunction.SHA_256: 32}


class ProtocolType(CodePoint):
    """Security protocol of a crypto session or policy; uint8 (RFC 3830, 6.10).

    No source that could be read gives TLS a number: see `mediasec.mikey.profile`.
    """

    SRTP = 0


class RandRole(CodePoint):
    """Who generated a random value; uint8 (RFC 6043, 6.8)."""

    INITIATOR = 1
    RESPONDER = 2
    KMS = 3

    @property
    def suffix(self) -> str:
        """What the sources put behind the payload's name, as in `RANDRi`."""
        return _RAND_SUFFIXES[self]


_RAND_SUFFIXES = {
    RandRole.INITIATOR: "i",
    RandRole.RESPONDER: "r",
    RandRole.KMS: "kms",
}


class ErrorNumber(CodePoint):
    """What went wrong; uint8 (RFC 3830, 6.12; RFC 6043, 6.9)."""

    AUTH_FAILURE = 0
    INVALID_TS = 1
    INVALID_PRF = 2
    INVALID_MAC = 3
    INVALID_EA = 4
    INVALID_HA = 5
    INVALID_DH = 6
    INVALID_ID = 7
    INVALID_CERT = 8
    INVALID_SP = 9
    INVALID_SPPAR = 10
    INVALID_DT = 11
    UNSPECIFIED = 12
    INVALID_TICKET = 14
    INVALID_TPPAR = 15


class KeyDataType(CodePoint):
    """Type of key; uint4 (RFC 3830, 6.13; RFC 6043, 6.2.1)."""

    TGK = 0
    TGK_SALT = 1
    TEK = 2
    TEK_SALT = 3
    GTGK = 4
    GTGK_SALT = 5
    MPK = 6


class KeyValidityType(CodePoint):
    """How the validity of a key is given; uint4 (RFC 3830, 6.13)."""

    NULL = 0
    SPI = 1
    INTERVAL = 2


class GeneralExtensionType(CodePoint):
    """What a general extension holds; uint8 (RFC 3830, 6.15; RFC 4563, 4)."""

    VENDOR_ID = 0
    SDP_IDS = 1
    KEY_ID = 3


class TicketType(CodePoint):
    """Format and processing of a ticket; uint16 (RFC 6043, 6.10)."""

    MIKEY_BASE = 1
    THREEGPP_BASE = 2


class TicketFlag(IntFlag, boundary=KEEP):
    """Flags of a ticket policy, from D to O; uint12, D in the most significant bit (RFC 6043, 6.10).

    Attributes:
        GENERATED_BY_KMS: D; the KMS, not the Initiator, generated the ticket.
        RESOLVE_MANDATORY: E; the Responder resolves the ticket at the KMS.
        RESPONSE_SENT: F; the Responder sends TRANSFER_RESP.
        RESPONDER_RAND: G; the Responder generates RANDRr.
        INITIATOR_RAND: H; RANDRi goes into the keys derived from a TGK or GTGK.
        KEY_FORKING: I; keys are forked, one set for each Responder.
        REUSABLE: J; the ticket may be used again.
        CHANGED_BY_KMS: K; the KMS granted another policy or other keys than were asked for.
        INITIATOR_KEYS: L; the Initiator may supply session keys.
        RESPONDER_KEYS: M; the Responder may supply session keys.
        INITIATOR_READY: N; an Initiator that knows RFC 6043 alone can use the ticket.
        RESPONDER_READY: O; a Responder that knows RFC 6043 alone can process the ticket.
    """

    GENERATED_BY_KMS = 0x800
    RESOLVE_MANDATORY = 0x400
    RESPONSE_SENT = 0x200
    RESPONDER_RAND = 0x100
    INITIATOR_RAND = 0x080
    KEY_FORKING = 0x040
    REUSABLE = 0x020
    CHANGED_BY_KMS = 0x010
    INITIATOR_KEYS = 0x008
    RESPONDER_KEYS = 0x004
    INITIATOR_READY = 0x002
    RESPONDER_READY = 0x001

    @property
    def letters(self) -> str:
        """The letters of the flags that are set, such as `DEFH`."""
        return "".join(
            letter for flag, letter in zip(TicketFlag, "DEFGHIJKLMNO", strict=True) if flag in self
        )
