"""The key management service of MIKEY-TICKET: issues tickets, and resolves them for authorized Responders.

It keeps no state about the tickets that it issues; all that it remembers is which messages it accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mediasec.errors import AuthenticationFailed, Finding, RemoteProtocolError, RequirementViolated
from mediasec.mikey.base_ticket import TicketKeys, open_ticket, ticket_key_identity, verify_initiator_data
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    EmptyMap,
    Header,
    Identity,
    KeyData,
    RoleIdentity,
    RoleRand,
    Spi,
    Ticket,
    TicketPolicy,
    Timestamp,
    Verification,
)
from mediasec.mikey.protection import authenticate, response_coverage
from mediasec.mikey.registry import (
    DataType,
    ErrorNumber,
    IdentityRole,
    KeyDataType,
    PrfFunction,
    RandRole,
    TicketFlag,
)
from mediasec.mikey.replay import ReplayGuard
from mediasec.mikey.ticket import PolicyData
from mediasec.procedures.ticket_credentials import Asked
from mediasec.procedures.ticket_grants import GrantRules, granted_policy, requested_keys
from mediasec.procedures.ticket_messages import Received, error_message, mac_beside, read
from mediasec.procedures.ticket_policies import issue_ticket
from mediasec.procedures.ticket_sessions import FORKED_KINDS, fork
from mediasec.procedures.ticket_subscribers import Subscriber, SubscriberDirectory
from mediasec.procedures.ticket_terms import (
    SPI_LENGTH,
    PreSharedKey,
    Randomness,
    Suite,
    TicketSettings,
    TimestampSource,
    in_role,
    suite_for,
)

_INITIAL = (
    DataType.REQUEST_INIT_PSK,
    DataType.REQUEST_INIT_PK,
    DataType.RESOLVE_INIT_PSK,
    DataType.RESOLVE_INIT_PK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsAnswer:
    """What the KMS makes of a message.

    Attributes:
        reply: The response, or an Error message; None where nothing is to be sent.
        subscriber: Who sent the message, if that is proven.
        refusal: Why there is no response; None if there is one.
    """

    reply: bytes | None
    subscriber: Identity | None = None
    refusal: RemoteProtocolError | None = None


class Kms:
    """A key management service."""

    def __init__(
        self,
        identity: Identity,
        settings: TicketSettings,
        ticket_key: PreSharedKey,
        directory: SubscriberDirectory,
        *,
        rules: GrantRules | None = None,
        replay: ReplayGuard | None = None,
    ) -> None:
        """Start.

        Args:
            identity: Who it is.
            settings: Algorithms and timestamps of its messages.
            ticket_key: TPK that nobody else knows.
            directory: Who its subscribers are.
            rules: What it grants; everything that is consistent by default.
            replay: What it accepted before; a new guard by default.
        """
        self._identity = identity
        self._settings = settings
        self._ticket_key = ticket_key
        self._directory = directory
        self._rules = GrantRules() if rules is None else rules
        self._replay = ReplayGuard(window_seconds=settings.window_seconds) if replay is None else replay
        self._timestamps = TimestampSource(settings.timestamps)

    def answer(self, octets: bytes, now: float, random: Randomness) -> KmsAnswer:
        """Answer a message.

        Args:
            octets: REQUEST_INIT, RESOLVE_INIT, or whatever came.
            now: Seconds since 1970, UTC.
            random: Source of random octets.

        Source:
            PROC_155 (RFC 6043, 4.2.1.4)
            PROC_155 (RFC 6043, 4.2.3.4)
        """
        asked: Asked | None = None
        subscriber: Subscriber | None = None
        try:
            received = read(octets, _INITIAL)
            subscriber, asked = self._authenticate(received, now)
            timestamp = self._timestamps.next(now)
            if received.message.first(TicketPolicy) is not None:
                reply = self._grant(subscriber, asked, timestamp, now, random)
            else:
                reply = self._resolve(subscriber, asked, timestamp, now, random)
        except RemoteProtocolError as error:
            keys = None if asked is None or isinstance(error, AuthenticationFailed) else asked.initial_keys
            refused = error_message(octets, error, self._timestamps.next(now), keys=keys)
            return KmsAnswer(reply=refused, subscriber=_identity_of(subscriber), refusal=error)
        return KmsAnswer(reply=reply, subscriber=subscriber.identity)

    def _authenticate(self, received: Received, now: float) -> tuple[Subscriber, Asked]:
        """Return who sent a message that is new, and the keys of the exchange.

        Source:
            PROC_156 (RFC 6043, 12.4)
        """
        requests = received.message.first(TicketPolicy) is not None
        named = received.message.identity(IdentityRole.INITIATOR if requests else IdentityRole.RESPONDER)
        if named is None:
            named = received.message.identity(IdentityRole.PRE_SHARED_KEY)
        sender = b"" if named is None else named.data
        findings = self._replay.check(received.timestamp, received.authenticator, sender, now)
        if findings:
            raise RequirementViolated(*findings)
        subscriber, asked = self._directory.authenticate(received, now)
        self._replay.remember(received.timestamp, received.authenticator, sender)
        return subscriber, asked

    def _grant(
        self, subscriber: Subscriber, asked: Asked, timestamp: Timestamp, now: float, random: Randomness
    ) -> bytes:
        """Return REQUEST_RESP.

        Source:
            PROC_157 (RFC 6043, 4.2.1.5)
        """
        desired = asked.message.first(TicketPolicy)
        assert desired is not None
        suite = suite_for(asked.function, self._settings.suite)
        wanted = requested_keys(desired, suite)
        policy = granted_policy(
            desired, self._rules, initiator=subscriber.identity, kms=self._identity, keys=wanted, now=now
        )
        granted = issue_ticket(policy, self._key_for(policy), suite, timestamp, wanted, random)
        keys = self._delivered(granted.keys, policy, random)
        protection = asked.response_keys
        payloads = (
            timestamp,
            in_role(self._identity, IdentityRole.KMS),
            granted.ticket,
            protection.seal(suite.encryption, timestamp, keys),
        )
        return self._respond(asked, DataType.REQUEST_RESP, payloads)

    def _key_for(self, policy: TicketPolicy) -> PreSharedKey:
        """Return the TPK of a ticket: that of its only Responder where the KMS need not be asked again.

        Source:
            PROC_158 (RFC 6043, 4.1.1)
        """
        if TicketFlag.RESOLVE_MANDATORY in policy.flags:
            return self._ticket_key
        responders = PolicyData.parse(policy.data).identities(IdentityRole.RESPONDER)
        if len(responders) != 1:
            return self._ticket_key
        return self._directory.ticket_key_of(responders[0].data) or self._ticket_key

    def _resolve(
        self, subscriber: Subscriber, asked: Asked, timestamp: Timestamp, now: float, random: Randomness
    ) -> bytes:
        """Return RESOLVE_RESP.

        Source:
            PROC_159 (RFC 6043, 4.2.3.5)
            PROC_162 (RFC 6043, 4.2.3.5)
        """
        ticket = asked.message.first(Ticket)
        assert ticket is not None
        self._check_authorized(subscriber, ticket.policy, now)
        keys = self._open(ticket, subscriber)
        suite = suite_for(asked.function, self._settings.suite)
        modifier: tuple[RoleIdentity | RoleRand, ...] = ()
        if TicketFlag.KEY_FORKING in ticket.policy.flags:
            verify_initiator_data(ticket, keys.mpk_r)
            keys, modifier = self._forked(ticket.policy, keys, subscriber, suite, random)
        protection = asked.response_keys
        delivered = self._delivered(keys, ticket.policy, random)
        payloads = (
            timestamp,
            in_role(self._identity, IdentityRole.KMS),
            protection.seal(suite.encryption, timestamp, delivered),
            *modifier,
        )
        return self._respond(asked, DataType.RESOLVE_RESP, payloads)

    def _check_authorized(self, subscriber: Subscriber, policy: TicketPolicy, now: float) -> None:
        """Refuse a Responder that the ticket does not name, and a ticket that is not valid now.

        Source:
            PROC_160 (RFC 6043, 4.2.3)
        """
        data = PolicyData.parse(policy.data)
        allowed = {identity.data for identity in data.identities(IdentityRole.RESPONDER)}
        if not allowed & {subscriber.identity.data, *subscriber.groups}:
            raise RequirementViolated(
                _finding("PROC_160", "the Responder may not resolve this ticket", ErrorNumber.INVALID_ID)
            )
        if not data.valid_at(now):
            raise RequirementViolated(
                _finding("PROC_160", "the ticket is not valid now", ErrorNumber.INVALID_TPPAR)
            )

    def _open(self, ticket: Ticket, resolver: Subscriber) -> TicketKeys:
        """Open a ticket, whose maker must be the one that its policy names.

        Source:
            PROC_161 (RFC 6043, 6.10)
        """
        name = ticket_key_identity(ticket)
        if name is None or name == self._ticket_key.name:
            key, owner = self._ticket_key, None
        else:
            key, owner = self._directory.owner_of_ticket_key(name)
        keys = open_ticket(ticket, key.key)
        by_kms = TicketFlag.GENERATED_BY_KMS in ticket.policy.flags
        named = PolicyData.parse(ticket.policy.data).identity(IdentityRole.INITIATOR)
        made_by_owner = owner is not None and named is not None and named.data == owner
        if not (made_by_owner if not by_kms else owner in (None, resolver.identity.data)):
            raise AuthenticationFailed
        return keys

    def _forked(
        self,
        policy: TicketPolicy,
        keys: TicketKeys,
        subscriber: Subscriber,
        suite: Suite,
        random: Randomness,
    ) -> tuple[TicketKeys, tuple[RoleIdentity | RoleRand, ...]]:
        """Return the keys as they are for one Responder, and what they were forked with.

        Source:
            PROC_162 (RFC 6043, 4.2.3.5)
        """
        master = [keys.mpk_r, *(key.key for key in keys.session_keys if key.kind in FORKED_KINDS)]
        rand_kms = RoleRand(role=RandRole.KMS, value=random(max(suite.key_length, *map(len, master))))
        identity = in_role(subscriber.identity, IdentityRole.RESPONDER)
        assert isinstance(policy.prf_function, PrfFunction)
        forked = fork(policy.prf_function, keys, id_data=identity.data, rand_kms=rand_kms.value)
        return forked, (identity, rand_kms)

    def _delivered(self, keys: TicketKeys, policy: TicketPolicy, random: Randomness) -> tuple[KeyData, ...]:
        """Return the key data of a response: MPKi, MPKr with key forking, and the session keys. Secret."""

        def mpk(key: bytes) -> KeyData:
            return KeyData(kind=KeyDataType.MPK, key=key, validity=Spi(value=random(SPI_LENGTH)))

        mpks = [keys.mpk_i]
        if TicketFlag.KEY_FORKING in policy.flags:
            mpks.append(keys.mpk_r)
        return (*map(mpk, mpks), *keys.session_keys)

    def _respond(self, asked: Asked, data_type: DataType, payloads: Sequence[AnyPayload]) -> bytes:
        header = asked.message.header
        initial = asked.message.authenticator
        algorithm = initial.algorithm if isinstance(initial, Verification) else mac_beside(asked.function)
        response = Message(
            header=Header(
                version=header.version,
                data_type=data_type,
                prf_function=header.prf_function,
                csb_id=header.csb_id,
                sessions=EmptyMap(),
            ),
            payloads=(*payloads, Verification.blank(algorithm)),
        )
        covered = response_coverage(response, asked.message.octets)
        return authenticate(response, asked.response_keys, covered).octets


def _identity_of(subscriber: Subscriber | None) -> Identity | None:
    return None if subscriber is None else subscriber.identity


def _finding(requirement: str, message: str, reply: ErrorNumber) -> Finding:
    return Finding(requirement=requirement, where="ticket", message=message, reply=reply)
