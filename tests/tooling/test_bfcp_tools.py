"""`mpspec decode bfcp`."""

import base64
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpspec.cli import main
from mpspec.protocol.bfcp_decode import decode

FLOOR_REQUEST = bytes.fromhex("20010004 00001267 007b 00ea 0404021f 02040002 10035800 08046000")
HELLO = bytes.fromhex("200b0000 00001267 007c 00ea")
ERROR = bytes.fromhex("200d0003 00001267 007c 00ea 0c0404c6 0e076dc3a4721b00")


@pytest.fixture
def run(capsys):
    """Run `mpspec decode bfcp` and return its exit code, output and errors."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["decode", "bfcp", *arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return call


def fields(described):
    """Return name and value of each field of a decoded message, however deep."""
    found = [(described["name"], described.get("value"))]
    for part in described.get("parts", []):
        found += fields(part)
    return found


def test_shows_each_field(run):
    """Each field of a message stands in a line of its own, with its place and its section."""
    code, output, errors = run(FLOOR_REQUEST.hex())
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert lines[1] == "     0     28  BFCP FloorRequest  [RFC 8855, 5.3.1]"
    assert "     4      4      Conference ID: 4711" in lines
    assert "    12      4    FLOOR-ID  [RFC 8855, 5.2.2]" in lines
    assert "    14      2      Floor ID: 543" in lines
    assert "    26      2      Prio: 3 (High)" in lines
    assert '    22      1      Text: "X"' in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("form", ["hex", "spaced", "base64", "file", "hex file", "stdin"])
def test_takes_every_form(run, tmp_path, monkeypatch, form):
    """A message is the same in hex, in base64, in a file and on standard input."""
    path = tmp_path / "message"
    path.write_bytes(HELLO if form == "file" else HELLO.hex(" ").encode() + b"\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(HELLO)))
    argument = {
        "hex": HELLO.hex(),
        "spaced": HELLO.hex(" ", 4),
        "base64": base64.b64encode(HELLO).decode(),
        "stdin": "-",
    }.get(form, str(path))
    code, output, _ = run("--json", argument)
    (message,) = json.loads(output)["messages"]
    assert (code, message["name"], message["length"]) == (0, "BFCP Hello", 12)


def test_takes_a_stream(run):
    """Messages one after the other are shown one after the other, each at its place."""
    code, output, _ = run("--json", (HELLO + ERROR + HELLO).hex())
    described = json.loads(output)
    assert [(one["name"], one["offset"]) for one in described["messages"]] == [
        ("BFCP Hello", 0),
        ("BFCP Error", 12),
        ("BFCP Hello", 36),
    ]
    assert code == 0
    assert ("Unknown Types", "99") in fields(described["messages"][1])


def test_escapes_what_a_terminal_does_not_print(run):
    """A control character in a text is shown as an escape."""
    _, output, _ = run(ERROR.hex())
    assert '"mär\\x1b"' in output
    assert "\x1b" not in output


@pytest.mark.parametrize(
    ("octets", "requirement", "where"),
    [
        ("20010000 00001267 0001 0001", "BFCP_019", "message[0].attribute"),
        ("400b0000 00001267 0001 0001", "BFCP_002", "message[0].header.version"),
        ("240b0000 00001267 0001 0001", "BFCP_003", "message[0].header.reserved"),
        ("200b0000 00001267 0000 0001", "BFCP_037", "message[0].header.transaction_id"),
        ("20010002 00001267 0001 0001 04040001 08046001", "BFCP_010", "message[0].attribute[1]"),
        ("20010002 00001267 0001 0001 04040001 10035801", "BFCP_005", "message[0].attribute[1]"),
        ("200d0001 00001267 0001 0001 0c0404c7", "BFCP_013", "message[0].attribute[0]"),
        ("200c0002 00001267 0001 0001 16040102 14040305", "BFCP_015", "message[0].attribute[1]"),
        (
            "20040003 00001267 0001 0001 1e0c0001 22080001 c60300ff",
            "BFCP_005",
            "message[0].attribute[0][0][0]",
        ),
    ],
)
def test_names_the_broken_rule(run, octets, requirement, where):
    """A message that breaks a rule is shown with the rule and the place, and the exit code is 1."""
    code, output, _ = run("--json", octets)
    (finding,) = json.loads(output)["findings"]
    assert (code, finding["requirement"], finding["where"]) == (1, requirement, where)
    code, output, errors = run(octets)
    assert (code, errors) == (1, "")
    assert output.splitlines()[-1].startswith(f"{requirement} at {where}: ")


@pytest.mark.parametrize(
    ("octets", "shown"), [("200b0001 00001267 0001 0001", 6), ("20010001 00001267 0001 0001 04ff0001", 6)]
)
def test_shows_as_much_as_parses(run, octets, shown):
    """Of a message that does not parse the header is shown, and the reason is one sentence."""
    code, output, errors = run("--json", octets)
    described = json.loads(output)
    assert code == 1
    assert len(described["messages"][0]["parts"][0]["parts"]) == shown
    assert described["fault"]["reason"] in errors
    assert errors.startswith("mpspec: The message does not parse: ")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("argument", ["no such file!", "IA=A", "   "])
def test_what_is_no_message_cannot_be_decoded(run, argument):
    """Without octets there is one sentence and exit code 2."""
    code, output, errors = run(argument)
    assert (code, output) == (2, "")
    assert errors.startswith("mpspec: ")
    assert len(errors.splitlines()) == 1


@given(st.one_of(st.binary(min_size=1, max_size=80), st.binary(max_size=40).map(lambda rest: HELLO + rest)))
@settings(max_examples=150)
def test_parts_fill_whatever_comes(octets):
    """Whatever comes is taken apart without a gap; nothing is raised."""
    decoded = decode(octets)
    assert sum(message.length for message in decoded.messages) == len(octets)

    def walk(part):
        offset = part["offset"]
        for inner in part.get("parts", []):
            assert inner["offset"] == offset
            walk(inner)
            offset += inner["length"]
        assert not part.get("parts") or offset == part["offset"] + part["length"]

    for message in decoded.as_json()["messages"]:
        walk(message)
    assert list(decoded.lines())
