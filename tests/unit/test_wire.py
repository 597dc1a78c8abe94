"""The reader of octets, where it must stop."""

import pytest

from mediasec.errors import MalformedMessage
from mediasec.wire import OctetReader


def test_counted_octets_stand_behind_their_number():
    """As many octets are read as the number before them says, none included."""
    reader = OctetReader(b"\x02ab\x00\x01c\x00")
    assert [reader.counted(1), reader.counted(2), reader.counted(1)] == [b"ab", b"c", b""]
    reader.finish()


@pytest.mark.parametrize(
    ("octets", "width", "offset"), [(b"", 1, 0), (b"\x00", 2, 0), (b"\x02a", 1, 1), (b"\x00\x02a", 2, 2)]
)
def test_number_that_lies_is_malformed_and_moves_nothing(octets, width, offset):
    """A number that is cut short, or announces more than there is, is told at its place."""
    reader = OctetReader(octets)
    with pytest.raises(MalformedMessage) as caught:
        reader.counted(width)
    assert (caught.value.offset, reader.offset) == (offset, 0)


@pytest.mark.parametrize("read", [OctetReader.uint8, lambda reader: reader.counted(1)])
def test_nothing_is_read_past_a_nearer_bound(read):
    """Octets behind a restriction are not read inside of it."""
    reader = OctetReader(b"a\x01b")
    with reader.restricted(1):
        assert reader.octets(1) == b"a"
        with pytest.raises(MalformedMessage):
            read(reader)


@pytest.mark.parametrize("octets", [b"\x03ab", b"\x02abc"])
def test_counted_octets_keep_to_a_nearer_bound(octets):
    """A number inside of a restriction counts what is in it alone."""
    reader = OctetReader(octets)
    with pytest.raises(MalformedMessage), reader.restricted(2):
        reader.counted(1)
