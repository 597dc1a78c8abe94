"""The MIKEY base ticket: its Ticket Data sealed under a TPK and opened, and the Initiator Data."""

import dataclasses
from dataclasses import dataclass, field

from mediasec.crypto import require_equal
from mediasec.errors import AuthenticationFailed, Finding, LocalProtocolError, RequirementViolated
from mediasec.mikey.keys import Constant, derive_mpk
from mediasec.mikey.payloads import (
    AnyPayload,
    KeyData,
    Rand,
    RoleIdentity,
    Ticket,
    TicketHeader,
    TicketPolicy,
    Timestamp,
    Verification,
)
from mediasec.mikey.protection import ProtectionKeys
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    ErrorNumber,
    KeyDataType,
    MacAlgorithm,
    PrfFunction,
    TicketFlag,
    TicketType,
)
from mediasec.mikey.strength import (
    check_keys,
    check_session_keys,
    check_ticket_algorithms,
    check_ticket_rand,
)
from mediasec.mikey.ticket import (
    BASE_SUBTYPE,
    BASE_VERSION,
    InitiatorData,
    TicketData,
    ticket_authenticated_octets,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketKeys:
    """The keys that a ticket encodes.

    Attributes:
        mpk_i: Protects TRANSFER_INIT, and TRANSFER_RESP without key forking. Secret.
        mpk_r: Forked for the Responder that answers, with key forking; empty without. Secret.
        session_keys: TEKs, TGKs and GTGKs, not forked. Secret.
    """

    mpk_i: bytes = field(repr=False)
    mpk_r: bytes = field(repr=False)
    session_keys: tuple[KeyData, ...]


def seal_ticket(
    policy: TicketPolicy,
    *,
    tpk: bytes,
    rand: bytes,
    timestamp: Timestamp,
    mpk: KeyData,
    session_keys: tuple[KeyData, ...],
    encryption: EncryptionAlgorithm,
    mac: MacAlgorithm,
    key_identity: RoleIdentity | None = None,
) -> tuple[Ticket, TicketKeys]:
    """Make a base ticket without Initiator Data.

    Args:
        policy: The granted policy.
        tpk: Ticket protection key. Secret.
        rand: Random value, at least as long as TPK and MPK.
        timestamp: Time of issue or counter.
        mpk: The MPK with its SPI. Secret.
        session_keys: TEKs, TGKs and GTGKs with their SPIs. Secret.
        encryption: Algorithm for the keys.
        mac: Algorithm for the ticket.
        key_identity: Name of the TPK (IDRpsk).

    Returns:
        The ticket, and the keys that it encodes.

    Raises:
        LocalProtocolError: A key or the random value is too short, or the algorithms do not fit.

    Source:
        MKY_161 (RFC 6043, A.1)
    """
    keys = (mpk, *session_keys)
    protection = ProtectionKeys.of_ticket(_function_of(policy), tpk, rand)
    payloads: list[AnyPayload] = [timestamp, Rand(value=rand), protection.seal(encryption, timestamp, keys)]
    if key_identity is not None:
        payloads.append(key_identity)
    payloads.append(Verification.blank(mac))
    data = TicketData(header=TicketHeader(), payloads=tuple(payloads))
    findings = [
        *check_keys((tpk, *(key.key for key in keys)), "ticket"),
        *check_ticket_rand(rand, tpk, mpk.key),
        *check_ticket_algorithms(policy, data),
        *check_session_keys(keys, encryption),
    ]
    if findings:
        raise LocalProtocolError(*findings)
    ticket = Ticket(policy=policy, data=data.serialize())
    sealed = data.with_mac(protection.mac(mac, ticket_authenticated_octets(ticket, data)))
    ticket = dataclasses.replace(ticket, data=sealed.serialize())
    return ticket, _ticket_keys(policy, mpk.key, rand, session_keys)


def open_ticket(ticket: Ticket, tpk: bytes) -> TicketKeys:
    """Verify and decrypt a base ticket.

    Args:
        ticket: The ticket; its Initiator Data are not looked at.
        tpk: Ticket protection key. Secret.

    Raises:
        MalformedMessage: Ticket Data or keys do not parse.
        RequirementViolated: It is no base ticket, or breaks a rule of one.
        AuthenticationFailed: The MAC is not that of this key.

    Source:
        MKY_161 (RFC 6043, A.1)
        MKY_165 (RFC 6043, 6.10)
    """
    policy = ticket.policy
    if (policy.ticket_type, policy.subtype, policy.version) != (
        TicketType.MIKEY_BASE,
        BASE_SUBTYPE,
        BASE_VERSION,
    ):
        raise RequirementViolated(
            Finding(
                requirement="MKY_165",
                where="ticket.policy",
                message=f"the ticket type {policy.ticket_type} cannot be opened here",
                reply=ErrorNumber.INVALID_TICKET,
            )
        )
    data = TicketData.parse(ticket.data)
    rand, timestamp, kemac = data.rand, data.timestamp, data.kemac
    if rand is None or timestamp is None or kemac is None:
        raise RequirementViolated(_incomplete("T, RAND and KEMAC have to be there"))
    protection = ProtectionKeys.of_ticket(_function_of(policy), tpk, rand.value)
    protection.verify(data.verification, ticket_authenticated_octets(ticket, data))
    opened = [key for key in protection.open(kemac, timestamp) if isinstance(key, KeyData)]
    if not opened or opened[0].kind is not KeyDataType.MPK:
        raise RequirementViolated(_incomplete("the keys do not begin with an MPK"))
    findings = [
        *check_keys([tpk, *(key.key for key in opened)], "ticket"),
        *check_ticket_rand(rand.value, tpk, opened[0].key),
        *check_ticket_algorithms(policy, data),
        *check_session_keys(opened, kemac.encryption),
    ]
    if findings:
        raise RequirementViolated(*findings)
    return _ticket_keys(policy, opened[0].key, rand.value, tuple(opened[1:]))


def ticket_key_identity(ticket: Ticket) -> bytes | None:
    """Return the name of the TPK that a base ticket gives, not yet verified; None without one.

    Raises:
        MalformedMessage: The Ticket Data do not parse.
    """
    if ticket.policy.ticket_type != TicketType.MIKEY_BASE:
        return None
    identity = TicketData.parse(ticket.data).key_identity
    return None if identity is None else identity.data


def seal_initiator_data(policy: TicketPolicy, mpk_r: bytes, verification: Verification) -> bytes:
    """Return the Initiator Data for a ticket with key forking.

    Args:
        policy: The granted policy.
        mpk_r: MPKr, not forked. Secret.
        verification: The V payload of TRANSFER_INIT, with its MAC.

    Source:
        MKY_164 (RFC 6043, 6.10)
    """
    data = InitiatorData(payloads=(verification, Verification.blank(verification.algorithm)))
    keys = ProtectionKeys.of_initiator_data(_function_of(policy), mpk_r)
    return data.with_mac(keys.mac(verification.algorithm, data.authenticated_octets())).serialize()


def verify_initiator_data(ticket: Ticket, mpk_r: bytes) -> None:
    """Check, at the KMS, that the Initiator Data of a ticket come from who asked for the ticket.

    Args:
        ticket: The ticket as the Responder sent it.
        mpk_r: MPKr of the ticket, not forked. Secret.

    Raises:
        MalformedMessage: The Initiator Data do not parse.
        AuthenticationFailed: They do not.

    Source:
        MKY_164 (RFC 6043, 6.10)
    """
    data = InitiatorData.parse(ticket.initiator_data)
    copied, own = data.copied_verification, data.verification
    if copied is None or own is None or copied.algorithm is not own.algorithm:
        raise AuthenticationFailed
    ProtectionKeys.of_initiator_data(_function_of(ticket.policy), mpk_r).verify(
        own, data.authenticated_octets()
    )


def verify_copied_mac(ticket: Ticket, verification: Verification) -> None:
    """Check, at the Responder, that the Initiator Data belong to this TRANSFER_INIT.

    Args:
        ticket: The ticket as the Initiator sent it.
        verification: The V payload of TRANSFER_INIT.

    Raises:
        MalformedMessage: The Initiator Data do not parse.
        AuthenticationFailed: Their MAC is another.

    Source:
        MKY_164 (RFC 6043, 6.10)
    """
    copied = InitiatorData.parse(ticket.initiator_data).copied_verification
    if copied is None or copied.algorithm is not verification.algorithm:
        raise AuthenticationFailed
    require_equal(verification.mac, copied.mac)


def _ticket_keys(
    policy: TicketPolicy, mpk: bytes, rand: bytes, session_keys: tuple[KeyData, ...]
) -> TicketKeys:
    """Return what comes from a ticket."""
    function = _function_of(policy)
    mpk_r = b""
    if TicketFlag.KEY_FORKING in policy.flags:
        mpk_r = derive_mpk(function, mpk, constant=Constant.MPK_R, rand=rand)
    return TicketKeys(
        mpk_i=derive_mpk(function, mpk, constant=Constant.MPK_I, rand=rand),
        mpk_r=mpk_r,
        session_keys=session_keys,
    )


def _function_of(policy: TicketPolicy) -> PrfFunction:
    if isinstance(policy.prf_function, PrfFunction):
        return policy.prf_function
    raise RequirementViolated(
        Finding(
            requirement="MKY_042",
            where="ticket.policy.prf_function",
            message=f"the PRF function {policy.prf_function} is not known",
            reply=ErrorNumber.INVALID_PRF,
        )
    )


def _incomplete(message: str) -> Finding:
    return Finding(
        requirement="MKY_051", where="ticket.data", message=message, reply=ErrorNumber.INVALID_TICKET
    )
