"""Lines and their order."""

import pytest

from mediasec.errors import RequirementViolated
from mediasec.sdp.message import SessionDescription

_GOOD = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"


def _found(data):
    try:
        SessionDescription.parse(data)
    except RequirementViolated as error:
        return [(finding.requirement, finding.where) for finding in error.findings]
    return []


@pytest.mark.parametrize("line", [b"x=1", b"A=b", b"", b"a", b" a=b", b"a =b", b"=b", b"\xe9=b"])
def test_sdp_083__a_line_is_a_letter_and_a_value(line):
    """Each line is a known type letter, an equals sign and a value; else the description is rejected."""
    assert _found(_GOOD + b"a=x\r\n") == []
    assert _found(_GOOD + line + b"\r\na=x\r\n") == [("SDP_083", "line[6]")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "The line is empty"),
        ("x=1", "'x' is no type letter of SDP"),
        ("nonsense", "'nonsense' does not begin with a type letter and '='."),
        ("a", "'a' does not begin with a type letter and '='."),
    ],
)
def test_sdp_083__a_finding_says_what_the_line_is(dial_in, line, said):
    """An empty line, an unknown letter and a line without a letter are told apart."""
    (finding,) = dial_in.faults(("t=0 0\n", f"t=0 0\n{line}\n"))
    assert said in finding.message


def test_sdp_083__every_bad_line_is_found():
    """Each line of another form is found, not the first alone."""
    data = _GOOD + b"x=1\r\na=x\r\nnonsense\r\n"
    assert _found(data) == [("SDP_083", "line[6]"), ("SDP_083", "line[8]")]


@pytest.mark.parametrize(
    ("session", "media", "where"),
    [
        ("vosiueepptrzta", "", None),
        ("vosiuepcbbtrrztrka", "micc bbka", None),
        ("vost", "", None),
        ("osvt", "", None),
        ("vsot", "", [3]),
        ("voscts", "", [6]),
        ("voosct", "", [3]),
        ("vosict i", "", [7]),
        ("vosuut", "", [5]),
        ("voscct", "", [5]),
        ("vostc", "", [5]),
        ("vostak", "", [6]),
        ("vosrt", "", [4]),
        ("vostz", "", [5]),
        ("vostrzr", "", [7]),
        ("vos", "", [1]),
        ("vot", "", [1]),
        ("vs", "", [1, 1]),
        ("vosct", "mai", [8]),
        ("vosct", "mii", [8]),
        ("vosct", "mcb c", [9]),
        ("vosct", "mt", [7]),
        ("vosct", "mo", [7]),
    ],
)
def test_sdp_084__the_lines_stand_in_order(session, media, where):
    """The lines stand in their order, with those that are asked for, and single ones not repeated."""
    values = {
        "v": "0",
        "o": "- 1 1 IN IP4 192.0.2.1",
        "c": "IN IP4 192.0.2.1",
        "b": "AS:1",
        "t": "0 0",
        "m": "audio 0 RTP/AVP 0",
    }
    letters = (session + media).replace(" ", "")
    data = "".join(f"{letter}={values.get(letter, 'x')}\r\n" for letter in letters).encode()
    found = [place for place in _found(data) if place[0] == "SDP_084"] if letters[0] == "v" else []
    assert found == [("SDP_084", f"line[{number}]") for number in where or []]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ("t=0 0\n", "t=0 0\ns=-\n"),
            "'s=' stands too late: the order in a session is v o s i u e p c b t r z k a.",
        ),
        (("a=rtpmap", "i=x\ni=y\na=rtpmap"), "'i=' stands for the second time in this media description."),
        (("a=rtpmap", "t=0 0\na=rtpmap"), "'t=' does not belong in a media description."),
        (("t=0 0\n", "t=0 0\nz=0 0\n"), "'z=' does not follow the time line that it belongs to."),
        (("s=-\n", ""), "The session has no line 's='."),
    ],
)
def test_sdp_084__a_finding_says_what_is_out_of_order(dial_in, edit, said):
    """A finding says which line is too late, repeated, out of place or missing."""
    (finding,) = dial_in.faults(edit)
    assert finding.message == said


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_sdp_089__lines_end_with_crlf_or_lf(ending):
    """Lines that end with LF alone are read too, and written as they came."""
    data = _GOOD.replace(b"\r\n", ending)
    assert SessionDescription.parse(data).serialize() == data


def test_sdp_089__what_is_made_here_ends_with_crlf():
    """A line that is made here ends with CRLF."""
    description = SessionDescription.parse(_GOOD)
    made = SessionDescription.create(description.origin).serialize()
    assert made.count(b"\n") == made.count(b"\r\n") == 4


def test_sdp_089__the_last_line_may_lack_its_end():
    """The last line is read without its ending, and written as it came."""
    assert SessionDescription.parse(_GOOD[:-2]).serialize() == _GOOD[:-2]
