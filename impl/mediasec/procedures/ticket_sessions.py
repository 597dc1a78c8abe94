"""From the keys of a ticket to the keys of its messages and crypto sessions."""

import dataclasses
from collections.abc import Iterable, Sequence

from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.keys import Constant, derive_forked_key, derive_transfer_key
from mediasec.mikey.payloads import (
    AnyPayload,
    GenericSession,
    Kemac,
    KeyData,
    SessionMap,
    Spi,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.policy_rules import check_granted_keys
from mediasec.mikey.profile import Profile
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import ErrorNumber, KeyDataType, PrfFunction, TicketFlag
from mediasec.mikey.strength import MINIMUM_KEY_LENGTH, check_keys, check_session_keys
from mediasec.procedures.ticket_terms import SALT_LENGTH, SPI_LENGTH, CryptoSession, Randomness

FORKED_KINDS = (KeyDataType.TGK, KeyDataType.TGK_SALT)
"""Types of session keys that are forked."""

SALTED_KINDS = (KeyDataType.TGK_SALT, KeyDataType.TEK_SALT, KeyDataType.GTGK_SALT)
"""Types of key data that have a salt."""

_TEKS = (KeyDataType.TEK, KeyDataType.TEK_SALT)


def make_key(kind: KeyDataType, length: int, random: Randomness, spi: bytes | None = None) -> KeyData:
    """Return a new key. Secret.

    Args:
        kind: Type of the key.
        length: Its length in octets.
        random: Source of random octets.
        spi: Its SPI; a new one if None.
    """
    key = random(length)
    salt = random(SALT_LENGTH) if kind in SALTED_KINDS else None
    validity = Spi(value=random(SPI_LENGTH) if spi is None else spi)
    return KeyData(kind=kind, key=key, salt=salt, validity=validity)


def fork(function: PrfFunction, keys: TicketKeys, *, id_data: bytes, rand_kms: bytes) -> TicketKeys:
    """Return the keys of a ticket as they are for one Responder.

    Args:
        function: PRF of the ticket policy.
        keys: The keys that the ticket encodes. Secret.
        id_data: Identity data of the Responder that answers.
        rand_kms: RANDRkms.

    Source:
        MKY_124 (RFC 6043, 5.1.1)
    """

    def forked(key: bytes, constant: Constant) -> bytes:
        return derive_forked_key(function, key, constant=constant, id_data=id_data, rand_kms=rand_kms)

    def of_session(key: KeyData) -> KeyData:
        if key.kind not in FORKED_KINDS:
            return key
        return dataclasses.replace(key, key=forked(key.key, Constant.FORKED_TGK))

    return TicketKeys(
        mpk_i=keys.mpk_i,
        mpk_r=forked(keys.mpk_r, Constant.FORKED_MPK_R),
        session_keys=tuple(map(of_session, keys.session_keys)),
    )


def initial_transfer_keys(
    function: PrfFunction, keys: TicketKeys, csb_id: int, rand_i: bytes
) -> ProtectionKeys:
    """Return the keys of TRANSFER_INIT.

    Source:
        MKY_128 (RFC 6043, 5.1.2)
        MKY_129 (RFC 6043, 5.1.2)
    """
    return ProtectionKeys.of_initial(function, keys.mpk_i, csb_id, rand_i=rand_i)


def response_transfer_keys(
    function: PrfFunction, keys: TicketKeys, flags: TicketFlag, csb_id: int, rand_i: bytes, rand_r: bytes
) -> ProtectionKeys:
    """Return the keys of TRANSFER_RESP.

    Args:
        function: PRF of the common header.
        keys: The keys of the ticket; with key forking, as they are for this Responder. Secret.
        flags: Those of the ticket policy.
        csb_id: CSB ID of the message; uint32.
        rand_i: RANDRi.
        rand_r: RANDRr; not used without the flag G.

    Source:
        MKY_128 (RFC 6043, 5.1.2)
        MKY_129 (RFC 6043, 5.1.2)
    """
    key = keys.mpk_r if TicketFlag.KEY_FORKING in flags else keys.mpk_i
    used = rand_r if TicketFlag.RESPONDER_RAND in flags else b""
    return ProtectionKeys.of_response(function, key, csb_id, rand_i=rand_i, rand_r=used)


def session_rands(flags: TicketFlag, rand_i: bytes, rand_r: bytes) -> tuple[bytes, bytes]:
    """Return RANDRi and RANDRr as they go into the keys of crypto sessions; an unused one is empty.

    Source:
        MKY_131 (RFC 6043, 5.1.3)
    """
    return (
        rand_i if TicketFlag.INITIATOR_RAND in flags else b"",
        rand_r if TicketFlag.RESPONDER_RAND in flags else b"",
    )


def crypto_sessions(
    function: PrfFunction,
    sessions: SessionMap,
    keys: Iterable[KeyData],
    rands: tuple[bytes, bytes],
    profile: Profile,
) -> tuple[CryptoSession, ...]:
    """Return the crypto sessions that a message describes, with their keys.

    Args:
        function: PRF of the common header.
        sessions: Map of the message that settles them, with an SPI for each.
        keys: Session keys. Secret.
        rands: RANDRi and RANDRr as `session_rands` returns them.
        profile: The use of MIKEY-TICKET for TLS.

    Raises:
        RequirementViolated: There is no key for a session, or none of the strength that is wanted.

    Source:
        PROC_110 (RFC 6043, 6.1.1)
    """
    known = {key.validity.value: key for key in keys if isinstance(key.validity, Spi)}
    found = []
    for place, session in enumerate(getattr(sessions, "sessions", ())):
        key = known.get(session.spi) if isinstance(session, GenericSession) else None
        if key is None:
            raise RequirementViolated(
                Finding(
                    requirement="PROC_110",
                    where=f"header.sessions[{place}].spi",
                    message="no key has the SPI of the crypto session",
                    reply=ErrorNumber.UNSPECIFIED,
                )
            )
        found.append(_crypto_session(function, session, key, rands, profile))
    return tuple(found)


def _crypto_session(
    function: PrfFunction, session: GenericSession, key: KeyData, rands: tuple[bytes, bytes], profile: Profile
) -> CryptoSession:
    """Return a crypto session with its TEK, which is sent or derived.

    Source:
        MKY_132 (RFC 6043, 5.1.3)
        PROC_111 (RFC 6043, 12.1)
    """
    length = profile.psk_length
    longest = len(key.key) if function == PrfFunction.PRF_HMAC_SHA_256 else MINIMUM_KEY_LENGTH
    available = len(key.key)
    if key.kind in _TEKS:
        tek = key.key
    else:
        tek = derive_transfer_key(
            function,
            key.key,
            constant=Constant.TEK,
            cs_id=session.cs_id,
            rand_i=rands[0],
            rand_r=rands[1],
            length=length,
        )
    if len(tek) != length or length > min(longest, available):
        raise RequirementViolated(
            Finding(
                requirement="PROC_111",
                where="key data",
                message=f"a key of {available} octets cannot become a TEK of {length} with these algorithms",
                reply=ErrorNumber.UNSPECIFIED,
            )
        )
    return CryptoSession(
        cs_id=session.cs_id, protocol_type=session.protocol_type, spi=session.spi, key=tek, salt=key.salt
    )


def key_data_of(payloads: Sequence[AnyPayload]) -> tuple[KeyData, ...]:
    """Return the key data among payloads; others are not expected, and are ignored. Secret."""
    return tuple([payload for payload in payloads if isinstance(payload, KeyData)])


def spi_of(keys: Sequence[KeyData]) -> bytes:
    """Return the SPI of the first key; empty without one."""
    return keys[0].validity.value if keys and isinstance(keys[0].validity, Spi) else b""


def only_session_keys(keys: Sequence[KeyData], where: str) -> None:
    """Refuse an MPK among session keys.

    Raises:
        RequirementViolated: There is one.

    Source:
        PROC_112 (RFC 6043, 5.2)
    """
    if any(key.kind is KeyDataType.MPK for key in keys):
        raise RequirementViolated(
            Finding(
                requirement="PROC_112",
                where=where,
                message="an MPK stands where session keys alone may stand",
                reply=ErrorNumber.UNSPECIFIED,
            )
        )


def keys_from_kms(
    protection: ProtectionKeys, kemac: Kemac, timestamp: Timestamp, policy: TicketPolicy
) -> tuple[TicketKeys, list[Finding]]:
    """Return the keys that an authentic REQUEST_RESP or RESOLVE_RESP delivers, and what is wrong with them.

    Args:
        protection: Keys of the message.
        kemac: The KEMAC in it.
        timestamp: Its timestamp.
        policy: Policy of the ticket.

    Raises:
        RemoteProtocolError: They cannot be read at all.

    Source:
        PROC_113 (RFC 6043, 4.2.1.5)
        PROC_113 (RFC 6043, 4.2.3.5)
    """
    found = protection.open(kemac, timestamp)
    keys = key_data_of(found)
    findings = [
        *check_granted_keys(found, policy, "payload.keys"),
        *check_keys((key.key for key in keys), "payload.keys"),
        *check_session_keys(keys, kemac.encryption),
    ]
    forking = TicketFlag.KEY_FORKING in policy.flags
    leading = [key.key for key in keys[: 1 + forking]]
    mpk_i, mpk_r = (*leading, b"", b"")[:2]
    return TicketKeys(mpk_i=mpk_i, mpk_r=mpk_r, session_keys=keys[1 + forking :]), findings
