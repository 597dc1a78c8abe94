"""The parties of MIKEY-TICKET make, octet by octet, the exchanges that OpenSSL's command line made."""

from pathlib import Path

import pytest

from mediasec.procedures.ticket_update import BundleEnd

CASES = sorted(path.stem for path in (Path(__file__).parents[1] / "vectors/mikey/exchanges").glob("*.json"))
WHOLE = [case for case in CASES if not case.endswith("refused") and case != "mode_1_public_key"]


@pytest.mark.parametrize("case", WHOLE)
def test_exchange_of_the_vector_is_made(replayed, case):
    """Every party sends exactly the messages of the vector and ends with its key."""
    parties = replayed(case)
    octets, results = parties.octets, parties.exchange["results"]
    if "REQUEST_INIT" in octets:
        assert parties.request() == octets["REQUEST_INIT"]
        assert parties.grant() == octets["REQUEST_RESP"]
        parties.initiator.receive_ticket(octets["REQUEST_RESP"], parties.now("TRANSFER_INIT"))
    else:
        parties.make_ticket()
    assert parties.transfer() == octets["TRANSFER_INIT"]
    answer = parties.take()
    if "RESOLVE_INIT" in octets:
        assert answer.to_kms == octets["RESOLVE_INIT"]
        assert parties.resolve() == octets["RESOLVE_RESP"]
        answer = parties.take_keys()
    assert answer.to_initiator == octets.get("TRANSFER_RESP")
    if answer.to_initiator is not None:
        parties.initiator.receive_response(answer.to_initiator)
    for agreement in (parties.initiator.agreement, answer.agreement):
        (session,) = agreement.bundle.sessions
        assert session.key.hex() == results["tek"]
        assert (session.salt or b"").hex() == results.get("salt", "")
        assert session.cs_id == parties.exchange["session"]["cs_id"]
    assert parties.initiator.agreement.bundle == answer.agreement.bundle


def test_update_of_the_vector_is_made(replayed):
    """The update of a bundle is that of the vector, on both ends."""
    parties = replayed("mode_1_update")
    test_exchange_of_the_vector_is_made(lambda case: parties, "mode_1_update")
    octets, results = parties.octets, parties.exchange["results"]
    initiator = BundleEnd(parties.initiator.agreement, parties.settings, is_initiator=True)
    responder = BundleEnd(parties.responder.agreement, parties.settings, is_initiator=False)
    name = "TRANSFER_INIT of the update"
    sent = initiator.start(parties.now(name), parties.random("TGK of the update", "SPI 1"))
    assert sent == octets[name]
    reply = responder.receive(sent, parties.now("TRANSFER_RESP of the update"))
    assert reply == octets["TRANSFER_RESP of the update"]
    assert initiator.receive_response(reply) == responder.bundle
    assert responder.bundle.sessions[0].key.hex() == results["tek of the update"] != results["tek"]


def test_second_use_of_the_vector_is_made(replayed):
    """The second use of a ticket is that of the vector; the KMS is not asked again."""
    parties = replayed("mode_1_reuse")
    memory_of = parties.responder._memory
    test_exchange_of_the_vector_is_made(lambda case: parties, "mode_1_reuse")
    parties.responder = parties.new_responder(memory=memory_of)
    assert parties.transfer(" again") == parties.octets["TRANSFER_INIT again"]
    answer = parties.take(" again")
    assert answer.to_kms is None
    assert answer.to_initiator == parties.octets["TRANSFER_RESP again"]
    parties.initiator.receive_response(answer.to_initiator)
    assert parties.initiator.agreement.bundle == answer.agreement.bundle
    assert answer.agreement.bundle.sessions[0].key.hex() == parties.exchange["results"]["tek again"]
