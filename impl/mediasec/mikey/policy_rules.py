"""Rules of tickets: flags, TP Data, Initiator Data, the data of a base ticket, and the keys of a ticket."""

from collections.abc import Iterator, Sequence

from mediasec.errors import Finding, MalformedMessage
from mediasec.mikey.payloads import AnyPayload, Kemac, KeyData, RoleTimestamp, Spi, Ticket, TicketPolicy
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    ErrorNumber,
    IdentityRole,
    KeyDataType,
    MacAlgorithm,
    TicketFlag,
    TicketType,
    TimestampRole,
    TimestampType,
)
from mediasec.mikey.ticket import (
    BASE_SUBTYPE,
    BASE_VERSION,
    InitiatorData,
    PolicyData,
    TicketData,
    parse_key_data,
)

_MASKS = tuple(map(int, TicketFlag))
_LIMITS = (TimestampRole.START, TimestampRole.END)
_TGKS = (KeyDataType.TGK, KeyDataType.TGK_SALT)


def _policy_finding(requirement: str, where: str, message: str) -> Finding:
    return Finding(requirement=requirement, where=where, message=message, reply=ErrorNumber.INVALID_TPPAR)


def check_flags(flags: TicketFlag, where: str) -> list[Finding]:
    """Return the dependencies between the flags that do not hold.

    Source:
        MKY_053 (RFC 6043, 6.10)
        MKY_054 (RFC 6043, 6.10)
        MKY_055 (RFC 6043, 6.10)
        MKY_056 (RFC 6043, 6.10)
        MKY_057 (RFC 6043, 6.10)
        MKY_058 (RFC 6043, 6.10)
    """
    d, e, f, g, h, i, _, k, el, m, *_ = map(int(flags).__and__, _MASKS)
    dependencies = (
        ("MKY_053", d or el, "D is 0, so L has to be 1"),
        ("MKY_054", not g or f, "G is 1, so F has to be 1"),
        ("MKY_055", g or h, "G and H are 0, and at least one of them has to be 1"),
        ("MKY_056", not i or e, "I is 1, so E has to be 1"),
        ("MKY_057", not k or d, "K is 1, so D has to be 1"),
        ("MKY_058", not m or f, "M is 1, so F has to be 1"),
    )
    return [
        _policy_finding(requirement, f"{where}.flags", message)
        for requirement, holds, message in dependencies
        if not holds
    ]


def check_policy(policy: TicketPolicy, where: str, *, granted: bool) -> list[Finding]:
    """Return what breaks a rule in a ticket policy.

    Args:
        policy: The policy.
        where: Path to it, such as `payload[4]`.
        granted: Whether it is the granted policy of a TICKET, not the desired one of a TP.

    Source:
        MKY_044 (RFC 6043, 6.10)
        MKY_060 (RFC 6043, 6.10)
        MKY_065 (RFC 6043, 6.10)
    """
    findings = check_flags(policy.flags, where)
    if not granted and TicketFlag.CHANGED_BY_KMS in policy.flags:
        findings.append(_policy_finding("MKY_060", f"{where}.flags", "K is 1 and only the KMS sets it"))
    kind = (policy.subtype, policy.version)
    if policy.ticket_type == TicketType.MIKEY_BASE and kind != (BASE_SUBTYPE, BASE_VERSION):
        findings.append(
            Finding(
                requirement="MKY_065",
                where=where,
                message=f"subtype {policy.subtype} and version {policy.version} of the base ticket are not 1",
                reply=ErrorNumber.INVALID_TICKET,
            )
        )
    try:
        data = PolicyData.parse(policy.data)
    except MalformedMessage as error:
        return [*findings, _policy_finding("MKY_044", f"{where}.data", error.reason)]
    return findings + list(_check_policy_data(data, f"{where}.data", granted=granted))


def _check_policy_data(data: PolicyData, where: str, *, granted: bool) -> Iterator[Finding]:
    """Yield what breaks a rule in TP Data.

    Source:
        MKY_061 (RFC 6043, 6.10)
        MKY_063 (RFC 6043, 6.10)
        MKY_064 (RFC 6043, 6.10)
    """
    for place, payload in enumerate(data.payloads):
        if isinstance(payload, RoleTimestamp):
            yield from _check_time(payload, f"{where}[{place}]")
    if not data.identities(IdentityRole.RESPONDER):
        yield _policy_finding("MKY_064", where, "no IDRr says who may resolve the ticket")
    kemac = data.kemac
    if kemac is not None and granted:
        yield _policy_finding("MKY_063", where, "a granted policy has a KEMAC")
    elif kemac is not None:
        yield from _check_requested_keys(kemac, f"{where}.kemac")


def _check_time(payload: RoleTimestamp, where: str) -> Iterator[Finding]:
    """Yield a finding where a timestamp of a policy is not of a type that its role has.

    Source:
        MKY_048 (RFC 6043, 6.10)
        MKY_049 (RFC 6043, 6.10)
    """
    kind = payload.timestamp.kind
    if payload.role == TimestampRole.REKEYING_INTERVAL and kind is not TimestampType.NTP_UTC_32:
        message = f"the rekeying interval is of type {kind.name}, not NTP_UTC_32"
        yield _policy_finding("MKY_048", where, message)
    elif payload.role in _LIMITS and kind is TimestampType.COUNTER:
        yield _policy_finding("MKY_049", where, "a limit of the validity is a counter, not a time")


