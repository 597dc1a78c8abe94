"""`mpspec decode mikey` and `mpspec check mikey`."""

import base64
import dataclasses
import io
import json
from pathlib import Path

import pytest

from mediasec.mikey.message import Message
from mediasec.mikey.payloads import RoleRand
from mpspec.cli import main
from mpspec.model import CannotRun
from mpspec.protocol.mikey_decode import decode
from mpspec.protocol.mikey_input import message_in

VECTORS = Path(__file__).parents[1] / "vectors" / "mikey" / "messages"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))


def vector(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


def octets(name):
    return bytes.fromhex("".join(part["octets"] for part in vector(name)["parts"]))


@pytest.fixture
def run(capsys):
    """Run `mpspec` and return its exit code, output and errors."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return call


@pytest.mark.parametrize("name", NAMES)
def test_payloads_stand_where_the_vector_cuts_them(name):
    """Each payload has the place, the length and the name that the vector gives."""
    decoded = decode(octets(name))
    assert decoded.fault is None
    shown = [(part["name"], part["length"]) for part in decoded.as_json()["parts"]]
    bare = {"CERTi": "CERT", "CERTr": "CERT", "General Extension": "GENERAL EXTENSION"}
    assert shown == [
        (bare.get(part["name"], part["name"]), len(part["octets"]) // 2) for part in vector(name)["parts"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_parts_fill_what_they_are_in(name):
    """Parts follow each other without a gap and fill their message, at every depth."""

    def walk(part):
        inner = part.get("parts", [])
        offset = part["offset"]
        for child in inner:
            assert child["offset"] == offset
            walk(child)
            offset += child["length"]
        if inner:
            assert offset == part["offset"] + part["length"]

    whole = decode(octets(name)).as_json()
    assert whole["length"] == len(octets(name))
    walk(whole)


def test_every_octet_is_shown_where_it_stands():
    """The octets of a part are those of the message at its place."""

    def walk(part):
        if "octets" in part:
            start = part["offset"]
            assert part["octets"] == message[start : start + part["length"]].hex()
        for child in part.get("parts", []):
            walk(child)

    for name in NAMES:
        message = octets(name)
        walk(decode(message).as_json())


def test_decode_as_text(run):
    """A line has offset, length, name, value and section."""
    code, out, _ = run("decode", "mikey", octets("transfer_init").hex())
    assert code == 0
    lines = out.splitlines()
    assert "     0    467  MIKEY TRANSFER_INIT" in lines
    assert "     4      4      CSB ID: 5eed0002" in lines
    assert "   118    315    TICKET  [RFC 6043, 6.10]" in lines
    assert "   123      3      PRF Func, flags, Res: 1 PRF-HMAC-SHA-256, DEFGHIJNO, 0" in lines
    assert "   192      4          TS value: 00015180 (86400 s)" in lines
    assert max(map(len, lines)) <= 80


def test_decode_as_json(run):
    """The same for a machine."""
    code, out, _ = run("decode", "mikey", "--json", octets("error").hex())
    assert code == 0
    assert json.loads(out) == decode(octets("error")).as_json()


@pytest.mark.parametrize("length", [0, 5, 30, 200, 466])
def test_a_message_that_ends_too_early_is_shown_as_far_as_it_parses(run, length):
    """What parses is shown, the rest is there as octets, and the exit code is 1."""
    message = octets("transfer_init")[:length]
    decoded = decode(message)
    assert decoded.fault is not None
    assert decoded.part.length == length
    assert decoded.part.parts[-1].name == "not understood"
    if length:
        code, out, err = run("decode", "mikey", message.hex())
        assert code == 1
        assert "not understood" in out
        assert err.startswith("mpspec: The message does not parse: ")


def test_keys_in_the_clear_are_hidden(run):
    """A key that stands in the clear is shown only where that is asked for."""
    message = octets("request_init_psk")
    zeros = "Key data: " + "00" * 16
    code, out, _ = run("decode", "mikey", message.hex())
    assert code == 0
    assert zeros not in out
    assert "Key data: hidden (16 octets)" in out
    _, shown, _ = run("decode", "mikey", "--show-keys", message.hex())
    assert zeros in shown
    _, machine, _ = run("decode", "mikey", "--json", message.hex())
    assert '"hidden": true' in machine


def test_unknown_parts_are_not_understood():
    """A payload of an unknown type is shown with all that follows."""
    decoded = decode(bytes.fromhex("01 0e 63 00 00000001 00 01 0102"))
    assert decoded.part.parts[-1].name == "payload of type 99 and all after it, not understood"
    unknown_map = decode(bytes.fromhex("01 63 0b 00 00000001 02 07 0102"))
    assert unknown_map.fault is None
    assert unknown_map.part.name == "MIKEY message of data type 99"


def test_control_characters_are_not_written():
    """An identity that is no printable text is shown in hexadecimal."""
    decoded = decode(bytes.fromhex("01 0e 0e 00 00000001 00 01  00 01 01 0002 1b5b"))
    assert "\x1b" not in "\n".join(decoded.part.lines())


OFFER = vector("rfc4567_offer")["base64"]
FORMS = {
    "base64": OFFER,
    "folded base64": f"{OFFER[:60]}\r\n   {OFFER[60:]}",
    "hex": base64.b64decode(OFFER).hex(" "),
    "hex with colons": base64.b64decode(OFFER).hex(":").upper(),
    "line": f"a=key-mgmt:mikey {OFFER}",
    "attribute": f"key-mgmt: mikey {OFFER}",
    "folded line": f"a=key-mgmt:mikey {OFFER[:60]}\r\n    {OFFER[60:]}\r\n",
    "hex with 0x": "0x" + base64.b64decode(OFFER).hex(),
    "text of Windows": f"\ufeff{OFFER}\r\n",
    "sdp in UTF-8": f"v=0\r\ns=Café\r\na=key-mgmt:mikey {OFFER} \r\n",
    "sdp": f"v=0\r\ns=-\r\na=key-mgmt:keyp1 AAAA\r\na=key-mgmt:mikey {OFFER}\r\nm=audio 1 RTP/SAVP 0\r\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_found_in_every_form(form):
    """Base64, hex, a line of SDP and a whole description lead to the same message."""
    assert message_in(FORMS[form].encode(), "it") == octets("rfc4567_offer")


def test_a_message_is_found_in_a_file_and_in_standard_input(run, tmp_path, monkeypatch):
    """A file holds the octets, or text; `-` is standard input."""
    binary, text = tmp_path / "offer.bin", tmp_path / "offer.sdp"
    binary.write_bytes(octets("rfc4567_offer"))
    text.write_text(FORMS["sdp"])
    outputs = [run("decode", "mikey", str(path))[1] for path in (binary, text)]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(binary.read_bytes())))
    outputs.append(run("decode", "mikey", "-")[1])
    assert len(set(outputs)) == 1
    assert "MIKEY PSK" in outputs[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"no such file!",
        b"AQAF!",
        b"AQAFg",
        b"v=0\r\n",
        b"a=key-mgmt:mikey AQAF*AAA",
        b"a=key-mgmt:mikey AQAF AAAA",
        "Café".encode(),
    ],
)
def test_what_holds_no_message_is_an_error(run, data):
    """Where there is no message, one sentence says so and the exit code is 2."""
    with pytest.raises(CannotRun):
        message_in(data, "it")
    code, out, err = run("decode", "mikey", data.decode())
    assert (code, out) == (2, "")
    assert err.startswith("mpspec: ")
    assert err.count("\n") == 1


OFFERS = f"m=message 2855 TCP/TLS/MSRP *\r\na=key-mgmt:mikey {OFFER}\r\nm=application 9 TCP/TLS/BFCP *\r\n"


def test_every_message_of_a_description_is_shown(run):
    """A description with a message for each stream is shown to its last one, as text and for a machine."""
    error = base64.b64encode(octets("error")[:-1]).decode()
    both = f"{OFFERS}a=key-mgmt:mikey {error}\r\n"
    code, out, err = run("decode", "mikey", both)
    assert code == 1
    assert [line for line in out.splitlines() if line.startswith("Message ")] == [
        "Message 1 of 2",
        "Message 2 of 2",
    ]
    assert err.startswith("mpspec: Message 2 of 2: The message does not parse: ")
    shown = json.loads(run("decode", "mikey", "--json", both)[1])
    assert [each["name"] for each in shown] == ["MIKEY PSK", "MIKEY ERROR"]
    code, out, err = run("decode", "mikey", "--initial", both, OFFER)
    assert (code, out) == (2, "")
    assert "holds 2 MIKEY messages" in err


def test_messages_of_an_offer_are_checked_with_those_of_its_answer(run):
    """The messages of an offer and its answer belong together in their order; a missing one is an error."""
    lines = {
        name: f"a=key-mgmt:mikey {base64.b64encode(octets(name)).decode()}\r\n"
        for name in ("transfer_init", "transfer_resp", "resolve_resp")
    }
    offer = "m=1\r\n" + lines["transfer_init"] + "m=2\r\n" + lines["transfer_init"]
    assert run("check", "mikey", offer, lines["transfer_resp"] * 2)[0] == 0
    code, out, _ = run("check", "mikey", offer, lines["transfer_resp"] + lines["resolve_resp"])
    assert code == 1
    assert out.startswith("response 2: MKY_091 ")
    code, out, err = run("check", "mikey", offer, lines["transfer_resp"])
    assert (code, out) == (2, "")
    assert err == (
        "mpspec: 2 MIKEY messages cannot be paired with 1 MIKEY message; give the lines of one stream.\n"
    )


def test_check_finds_algorithms_of_two_strengths(run):
    """Algorithms of 256 bits beside shorter ones are a finding, in the message and in a ticket."""
    mixed = bytearray(octets("transfer_init"))
    mixed[3] ^= 1
    assert "MKY_144" in run("check", "mikey", mixed.hex())[1]
    exchange = json.loads((VECTORS.parent / "exchanges/mode_1.json").read_text())
    (good,) = [each["octets"] for each in exchange["messages"] if each["id"] == "TRANSFER_INIT"]
    ticket = good.replace("0e010030", "0e030030")  # AES-CM-256 in the KEMAC of the Ticket Data.
    assert ticket != good
    assert "MKY_144" in run("check", "mikey", ticket)[1]


@pytest.mark.parametrize("name", ["request_init_psk", "resolve_init_psk"])
def test_check_finds_a_random_value_that_fits_no_key(run, name):
    """A random value that stands alone in its exchange and is shorter than every key is a finding."""
    message = Message.parse(octets(name))
    short = [
        dataclasses.replace(payload, value=payload.value[:8]) if isinstance(payload, RoleRand) else payload
        for payload in message.payloads
    ]
    changed = dataclasses.replace(message, payloads=tuple(short)).serialize().hex()
    assert "MKY_141" in run("check", "mikey", changed)[1]
    assert "MKY_141" not in run("check", "mikey", octets(name).hex())[1]


def test_a_long_value_is_cut_as_text(run):
    """A value of tens of thousands of characters is cut as text and whole for a machine."""
    message = "010d0e00 00000001 0001 00 01 01 ffff" + b"a".hex() * 65_535
    _, out, _ = run("decode", "mikey", message)
    assert max(map(len, out.splitlines())) < 300
    assert "... (65535 octets)" in out
    assert "a" * 65_535 in run("decode", "mikey", "--json", message)[1]


def test_too_much_input_is_not_read():
    """Input has a limit."""
    with pytest.raises(CannotRun):
        message_in(b"00" * (2 << 20) + b"0", "it")


def test_check_finds_nothing_in_a_good_exchange(run):
    """Where no rule is broken, the exit code is 0."""
    code, out, _ = run("check", "mikey", octets("transfer_init").hex(), octets("transfer_resp").hex())
    assert (code, out) == (0, "No rule is broken.\n")


def test_check_names_rule_place_and_message(run):
    """A finding says in which message, which rule, where, and what."""
    broken = bytearray(octets("transfer_init"))
    broken[3] &= 0x7F
    code, out, _ = run("check", "mikey", broken.hex(), octets("resolve_resp").hex())
    assert code == 1
    assert out.splitlines() == [
        "message: MKY_084 at header.response_expected: the V flag is 0, and a sender sets it to 1 "
        "(a receiver ignores it)",
        "response: MKY_091 at header.data_type: it is not the response to that initial message",
    ]


def test_check_knows_the_profile(run):
    """A Ticket Transfer for another protocol than TLS is a finding."""
    other = octets("transfer_resp").replace(bytes.fromhex("01f10100"), bytes.fromhex("01f20100"))
    code, out, _ = run("check", "mikey", other.hex())
    assert code == 1
    assert "MKY_205" in out


def test_check_as_json(run):
    """A message that does not parse is a finding too."""
    code, out, _ = run("check", "mikey", "--json", octets("transfer_init")[:100].hex())
    assert code == 1
    (finding,) = json.loads(out)
    assert (finding["in"], finding["requirement"], finding["reply"]) == ("message", "MKY_004", 12)
    assert finding["tolerated"] is False


def test_how_little_is_checked_of_a_message_of_plain_mikey_is_said(run):
    """A message of RFC 3830 is read, and nobody is told that it keeps rules which were not looked at."""
    message = "0005001234567800010002" + "01020304"
    words = "its parts were checked, and not whether all are there."
    code, out, err = run("check", "mikey", "01" + message)
    assert (code, out) == (0, "No rule is broken.\n")
    assert err == f"A message of type PSK is none of RFC 6043: {words}\n"
    code, out, err = run("check", "mikey", "--json", "01" + message.replace("00", "63", 1))
    assert (code, json.loads(out)) == (0, [])
    assert err == f"A message of type 99 is none of RFC 6043: {words}\n"
    assert run("check", "mikey", octets("transfer_init").hex())[2] == ""
