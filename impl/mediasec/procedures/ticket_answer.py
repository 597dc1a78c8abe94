"""TRANSFER_RESP, by which a Responder answers a TRANSFER_INIT that it verified."""

import dataclasses
from collections.abc import Sequence

from mediasec.errors import Finding, LocalProtocolError
from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    GenericMap,
    GenericSession,
    Header,
    Identity,
    KeyData,
    RoleIdentity,
    RoleRand,
    SecurityPolicy,
    SessionMap,
    Spi,
    Ticket,
    Timestamp,
    Verification,
)
from mediasec.mikey.profile import Profile
from mediasec.mikey.protection import authenticate, response_coverage
from mediasec.mikey.registry import DataType, IdentityRole, KeyDataType, RandRole, TicketFlag
from mediasec.procedures.ticket_agreement import Agreement, agree, master_keys, open_supplied
from mediasec.procedures.ticket_messages import Received
from mediasec.procedures.ticket_sessions import initial_transfer_keys, make_key, response_transfer_keys
from mediasec.procedures.ticket_terms import Randomness, TicketSettings, in_role, suite_for, without_role


def answer_transfer(
    received: Received,
    keys: TicketKeys,
    modifier: Sequence[AnyPayload],
    settings: TicketSettings,
    *,
    initiator: Identity,
    responder: Identity,
    timestamp: Timestamp,
    random: Randomness,
    supplied: KeyDataType | None,
) -> tuple[bytes | None, Agreement]:
    """Make TRANSFER_RESP, if the policy wants one, to a TRANSFER_INIT that is verified.

    Args:
        received: TRANSFER_INIT.
        keys: Keys of the ticket; with key forking, as they are for this Responder. Secret.
        modifier: IDRr and RANDRkms with which keys were forked, else nothing.
        settings: How the Responder takes part.
        initiator: Who sent TRANSFER_INIT.
        responder: Who answers.
        timestamp: New timestamp.
        random: Source of random octets: RANDRr and a supplied key.
        supplied: Type of a session key to supply; None takes one of the ticket or of TRANSFER_INIT.

    Raises:
        RequirementViolated: There is no fitting key for the crypto session.
        LocalProtocolError: The policy forbids a supplied key.

    Source:
        PROC_133 (RFC 6043, 4.2.2.3)
    """
    message, function = received.message, received.function
    ticket, rand_i = message.first(Ticket), message.rand(RandRole.INITIATOR)
    verification = message.authenticator
    assert ticket is not None
    assert rand_i is not None
    assert isinstance(verification, Verification)
    policy, header = ticket.policy, message.header
    suite = suite_for(function, settings.suite)
    initial_keys = initial_transfer_keys(function, keys, header.csb_id, rand_i.value)
    from_initiator = open_supplied(message, initial_keys)
    session_keys = from_initiator or keys.session_keys
    rand_r = b""
    if TicketFlag.RESPONDER_RAND in policy.flags:
        rand_r = random(max(suite.key_length, *map(len, master_keys(keys))))
    protection = response_transfer_keys(function, keys, policy.flags, header.csb_id, rand_i.value, rand_r)
    kemac: list[AnyPayload] = []
    if supplied is not None:
        if TicketFlag.RESPONDER_KEYS not in policy.flags:
            raise LocalProtocolError(
                Finding(
                    requirement="PROC_133",
                    where="key",
                    message="the ticket policy forbids keys of the Responder",
                )
            )
        session_keys = (make_key(supplied, suite.key_length, random),)
        kemac.append(protection.seal(suite.encryption, timestamp, session_keys))
    answer = Message(
        header=Header(
            version=header.version,
            data_type=DataType.TRANSFER_RESP,
            prf_function=function,
            csb_id=header.csb_id,
            sessions=_settled(header.sessions, session_keys, settings.profile),
        ),
        payloads=(
            timestamp,
            *([RoleRand(role=RandRole.RESPONDER, value=rand_r)] if rand_r else []),
            *modifier,
            *_unnamed(message, responder, modifier),
            *_missing_policies(header.sessions, settings.profile),
            *kemac,
            Verification.blank(verification.algorithm),
        ),
    )
    answers, called = TicketFlag.RESPONSE_SENT in policy.flags, message.identity(IdentityRole.RESPONDER)
    if answers:
        answer = authenticate(answer, protection, response_coverage(answer, message.octets))
    agreement = agree(
        initial=message,
        last=answer if answers else message,
        policy=policy,
        keys=session_keys,
        master_keys=master_keys(keys),
        protection=protection if answers else initial_keys,
        initiator=initiator,
        responder=responder if answers or called is None else without_role(called),
        profile=settings.profile,
    )
    return answer.octets if answers else None, agreement


def _unnamed(message: Message, responder: Identity, modifier: Sequence[AnyPayload]) -> list[RoleIdentity]:
    """Return the identity that answers, where nothing else in both messages names it.

    Source:
        PROC_139 (RFC 6043, 4.2.2.3)
    """
    called = message.identity(IdentityRole.RESPONDER)
    if any(isinstance(payload, RoleIdentity) for payload in modifier):
        return []
    if called is not None and without_role(called) == responder:
        return []
    return [in_role(responder, IdentityRole.RESPONDER)]


def _settled(sessions: SessionMap, keys: Sequence[KeyData], profile: Profile) -> SessionMap:
    """Return the map of a response: each crypto session has one policy, and the SPI of a key that is there.

    Source:
        PROC_134 (RFC 6043, 4.2.2.3)
    """
    if not isinstance(sessions, GenericMap) or not keys:
        return sessions
    known = [key.validity.value for key in keys if isinstance(key.validity, Spi)]

    def settle(session: GenericSession) -> GenericSession:
        spi = session.spi if session.spi in known else known[0]
        policies = session.policies[:1] or (profile.policy_number,)
        return dataclasses.replace(session, policies=policies, spi=spi)

    return GenericMap(sessions=tuple(map(settle, sessions.sessions)))


def _missing_policies(sessions: SessionMap, profile: Profile) -> list[SecurityPolicy]:
    """Return the policy that a response provides where the initial message has none for a crypto session.

    Source:
        PROC_134 (RFC 6043, 4.2.2.3)
    """
    described = sessions.sessions if isinstance(sessions, GenericMap) else ()
    return [] if all(session.policies for session in described) else [profile.security_policy()]
