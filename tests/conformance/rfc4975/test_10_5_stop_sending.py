import pytest

from mediasec.msrp.events import MessageFailed, MessageReceived
from mediasec.msrp.registry import Flag


@pytest.mark.parametrize("octets", [10_000, 200_000])
def test_msrp_046__a_413_stops_the_message(msrp_pair, octets):
    """A 413 interrupts the chunk under way with a hash sign, and no further chunk of the message follows."""
    pair = msrp_pair(bob_terms={"max_octets": 5000})
    name = pair.alice.send(b"x" * octets, "text/plain")
    pair.bob_side.connection.receive(pair.alice_side.output(limit=4000))
    pair.alice_side.connection.receive(pair.bob_side.output())
    assert pair.alice_side.news() == [MessageFailed(session=pair.alice, message_id=name, code=413)]
    pair.carry()
    chunks = pair.alice_side.messages()
    assert [chunk.flag for chunk in chunks] == [Flag.ABORTED]
    assert len(chunks[0].body) < 5000
    assert pair.bob_side.news() == []
    assert pair.alice_side.connection.outbox.transactions == {}


def test_msrp_046__a_413_between_two_chunks(msrp_pair):
    """A 413 that comes between two chunks leaves the second one unsent."""
    pair = msrp_pair()
    name = pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice_side.output(limit=4000)
    pair.ask_alice()
    pair.alice_side.output(limit=1)
    (first,) = pair.alice_side.messages()
    pair.alice_side.receive(
        f"MSRP {first.transaction_id} 413\nTo-Path: {pair.alice.terms.local.serialize()}\n"
        f"From-Path: {pair.bob.terms.local.serialize()}\n-------{first.transaction_id}$\n"
    )
    assert first.flag is Flag.MORE
    assert not [one for one in pair.alice_side.messages() if getattr(one, "message_id", None) == name]


def test_msrp_046__transactions_of_other_messages_go_on(msrp_pair):
    """A 413 to one message leaves the transactions of another one as they are."""
    pair = msrp_pair(bob_terms={"max_octets": 5000})
    pair.alice.send(b"first", "text/plain")
    pair.alice.send(b"x" * 10_000, "text/plain")
    octets = pair.alice_side.output(limit=4000)
    pair.bob_side.connection.receive(octets[octets.index(b"$\r\n") + 3 :])
    pair.alice_side.connection.receive(pair.bob_side.output())
    assert [outgoing.body for outgoing in pair.alice_side.connection.outbox.transactions.values()] == [
        b"first"
    ]


def test_msrp_046__other_messages_go_on(msrp_pair):
    """A 413 stops no other message."""
    pair = msrp_pair(bob_terms={"max_octets": 5000})
    pair.alice.send(b"x" * 10_000, "text/plain")
    pair.alice.send(b"y" * 5000, "text/plain")
    pair.carry()
    received = [
        event.message.body[:1] for event in pair.bob_side.news() if isinstance(event, MessageReceived)
    ]
    assert received == [b"y"]
