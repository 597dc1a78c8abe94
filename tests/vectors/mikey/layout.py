"""The payloads of MIKEY-TICKET packed octet by octet, as RFC 3830 and RFC 6043 draw them.

Nothing of this project is imported. A payload is its name, its number in the "next payload" octet before it,
and its octets after its own "next payload" octet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DATA_TYPES = {
    "ERROR": 6,
    "REQUEST_INIT_PSK": 11,
    "REQUEST_INIT_PK": 12,
    "REQUEST_RESP": 13,
    "TRANSFER_INIT": 14,
    "TRANSFER_RESP": 15,
    "RESOLVE_INIT_PSK": 16,
    "RESOLVE_INIT_PK": 17,
    "RESOLVE_RESP": 18,
}
PRF_FUNCTIONS = {"MIKEY-1": 0, "PRF-HMAC-SHA-256": 1}
ENCRYPTIONS = {"NULL": 0, "AES-CM-128": 1, "AES-KW-128": 2, "AES-CM-256": 3}
MACS = {"NULL": (0, 0), "HMAC-SHA-1-160": (1, 20), "HMAC-SHA-256-256": (2, 32)}
TIMESTAMPS = {"NTP-UTC": (0, 8), "COUNTER": (2, 4), "NTP-UTC-32": (3, 4)}
KEY_TYPES = {"TGK": 0, "TGK+SALT": 1, "TEK": 2, "TEK+SALT": 3, "GTGK": 4, "GTGK+SALT": 5, "MPK": 6}
ID_ROLES = {"IDRi": 1, "IDRr": 2, "IDRkms": 3, "IDRpsk": 4, "IDRapp": 5}
RAND_ROLES = {"RANDRi": 1, "RANDRr": 2, "RANDRkms": 3}
TIME_ROLES = {"TRi": 1, "TRs": 2, "TRe": 3, "TRr": 4}
FLAGS = "DEFGHIJKLMNO"
SIGN = 4


@dataclass(frozen=True)
class Payload:
    """One payload: name, number, octets after its "next payload" octet (of SIGN: all its octets)."""

    name: str
    number: int
    octets: bytes


def uint(value: int, length: int) -> bytes:
    """An unsigned integer in network byte order."""
    return value.to_bytes(length, "big")


def counted(data: bytes, length: int) -> bytes:
    """Octets after their number."""
    return uint(len(data), length) + data


def timestamp(form: str, value: int) -> Payload:
    """T (RFC 3830, 6.6; RFC 6043, 6.3)."""
    number, length = TIMESTAMPS[form]
    return Payload("T", 5, uint(number, 1) + uint(value, length))


def timestamp_64(form: str, value: int) -> bytes:
    """A timestamp as the 64 bits that an initial value takes (RFC 3830, 6.6; RFC 6043, 6.3)."""
    return uint(value, 4) + bytes(4) if form == "NTP-UTC-32" else uint(value, 8)


def role_timestamp(role: str, form: str, value: int) -> Payload:
    """TR (RFC 6043, 6.4)."""
    return Payload(role, 13, uint(TIME_ROLES[role], 1) + timestamp(form, value).octets)


def identity(role: str, data: bytes, kind: int = 1) -> Payload:
    """IDR (RFC 6043, 6.6); kind 1 is a URI, 2 a byte string."""
    return Payload(role, 14, uint(ID_ROLES[role], 1) + uint(kind, 1) + counted(data, 2))


def role_rand(role: str, value: bytes) -> Payload:
    """RANDR (RFC 6043, 6.8)."""
    return Payload(role, 15, uint(RAND_ROLES[role], 1) + counted(value, 1))


def rand(value: bytes) -> Payload:
    """RAND (RFC 3830, 6.11)."""
    return Payload("RAND", 11, counted(value, 1))


def certificate(data: bytes) -> Payload:
    """CERT with an X.509v3 certificate (RFC 3830, 6.7)."""
    return Payload("CERT", 7, uint(0, 1) + counted(data, 2))


def certificate_hash(number: int, value: bytes) -> Payload:
    """CHASH (RFC 3830, 6.8)."""
    return Payload("CHASH", 8, uint(number, 1) + value)


def envelope(data: bytes) -> Payload:
    """PKE that is not cached (RFC 3830, 6.3)."""
    return Payload("PKE", 2, uint(len(data), 2) + data)


def signature(data: bytes) -> Payload:
    """SIGN with RSA of PKCS #1 version 1.5 (RFC 3830, 6.5)."""
    return Payload("SIGN", SIGN, uint(len(data), 2) + data)


