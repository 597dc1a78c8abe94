"""What a KMS grants of the ticket policy that an Initiator asks for."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from mediasec.errors import Finding, RequirementViolated
from mediasec.mikey.payloads import (
    AnyPayload,
    Identity,
    Kemac,
    KeyData,
    RoleIdentity,
    RoleTimestamp,
    TicketPolicy,
    Timestamp,
)
from mediasec.mikey.policy_rules import check_flags
from mediasec.mikey.registry import (
    ErrorNumber,
    IdentityRole,
    TicketFlag,
    TimestampRole,
    TimestampType,
)
from mediasec.mikey.strength import check_keys, check_session_keys
from mediasec.mikey.ticket import PolicyData, parse_key_data
from mediasec.procedures.ticket_sessions import FORKED_KINDS, key_data_of, only_session_keys
from mediasec.procedures.ticket_terms import Suite, in_role

MAX_REQUESTED_KEYS = 16
"""The largest number of session keys that one ticket is asked for."""

MAX_REQUESTED_LENGTH = 64
"""The longest session key that is asked for, in octets."""

_NO_FLAGS = TicketFlag(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRules:
    """What a KMS changes in a desired ticket policy.

    Attributes:
        required: Flags that every ticket has.
        forbidden: Flags that no ticket has.
        longest_validity_seconds: Longest validity of a ticket; None without a limit.
    """

    required: TicketFlag = _NO_FLAGS
    forbidden: TicketFlag = _NO_FLAGS
    longest_validity_seconds: int | None = None


def requested_keys(desired: TicketPolicy, suite: Suite) -> tuple[KeyData, ...] | None:
    """Return types, lengths and SPIs of the session keys that a policy asks for; None if it does not say.

    Raises:
        MalformedMessage: The request does not parse.
        RequirementViolated: The keys are too many, too long, too short, or no session keys.

    Source:
        PROC_163 (RFC 6043, 6.10)
    """
    kemac = PolicyData.parse(desired.data).kemac
    if kemac is None:
        return None
    keys = key_data_of(parse_key_data(kemac.data))
    only_session_keys(keys, "policy.kemac")
    findings = check_keys([key.key for key in keys], "policy.kemac")
    findings += check_session_keys(keys, suite.encryption)
    if len(keys) > MAX_REQUESTED_KEYS or any(len(key.key) > MAX_REQUESTED_LENGTH for key in keys):
        findings.append(_finding("PROC_163", "more or longer keys are asked for than the KMS makes"))
    if findings:
        raise RequirementViolated(*findings)
    return keys


def granted_policy(
    desired: TicketPolicy,
    rules: GrantRules,
    *,
    initiator: Identity,
    kms: Identity,
    keys: Sequence[KeyData] | None,
    now: float,
) -> TicketPolicy:
    """Return the policy that a KMS grants, with the flag K where it is not the desired one.

    Args:
        desired: The policy that is asked for.
        rules: What the KMS changes.
        initiator: Who asks, as it was authenticated.
        kms: Identity of the KMS.
        keys: Session keys that the ticket will have; None for a single TGK.
        now: Seconds since 1970, UTC.

    Raises:
        RequirementViolated: No policy can be granted: its flags contradict each other.

    Source:
        PROC_164 (RFC 6043, 4.2.1.1)
        PROC_165 (RFC 6043, 6.10)
    """
    flags = (desired.flags | rules.required) & ~rules.forbidden | TicketFlag.GENERATED_BY_KMS
    has_tgk = keys is None or any(key.kind in FORKED_KINDS for key in keys)
    if TicketFlag.KEY_FORKING in flags and has_tgk:
        flags |= TicketFlag.RESPONSE_SENT
    flags &= ~TicketFlag.CHANGED_BY_KMS
    data = PolicyData.parse(desired.data)
    payloads = _granted_data(data, rules, initiator, kms, now)
    asked_for = tuple(payload for payload in data.payloads if not isinstance(payload, Kemac))
    if flags != desired.flags & ~TicketFlag.CHANGED_BY_KMS or payloads != asked_for:
        flags |= TicketFlag.CHANGED_BY_KMS
    findings = check_flags(flags, "policy")
    if findings:
        raise RequirementViolated(*findings)
    granted = PolicyData(payloads=payloads).serialize()
    return dataclasses.replace(desired, flags=flags, data=granted)


def _granted_data(
    desired: PolicyData, rules: GrantRules, initiator: Identity, kms: Identity, now: float
) -> tuple[AnyPayload, ...]:
    """Return TP Data that name KMS and Initiator as they are, with an allowed validity and no KEMAC."""
    own: dict[str, AnyPayload] = {
        "kms": in_role(kms, IdentityRole.KMS),
        "initiator": in_role(initiator, IdentityRole.INITIATOR),
    }
    longest, end = rules.longest_validity_seconds, desired.time(TimestampRole.END)
    if longest is not None and (end is None or end.unix_time > now + longest):
        end = Timestamp.of_unix_time(int(now) + longest, TimestampType.NTP_UTC_32)
    if end is not None:
        own["end"] = RoleTimestamp(role=TimestampRole.END, timestamp=end)
    names = [_name_of(payload) for payload in desired.payloads]
    missing = [payload for name, payload in own.items() if name not in names]
    kept = [
        own.get(name, payload)
        for name, payload in zip(names, desired.payloads, strict=True)
        if name != "kemac"
    ]
    return (*missing, *kept)


def _name_of(payload: AnyPayload) -> str:
    """Return which of the payloads that the KMS sets itself this one is; empty if none."""
    match payload:
        case RoleIdentity(role=IdentityRole.KMS):
            return "kms"
        case RoleIdentity(role=IdentityRole.INITIATOR):
            return "initiator"
        case RoleTimestamp(role=TimestampRole.END):
            return "end"
        case Kemac():
            return "kemac"
    return ""


def _finding(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="policy", message=message, reply=ErrorNumber.INVALID_TPPAR)
