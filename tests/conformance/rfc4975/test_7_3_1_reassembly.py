import itertools

import pytest

from mediasec.msrp.events import MessageFailed, MessageReceived
from mediasec.msrp.reassembly import Assembly, Memory
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


@pytest.fixture
def bob(msrp_side):
    side = msrp_side("bob")
    side.session(BOB, ALICE, accept_types=("text/plain", "image/*"))
    return side


def bodies(news: list) -> list[bytes]:
    return [event.message.body for event in news if isinstance(event, MessageReceived)]


@pytest.mark.parametrize("lines", [(), ("Byte-Range: 1-14/14",), ("Byte-Range: 1-*/*",)])
def test_msrp_057__a_whole_message(bob, send, lines):
    """A SEND without a range or from position 1, with a dollar sign, is a whole message."""
    (received,) = bodies(bob.receive(send(lines=lines)))
    assert received == b"Hi, I'm Alice!"


@pytest.mark.parametrize(("lines", "flag"), [((), "+"), (("Byte-Range: 2-15/15",), "$")])
def test_msrp_057__a_part_is_not_taken_for_the_whole(bob, send, lines, flag):
    """A SEND with a plus sign, or from a later position, is not a whole message."""
    assert bodies(bob.receive(send(lines=lines, flag=flag))) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_msrp_058__chunks_in_any_order(bob, send, order):
    """Three chunks make the message whatever their order, and not before the last of them is there."""
    chunks = [
        send("abc", identifier="chunk1", lines=("Byte-Range: 1-3/8",), flag="+"),
        send("def", identifier="chunk2", lines=("Byte-Range: 4-*/*",), flag="+"),
        send("gh", identifier="chunk3", lines=("Byte-Range: 7-8/8",), flag="$"),
    ]
    received = [bodies(bob.receive(chunks[number])) for number in order]
    assert received == [[], [], [b"abcdefgh"]]
    assert bob.directory.held_octets == 0


def test_msrp_058__chunks_of_different_messages_stay_apart(bob, send):
    """Chunks with different Message-IDs make different messages."""
    bob.receive(send("abcd", message_id="first", lines=("Byte-Range: 1-4/8",), flag="+"))
    bob.receive(send("ABCD", message_id="second", lines=("Byte-Range: 1-4/8",), flag="+"))
    assert bodies(bob.receive(send("EFGH", message_id="second", lines=("Byte-Range: 5-8/8",)))) == [
        b"ABCDEFGH"
    ]
    assert bodies(bob.receive(send("efgh", message_id="first", lines=("Byte-Range: 5-8/8",)))) == [
        b"abcdefgh"
    ]


def test_msrp_059__the_data_count(bob, send):
    """A chunk that is shorter than its range is as long as its body, and the rest is still missing."""
    bob.receive(send("abcd", identifier="chunk1", lines=("Byte-Range: 1-8/8",), flag="+"))
    assert bodies(bob.receive(send("gh", identifier="chunk2", lines=("Byte-Range: 7-8/8",)))) == []
    missing = send("ef", identifier="chunk3", lines=("Byte-Range: 5-8/8",), flag="+")
    assert bodies(bob.receive(missing)) == [b"abcdefgh"]


def test_msrp_059__a_longer_body_than_announced(bob, send):
    """A chunk that is longer than its range is as long as its body."""
    assert bodies(bob.receive(send("abcdefgh", lines=("Byte-Range: 1-4/4",)))) == [b"abcdefgh"]


def test_msrp_060__the_last_chunk_fixes_the_length(bob, send):
    """The chunk with the dollar sign ends the message, whatever total was announced."""
    bob.receive(send("abcd", identifier="chunk1", lines=("Byte-Range: 1-4/100",), flag="+"))
    last = send("ef", identifier="chunk2", lines=("Byte-Range: 5-6/100",), flag="$")
    assert bodies(bob.receive(last)) == [b"abcdef"]


