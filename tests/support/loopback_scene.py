"""The nodes of a scene on loopback, each at an address of its own."""

from mediasec.nodes.surroundings import Surroundings

ADDRESSES = {
    "KMS": "192.0.2.1",
    "MRFC": "192.0.2.2",
    "MRFP": "192.0.2.3",
    "UE-A": "192.0.2.11",
    "UE-B": "192.0.2.12",
    "UE-C": "192.0.2.13",
}
"""Addresses in SDP."""

HOSTS = {name: address.replace("192.0.2", "127.0.0") for name, address in ADDRESSES.items()}
"""Where the nodes are reached."""


def surroundings(name: str) -> Surroundings:
    """Return the world of a node on loopback."""
    return Surroundings(
        name=name,
        address=ADDRESSES[name],
        host=HOSTS[name],
        hosts={ADDRESSES[each]: host for each, host in HOSTS.items()},
        names={host: each for each, host in HOSTS.items()},
    )
