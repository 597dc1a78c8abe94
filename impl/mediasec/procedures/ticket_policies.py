"""Ticket policies that are asked for, and tickets that are issued: by the KMS, or by an Initiator itself."""

from collections.abc import Sequence

from mediasec.mikey.base_ticket import seal_ticket
from mediasec.mikey.payloads import (
    AnyPayload,
    Identity,
    Kemac,
    KeyData,
    RoleIdentity,
    RoleTimestamp,
    Spi,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    IdentityRole,
    IdentityType,
    KeyDataType,
    TimestampRole,
    TimestampType,
)
from mediasec.mikey.ticket import PolicyData, serialize_key_data
from mediasec.procedures.ticket_sessions import SALTED_KINDS, make_key
from mediasec.procedures.ticket_terms import (
    SALT_LENGTH,
    GrantedTicket,
    PreSharedKey,
    Randomness,
    RequestedKey,
    Suite,
    TicketSettings,
    in_role,
)


def desired_policy(
    settings: TicketSettings,
    initiator: Identity,
    responders: Sequence[Identity],
    now: float,
    *,
    kms: Identity | None = None,
    keys: Sequence[RequestedKey] | None = None,
) -> TicketPolicy:
    """Return the ticket policy that an Initiator wants.

    Args:
        settings: How it takes part.
        initiator: Its identity.
        responders: Who may resolve the ticket.
        now: Seconds since 1970, UTC.
        kms: The KMS that can resolve the ticket, if there is one.
        keys: Session keys to ask for; None leaves them to the KMS.

    Source:
        PROC_126 (RFC 6043, 6.10)
    """
    payloads: list[AnyPayload] = [] if kms is None else [in_role(kms, IdentityRole.KMS)]
    payloads.append(in_role(initiator, IdentityRole.INITIATOR))
    end = Timestamp.of_unix_time(int(now) + settings.validity_seconds, TimestampType.NTP_UTC_32)
    payloads.append(RoleTimestamp(role=TimestampRole.END, timestamp=end))
    if keys is not None:
        payloads.append(_requested(keys, settings.suite.key_length))
    payloads += [in_role(responder, IdentityRole.RESPONDER) for responder in responders]
    return TicketPolicy(
        prf_function=settings.suite.prf_function,
        flags=settings.flags,
        data=PolicyData(payloads=tuple(payloads)).serialize(),
    )


def _requested(keys: Sequence[RequestedKey], length: int) -> Kemac:
    """Return the KEMAC that asks for keys: types, lengths and SPIs, and zeros for the keys themselves."""
    zeros = tuple(
        KeyData(
            kind=key.kind,
            key=bytes(length),
            salt=bytes(SALT_LENGTH) if key.kind in SALTED_KINDS else None,
            validity=Spi(value=key.spi),
        )
        for key in keys
    )
    return Kemac(encryption=EncryptionAlgorithm.NULL, data=serialize_key_data(zeros))


def issue_ticket(
    policy: TicketPolicy,
    ticket_key: PreSharedKey,
    suite: Suite,
    timestamp: Timestamp,
    requested: Sequence[KeyData] | None,
    random: Randomness,
) -> GrantedTicket:
    """Make a base ticket with new keys.

    Args:
        policy: The granted policy.
        ticket_key: Protects the ticket (TPK).
        suite: Algorithms of the ticket.
        timestamp: Time of issue or counter.
        requested: Types, lengths and SPIs of the session keys; None for a single TGK.
        random: Source of random octets: RAND, MPK and session keys.

    Source:
        PROC_127 (RFC 6043, 4.2.1.5)
    """
    length = suite.key_length
    rand = random(max(length, len(ticket_key.key)))
    mpk = make_key(KeyDataType.MPK, length, random)
    session_keys: tuple[KeyData, ...]
    if requested is None:
        session_keys = (make_key(KeyDataType.TGK, length, random),)
    else:
        session_keys = tuple(
            make_key(
                key.kind,
                len(key.key),
                random,
                key.validity.value if isinstance(key.validity, Spi) else None,
            )
            for key in requested
        )
    ticket, keys = seal_ticket(
        policy,
        tpk=ticket_key.key,
        rand=rand,
        timestamp=timestamp,
        mpk=mpk,
        session_keys=session_keys,
        encryption=suite.encryption,
        mac=suite.mac,
        key_identity=RoleIdentity(
            role=IdentityRole.PRE_SHARED_KEY, kind=IdentityType.BYTE_STRING, data=ticket_key.name
        ),
    )
    return GrantedTicket(ticket=ticket, keys=keys)