def test_msrp_060__the_announced_total_ends_nothing(bob, send):
    """A message with as many octets as announced waits for its last chunk all the same."""
    assert bodies(bob.receive(send("abcd", lines=("Byte-Range: 1-4/4",), flag="+"))) == []


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ((0, b"aaaaaaaa"), (2, b"BBB"), b"aaBBBaaa"),
        ((2, b"aaa"), (0, b"BBBBBBBB"), b"BBBBBBBB"),
        ((0, b"aaaaa"), (3, b"BBBBB"), b"aaaBBBBB"),
        ((3, b"aaaaa"), (0, b"BBBBB"), b"BBBBBaaa"),
        ((0, b"aaaaaaaa"), (0, b"BBBBBBBB"), b"BBBBBBBB"),
    ],
)
def test_msrp_061__what_came_later_wins(bob, send, first, second, whole):
    """Where chunks overlap, the later one counts, however they overlap."""
    for number, (position, data) in enumerate((first, second)):
        line = f"Byte-Range: {position + 1}-{position + len(data)}/8"
        bob.receive(send(data.decode(), identifier=f"chunk{number}", lines=(line,), flag="+"))
    assert bodies(bob.receive(send("", identifier="last", lines=("Byte-Range: 9-8/8",)))) == [whole]


def test_msrp_061__an_earlier_chunk_keeps_what_does_not_overlap():
    """One chunk that overlaps three others replaces only what it covers, and memory counts octets once."""
    memory = Memory(100)
    assembly = Assembly(max_octets=100, memory=memory)
    for position, data in ((0, b"aaa"), (4, b"bbb"), (8, b"ccc"), (2, b"XXXXXXX")):
        assert assembly.add(position, data)
    assembly.finish(11)
    assert assembly.whole() == b"aaXXXXXXXcc"
    assert memory.used == 11


def test_msrp_058__stretches_that_do_not_touch_stay_apart():
    """A chunk joins the stretches that it touches, and leaves those alone that lie further on."""
    assembly = Assembly(max_octets=100, memory=Memory(100))
    for position, data in ((0, b"aaa"), (20, b"ccc"), (10, b"bbb"), (2, b"XX"), (4, b"YYYYYY")):
        assert assembly.add(position, data)
    assembly.finish(23)
    assert assembly.whole() is None
    assert assembly.add(13, b"ZZZZZZZ")
    assert assembly.whole() == b"aaXXYYYYYYbbbZZZZZZZccc"


@pytest.mark.parametrize("content_type", ["text/plain", "TEXT/Plain;charset=utf-8", "image/png"])
def test_msrp_065__media_types_that_were_signalled(bob, send, content_type):
    """A media type that was signalled, by name or by its first part, is accepted."""
    assert bodies(bob.receive(send(content_type=content_type))) == [b"Hi, I'm Alice!"]
    assert [answer.code for answer in bob.messages()] == [200]


@pytest.mark.parametrize("content_type", ["text/html", "application/octet-stream", "multipart/related"])
def test_msrp_065__other_media_types_are_refused_at_once(bob, send, content_type):
    """Another media type gets a 415 before its body is there, and nothing becomes of it."""
    octets = send(content_type=content_type)
    assert bodies(bob.receive(octets[: octets.index(b"Hi")])) == []
    assert [answer.code for answer in bob.messages()] == [415]
    assert bodies(bob.receive(octets[octets.index(b"Hi") :])) == []
    assert bob.messages() == []


@pytest.mark.parametrize(
    "content_type", ["multipart/mixed", "multipart/alternative", "multipart/signed", "message/cpim"]
)
def test_msrp_066__media_types_that_everyone_receives(bob, send, content_type):
    """The media types that every endpoint has to receive are accepted though they were not signalled."""
    assert bodies(bob.receive(send(content_type=f"{content_type};boundary=x"))) == [b"Hi, I'm Alice!"]


def test_msrp_066__they_reach_the_user_of_the_other_side(msrp_pair):
    """A message of such a type is not refused, and one of another type is."""
    pair = msrp_pair(bob_terms={"accept_types": ()})
    pair.alice.send(b"Hi", "message/cpim")
    name = pair.alice.send(b"Hi", "text/plain")
    pair.carry()
    assert bodies(pair.bob_side.news()) == [b"Hi"]
    assert pair.alice_side.news()[1:] == [MessageFailed(session=pair.alice, message_id=name, code=415)]
