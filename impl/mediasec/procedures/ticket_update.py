"""Updating a crypto session bundle: new session keys under the keys of the last message of its exchange."""

import dataclasses
from dataclasses import dataclass

from mediasec.errors import AuthenticationFailed, Finding, LocalProtocolError, RequirementViolated
from mediasec.mikey.acceptance import check_crypto_sessions
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    GenericMap,
    Header,
    Kemac,
    KeyData,
    RoleIdentity,
    RoleRand,
    Ticket,
    Timestamp,
    Verification,
)
from mediasec.mikey.protection import authenticate, initial_coverage, response_coverage, verify
from mediasec.mikey.registry import DataType, ErrorNumber, IdentityRole, KeyDataType, TicketFlag
from mediasec.mikey.replay import ReplayGuard
from mediasec.mikey.rules import reasons_to_reject
from mediasec.procedures.ticket_agreement import Agreement, open_supplied
from mediasec.procedures.ticket_messages import Received, authenticated_refusal, mac_beside, read
from mediasec.procedures.ticket_sessions import crypto_sessions, make_key, spi_of
from mediasec.procedures.ticket_terms import (
    Bundle,
    Randomness,
    TicketSettings,
    TimestampSource,
    in_role,
    suite_for,
    without_role,
)

MAX_MESSAGES = 1024
"""The largest number of messages under the keys of one exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _SentUpdate:
    message: Message
    keys: tuple[KeyData, ...]


class BundleEnd:
    """One end of a bundle that is agreed on.

    Attributes:
        bundle: The bundle as it is now.
    """

    def __init__(self, agreement: Agreement, settings: TicketSettings, *, is_initiator: bool) -> None:
        """Begin with what the exchange agreed on.

        Args:
            agreement: What was agreed on.
            settings: How this party takes part.
            is_initiator: Whether this party was the Initiator of the exchange.
        """
        self.bundle: Bundle = agreement.bundle
        self._agreement = agreement
        self._settings = settings
        self._suite = suite_for(agreement.function, settings.suite)
        self._is_initiator = is_initiator
        initiator = in_role(agreement.bundle.initiator, IdentityRole.INITIATOR)
        responder = in_role(agreement.bundle.responder, IdentityRole.RESPONDER)
        ends: tuple[RoleIdentity, RoleIdentity] = (initiator, responder)
        self._own, self._peer = ends if is_initiator else ends[::-1]
        self._timestamps = TimestampSource(settings.timestamps)
        self._replay = ReplayGuard(window_seconds=settings.window_seconds, capacity=MAX_MESSAGES)
        self._used = {agreement.last_timestamp.octets_of_64_bits}
        self._sent: _SentUpdate | None = None

    def start(
        self, now: float, random: Randomness, *, supplied: KeyDataType | None = KeyDataType.TGK
    ) -> bytes:
        """Return the TRANSFER_INIT of an update.

        Args:
            now: Seconds since 1970, UTC.
            random: Source of random octets.
            supplied: Type of the new session key; None keeps the old one.

        Raises:
            LocalProtocolError: The ticket policy forbids new keys from this end.

        Source:
            PROC_170 (RFC 6043, 5.2)
            PROC_171 (RFC 6043, 5.2)
        """
        if supplied is not None and not self._may_supply(own=True):
            raise LocalProtocolError(_finding("PROC_171", "the ticket policy forbids keys of this party"))
        timestamp = self._new_timestamp(now)
        keys: tuple[KeyData, ...] = ()
        kemac: list[AnyPayload] = []
        if supplied is not None:
            keys = (make_key(supplied, self._suite.key_length, random),)
            kemac.append(self._agreement.protection.seal(self._suite.encryption, timestamp, keys))
        message = Message(
            header=self._header(DataType.TRANSFER_INIT, keys, response_expected=True),
            payloads=(
                timestamp,
                self._own,
                self._peer,
                self._settings.profile.security_policy(),
                *kemac,
                Verification.blank(mac_beside(self._agreement.function)),
            ),
        )
        covered = initial_coverage(message, self._own.data, self._peer.data)
        message = authenticate(message, self._agreement.protection, covered)
        self._sent = _SentUpdate(message=message, keys=keys)
        return message.octets

    def receive(self, octets: bytes, now: float) -> bytes | None:
        """Take the TRANSFER_INIT of an update from the other end.

        Args:
            octets: The message.
            now: Seconds since 1970, UTC.

        Returns:
            TRANSFER_RESP, if the message wants one.

        Raises:
            RemoteProtocolError: It is refused; the bundle stays as it was.

        Source:
            PROC_172 (RFC 6043, 5.2)
        """
        received = read(octets, (DataType.TRANSFER_INIT,), update=True)
        message = received.message
        findings = self._replay.check(received.timestamp, received.authenticator, self._peer.data, now)
        if findings:
            raise RequirementViolated(*findings)
        self._check_identities(message)
        verify(
            message,
            self._agreement.protection,
            initial_coverage(message, self._peer.data, self._own.data),
        )
        findings = self._findings(received)
        if findings:
            raise RequirementViolated(*findings)
        bundle = self._updated(message, ())
        self._use(received.timestamp)
        self._replay.remember(received.timestamp, received.authenticator, self._peer.data)
        self.bundle = bundle
        if not message.header.response_expected:
            return None
        answer = Message(
            header=dataclasses.replace(
                message.header, data_type=DataType.TRANSFER_RESP, response_expected=False
            ),
            payloads=(
                self._new_timestamp(now),
                self._own,
                Verification.blank(mac_beside(self._agreement.function)),
            ),
        )
        covered = response_coverage(answer, octets)
        return authenticate(answer, self._agreement.protection, covered).octets

    def receive_response(self, octets: bytes) -> Bundle:
        """Take the TRANSFER_RESP of an update that this end started.

        Args:
            octets: The message.

        Raises:
            RemoteProtocolError: It is refused; the bundle stays as it was.
            LocalProtocolError: No update was started.

        Source:
            PROC_173 (RFC 6043, 5.2)
        """
        sent = self._sent
        if sent is None:
            raise LocalProtocolError(_finding("PROC_173", "no update was started"))
        refusal = authenticated_refusal(octets, self._agreement.protection)
        if refusal is not None:
            raise refusal
        received = read(octets, (DataType.TRANSFER_RESP,))
        message = received.message
        verify(message, self._agreement.protection, response_coverage(message, sent.message.octets))
        findings = self._findings(received)
        findings += reasons_to_reject(check_exchange(sent.message, message))
        if findings:
            raise RequirementViolated(*findings)
        self.bundle = self._updated(message, sent.keys)
        self._use(received.timestamp)
        self._sent = None
        return self.bundle

    def _header(self, data_type: DataType, keys: tuple[KeyData, ...], *, response_expected: bool) -> Header:
        spi = spi_of(keys) or self.bundle.sessions[0].spi
        return Header(
            data_type=data_type,
            response_expected=response_expected,
            prf_function=self._agreement.function,
            csb_id=self.bundle.csb_id,
            sessions=GenericMap(sessions=(self._settings.profile.crypto_session(spi),)),
        )

    def _may_supply(self, *, own: bool) -> bool:
        """Return whether this end, or the other one, may send session keys.

        Source:
            PROC_171 (RFC 6043, 5.2)
        """
        by_initiator = self._is_initiator == own
        flag = TicketFlag.INITIATOR_KEYS if by_initiator else TicketFlag.RESPONDER_KEYS
        return flag in self._agreement.flags

    def _check_identities(self, message: Message) -> None:
        """Refuse an update that names other parties.

        Source:
            PROC_174 (RFC 6043, 5.2)
        """
        for wanted in (self._own, self._peer):
            role = wanted.role
            found = message.identity(role) if isinstance(role, IdentityRole) else None
            if found is not None and without_role(found) != without_role(wanted):
                raise AuthenticationFailed

    def _findings(self, received: Received) -> list[Finding]:
        """Return what is wrong with a message of an update that is authentic.

        Source:
            MKY_118 (RFC 6043, 5.2)
            PROC_175 (RFC 6043, 5.2)
        """
        message, findings = received.message, []
        if message.header.csb_id != self.bundle.csb_id:
            findings.append(_finding("PROC_175", "the CSB ID is not that of the bundle"))
        brought = (*message.all(RoleRand), *message.all(Ticket))
        if any(payload not in self._agreement.static for payload in brought):
            findings.append(_finding("PROC_175", "there is a new ticket or random value in an update"))
        if message.first(Kemac) is not None and not self._may_supply(own=False):
            findings.append(_finding("PROC_171", "the ticket policy forbids keys of the peer"))
        if received.timestamp.octets_of_64_bits in self._used:
            findings.append(_finding("MKY_118", "the timestamp was used before under these keys"))
        return findings + check_crypto_sessions(message, self._settings.profile)

    def _updated(self, message: Message, own_keys: tuple[KeyData, ...]) -> Bundle:
        """Return the bundle with the keys that an update brought; a TGK in it is not forked.

        Source:
            PROC_176 (RFC 6043, 5.2)
        """
        keys = (*own_keys, *open_supplied(message, self._agreement.protection))
        if not keys:
            return self.bundle
        sessions = crypto_sessions(
            self._agreement.function,
            message.header.sessions,
            keys,
            self._agreement.rands,
            self._settings.profile,
        )
        return dataclasses.replace(self.bundle, sessions=sessions)

    def _new_timestamp(self, now: float) -> Timestamp:
        """Return a timestamp that no message under these keys has, so that no keystream is used twice.

        Source:
            MKY_118 (RFC 6043, 5.2)
        """
        timestamp = self._timestamps.next(now)
        while timestamp.octets_of_64_bits in self._used:
            timestamp = self._timestamps.next(now)
        self._use(timestamp)
        return timestamp

    def _use(self, timestamp: Timestamp) -> None:
        if len(self._used) >= MAX_MESSAGES:
            raise LocalProtocolError(
                _finding("MKY_118", f"these keys protect no more than {MAX_MESSAGES} messages")
            )
        self._used.add(timestamp.octets_of_64_bits)


def _finding(requirement: str, message: str) -> Finding:
    return Finding(requirement=requirement, where="update", message=message, reply=ErrorNumber.UNSPECIFIED)
