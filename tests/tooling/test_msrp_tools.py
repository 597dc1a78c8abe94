"""`mpspec decode msrp`."""

import io
import json

import pytest

from mpspec.cli import main
from mpspec.protocol.msrp_decode import decode

SEND = (
    b"MSRP d93kswow SEND\r\n"
    b"To-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n"
    b"From-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp\r\n"
    b"Message-ID: 12339sdqwer\r\n"
    b"Byte-Range: 1-14/14\r\n"
    b"X-Priority: high\r\n"
    b"Content-Type: text/plain\r\n"
    b"\r\n"
    b"Hi, I'm Alice!\r\n"
    b"-------d93kswow$\r\n"
)
RESPONSE = (
    b"MSRP d93kswow 200 OK\r\n"
    b"To-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp\r\n"
    b"From-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n"
    b"-------d93kswow$\r\n"
)


@pytest.fixture
def run(capsys):
    """Run `mpspec` and return its exit code, output and errors."""

    def call(*arguments):
        try:
            main(list(arguments))
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def file(tmp_path):
    """Write octets to a file and return its name."""

    def write(octets: bytes) -> str:
        path = tmp_path / "stream"
        path.write_bytes(octets)
        return str(path)

    return write


def test_each_line_has_its_place(run, file):
    """Messages are shown one after the other, each line with offset, length, value and section."""
    code, out, err = run("decode", "msrp", file(SEND + RESPONSE))
    lines = [line.split(maxsplit=2) for line in out.splitlines()[1:]]
    assert (code, err) == (0, "")
    assert lines[0] == ["0", str(len(SEND)), "MSRP SEND"]
    assert lines[5][2] == "Byte-Range: 1-14/14  [RFC 4975, 7.1.1]"
    assert lines[6][2] == "X-Priority: high  [RFC 4975, 12]"
    assert lines[9] == [str(SEND.index(b"Hi")), "14", "body: Hi, I'm Alice!  [RFC 4975, 7.1]"]
    assert [str(len(SEND)), str(len(RESPONSE)), "MSRP response 200"] in lines
    assert lines[-1][2] == "end-line: d93kswow $ (complete)  [RFC 4975, 7.1]"


def test_the_parts_fill_each_message(run, file):
    """In JSON the parts of a message follow on each other and fill it, and the body is there in octets."""
    code, out, _ = run("decode", "msrp", file(SEND + RESPONSE), "--json")
    assert code == 0
    messages = json.loads(out)["messages"]
    for message in messages:
        at = message["offset"]
        for part in message["parts"]:
            assert part["offset"] == at
            at += part["length"]
        assert at == message["offset"] + message["length"]
    body = next(part for part in messages[0]["parts"] if part["name"] == "body")
    assert bytes.fromhex(body["octets"]) == b"Hi, I'm Alice!"
    assert json.loads(out)["findings"] == []


def test_rules_that_are_broken(run, file):
    """A message that breaks rules is shown with them, and the exit code says so."""
    octets = SEND.replace(b"1-14/14", b"1-16/16").replace(b"Message-ID: 12339sdqwer\r\n", b"")
    code, out, err = run("decode", "msrp", file(octets))
    assert (code, err) == (1, "")
    assert "MSRP_025 at message[0].message_id: The SEND has no Message-ID." in out
    assert "MSRP_092 at message[0].byte_range: The Byte-Range ends at 16, and the body at 14." in out
    code, out, _ = run("decode", "msrp", file(octets), "--json")
    assert [found["requirement"] for found in json.loads(out)["findings"]] == ["MSRP_025", "MSRP_092"]


def test_what_a_terminal_acts_on_is_escaped(run, file):
    """Control characters of a hostile message reach no terminal, wherever they stand."""
    octets = SEND.replace(b"high", b"\x1b[2Jhigh").replace(b"X-P", b"X\x07P").replace(b"Hi, ", b"\xc2\x9b2J")
    code, out, _ = run("decode", "msrp", file(octets))
    assert code == 1
    assert "X\\x07Priority: \\x1b[2Jhigh" in out
    assert out.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("octets", "at", "why"),
    [
        (b"HTTP/1.1 200 OK\r\n", 0, "the start line is not one of MSRP"),
        (SEND[:-3], 0, "there is no end-line"),
        (SEND + b"junk", len(SEND), "the start line is not one of MSRP"),
    ],
)
def test_what_is_no_message(run, file, octets, at, why):
    """What is no message is one sentence with its place, and the messages before it are shown."""
    code, out, err = run("decode", "msrp", file(octets))
    assert (code, err) == (1, f"mpspec: The message does not parse: {why} (at octet {at}).\n")
    assert ("Hi, I'm Alice!" in out) == (at > 0)
    described = json.loads(run("decode", "msrp", file(octets), "--json")[1])
    assert described["fault"] == {"reason": why, "offset": at}


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (SEND.replace(b"Byte-Range: 1", b"Byte-Range: x"), "the Byte-Range is not of the form '1-25/25'"),
        (SEND.replace(b"X-Priority: high", b"X-Priority"), "a line is not a header field"),
        (RESPONSE.replace(b"-------", b"\r\nbody\r\n-------"), "the response has a body"),
        (
            b"MSRP d93kswow SEND\r\n-------d93kswow$\r\n",
            "the first header fields are not To-Path and From-Path",
        ),
    ],
)
def test_a_message_that_does_not_parse(run, file, octets, why):
    """A message whose head does not parse is shown as far as it goes, and so are those after it."""
    code, out, err = run("decode", "msrp", file(octets + RESPONSE))
    assert (code, err) == (1, "")
    assert f"MSRP_036 at message[0].head: The message does not parse: {why}." in out
    assert "MSRP response 200" in out


def test_lines_as_editors_leave_them(run, file):
    """A file whose lines end with LF alone is read as if they ended with CRLF."""
    assert run("decode", "msrp", file(SEND.replace(b"\r\n", b"\n"))) == run("decode", "msrp", file(SEND))


def test_standard_input(run, file, monkeypatch):
    """A hyphen stands for standard input."""

    class Input:
        buffer = io.BytesIO(SEND)

    monkeypatch.setattr("sys.stdin", Input)
    assert run("decode", "msrp", "-") == run("decode", "msrp", file(SEND))


@pytest.mark.parametrize("name", ["missing", "a folder", "an empty file"])
def test_nothing_to_read(run, file, tmp_path, name):
    """A source that cannot be read, or is empty, is one sentence and the exit code 2."""
    source = {"missing": str(tmp_path / "none"), "a folder": str(tmp_path), "an empty file": file(b"")}[name]
    code, out, err = run("decode", "msrp", source)
    assert (code, out) == (2, "")
    assert err.startswith(f"mpspec: {source} ")
    assert len(err.splitlines()) == 1


def test_bodies_are_cut_short():
    """Of a long body the first line is shown, of binary octets their beginning in hexadecimal."""
    long = SEND.replace(b"Hi, I'm Alice!", b"x" * 100 + b"\r\nsecond")
    binary = SEND.replace(b"Hi, I'm Alice!", bytes(range(128, 256)))
    shown = [next(line for line in decode(octets).lines() if " body: " in line) for octets in (long, binary)]
    assert f"body: {'x' * 60}... (108 octets)" in shown[0]
    assert "body: 808182838485868788898a8b... (128 octets)" in shown[1]