def _check_requested_keys(kemac: Kemac, where: str) -> Iterator[Finding]:
    """Yield what breaks a rule in the KEMAC by which an Initiator asks for keys.

    Source:
        MKY_061 (RFC 6043, 6.10)
        MKY_062 (RFC 6043, 6.10)
    """
    if (kemac.encryption, kemac.mac_algorithm) != (EncryptionAlgorithm.NULL, MacAlgorithm.NULL):
        yield _policy_finding("MKY_061", where, "the algorithms of a request for keys are not NULL")
        return
    try:
        keys = parse_key_data(kemac.data)
    except MalformedMessage as error:
        yield _policy_finding("MKY_061", where, f"the request for keys does not parse: {error.reason}")
        return
    for place, key in enumerate(keys):
        if isinstance(key, KeyData) and any(key.key):
            yield _policy_finding(
                "MKY_062", f"{where}[{place}].key", "a key that is asked for is not all zeros"
            )


def check_ticket(ticket: Ticket, where: str, *, used: bool) -> list[Finding]:
    """Return what breaks a rule in a ticket.

    Args:
        ticket: The ticket.
        where: Path to it, such as `payload[4]`.
        used: Whether an Initiator has used it: in TRANSFER_INIT and RESOLVE_INIT, not in REQUEST_RESP.
    """
    policy = ticket.policy
    findings = check_policy(policy, where, granted=True)
    findings += _check_presence(ticket, f"{where}.initiator_data", used=used)
    if ticket.initiator_data:
        findings += _check_initiator_data(ticket.initiator_data, f"{where}.initiator_data")
    kind = (policy.ticket_type, policy.subtype, policy.version)
    if kind == (TicketType.MIKEY_BASE, BASE_SUBTYPE, BASE_VERSION):
        findings += check_ticket_data(ticket.data, f"{where}.ticket_data")
    return findings


def _check_presence(ticket: Ticket, where: str, *, used: bool) -> list[Finding]:
    """Return a finding where Initiator Data is missing, or there without need.

    Source:
        MKY_066 (RFC 6043, 6.10)
    """
    wanted = used and TicketFlag.KEY_FORKING in ticket.policy.flags
    if wanted == bool(ticket.initiator_data):
        return []
    return [
        _policy_finding("MKY_066", where, "an Initiator inserts Initiator Data exactly if keys are forked")
    ]


def _check_initiator_data(octets: bytes, where: str) -> list[Finding]:
    """Return what breaks a rule in Initiator Data.

    Source:
        MKY_045 (RFC 6043, 6.10)
        MKY_068 (RFC 6043, 6.10)
    """
    try:
        data = InitiatorData.parse(octets)
    except MalformedMessage as error:
        return [_policy_finding("MKY_045", where, error.reason)]
    copied, own = data.copied_verification, data.verification
    if copied is None or own is None:
        return [
            _policy_finding(
                "MKY_045", where, "it is not two V payloads of which the second is the last payload"
            )
        ]
    if copied.algorithm != own.algorithm:
        return [_policy_finding("MKY_068", where, "its V payloads have different algorithms")]
    return []


def check_ticket_data(octets: bytes, where: str) -> list[Finding]:
    """Return what breaks a rule in the Ticket Data of a base ticket.

    Source:
        MKY_051 (RFC 6043, A)
        MKY_067 (RFC 6043, A.1)
    """

    def finding(requirement: str, message: str) -> Finding:
        return Finding(
            requirement=requirement, where=where, message=message, reply=ErrorNumber.INVALID_TICKET
        )

    try:
        data = TicketData.parse(octets)
    except MalformedMessage as error:
        return [finding("MKY_051", error.reason)]
    kemac = data.kemac
    parts = (("T", data.timestamp), ("RAND", data.rand), ("KEMAC", kemac), ("V", data.verification))
    findings = [finding("MKY_051", f"{name} is missing") for name, part in parts if part is None]
    if kemac is not None and kemac.mac_algorithm is not MacAlgorithm.NULL:
        findings.append(finding("MKY_067", "its KEMAC has a MAC of its own"))
    return findings


def check_granted_keys(keys: Sequence[AnyPayload], policy: TicketPolicy, where: str) -> list[Finding]:
    """Return what breaks a rule in the decrypted keys of REQUEST_RESP or RESOLVE_RESP.

    Args:
        keys: The decrypted key data sub-payloads.
        policy: The granted policy.
        where: Path to them, such as `payload[3].keys`.

    Source:
        MKY_059 (RFC 6043, 6.10)
        MKY_095 (RFC 6043, 4.2.1.5)
        MKY_095 (RFC 6043, 4.2.3.5)
    """
    forking = TicketFlag.KEY_FORKING in policy.flags
    kinds = [key.kind if isinstance(key, KeyData) else None for key in keys]
    leading = 2 if forking else 1
    findings: list[Finding] = []
    if kinds[:leading] != [KeyDataType.MPK] * leading or KeyDataType.MPK in kinds[leading:]:
        wanted = "two MPKs, MPKi and MPKr," if forking else "one MPK, MPKi,"
        findings.append(
            Finding(
                requirement="MKY_095",
                where=where,
                message=f"the keys do not begin with {wanted} and have none after",
                reply=ErrorNumber.UNSPECIFIED,
            )
        )
    has_tgk = any(kind in _TGKS for kind in kinds)
    if forking and has_tgk and TicketFlag.RESPONSE_SENT not in policy.flags:
        findings.append(_policy_finding("MKY_059", where, "a TGK is forked, so F has to be 1"))
    return findings + check_indices(keys, where)


def check_indices(keys: Sequence[AnyPayload], where: str) -> list[Finding]:
    """Return the keys that no SPI names.

    Source:
        MKY_096 (RFC 6043, 6.2.1)
    """
    return [
        Finding(
            requirement="MKY_096",
            where=f"{where}[{place}]",
            message="the key has no SPI",
            reply=ErrorNumber.UNSPECIFIED,
        )
        for place, key in enumerate(keys)
        if isinstance(key, KeyData) and not isinstance(key.validity, Spi)
    ]
