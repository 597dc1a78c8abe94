"""What a node needs of the world around it: addresses, a clock, random octets, and somebody to watch."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.nodes.observation import Medium, Observer, Sent
from mediasec.procedures.ticket_terms import Randomness
from mediasec.sdp.fields import Origin


def _nobody(sent: Sent) -> None:
    """Take no note of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The world as one node sees it.

    Attributes:
        name: Name of the node, for people: `UE-A`.
        address: IP address that it tells others in SDP.
        host: IP address at which it listens and from which it connects; that of SDP by default.
        hosts: For addresses of SDP that are reached at another one, as a test on one machine needs it, the
            address to connect to.
        names: Names of the nodes, by the addresses at which they are reached.
        now: Gives the time in seconds since 1970, UTC.
        random: Gives random octets, fit for keys.
        observer: Is told of what the node sends.
        keylog: File for the secrets of its TLS connections, in the form that Wireshark reads; None for none.
    """

    name: str
    address: str
    host: str = ""
    hosts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    now: Callable[[], float] = time.time
    random: Randomness = field(default=secrets.token_bytes, repr=False)
    observer: Observer = field(default=_nobody, repr=False)
    keylog: Path | None = None

    @property
    def own_host(self) -> str:
        """IP address at which it listens and from which it connects."""
        return self.host or self.address

    @property
    def uri_host(self) -> str:
        """The address that it tells others, as a URI has it: that of IPv6 in brackets."""
        return f"[{self.address}]" if ":" in self.address else self.address

    def tls(self, identity: str, key: bytes, *, starts: bool) -> TlsClient | TlsServer:
        """Return the side of TLS that it takes on a connection.

        Args:
            identity: Identity of the pre-shared key.
            key: The key. Secret.
            starts: Whether it is the client.
        """
        if starts:
            return TlsClient(identity, key, keylog=self.keylog)
        return TlsServer({identity: key}.get, keylog=self.keylog)

    def host_of(self, address: str) -> str:
        """Return where an address of SDP is reached."""
        return self.hosts.get(address, address)

    def name_of(self, address: str) -> str:
        """Return the name of the node at an address; the address where nobody is known there."""
        return self.names.get(address, address)

    def new_origin(self) -> Origin:
        """Return the origin of the first description of a new session.

        Source:
            NODE_007 (RFC 8866, 5.2)
        """
        session_id = int(self.now()) << 32 | int.from_bytes(self.random(4), "big")
        kind = "IP6" if ":" in self.address else "IP4"
        return Origin(session_id=session_id, version=1, address_type=kind, address=self.address)

    def show(self, receiver: str, medium: Medium, name: str, octets: bytes = b"") -> None:
        """Tell the observer of something that this node sends."""
        self.observer(
            Sent(
                time=self.now(),
                sender=self.name,
                receiver=receiver,
                medium=medium,
                name=name,
                octets=octets,
            )
        )
