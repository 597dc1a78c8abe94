"""The nodes of a flow: a KMS, an MRFC with its MRFP, a conference, and UEs, with keys of their own."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Self

from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.nodes.key_agent import KeyAgent, Mode
from mediasec.nodes.kms import KmsServer
from mediasec.nodes.kms_client import KmsClient
from mediasec.nodes.kms_subscribers import Subscribers, subscribers_of
from mediasec.nodes.mrfc import Conference, Mrfc
from mediasec.nodes.mrfp import Mrfp
from mediasec.nodes.surroundings import Surroundings
from mediasec.nodes.ue import ImsUe
from mediasec.procedures.mp.elements import Floor
from mediasec.procedures.ticket_credentials import KmsAssociation
from mediasec.procedures.ticket_terms import PreSharedKey, TicketSettings, uri_identity

DOMAIN = "home1.example"
"""Domain of every node of a flow."""

CONFERENCE = f"sip:conference@{DOMAIN}"
"""URI of the conference."""

FLOOR = 1
"""The floor of the conference."""

_KMS = f"sip:kms@{DOMAIN}"
_MP_IDENTITY = "mrfc"
_KEY_OCTETS = 16


@dataclass(slots=True, kw_only=True)
class Scene:
    """The nodes of one flow.

    Attributes:
        surroundings: Gives the world of a node by its name: `KMS`, `MRFC`, `MRFP`, `UE-A`.
        mode: Who makes the tickets and who opens them.
        forking: Whether the keys of a ticket are forked.
        settings: How UEs and conference take part, but for the flags of their tickets.
        conference_agent: What the MIKEY-TICKET side of the conference is.
    """

    surroundings: Callable[[str], Surroundings]
    mode: Mode = Mode.KMS_MAKES_AND_RESOLVES
    forking: bool = True
    settings: TicketSettings = field(default_factory=TicketSettings)
    conference_agent: type[KeyAgent] = KeyAgent
    kms: KmsServer = field(init=False)
    kms_url: str = field(init=False)
    mrfp: Mrfp = field(init=False)
    mrfp_port: int = field(init=False)
    mrfc: Mrfc = field(init=False)
    conference: Conference = field(init=False)
    _keys: dict[str, tuple[bytes, bytes]] = field(init=False, default_factory=dict)
    _mp_key: bytes = field(init=False, repr=False)
    _stack: AsyncExitStack = field(init=False, default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        """Start the KMS, the MRFP and the MRFC, and make the conference."""
        random = self.surroundings("KMS").random
        for uri in (_KMS, CONFERENCE, *(uri_of(f"UE-{letter}") for letter in "ABCD")):
            self._keys[uri] = random(_KEY_OCTETS), random(_KEY_OCTETS)
        self._mp_key = random(_KEY_OCTETS)
        self.settings = replace(self.settings, flags=self.mode.flags(forking=self.forking))
        await self.start_kms()
        self.mrfp_port = await self.start_mrfp()
        surroundings = self.surroundings("MRFC")
        mp = TlsClient(_MP_IDENTITY, self._mp_key, keylog=surroundings.keylog)
        self.mrfc = Mrfc(surroundings, (self.surroundings("MRFP").own_host, self.mrfp_port), mp)
        self._stack.push_async_callback(self.mrfc.close)
        agent = self._agent(CONFERENCE, surroundings, self.conference_agent)
        self.conference = self.mrfc.add_conference(CONFERENCE, agent, [Floor(floor_id=FLOOR)])
        return self

    async def __aexit__(self, *_: object) -> None:
        """End everything, the last one first."""
        await self._stack.aclose()

    async def start_kms(self) -> None:
        """Start the KMS."""
        core = self._subscribers().new_kms(replace(self.settings, flags=TicketSettings().flags))
        self.kms = KmsServer(core, self.surroundings("KMS"))
        self.kms_url = await self.kms.open()
        self._stack.push_async_callback(self.kms.close)

    async def start_mrfp(self, port: int = 0) -> int:
        """Start the MRFP, and return the port of Mp."""
        self.mrfp = Mrfp(self.surroundings("MRFP"))
        self._stack.push_async_callback(self.mrfp.close)
        return await self.mrfp.open(TlsServer({_MP_IDENTITY: self._mp_key}.get), port)

    async def ue(
        self,
        name: str,
        *,
        reachable: bool = True,
        agent: type[KeyAgent] = KeyAgent,
        clock_seconds: float = 0.0,
        **settings: Any,
    ) -> ImsUe:
        """Start a UE.

        Args:
            name: Its name: `UE-A`.
            reachable: Whether others can open TCP connections to it.
            agent: What its MIKEY-TICKET side is.
            clock_seconds: How far its clock is ahead.
            settings: Fields of its `TicketSettings` that differ from those of the scene.
        """
        surroundings = self.surroundings(name)
        if clock_seconds:
            now = surroundings.now
            surroundings = replace(surroundings, now=lambda: now() + clock_seconds)
        side = self._agent(uri_of(name), surroundings, agent, **settings)
        ue = ImsUe(uri_of(name), surroundings, side, reachable=reachable)
        self._stack.push_async_callback(ue.close)
        return ue

    def _agent(self, uri: str, surroundings: Surroundings, kind: type[KeyAgent], **settings: Any) -> KeyAgent:
        """Return the MIKEY-TICKET side of a node."""
        client = KmsClient(self.kms_url, surroundings)
        self._stack.push_async_callback(client.close)
        key, ticket_key = self._keys[uri]
        shares = self.mode is not Mode.KMS_MAKES_AND_RESOLVES
        return kind(
            uri_identity(uri),
            surroundings,
            settings=replace(self.settings, **settings),
            mode=self.mode,
            kms=client,
            association=KmsAssociation(
                identity=uri_identity(_KMS), credential=PreSharedKey(name=uri.encode(), key=key)
            ),
            ticket_key=PreSharedKey(name=f"{uri}#ticket".encode(), key=ticket_key) if shares else None,
        )

    def _subscribers(self) -> Subscribers:
        """Return what the file of the KMS would say."""
        entries: list[Mapping[str, str]] = [
            {"identity": uri, "key": key.hex()}
            | ({} if self.mode is Mode.KMS_MAKES_AND_RESOLVES else {"ticket_key": ticket_key.hex()})
            for uri, (key, ticket_key) in self._keys.items()
            if uri != _KMS
        ]
        found = {"identity": _KMS, "ticket_key": self._keys[_KMS][1].hex(), "subscriber": entries}
        return subscribers_of(found, "the scene")


def uri_of(name: str) -> str:
    """Return the URI of a UE by its name: `sip:ue-a@home1.example`."""
    return f"sip:{name.lower()}@{DOMAIN}"
