"""RFC 6043, 5.5: what follows a message in its MAC or signature."""

import pytest

from mediasec.crypto import certified_rsa_key
from mediasec.errors import AuthenticationFailed
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Certificate
from mediasec.mikey.protection import (
    ProtectionKeys,
    authenticate,
    initial_coverage,
    response_coverage,
    sign,
    verify,
    verify_signature,
)

CASES = ["mode_1", "mode_1_forking_256", "mode_1_update", "mode_3_key_wrap", "mode_4"]
PARTIES = {
    "REQUEST_INIT": ("initiator", "kms"),
    "TRANSFER_INIT": ("initiator", "called"),
    "TRANSFER_INIT of the update": ("initiator", "responder"),
    "RESOLVE_INIT": ("responder", "kms"),
}


def protected(exchange):
    """Yield name, octets, parsed message, keys and covered octets of each message with a MAC."""
    octets = {message["id"]: bytes.fromhex(message["octets"]) for message in exchange["messages"]}
    for step in exchange["steps"]:
        name, _, what = step["id"].partition(": ")
        if what != "MAC" or name == "ticket":
            continue
        key = bytes.fromhex(step["inputs"]["key"])
        keys = ProtectionKeys(lambda key=key, **_: key, 0)
        message = Message.parse(octets[name])
        if name in PARTIES:
            sender, receiver = (exchange["identities"][party].encode() for party in PARTIES[name])
            covered = initial_coverage(message, sender, receiver)
        else:
            covered = response_coverage(message, octets[name.replace("RESP", "INIT")])
        yield name, octets[name], message, keys, covered, bytes.fromhex(step["inputs"]["data"])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.verifies("MKY_152")
def test_mky_150__messages_of_the_exchange_are_authentic(vectors, case):
    """An initial message is followed by both identities, a response by the initial message."""
    found = list(protected(vectors(f"mikey/exchanges/{case}")))
    assert len(found) >= 2
    for name, octets, message, keys, covered, expected in found:
        assert covered == expected, name
        verify(message, keys, covered)
        assert authenticate(message, keys, covered).serialize() == octets


@pytest.mark.parametrize("case", ["mode_1_forking"])
@pytest.mark.verifies("MKY_152")
def test_mky_150__what_follows_is_covered(vectors, case):
    """Other identities, or another initial message, do not verify."""
    for name, _, message, keys, covered, _ in protected(vectors(f"mikey/exchanges/{case}")):
        tail = covered[len(message.authenticated_octets()) :]
        assert tail, name
        for wrong in (b"", tail[:-1], tail + b"\x00", bytes([tail[0] ^ 1]) + tail[1:]):
            with pytest.raises(AuthenticationFailed):
                verify(message, keys, message.authenticated_octets() + wrong)


def test_mky_150__signature_of_the_exchange_covers_the_identities(vectors, rsa_key):
    """A signature covers what a MAC would."""
    exchange = vectors("mikey/exchanges/mode_1_public_key")
    identities = exchange["identities"]
    for name, who in (("REQUEST_INIT", "initiator"), ("RESOLVE_INIT", "responder")):
        (octets,) = (bytes.fromhex(each["octets"]) for each in exchange["messages"] if each["id"] == name)
        message = Message.parse(octets)
        public_key = certified_rsa_key(message.first(Certificate).data)
        covered = initial_coverage(message, identities[who].encode(), identities["kms"].encode())
        verify_signature(message, public_key, covered)
        assert sign(message, rsa_key(who), covered).serialize() == octets
        for wrong in (
            initial_coverage(message, identities["kms"].encode(), identities[who].encode()),
            message.authenticated_octets(),
        ):
            with pytest.raises(AuthenticationFailed):
                verify_signature(message, public_key, wrong)


def test_mky_154__identity_that_the_message_leaves_out_comes_from_outside(vectors):
    """The receiver gives the identity data itself, whether the message has them or not."""
    exchange = vectors("mikey/exchanges/mode_4")
    name, _, message, keys, covered, _ = next(protected(exchange))
    assert name == "TRANSFER_INIT"
    stripped = Message(
        header=message.header,
        payloads=tuple(payload for payload in message.payloads if type(payload).__name__ != "RoleIdentity"),
    )
    tail = covered[len(message.authenticated_octets()) :]
    identities = exchange["identities"]
    assert tail == f"{identities['initiator']}{identities['called']}".encode()
    initiator, responder = identities["initiator"].encode(), identities["called"].encode()
    sent = authenticate(stripped, keys, initial_coverage(stripped, initiator, responder))
    verify(sent, keys, initial_coverage(sent, initiator, responder))
    with pytest.raises(AuthenticationFailed):
        verify(sent, keys, initial_coverage(sent, b"", b""))
