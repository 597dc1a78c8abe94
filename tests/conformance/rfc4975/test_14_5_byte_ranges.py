import pytest

from mediasec.msrp.reassembly import MAX_RUNS, Assembly, Memory
from mediasec.msrp.receiving import MAX_OPEN_MESSAGES
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


@pytest.fixture
def bob(msrp_side):
    side = msrp_side("bob")
    side.session(BOB, ALICE, max_octets=1000)
    return side


@pytest.mark.parametrize("announced", ["1-*/1001", "1-1001/*", "1002-*/*", "999999999999999-*/*"])
def test_msrp_063__huge_ranges_take_no_memory(bob, send, announced):
    """A chunk that says that its message is too long is refused with 413, before any memory is taken."""
    octets = send(lines=(f"Byte-Range: {announced}",), flag="+")
    bob.receive(octets[: octets.index(b"Hi")])
    assert [answer.code for answer in bob.messages()] == [413]
    bob.receive(octets[octets.index(b"Hi") :])
    assert bob.messages() == []
    assert bob.directory.held_octets == 0


def test_msrp_063__a_message_that_grows_too_long(bob, send):
    """A message that grows longer than accepted is refused at once with 413, and so is its rest."""
    octets = send("x" * 1100, identifier="chunk1", lines=("Byte-Range: 1-*/*",), flag="+")
    bob.receive(octets[:-10])
    assert [answer.code for answer in bob.messages()] == [413]
    bob.receive(octets[-10:])
    bob.receive(send("y", identifier="chunk2", lines=("Byte-Range: 2-2/2",)))
    assert [answer.code for answer in bob.messages()] == [413]
    assert bob.directory.held_octets == 0


def test_msrp_063__a_small_chunk_far_out_takes_little(bob, send):
    """A chunk at the end of a message takes memory for its own octets only."""
    bob.receive(send("Hi", lines=("Byte-Range: 999-1000/1000",)))
    assert [answer.code for answer in bob.messages()] == [200]
    assert bob.directory.held_octets == 2


def test_msrp_063__too_many_messages_under_way(bob, send):
    """A message past the number that may be under way is refused with 413."""
    for number in range(MAX_OPEN_MESSAGES + 1):
        bob.receive(send("a", message_id=f"message{number}", lines=("Byte-Range: 1-1/2",), flag="+"))
    assert [answer.code for answer in bob.messages()] == [200] * MAX_OPEN_MESSAGES + [413]


def test_msrp_063__memory_is_shared_and_given_back():
    """Octets past an allowance, or past the one that it is a part of, are not taken."""
    whole = Memory(10)
    one, other = Memory(8, within=whole), Memory(8, within=whole)
    assert one.take(8)
    assert not one.take(1)
    assert not other.take(3)
    assert other.take(2)
    one.release(8)
    assert (one.used, other.used, whole.used) == (0, 2, 2)
    assert not other.take(7)
    assert other.take(6)


def test_msrp_063__scattered_octets_are_limited():
    """A message that comes in too many separate stretches is given up."""
    assembly = Assembly(max_octets=10**6, memory=Memory(10**6))
    assert all(assembly.add(2 * number, b"x") for number in range(MAX_RUNS))
    assert not assembly.add(2 * MAX_RUNS, b"x")


@pytest.mark.parametrize("lines", [("Byte-Range: 1-1000/1000",), ("Byte-Range: 1-*/*",), ()])
def test_msrp_063__ordinary_messages_are_received(bob, send, lines):
    """A message as long as accepted is received, and its memory is given back."""
    bob.receive(send("x" * 1000, lines=lines))
    assert [answer.code for answer in bob.messages()] == [200]
    assert bob.directory.held_octets == 0


def test_msrp_063__an_empty_last_chunk(bob, send):
    """A message as long as accepted may end with an empty chunk behind it."""
    bob.receive(send("x" * 1000, identifier="chunk1", lines=("Byte-Range: 1-1000/*",), flag="+"))
    news = bob.receive(send("", identifier="chunk2", lines=("Byte-Range: 1001-1000/1000",)))
    assert [answer.code for answer in bob.messages()] == [200, 200]
    assert [event.message.body for event in news] == [b"x" * 1000]


def test_msrp_063__what_was_refused_stays_refused(bob, send):
    """A message that was refused for its length is refused again, however small the chunk."""
    bob.receive(send("x" * 1100, identifier="chunk1", lines=("Byte-Range: 1-*/*",)))
    bob.receive(send("y", identifier="chunk2", lines=("Byte-Range: 1-1/1",)))
    bob.receive(send("y", identifier="chunk3", message_id="another", lines=("Byte-Range: 1-1/1",)))
    assert [answer.code for answer in bob.messages()] == [413, 413, 200]
