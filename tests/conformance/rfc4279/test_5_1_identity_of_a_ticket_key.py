"""RFC 4279, 5.1: the identity of a pre-shared key that comes from a ticket."""

import json
from pathlib import Path

import pytest

from mediasec.mikey.message import Message
from mediasec.mikey.profile import Profile

EXCHANGES = Path(__file__).parents[2] / "vectors" / "mikey" / "exchanges"


def test_mky_214__identity_names_bundle_session_and_key():
    """The TLS pre-shared key identity is `mikey-ticket`, CSB ID, CS ID and SPI with colons between them."""
    identity = Profile().psk_identity(0x5EED0002, b"\x07\xab")
    assert identity == b"mikey-ticket:5eed0002:01:07ab"
    assert Profile(psk_identity_template="{csb_id}").psk_identity(7, b"") == b"7"


@pytest.mark.parametrize("name", ["mode_1", "mode_1_forking", "mode_4"])
def test_mky_214__identity_is_that_of_the_vectors(name):
    """The identity of each vector is made from the crypto session of its TRANSFER_RESP."""
    exchange = json.loads((EXCHANGES / f"{name}.json").read_text())
    octets = {message["id"]: bytes.fromhex(message["octets"]) for message in exchange["messages"]}
    header = Message.parse(octets["TRANSFER_RESP"]).header
    (session,) = header.sessions.sessions
    assert session.cs_id == Profile().crypto_session_id
    assert session.protocol_type == Profile().tls_protocol_type
    identity = Profile().psk_identity(header.csb_id, session.spi)
    assert identity.decode() == exchange["results"]["tls_psk_identity"]