def verification(algorithm: str, value: bytes | None = None) -> Payload:
    """V, with zeros where the MAC is not yet known (RFC 3830, 6.9)."""
    number, length = MACS[algorithm]
    return Payload("V", 9, uint(number, 1) + (bytes(length) if value is None else value))


def security_policy(number: int, protocol: int) -> Payload:
    """SP without parameters (RFC 3830, 6.10)."""
    return Payload("SP", 10, uint(number, 1) + uint(protocol, 1) + counted(b"", 2))


def error(number: int) -> Payload:
    """ERR (RFC 3830, 6.12)."""
    return Payload("ERR", 12, uint(number, 1) + bytes(2))


def sdp_identifiers(identifiers: str) -> Payload:
    """General Extension of type SDP IDs (RFC 3830, 6.15; RFC 4567, 4.1.4)."""
    return Payload("General Ext.", 21, uint(1, 1) + counted(identifiers.encode(), 2))


def kemac(encryption: str, data: bytes) -> Payload:
    """KEMAC with the NULL authentication algorithm (RFC 3830, 6.2)."""
    return Payload("KEMAC", 1, uint(ENCRYPTIONS[encryption], 1) + counted(data, 2) + uint(0, 1))


def key_data(keys: Sequence[tuple[str, bytes, bytes, bytes]]) -> bytes:
    """Key data sub-payloads, each with an SPI: type, key, salt, SPI (RFC 3830, 6.13; RFC 6043, 6.2.1)."""
    payloads = []
    for kind, key, salt, spi in keys:
        octets = uint(KEY_TYPES[kind] << 4 | 1, 1) + counted(key, 2)
        if kind.endswith("SALT"):
            octets += counted(salt, 2)
        payloads.append(Payload(kind, 20, octets + counted(spi, 1)))
    return chain(payloads)


def ticket_policy(kind: int, prf: str, flags: str, data: Sequence[Payload]) -> bytes:
    """What TP and TICKET begin with, after the "next payload" octet (RFC 6043, 6.10)."""
    bits = sum(1 << (11 - FLAGS.index(letter)) for letter in flags)
    word = PRF_FUNCTIONS[prf] << 17 | bits << 5
    policy = uint(data[0].number, 1) + chain(data)
    return uint(kind, 2) + uint(1, 1) + uint(1, 1) + uint(word, 3) + counted(policy, 2)


def header(
    data_type: str, first: int, expects: bool, prf: str, csb_id: int, sessions: Sequence[bytes] | None
) -> bytes:
    """HDR (RFC 3830, 6.1); None for the Empty map, a list for GENERIC-ID."""
    map_type = 1 if sessions is None else 2
    return b"".join(
        (
            uint(1, 1),
            uint(DATA_TYPES[data_type], 1),
            uint(first, 1),
            uint(expects << 7 | PRF_FUNCTIONS[prf], 1),
            uint(csb_id, 4),
            uint(len(sessions or ()), 1),
            uint(map_type, 1),
            *(sessions or ()),
        )
    )


def generic_session(cs_id: int, protocol: int, policies: Sequence[int], spi: bytes) -> bytes:
    """A block of the GENERIC-ID map without session data (RFC 6043, 6.1.1)."""
    return (
        uint(cs_id, 1)
        + uint(protocol, 1)
        + uint(len(policies), 1)
        + bytes(policies)
        + counted(b"", 2)
        + counted(spi, 1)
    )


def chain(payloads: Sequence[Payload]) -> bytes:
    """Payloads one after the other, each naming the number of the next, the last one 0."""
    numbers = [payload.number for payload in payloads[1:]] + [0]
    return b"".join(
        payload.octets if payload.number == SIGN else uint(following, 1) + payload.octets
        for payload, following in zip(payloads, numbers, strict=True)
    )


def parts(head: bytes, payloads: Sequence[Payload]) -> list[dict[str, str | int]]:
    """Where each payload of a message begins and how long it is."""
    found: list[dict[str, str | int]] = [{"name": "HDR", "offset": 0, "length": len(head)}]
    at = len(head)
    for payload in payloads:
        length = len(payload.octets) + (payload.number != SIGN)
        found.append({"name": payload.name, "offset": at, "length": length})
        at += length
    return found
