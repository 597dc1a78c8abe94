"""What a node needs of the world around it: an address, a clock, random octets."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mediasec.nodes.observation import Medium, Observer, Sent
from mediasec.procedures.ticket_terms import Randomness


def _nobody(sent: Sent) -> None:
    """Take no note of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The world as one node sees it.

    Attributes:
        name: Name of the node, for people: `UE-A`.
        host: IP address at which it listens and from which it connects.
        now: Gives the time in seconds since 1970, UTC.
        random: Gives random octets, fit for keys.
        observer: Is told of what the node sends.
        keylog: File for the secrets of its TLS connections, in the form that Wireshark reads; None for none.
    """

    name: str
    host: str = "127.0.0.1"
    now: Callable[[], float] = time.time
    random: Randomness = field(default=secrets.token_bytes, repr=False)
    observer: Observer = field(default=_nobody, repr=False)
    keylog: Path | None = None

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
