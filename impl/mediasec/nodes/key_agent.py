"""The MIKEY-TICKET side of a node: tickets asked for or made, sent in an offer, resolved for an answer."""

import asyncio
from collections.abc import Collection
from enum import IntEnum

from mediasec.errors import EndpointError, Finding, LocalProtocolError, RequirementViolated
from mediasec.mikey.payloads import Identity
from mediasec.mikey.registry import TicketFlag
from mediasec.mikey.replay import ReplayGuard
from mediasec.nodes.kms_client import KmsClient, KmsUnavailable
from mediasec.nodes.rate_limit import RateLimit
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.key_management import KeyAnswer
from mediasec.procedures.ticket_agreement import Agreement
from mediasec.procedures.ticket_credentials import KmsAssociation
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.procedures.ticket_memory import TicketMemory
from mediasec.procedures.ticket_responder import Responder
from mediasec.procedures.ticket_terms import FORKING_FLAGS, PreSharedKey, TicketSettings
from mediasec.procedures.tls_key import TlsPreSharedKey, tls_pre_shared_key
from mediasec.sdp.message import SessionDescription


class Mode(IntEnum):
    """Who makes a ticket and who opens it (RFC 6043, 4.1.1).

    Attributes:
        KMS_MAKES_AND_RESOLVES: The KMS does both.
        KMS_MAKES: The KMS makes it under a key of the Responder, who opens it.
        KMS_RESOLVES: The Initiator makes it under a key that it shares with the KMS, which resolves it.
        WITHOUT_KMS: The Initiator makes it under a key of the Responder, who opens it.
    """

    KMS_MAKES_AND_RESOLVES = 1
    KMS_MAKES = 2
    KMS_RESOLVES = 3
    WITHOUT_KMS = 4

    @property
    def kms_makes(self) -> bool:
        """Whether the KMS makes the ticket."""
        return self in (Mode.KMS_MAKES_AND_RESOLVES, Mode.KMS_MAKES)

    def flags(self, *, forking: bool) -> TicketFlag:
        """Return the flags of a ticket of this mode.

        Args:
            forking: Whether its keys are forked for each Responder; only the KMS can do that.

        Raises:
            LocalProtocolError: The keys cannot be forked in this mode.

        Source:
            NODE_001 (RFC 6043, 4.1.1)
        """
        flags = FORKING_FLAGS
        if self in (Mode.KMS_MAKES, Mode.WITHOUT_KMS):
            if forking:
                message = f"The keys of a ticket cannot be forked in mode {self.value}: no KMS resolves it."
                raise LocalProtocolError(Finding(requirement="NODE_001", where="forking", message=message))
            flags &= ~TicketFlag.RESOLVE_MANDATORY
        return flags if forking else flags & ~TicketFlag.KEY_FORKING


class NoKey(EndpointError):
    """There is no key, since the KMS did not give one.

    Attributes:
        findings: The rule that says what follows.
    """

    def __init__(self, requirement: str, cause: KmsUnavailable) -> None:
        super().__init__(str(cause))
        self.findings = (Finding(requirement=requirement, where="KMS", message=str(cause)),)


class KeyAgent:
    """The MIKEY-TICKET side of one identity.

    Args:
        identity: Who it is, as the URI of the signalling gives it.
        surroundings: The world of the node.
        settings: How it takes part; its flags are those of the tickets that it asks for or makes.
        mode: Who makes and who opens the tickets that it sends.
        kms: Its way to the KMS; None without one.
        association: The KMS that it trusts; None without one.
        ticket_key: TPK for tickets that it makes or opens itself; None without one.
        groups: Data of further identities that it answers for.
        limit: How often one caller may make it ask the KMS.
    """

    def __init__(
        self,
        identity: Identity,
        surroundings: Surroundings,
        *,
        settings: TicketSettings,
        mode: Mode = Mode.KMS_MAKES_AND_RESOLVES,
        kms: KmsClient | None = None,
        association: KmsAssociation | None = None,
        ticket_key: PreSharedKey | None = None,
        groups: Collection[bytes] = (),
        limit: RateLimit | None = None,
    ) -> None:
        self.identity = identity
        self._surroundings = surroundings
        self._settings = settings
        self._mode = mode
        self._kms = kms
        self._association = association
        self._ticket_key = ticket_key
        self._groups = groups
        self._limit = RateLimit() if limit is None else limit
        self._replay = ReplayGuard(window_seconds=settings.window_seconds)
        self._memory = TicketMemory()

    async def offer(self, responder: Identity) -> tuple[Initiator, bytes]:
        """Get a ticket for a Responder, and make TRANSFER_INIT with it.

        Raises:
            NoKey: The KMS did not answer.
            RemoteProtocolError: It refused, or what it granted is not acceptable.

        Source:
            NODE_002 (TS 23.333, 6.2.19.2.1)
        """
        now, random = self._surroundings.now, self._surroundings.random
        initiator = Initiator(self.identity, self._settings, self._association)
        if self._mode.kms_makes:
            asked = initiator.request_ticket([responder], now(), random)
            initiator.receive_ticket(await self._ask(asked, "NODE_002"), now())
        else:
            assert self._ticket_key is not None
            initiator.make_ticket([responder], self._ticket_key, now(), random)
        return initiator, initiator.transfer(responder, now(), random)

    async def answer(self, offer: SessionDescription, initiator: Identity) -> KeyAnswer:
        """Take the keys of an offer: open or resolve each ticket, and make its TRANSFER_RESP.

        Args:
            offer: The offer, whose rules were checked.
            initiator: The offerer, as the signalling says.

        Raises:
            SetupAborted: A ticket is refused.
            NoKey: The KMS did not answer.
            RequirementViolated: The caller makes this node ask the KMS too often.

        Source:
            NODE_003 (TS 23.333, 6.2.19.2.2)
            KMS_003 (RFC 6043, 12.3)
        """
        now, random = self._surroundings.now, self._surroundings.random
        keys = KeyAnswer(self._new_responder, initiator)
        loop, caller = asyncio.get_running_loop(), initiator.data.decode(errors="replace")
        to_resolve = keys.receive_offer(offer, now(), random)
        for where, octets in to_resolve.items():
            if not self._limit.allows(caller, loop.time()):
                message = "The caller makes this node ask the KMS too often."
                raise RequirementViolated(Finding(requirement="KMS_003", where=where, message=message))
            keys.receive_keys(where, await self._ask(octets, "NODE_003"), now(), random)
        return keys

    async def _ask(self, octets: bytes, requirement: str) -> bytes:
        try:
            if self._kms is None:
                raise KmsUnavailable("There is no KMS to ask.")
            return await self._kms.ask(octets)
        except KmsUnavailable as error:
            raise NoKey(requirement, error) from error

    def key_of(self, agreement: Agreement) -> TlsPreSharedKey:
        """Return the key of the TLS tunnel that was agreed on.

        Raises:
            RequirementViolated: What was agreed on is not for exactly one TLS tunnel.
        """
        return tls_pre_shared_key(agreement.bundle, self._settings.profile)

    def _new_responder(self) -> Responder:
        return Responder(
            self.identity,
            self._settings,
            self._association,
            groups=self._groups,
            ticket_keys=[] if self._ticket_key is None else [self._ticket_key],
            replay=self._replay,
            memory=self._memory,
        )
