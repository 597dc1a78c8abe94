"""What disturbs a flow: invitations that change on their way, MIKEY-TICKET sides that do something wrong."""

import base64
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from mediasec.mikey.payloads import Identity
from mediasec.nodes.key_agent import KeyAgent
from mediasec.nodes.signalling import Invitation, Party, Response
from mediasec.procedures.ticket_agreement import Agreement
from mediasec.procedures.ticket_initiator import Initiator
from mediasec.procedures.ticket_terms import uri_identity
from mediasec.procedures.tls_key import TlsPreSharedKey
from mpspec.flows.scene import uri_of

_NO_LISTENER = 1
_CSB_ID_END = 7

_SDES_OFFER = (
    b"m=audio 50002 RTP/SAVP 97\r\n"
    b"c=IN IP4 192.0.2.11\r\n"
    b"a=rtpmap:97 AMR/8000\r\n"
    b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\r\n"
)
"""A stream that SDES keys, as a conference by G.2 has it."""


@dataclass(slots=True)
class OnTheWay:
    """A node as it is reached by somebody whose invitations do not arrive as they were sent.

    Attributes:
        party: The node.
        change: What happens to an invitation before it arrives.
        carried: The invitations as they arrived.
    """

    party: Party
    change: Callable[[Invitation], Awaitable[Invitation]]
    carried: list[Invitation] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the node."""
        return self.party.name

    async def invited(self, invitation: Invitation, caller: Party) -> Response:
        """Hand an invitation on as it has become."""
        self.carried.append(await self.change(invitation))
        return await self.party.invited(self.carried[-1], caller)

    async def ended(self, call_id: str) -> None:
        """Hand the end on."""
        await self.party.ended(call_id)


class ForSomebodyElse(KeyAgent):
    """A MIKEY-TICKET side that gets its tickets for UE-B, whoever is called."""

    async def offer(self, responder: Identity) -> tuple[Initiator, bytes]:
        """Get a ticket for UE-B, and make TRANSFER_INIT with it."""
        return await super().offer(uri_identity(uri_of("UE-B")))


class WithAnotherKey(KeyAgent):
    """A MIKEY-TICKET side that takes another key for that of the tunnel."""

    def key_of(self, agreement: Agreement) -> TlsPreSharedKey:
        """Return another key under the right identity."""
        right = super().key_of(agreement)
        return TlsPreSharedKey(identity=right.identity, key=bytes(len(right.key)))


async def unchanged(invitation: Invitation) -> Invitation:
    """Leave an invitation as it is."""
    return invitation


async def with_a_flipped_bit(invitation: Invitation) -> Invitation:
    """Change one bit of the CSB ID of the last MIKEY message of an offer."""
    before, name, after = invitation.offer.rpartition(b"a=key-mgmt:mikey ")
    text, end, rest = after.partition(b"\r\n")
    octets = bytearray(base64.b64decode(text))
    octets[_CSB_ID_END] ^= 1
    return replace(invitation, offer=before + name + base64.b64encode(octets) + end + rest)


async def to_another_port(invitation: Invitation) -> Invitation:
    """Change the port of each stream of an offer, and that of its URIs, to one where nobody listens."""
    offer = re.sub(rb"(m=\S+ )\d+", rb"\g<1>%d" % _NO_LISTENER, invitation.offer)
    offer = re.sub(rb"(a=path:msrps://[^:/]+:)\d+", rb"\g<1>%d" % _NO_LISTENER, offer)
    return replace(invitation, offer=offer)


async def keyed_by_sdes(invitation: Invitation) -> Invitation:
    """Make an offer one of a conference by G.2: SDES on RTP, and TLS without MIKEY on TCP."""
    offer = re.sub(rb"a=key-mgmt:[^\r]*\r\n", b"", invitation.offer)
    return replace(invitation, offer=offer + _SDES_OFFER)
