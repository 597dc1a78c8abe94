"""RFC 8866, 5.2: the origin of a session."""

import itertools

from mediasec.nodes.surroundings import Surroundings


def test_node_007__each_session_has_an_origin_of_its_own():
    """The session ID has the time and 32 random bits, so that no two sessions share it."""
    octets = itertools.count()
    world = Surroundings(
        name="UE-A",
        address="192.0.2.11",
        now=lambda: 1_796_126_400.5,
        random=lambda length: next(octets).to_bytes(length, "big"),
    )
    first, second = world.new_origin(), world.new_origin()
    assert first.session_id != second.session_id
    assert first.session_id >> 32 == 1_796_126_400
    assert first.serialize() == f"- {1_796_126_400 << 32} 1 IN IP4 192.0.2.11"


def test_node_007__an_origin_of_ipv6():
    """An address of IPv6 is announced as one."""
    assert Surroundings(name="UE-A", address="2001:db8::11").new_origin().address_type == "IP6"
