"""What the parties of MIKEY-TICKET share: algorithms, keys, identities, timestamps, agreements."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mediasec.errors import RemoteProtocolError
from mediasec.mikey.base_ticket import TicketKeys
from mediasec.mikey.payloads import Identity, RoleIdentity, Ticket, Timestamp
from mediasec.mikey.profile import Profile
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    IdentityRole,
    IdentityType,
    KeyDataType,
    MacAlgorithm,
    PrfFunction,
    ProtocolType,
    TicketFlag,
    TimestampType,
)
from mediasec.mikey.replay import WINDOW_SECONDS

Randomness = Callable[[int], bytes]
"""Returns as many random octets as it is asked for, fit for keys: `secrets.token_bytes`."""

SPI_LENGTH = 3
"""Octets of an SPI that is made here: with it every key sub-payload is whole blocks of AES key wrap."""

SALT_LENGTH = 14
"""Octets of a salt that is made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Algorithms that stand together.

    Attributes:
        prf_function: For the keys of messages, tickets and sessions.
        encryption: For key data.
        mac: For messages and tickets.
        key_length: Octets of each key and random value that is made here.
    """

    prf_function: PrfFunction
    encryption: EncryptionAlgorithm
    mac: MacAlgorithm
    key_length: int


SUITE_128 = Suite(
    prf_function=PrfFunction.MIKEY_1,
    encryption=EncryptionAlgorithm.AES_CM_128,
    mac=MacAlgorithm.HMAC_SHA_1_160,
    key_length=16,
)
"""The algorithms that every implementation has."""

SUITE_128_KEY_WRAP = Suite(
    prf_function=PrfFunction.MIKEY_1,
    encryption=EncryptionAlgorithm.AES_KW_128,
    mac=MacAlgorithm.HMAC_SHA_1_160,
    key_length=16,
)
"""The same with AES key wrap."""

SUITE_256 = Suite(
    prf_function=PrfFunction.PRF_HMAC_SHA_256,
    encryption=EncryptionAlgorithm.AES_CM_256,
    mac=MacAlgorithm.HMAC_SHA_256_256,
    key_length=32,
)
"""The algorithms with keys of 256 bits."""


def suite_for(function: PrfFunction, preferred: Suite) -> Suite:
    """Return algorithms that may stand beside a PRF.

    Args:
        function: PRF of a common header that somebody else chose.
        preferred: Algorithms to take if they fit.
    """
    if preferred.prf_function is function:
        return preferred
    return SUITE_256 if function is PrfFunction.PRF_HMAC_SHA_256 else SUITE_128


FORKING_FLAGS = (
    TicketFlag.GENERATED_BY_KMS
    | TicketFlag.RESOLVE_MANDATORY
    | TicketFlag.RESPONSE_SENT
    | TicketFlag.RESPONDER_RAND
    | TicketFlag.INITIATOR_RAND
    | TicketFlag.KEY_FORKING
    | TicketFlag.INITIATOR_READY
    | TicketFlag.RESPONDER_READY
)
"""Flags of a ticket from the KMS with both random values, and with key forking as RFC 6043, 12.4 advises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSettings:
    """How a party takes part.

    Attributes:
        profile: What no source gives about TLS.
        suite: Algorithms for what it sends first.
        timestamps: Form of its timestamps.
        flags: Ticket policy that it asks for, or makes itself.
        validity_seconds: How long a ticket is to be valid.
        window_seconds: How far the timestamp of a peer may differ from its own clock.
    """

    profile: Profile = field(default_factory=Profile)
    suite: Suite = SUITE_128
    timestamps: TimestampType = TimestampType.NTP_UTC
    flags: TicketFlag = FORKING_FLAGS
    validity_seconds: int = 3600
    window_seconds: float = WINDOW_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class PreSharedKey:
    """A key that two parties share before they begin.

    Attributes:
        name: By which the other party finds the key (IDRpsk); at most 65,535 octets.
        key: At least 16 octets. Secret.
    """

    name: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedKey:
    """A session key that an Initiator asks the KMS for.

    Attributes:
        kind: Type of the key.
        spi: Its SPI; at most 255 octets.
    """

    kind: KeyDataType
    spi: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedTicket:
    """A ticket with the keys that its owner knows.

    Attributes:
        ticket: The ticket, without Initiator Data.
        keys: What it encodes. Secret.
    """

    ticket: Ticket
    keys: TicketKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSession:
    """A crypto session that both sides have a key for.

    Attributes:
        cs_id: CS ID; uint8.
        protocol_type: Security protocol; uint8.
        spi: SPI of the key; at most 255 octets.
        key: TEK. Secret.
        salt: Salt that came with the key; None without one. Secret.
    """

    cs_id: int
    protocol_type: ProtocolType | int
    spi: bytes
    key: bytes = field(repr=False)
    salt: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What Initiator and Responder agreed on: a crypto session bundle.

    Attributes:
        csb_id: CSB ID; uint32.
        initiator: Identity of the Initiator.
        responder: Identity of the Responder that answered.
        sessions: Its crypto sessions.
        rekeying_interval_seconds: Longest time until the next rekeying; None without a limit.
    """

    csb_id: int
    initiator: Identity
    responder: Identity
    sessions: tuple[CryptoSession, ...]
    rekeying_interval_seconds: int | None = None


class PeerRefused(RemoteProtocolError):
    """The peer answered with an Error message.

    Attributes:
        numbers: Error numbers that it gave; each uint8.
        authentic: Whether its MAC was verified; if not, it is but a hint.
    """

    def __init__(self, numbers: tuple[int, ...], *, authentic: bool) -> None:
        names = ", ".join(getattr(number, "name", str(number)) for number in numbers) or "no reason"
        super().__init__(f"The peer refused: {names}.")
        self.numbers = numbers
        self.authentic = authentic


class TimestampSource:
    """Makes the timestamps of one party, each later than every one before it."""

    def __init__(self, kind: TimestampType) -> None:
        """Start before the first timestamp.

        Args:
            kind: Form of the timestamps.
        """
        self._kind = kind
        self._last = 0

    def next(self, now: float) -> Timestamp:
        """Return a timestamp that this party never made before.

        Args:
            now: Seconds since 1970, UTC.

        Source:
            PROC_106 (RFC 3830, 5.2)
        """
        self._last += 1
        if self._kind is not TimestampType.COUNTER:
            clock = Timestamp.of_unix_time(now, self._kind)
            if clock.value >= self._last:
                self._last = clock.value
                return clock
        return Timestamp(kind=self._kind, value=self._last)


def uri_identity(uri: str) -> Identity:
    """Return the identity that a URI is.

    Args:
        uri: Such as `sip:ue-a@example.com`; UTF-8.
    """
    return Identity(kind=IdentityType.URI, data=uri.encode())


def in_role(identity: Identity, role: IdentityRole) -> RoleIdentity:
    """Return the payload that carries an identity in a role."""
    return RoleIdentity(role=role, kind=identity.kind, data=identity.data)


def without_role(payload: RoleIdentity) -> Identity:
    """Return the identity that a payload carries."""
    return Identity(kind=payload.kind, data=payload.data)
