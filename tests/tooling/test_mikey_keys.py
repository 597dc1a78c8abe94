"""Keys in `mpspec decode mikey`: what they verify and open, and that none is shown unasked."""

import dataclasses
import json
from pathlib import Path

import pytest

from mediasec.mikey import payloads as p
from mediasec.mikey.message import Message
from mediasec.mikey.protection import ProtectionKeys, authenticate, initial_coverage
from mediasec.mikey.registry import (
    DataType,
    EncryptionAlgorithm,
    IdentityRole,
    KeyDataType,
    MacAlgorithm,
    PrfFunction,
    RandRole,
    TimestampType,
)
from mpspec.cli import main
from mpspec.protocol.mikey_open import open_message

VECTORS = Path(__file__).parents[1] / "vectors" / "mikey"


@pytest.fixture
def run(capsys):
    """Run `mpspec` and return its exit code, output and errors."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return call


def exchange(name):
    """Octets of the messages of an exchange, and each key and intermediate key, by their names."""
    whole = json.loads((VECTORS / f"exchanges/{name}.json").read_text())
    keys = dict(whole["inputs"]) | {step["id"]: step["output"] for step in whole["steps"]}
    return {message["id"]: message["octets"] for message in whole["messages"]}, keys


@pytest.mark.parametrize("name", ["mode_1", "mode_1_forking", "mode_1_forking_256"])
def test_the_right_key_verifies_each_message(run, name):
    """With the key that the vector gives, every MAC verifies and every KEMAC opens."""
    messages, keys = exchange(name)
    for kind, key, initial in (
        ("REQUEST_INIT", "PSK of the Initiator", None),
        ("REQUEST_RESP", "PSK of the Initiator", "REQUEST_INIT"),
        ("TRANSFER_INIT", "MPKi", None),
        ("RESOLVE_INIT", "PSK of the Responder", None),
        ("RESOLVE_RESP", "PSK of the Responder", "RESOLVE_INIT"),
        ("TRANSFER_RESP", "MPKr'" if "MPKr'" in keys else "MPKi", "TRANSFER_INIT"),
    ):
        answered = ["--initial", messages[initial]] if initial else []
        arguments = ["decode", "mikey", "--psk", keys[key], *answered, messages[kind]]
        code, out, err = run(*arguments)
        assert (code, err) == (0, ""), kind
        has_keys = kind in ("REQUEST_RESP", "RESOLVE_RESP")
        assert out.endswith("the KEMAC is open.\n" if has_keys else "The MAC verifies.\n")
        assert (keys["MPKi"] in run(*arguments, "--show-keys")[1]) is has_keys
        assert keys["MPKi"] not in out


def test_another_key_does_not_verify(run):
    """With another key the exit code is 1, no KEMAC is opened, and the key is not repeated."""
    messages, keys = exchange("mode_1")
    wrong = keys["PSK of the Responder"]
    arguments = ["--psk", wrong, "--initial", messages["REQUEST_INIT"], messages["REQUEST_RESP"]]
    code, out, err = run("decode", "mikey", *arguments)
    assert (code, err) == (1, "mpspec: The MAC does not verify with this key.\n")
    assert "decrypted" not in out
    assert wrong not in out + err
    _, machine, _ = run("decode", "mikey", "--json", *arguments)
    assert json.loads(machine)["opened"] == {
        "verified": False,
        "note": "The MAC does not verify with this key.",
    }


def test_what_is_missing_is_named(run):
    """Where the MAC depends on what is not at hand, the exit code is 2 and a sentence names it."""
    messages, keys = exchange("mode_1")
    offer = json.loads((VECTORS / "messages/rfc4567_offer.json").read_text())["base64"]
    psk = ["--psk", keys["PSK of the Initiator"]]
    code, out, err = run("decode", "mikey", *psk, messages["REQUEST_RESP"])
    assert (code, "REQUEST_RESP" in out) == (2, True)
    assert "give --initial" in err
    assert run("decode", "mikey", *psk, offer)[0] == 2
    code, out, err = run("decode", "mikey", "--psk", "secret", messages["REQUEST_INIT"])
    assert (code, out, err) == (2, "", "mpspec: The key after --psk is not in hexadecimal.\n")


def test_opened_keys_as_json(run):
    """The keys of a KEMAC are there for a machine, their octets only where that is asked for."""
    messages, keys = exchange("mode_1")
    arguments = ["--psk", keys["PSK of the Initiator"], "--initial", messages["REQUEST_INIT"]]
    arguments += ["--json", messages["REQUEST_RESP"]]
    opened = json.loads(run("decode", "mikey", *arguments)[1])["opened"]
    assert opened["verified"] is True
    assert {part["name"] for part in opened["keys"]["parts"]} == {"KEY DATA"}
    assert keys["MPKi"] not in json.dumps(opened)
    assert keys["MPKi"] in run("decode", "mikey", "--show-keys", *arguments)[1]


def test_an_error_message_verifies_with_the_key_of_its_message():
    """The MAC of an Error message is keyed as the message where the error occurred."""
    messages, keys = exchange("mode_1_request_refused")
    psk, faulty = keys["PSK of the Initiator"], messages["REQUEST_INIT"]
    opened = open_message(bytes.fromhex(messages["ERROR"]), bytes.fromhex(psk), bytes.fromhex(faulty))
    assert opened.verified is True


def test_a_message_without_a_mac_is_not_called_wrong():
    """An Error message before any key is known has no MAC, which is not the same as a wrong one."""
    messages, keys = exchange("mode_1_transfer_refused")
    faulty = bytes.fromhex(messages["TRANSFER_INIT"])
    opened = open_message(bytes.fromhex(messages["ERROR"]), bytes.fromhex(keys["MPKi"]), faulty)
    assert (opened.verified, opened.note) == (None, "The message has no MAC.")


def test_what_the_key_cannot_tell_is_not_called_wrong(run):
    """A message that is signed, and an update, whose keys come from the exchange before it, exit with 2."""
    messages, keys = exchange("mode_1_public_key")
    code, _, err = run("decode", "mikey", "--psk", keys["MPKi"], messages["REQUEST_INIT"])
    assert (code, err) == (2, "mpspec: The message has a signature and no MAC.\n")
    messages, keys = exchange("mode_1_update")
    first, second = "TRANSFER_INIT of the update", "TRANSFER_RESP of the update"
    psk = ["decode", "mikey", "--psk", keys["MPKr'"]]
    for arguments in ([messages[first]], ["--initial", messages[first], messages[second]]):
        code, _, err = run(*psk, *arguments)
        assert code == 2
        assert err == "mpspec: An update is protected by the keys of the exchange that it updates.\n"


SECRET = b"a key of 128 bit"
HEADER = "010d{:02x}00 00000001 0001"
NULL_KEMAC = "00 00 {:04x} 00 {} 0010" + SECRET.hex() + "{} {}"


@pytest.mark.parametrize(
    "message",
    [
        HEADER.format(1) + NULL_KEMAC.format(20, "60", "", "07 00"),
        HEADER.format(1) + NULL_KEMAC.format(20, "70", "", "00"),
        HEADER.format(1) + NULL_KEMAC.format(21, "6f", "00", "00"),
        HEADER.format(1) + NULL_KEMAC.format(40, "60", "", ""),
        HEADER.format(20) + "00 70 0010" + SECRET.hex(),
        HEADER.format(20) + "00 60 0020" + SECRET.hex(),
    ],
    ids=[
        "unknown MAC",
        "unknown type",
        "unknown validity",
        "too short",
        "bare unknown type",
        "bare too short",
    ],
)
def test_what_may_be_a_key_is_hidden(run, message):
    """A key in the clear that is not understood to its end is hidden too, as text and for a machine."""
    for form in ([], ["--json"]):
        _, out, err = run("decode", "mikey", *form, message)
        assert "hidden" in out
        assert SECRET.hex()[:8] not in out + err
    assert SECRET.hex() in run("decode", "mikey", "--json", "--show-keys", message)[1]


def test_an_opened_key_of_an_unknown_type_is_hidden(run):
    """What a KEMAC holds beside keys of known types is a key as well."""
    keys = ProtectionKeys.of_initial(PrfFunction.MIKEY_1, SECRET, 1, rand_i=SECRET)
    stamp = p.Timestamp(kind=TimestampType.COUNTER, value=1)
    sealed = keys.seal(EncryptionAlgorithm.AES_CM_128, stamp, (p.KeyData(kind=KeyDataType.TEK, key=SECRET),))
    other = bytes([sealed.data[0], sealed.data[1] ^ 0x20 ^ 0xF0, *sealed.data[2:]])
    message = Message(
        header=p.Header(data_type=DataType.TRANSFER_INIT, prf_function=0, csb_id=1, sessions=p.EmptyMap()),
        payloads=(
            stamp,
            p.RoleRand(role=RandRole.INITIATOR, value=SECRET),
            p.RoleIdentity(role=IdentityRole.INITIATOR, kind=1, data=b"i"),
            p.RoleIdentity(role=IdentityRole.RESPONDER, kind=1, data=b"r"),
            dataclasses.replace(sealed, data=other),
            p.Verification.blank(MacAlgorithm.HMAC_SHA_1_160),
        ),
    )
    whole = authenticate(message, keys, initial_coverage(message, b"i", b"r")).serialize().hex()
    code, out, err = run("decode", "mikey", "--json", "--psk", SECRET.hex(), whole)
    assert (code, err) == (0, "")
    (shown,) = json.loads(out)["opened"]["keys"]["parts"]
    assert shown["hidden"] is True
    assert SECRET.hex()[8:] not in json.dumps(shown)
