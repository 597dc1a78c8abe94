"""Scenes of nodes on the network in memory, and fixtures that run them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from loopback_scene import ADDRESSES
from mediasec.nodes.observation import Medium, Sent
from mediasec.nodes.surroundings import Surroundings
from mpspec.flows.network import VirtualNetwork
from mpspec.flows.scene import Scene
from mpspec.flows.seeding import SeededRandom


@dataclass
class Watched:
    """A scene that is watched.

    Attributes:
        network: The network in memory.
        sent: What its nodes sent, in order.
    """

    network: VirtualNetwork
    sent: list[Sent] = field(default_factory=list)
    _made: dict[str, Surroundings] = field(default_factory=dict)

    def surroundings(self, name: str) -> Surroundings:
        """Return the world of a node."""
        if name not in self._made:
            self._made[name] = Surroundings(
                name=name,
                address=ADDRESSES[name],
                names={address: each for each, address in ADDRESSES.items()},
                now=self.network.now,
                random=SeededRandom(name),
                observer=self.sent.append,
            )
        return self._made[name]

    def scene(self, **settings: Any) -> Scene:
        """Return a scene that has not begun."""
        return Scene(surroundings=self.surroundings, **settings)

    def http(self, name: str) -> aiohttp.ClientSession:
        """Return an HTTP client at the address of a node."""
        connector = aiohttp.TCPConnector(local_addr=(ADDRESSES[name], 0), force_close=True)
        return aiohttp.ClientSession(connector=connector)

    def names(self, *media: Medium, sender: str = "") -> list[str]:
        """Return the names of what was sent, by these media and by one node, or by all."""
        return [
            each.name
            for each in self.sent
            if (not media or each.medium in media) and sender in ("", each.sender)
        ]

    def octets(self, medium: Medium) -> bytes:
        """Return all octets that one medium carried."""
        return b"".join(each.octets for each in self.sent if each.medium is medium)

    def place(self, medium: Medium, name: str, sender: str = "") -> int:
        """Return the place of the first message with a name among all that was sent."""
        return next(
            place
            for place, each in enumerate(self.sent)
            if each.medium is medium and each.name == name and sender in ("", each.sender)
        )


@pytest.fixture
def on_network() -> Callable[..., Any]:
    """Return what runs a coroutine function on a network in memory: it is given a `Watched`."""

    def run(body: Callable[[Watched], Awaitable[Any]], **settings: Any) -> Any:
        network = VirtualNetwork(**settings)

        async def main() -> Any:
            return await body(Watched(network))

        found = network.run(main())
        assert network.left_open() == []
        return found

    return run
