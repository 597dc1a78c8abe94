"""The stage on which a flow runs: the surroundings of each of its nodes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mediasec.nodes.observation import Observer
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.ticket_terms import Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the coroutine of a flow gets.

    Attributes:
        hosts: IP address at which each participant is reached, by its name.
        addresses: IP address of each participant in SDP, by its name.
        now: Gives the time in seconds since 1970, UTC.
        random: Makes the source of random octets of a participant, by its name.
        observer: Is told of what the nodes send.
        keylog: File for the secrets of TLS connections; None for none.
    """

    hosts: Mapping[str, str]
    addresses: Mapping[str, str]
    now: Callable[[], float]
    random: Callable[[str], Randomness] = field(repr=False)
    observer: Observer = field(repr=False)
    keylog: Path | None = None
    _made: dict[str, Surroundings] = field(default_factory=dict, init=False, repr=False)

    def surroundings(self, name: str) -> Surroundings:
        """Return the surroundings of a participant; the same each time, so that no octets repeat."""
        if name not in self._made:
            self._made[name] = Surroundings(
                name=name,
                address=self.addresses[name],
                host=self.hosts[name],
                hosts={address: self.hosts[each] for each, address in self.addresses.items()},
                names={host: each for each, host in self.hosts.items()},
                now=self.now,
                random=self.random(name),
                observer=self.observer,
                keylog=self.keylog,
            )
        return self._made[name]
