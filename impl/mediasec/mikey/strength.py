"""Lengths of keys and random values, and which algorithms may stand together; each check returns findings."""

from collections.abc import Iterable

from mediasec.errors import Finding
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import AnyPayload, Kemac, KeyData, Ticket, TicketPolicy, Verification
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    ErrorNumber,
    KeyDataType,
    MacAlgorithm,
    PrfFunction,
)
from mediasec.mikey.ticket import TicketData

MINIMUM_KEY_LENGTH = 16
"""Octets that every key has at least."""

_WITH_ALGORITHM = frozenset({Verification, Kemac, Ticket, TicketPolicy})
_SHORT_ENCRYPTIONS = (EncryptionAlgorithm.AES_CM_128, EncryptionAlgorithm.AES_KW_128)


def check_keys(keys: Iterable[bytes], where: str) -> list[Finding]:
    """Return a finding for each key of less than 128 bits.

    Args:
        keys: Keys of any kind. Secret.
        where: What they are, for the finding.

    Source:
        MKY_140 (RFC 6043, 12.1)
    """
    return [
        _finding("MKY_140", where, f"a key has {len(key)} octets; {MINIMUM_KEY_LENGTH} are the least")
        for key in keys
        if len(key) < MINIMUM_KEY_LENGTH
    ]


def check_rands(rand_i: bytes, rand_r: bytes, keys: Iterable[bytes]) -> list[Finding]:
    """Return a finding where RANDRi and RANDRr together are shorter than a key.

    Args:
        rand_i: RANDRi; empty if the exchange has none.
        rand_r: RANDRr; empty if the exchange has none.
        keys: Pre-shared keys, envelope keys, MPKs, TGKs and GTGKs of the exchange. Secret.

    Source:
        MKY_141 (RFC 6043, 12.1)
    """
    return _check_rand("MKY_141", "RANDRi and RANDRr", len(rand_i) + len(rand_r), keys)


def check_kms_rand(rand_kms: bytes, keys: Iterable[bytes]) -> list[Finding]:
    """Return a finding where RANDRkms is shorter than a key that it forks.

    Args:
        rand_kms: RANDRkms.
        keys: MPKr and the TGKs. Secret.

    Source:
        MKY_142 (RFC 6043, 12.1)
    """
    return _check_rand("MKY_142", "RANDRkms", len(rand_kms), keys)


def check_ticket_rand(rand: bytes, tpk: bytes, mpk: bytes) -> list[Finding]:
    """Return a finding where the RAND of a base ticket is shorter than its TPK or its MPK.

    Args:
        rand: RAND of the Ticket Data.
        tpk: TPK. Secret.
        mpk: MPK. Secret.

    Source:
        MKY_143 (RFC 6043, 12.1)
    """
    return _check_rand("MKY_143", "the RAND of the ticket", len(rand), (tpk, mpk))


def check_algorithms(message: Message) -> list[Finding]:
    """Return a finding where a message mixes algorithms of 256 bits with shorter ones.

    Args:
        message: Any message; a ticket policy in it counts, the data of a ticket do not.

    Source:
        MKY_144 (RFC 6043, 12.1)
    """
    return _check_mixture(message.header.prf_function, message.payloads)


def check_ticket_algorithms(policy: TicketPolicy, data: TicketData) -> list[Finding]:
    """Return a finding where a base ticket mixes algorithms of 256 bits with shorter ones.

    Source:
        MKY_144 (RFC 6043, 12.1)
    """
    return _check_mixture(policy.prf_function, data.payloads)


def check_session_keys(keys: Iterable[AnyPayload], encryption: EncryptionAlgorithm | int) -> list[Finding]:
    """Return a finding where an algorithm with a key of 128 bits protects a longer session key.

    Args:
        keys: Key data sub-payloads. Secret.
        encryption: The algorithm that encrypts them.

    Source:
        MKY_145 (RFC 6043, 12.1)
    """
    if encryption not in _SHORT_ENCRYPTIONS:
        return []
    return [
        _finding(
            "MKY_145",
            "kemac",
            f"a session key of {len(key.key)} octets is encrypted under a key of {MINIMUM_KEY_LENGTH}",
        )
        for key in keys
        if isinstance(key, KeyData) and key.kind is not KeyDataType.MPK and len(key.key) > MINIMUM_KEY_LENGTH
    ]


def _check_mixture(function: int, payloads: Iterable[AnyPayload]) -> list[Finding]:
    """Return a finding where a PRF and an algorithm in payloads are not both long or both short."""
    fitting = (function == PrfFunction.PRF_HMAC_SHA_256, None)
    for payload in payloads:
        if type(payload) in _WITH_ALGORITHM and _is_long(payload) not in fitting:
            return [_finding("MKY_144", "message", "algorithms of 256 bits are mixed with shorter ones")]
    return []


def _is_long(payload: AnyPayload) -> bool | None:
    """Return whether the algorithm of a payload has keys of 256 bits; None if it has none, or NULL."""
    match payload:
        case Verification(algorithm=mac):
            return None if mac is MacAlgorithm.NULL else mac is MacAlgorithm.HMAC_SHA_256_256
        case Kemac(encryption=encryption):
            wanted = EncryptionAlgorithm.AES_CM_256
            return None if encryption == EncryptionAlgorithm.NULL else encryption == wanted
        case Ticket(policy=policy):
            return _is_long(policy)
        case TicketPolicy(prf_function=function):
            return function == PrfFunction.PRF_HMAC_SHA_256
    return None


def _check_rand(requirement: str, name: str, length: int, keys: Iterable[bytes]) -> list[Finding]:
    longest = max(map(len, keys), default=0)
    if length >= longest:
        return []
    return [_finding(requirement, "rand", f"{name}: {length} octets, and the longest key has {longest}")]


def _finding(requirement: str, where: str, message: str) -> Finding:
    return Finding(requirement=requirement, where=where, message=message, reply=ErrorNumber.UNSPECIFIED)
