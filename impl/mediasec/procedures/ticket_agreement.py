"""What Initiator and Responder agree on once the messages of the Ticket Transfer are verified."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mediasec.errors import RequirementViolated
from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    Identity,
    Kemac,
    KeyData,
    RoleRand,
    Ticket,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.profile import Profile
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import KeyDataType, PrfFunction, RandRole, TicketFlag
from mediasec.mikey.strength import check_rands, check_session_keys
from mediasec.mikey.ticket import PolicyData
from mediasec.procedures.ticket_sessions import (
    FORKED_KINDS,
    crypto_sessions,
    key_data_of,
    only_session_keys,
    session_rands,
)
from mediasec.procedures.ticket_terms import Bundle

_GENERATION_KINDS = (*FORKED_KINDS, KeyDataType.GTGK, KeyDataType.GTGK_SALT)


class NotAcceptable(RequirementViolated):
    """An authentic message breaks a requirement: no other answer will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What Initiator and Responder agreed on, with what an update of it needs.

    Attributes:
        bundle: The crypto session bundle.
        function: PRF of its messages.
        flags: Flags of the ticket policy.
        protection: Keys of the last message of the exchange.
        rands: RANDRi and RANDRr as they go into session keys.
        last_timestamp: Timestamp of the last message of the exchange.
        static: Ticket and random values of the exchange, which an update may repeat.
    """

    bundle: Bundle
    function: PrfFunction
    flags: TicketFlag
    protection: ProtectionKeys
    rands: tuple[bytes, bytes]
    last_timestamp: Timestamp
    static: tuple[AnyPayload, ...] = field(repr=False)


def agree(
    *,
    initial: Message,
    last: Message,
    policy: TicketPolicy,
    keys: Sequence[KeyData],
    master_keys: Sequence[bytes],
    protection: ProtectionKeys,
    initiator: Identity,
    responder: Identity,
    profile: Profile,
) -> Agreement:
    """Return what both messages settle, once they are verified.

    Args:
        initial: TRANSFER_INIT.
        last: TRANSFER_RESP, or TRANSFER_INIT again if there is no response.
        policy: Policy of the ticket.
        keys: Session keys that both sides know. Secret.
        master_keys: MPKs and keys from which session keys are derived. Secret.
        protection: Keys of the last message.
        initiator: Who sent TRANSFER_INIT.
        responder: Who answered, or was called if there is no response.
        profile: The use of MIKEY-TICKET for TLS.

    Raises:
        RequirementViolated: There is no fitting key for a crypto session, or the random values are too short.
    """
    rand_i, rand_r = initial.rand(RandRole.INITIATOR), last.rand(RandRole.RESPONDER)
    timestamp, function = last.first(Timestamp), last.header.prf_function
    assert rand_i is not None
    assert timestamp is not None
    assert isinstance(function, PrfFunction)
    values = (rand_i.value, b"" if rand_r is None else rand_r.value)
    generation_keys = [key.key for key in keys if key.kind in _GENERATION_KINDS]
    findings = check_rands(*values, [*master_keys, *generation_keys])
    if findings:
        raise RequirementViolated(*findings)
    rands = session_rands(policy.flags, *values)
    bundle = Bundle(
        csb_id=last.header.csb_id,
        initiator=initiator,
        responder=responder,
        sessions=crypto_sessions(function, last.header.sessions, keys, rands, profile),
        rekeying_interval_seconds=PolicyData.parse(policy.data).rekeying_interval_seconds,
    )
    return Agreement(
        bundle=bundle,
        function=function,
        flags=policy.flags,
        protection=protection,
        rands=rands,
        last_timestamp=timestamp,
        static=(*initial.all(RoleRand), *initial.all(Ticket), *last.all(RoleRand)),
    )


def open_supplied(message: Message, protection: ProtectionKeys) -> tuple[KeyData, ...]:
    """Return the session keys that a verified message of the Ticket Transfer supplies. Secret.

    Raises:
        RequirementViolated: There is an MPK among them, or the algorithm is too weak for one.
    """
    kemac, timestamp = message.first(Kemac), message.first(Timestamp)
    if kemac is None or timestamp is None:
        return ()
    keys = key_data_of(protection.open(kemac, timestamp))
    only_session_keys(keys, "payload.keys")
    findings = check_session_keys(keys, kemac.encryption)
    if findings:
        raise RequirementViolated(*findings)
    return keys


def master_keys(keys: TicketKeys) -> tuple[bytes, ...]:
    """Return the MPKs and the keys from which session keys are derived. Secret."""
    generation_keys = (key.key for key in keys.session_keys if key.kind in _GENERATION_KINDS)
    return (keys.mpk_i, keys.mpk_r, *generation_keys)
