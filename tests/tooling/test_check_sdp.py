"""`mpspec check sdp`: findings for people and machines, from SDP and from SIP, whatever a file holds."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mpspec.cli import main
from mpspec.cli.check import command
from mpspec.model import CannotRun
from mpspec.protocol.sdp_input import sdp_in

_ROOT = Path(__file__).parents[2]
_SDP = _ROOT / "tests/vectors/sdp"
_INDEX = json.loads((_SDP / "index.json").read_text(encoding="utf-8"))
_OFFER = (_SDP / "ue-offer.sdp").read_bytes()
_BAD = (_SDP / "bad-bfcp-tcp.sdp").read_bytes()


@pytest.fixture
def check(capsys, monkeypatch):
    """Return what runs the command and returns exit code, standard output and standard error."""

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main(["check", "sdp", *map(str, arguments)])
        output = capsys.readouterr()
        return ended.value.code, output.out, output.err

    return run


def _sip(body, *headers, content_type="application/sdp", start="INVITE sip:conf@example.com SIP/2.0"):
    lines = [start, "Via: SIP/2.0/TCP ue.example.com", *headers, f"Content-Type: {content_type}", "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_good_exchange_says_what_was_agreed(check):
    """A good offer and answer exit 0, and say who opens TCP and who starts TLS."""
    code, out, err = check(_SDP / "ue-offer.sdp", _SDP / "conference-answer.sdp")
    assert (code, err) == (0, "")
    assert "No rule is broken." in out
    text = " ".join(out.split())
    assert "Stream 2, MSRP: the offerer opens TCP to 198.51.100.20 port 2855 and starts TLS." in text
    assert (
        "Stream 3, BFCP: the answerer opens TCP to 192.0.2.10 port 49174, and the offerer starts TLS." in text
    )
    assert "The answerer is the floor control server." in text


def test_a_finding_names_rule_place_and_page(check):
    """A finding exits 1, and names rule, strength, line, what was seen and wanted, and the page."""
    code, out, err = check(_SDP / "bad-bfcp-tcp.sdp")
    assert (code, err) == (1, "")
    assert "Offer, line 15, stream 3 (m=application)" in out
    assert "SDP_001  shall: BFCP uses the transport TCP/TLS/BFCP" in out
    assert "'TCP/BFCP'; for G.3 it is" in out
    assert "req/SDP_001.html" in out
    assert "Findings: 1 (shall: 1, should: 0)." in out
    assert _BAD.splitlines()[14] == b"m=application 49174 TCP/BFCP *"


def test_an_unverified_recommendation_says_so(check):
    """A finding of an unverified rule that says should not is told from one that says shall."""
    code, out, _ = check(_SDP / "bad-fingerprint.sdp", _SDP / "conference-answer.sdp")
    assert code == 1
    assert "SDP_021  should not:" in out
    assert "unverified" in out
    assert "Stream 3, BFCP:" in out
    assert "Findings: 1 (shall: 0, should: 1)." in out


@pytest.mark.parametrize(
    "case", [each for each in _INDEX["cases"] if "previous_answer" not in each], ids=lambda c: c["id"]
)
def test_the_command_finds_what_the_index_names(check, case):
    """Each vector gives the findings of its index, as JSON, in 80 columns of text, and as the exit code."""
    role = {"dial-in": "ue", "dial-out": "mrfc", "between-ues": "ue-to-ue"}[case["roles"]]
    arguments = ["--role", role]
    if "previous" in case:
        arguments += ["--previous", _SDP / case["previous"]]
    arguments += [_SDP / case[part] for part in ("offer", "answer") if part in case]
    code, out, err = check("--json", *arguments)
    report = json.loads(out)
    assert sorted({finding["requirement"] for finding in report["findings"]}) == case["expected"]
    assert (code, err) == (1 if case["expected"] else 0, "")
    for finding in report["findings"]:
        assert finding["page"] == f"req/{finding['requirement']}.html"
        assert finding["in"] in report
        assert finding["line"] >= 1
        assert finding["sources"]
    code, out, err = check(*arguments)
    assert (code, err) == (1 if case["expected"] else 0, "")
    assert all(len(line) <= 80 or str(_SDP) in line for line in out.splitlines())
    assert out.replace(str(_SDP), "").isascii()
    assert all(identity in out for identity in case["expected"])


def test_json_says_what_was_agreed(check):
    """For a machine each MSRP or BFCP stream has both roles and its target, and any other has null."""
    code, out, _ = check("--json", _SDP / "ue-offer.sdp", _SDP / "conference-answer.sdp")
    report = json.loads(out)
    assert code == 0
    assert (report["solution"], report["offerer"], report["answerer"]) == ("G3", "IMS UE", "conference")
    audio, msrp, bfcp = report["streams"]
    assert audio is None
    assert (msrp["tcp_client"], msrp["tls_client"]) == ("offerer", "offerer")
    assert (bfcp["tcp_client"], bfcp["tls_client"]) == ("answerer", "offerer")
    assert bfcp["target"] == {"host": "192.0.2.10", "port": 49174}
    assert bfcp["floor_control_server"] == "answerer"


@pytest.mark.parametrize(
    ("offer", "answer", "said"),
    [
        (b"a=connection:new", b"a=connection:new", "the connection that there is goes on."),
        (b"a=setup:active", b"a=setup:active", "nobody opens a connection for the time being."),
    ],
)
def test_what_does_not_happen_is_said_too(check, tmp_path, offer, answer, said):
    """A connection that stays, and one that nobody opens, are said to be so."""
    new = b"a=connection:existing" if b"connection" in offer else b"a=setup:holdconn"
    for name, old in (("ue-later-offer.sdp", offer), ("conference-answer.sdp", answer)):
        data = (_SDP / name).read_bytes()
        (tmp_path / name).write_bytes(data.replace(old, new))
    previous = ["--previous", _SDP / "ue-offer.sdp"]
    code, out, _ = check(*previous, tmp_path / "ue-later-offer.sdp", tmp_path / "conference-answer.sdp")
    assert code == 0
    assert said in " ".join(out.split())


def test_falling_back_is_said(check):
    """An answer without CEMA that cannot be met asks for a new offer."""
    code, out, _ = check(_SDP / "ue-offer.sdp", _SDP / "conference-answer-without-cema.sdp")
    assert code == 1
    assert "SDP_045" in out
    assert "the offerer makes a new offer, without a=msrp-cema" in " ".join(out.split())


def test_the_role_counts(check):
    """The offer of the conference breaks rules if it is taken for one of a UE."""
    assert check("--role", "mrfc", _SDP / "conference-offer.sdp")[0] == 0
    code, out, _ = check(_SDP / "conference-offer.sdp")
    assert code == 1
    assert "as made by the IMS UE" in out
    assert "SDP_027" in out


def test_standard_input_is_read(check):
    """The offer, or the answer, can come from standard input, but not both."""
    assert check("-", stdin=_OFFER)[0] == 0
    answer = (_SDP / "conference-answer.sdp").read_bytes()
    code, out, _ = check(_SDP / "ue-offer.sdp", "-", stdin=answer)
    assert code == 0
    assert "Answer: standard input" in out
    code, out, err = check("-", "-")
    assert (code, out) == (2, "")
    assert err == "mpspec: Standard input can be read once; name files for the others.\n"


def test_a_broken_form_is_found_with_the_rest(check):
    """An offer that breaks the form of SDP is found at its lines, and the answer is still checked."""
    code, out, _ = check("--json", _SDP / "bad-line-order.sdp", _SDP / "bad-answer-transfer-init.sdp")
    report = json.loads(out)
    assert code == 1
    assert [(each["in"], each["requirement"], each["line"]) for each in report["findings"]] == [
        ("offer", "SDP_084", 5),
        ("answer", "SDP_012", 24),
    ]
    assert report["streams"] == []


@pytest.mark.parametrize(
    "message",
    [
        _sip(_BAD),
        _sip(_BAD, start="SIP/2.0 200 OK"),
        b"\r\n\r\n" + _sip(_BAD),
        _sip(_BAD).replace(b"\r\n", b"\n"),
        _sip(_BAD, content_type="Application/SDP; charset=utf-8"),
        _sip(_BAD).replace(b"Content-Type:", b"c:"),
        _sip(_BAD).replace(b"Content-Type: ", b"Content-Type:\r\n  "),
        _sip(_BAD, f"Content-Length: {len(_BAD)}") + b"SIP/2.0 100 Trying\r\n\r\n",
        _sip(_BAD, f"l: {len(_BAD)}"),
        _sip(_BAD, "Content-Length: 71"),
        _sip(_BAD, "Content-Length: x"),
        _sip(_BAD, "Content-Encoding: identity"),
    ],
)
def test_sdp_in_a_sip_message_is_found(check, tmp_path, message):
    """An SDP body of a SIP request or response is checked, and a finding names the line of the whole file."""
    path = tmp_path / "invite.sip"
    path.write_bytes(message)
    code, out, _ = check("--json", path)
    (finding,) = json.loads(out)["findings"]
    assert (code, finding["requirement"]) == (1, "SDP_001")
    assert message.splitlines()[finding["line"] - 1] == b"m=application 49174 TCP/BFCP *"


def _multipart(*parts, boundary="b1", end=True):
    body = b"preamble\r\n"
    for content_type, content in parts:
        body += f"--{boundary}\r\n{content_type}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\nepilogue\r\n".encode() if end else body[:-2]


_XML = ("Content-Type: application/resource-lists+xml", b"<a/>\r\n")
_PART = ("Content-Type: application/sdp\r\nContent-Disposition: session", _BAD)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (_multipart(_PART), "multipart/mixed;boundary=b1"),
        (_multipart(_XML, _PART), 'multipart/mixed; boundary="b1"'),
        (_multipart(_PART, _XML), "Multipart/Mixed; Boundary=b1; type=x"),
        (_multipart(_XML, _PART, end=False), "multipart/related; boundary=b1"),
        (
            _multipart(
                _XML, ("Content-Type: multipart/alternative;boundary=b2", _multipart(_PART, boundary="b2"))
            ),
            "multipart/mixed;boundary=b1",
        ),
    ],
)
def test_sdp_in_a_multipart_body_is_found(check, tmp_path, body, content_type):
    """The SDP part of a multipart body is checked, and a finding names the line of the whole file."""
    message = _sip(body, content_type=content_type)
    path = tmp_path / "invite.sip"
    path.write_bytes(message)
    code, out, _ = check("--json", path)
    (finding,) = json.loads(out)["findings"]
    assert (code, finding["requirement"]) == (1, "SDP_001")
    assert message.splitlines()[finding["line"] - 1] == b"m=application 49174 TCP/BFCP *"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty."),
        (b" \r\n\r\n", "is empty."),
        (bytes(range(256)), "is neither SDP"),
        (gzip.compress(_OFFER, mtime=0), "is neither SDP"),
        (b"\r\n" + _OFFER, "is neither SDP"),
        (_OFFER.decode().encode("utf-16"), "is text in UTF-16"),
        (_OFFER.decode().encode("utf-16-be"), "is text in UTF-16"),
        (b"\xef\xbb\xbf" + _OFFER, "begins with a byte order mark"),
        (b"{}", "is neither SDP"),
        (b"INVITE sip:a SIP/2.0\r\nVia: x\r\n", "without a body of application/sdp"),
        (_sip(b""), "whose SDP body is empty"),
        (_sip(_OFFER, content_type="text/plain"), "without a body of application/sdp"),
        (_sip(_OFFER, content_type="multipart/mixed"), "without a body of application/sdp"),
        (
            _sip(_multipart(_XML), content_type="multipart/mixed;boundary=b1"),
            "without a body of application/sdp",
        ),
        (
            _sip(gzip.compress(_OFFER, mtime=0), "Content-Encoding: gzip"),
            "in a coding that is not read here: 'gzip'",
        ),
        (_sip(b"no sdp"), "the first line is not a version line"),
        (b"v=0\n" + b"a=x\n" * 100_000, "there are more than 4096 lines"),
        (b"v=0\n" + b"a" * 1_000_000, "a line is longer than 65536 octets"),
        (b"v=0\n" + b"a=x\n" * 500_000, "longer than 1048576 octets"),
        (b"v=0\n" + b"a=x\n" * 2_000_000, "holds more than 4194304 octets"),
    ],
)
def test_what_is_no_sdp_ends_in_one_sentence(check, tmp_path, data, said):
    """Whatever a file holds, without SDP to check it ends in one plain sentence and exit code 2."""
    path = tmp_path / "file"
    path.write_bytes(data)
    code, out, err = check(path)
    assert (code, out) == (2, "")
    assert err.startswith(f"mpspec: {path} ")
    assert said in err
    assert err.endswith(".\n")
    assert err.count("\n") == 1


def test_what_cannot_be_read_ends_in_one_sentence(check, tmp_path):
    """A file that is missing, a folder, or without permission ends in one plain sentence and exit code 2."""
    for path, said in (
        (tmp_path / "none", "No such file"),
        (tmp_path, "Is a directory"),
        ("/proc/self/mem", ""),
    ):
        code, out, err = check(path)
        assert (code, out) == (2, "")
        assert said in err
        assert re.fullmatch(r"mpspec: .* cannot be read: [A-Z].*\.\n", err)
    assert check("a\0b")[0] == 2
    assert check(tmp_path / "none", "--role", "king")[0] == 2


def test_a_strange_name_does_not_reach_the_terminal(check, tmp_path):
    """A file whose name has control characters or no UTF-8 is checked, and its name is shown escaped."""
    path = tmp_path / "a\x1b[31m\udcff.sdp"
    path.write_bytes(_OFFER)
    code, out, _ = check(path)
    assert code == 0
    assert "\x1b" not in out
    assert out.isascii()


def test_a_name_in_another_script_stands_as_it_is(check, tmp_path):
    """A file name with letters beyond ASCII is shown as it is; a terminal without them gets escapes."""
    path = tmp_path / "réseau.sdp"
    path.write_bytes(_OFFER)
    assert str(path) in check(path)[1]
    done = subprocess.run(
        [sys.executable, "-m", "mpspec", "check", "sdp", path],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"r\xe9seau.sdp" in done.stdout


def test_no_secret_is_shown(check, tmp_path):
    """Neither a key nor a session ID nor a key management message is in any output."""
    secrets = [b"qX3kFh7Lw9", b"WVNfX19zZW1jdGwg"]
    data = _OFFER.replace(b"a=msrp-cema", b"a=crypto:1 X inline:WVNfX19zZW1jdGwg\r\na=setup:x").replace(
        b";tcp", b";udp"
    )
    path = tmp_path / "offer.sdp"
    path.write_bytes(data)
    keys = [line.partition(b" ")[2] for line in data.splitlines() if line.startswith(b"a=key-mgmt")]
    for arguments in ([path], ["--json", path]):
        code, out, _ = check(*arguments)
        assert code == 1
        assert not any(secret.decode() in out for secret in secrets + keys)


def test_hostile_multiparts_stay_cheap():
    """Nested and endless multipart bodies are refused without following them."""
    nested = _OFFER
    for depth in range(200):
        part = (f"Content-Type: multipart/mixed;boundary=b{depth}", nested)
        nested = _multipart(part, boundary=f"b{depth + 1}")
    many = b"--b\r\n\r\n" * 100_000
    for body, boundary in (
        (nested, "b200"),
        (many, "b"),
        (b"--b" * 300_000, "b"),
        (b"\r\n" * 1_000_000, "b"),
    ):
        with pytest.raises(CannotRun):
            sdp_in(_sip(body, content_type=f"multipart/mixed;boundary={boundary}"), "it")


def test_colour_is_for_terminals_only():
    """The output of the command is plain where it is no terminal, and where NO_COLOR is set."""
    command = [sys.executable, "-m", "mpspec", "check", "sdp", str(_SDP / "bad-bfcp-tcp.sdp")]
    plain = subprocess.run(command, capture_output=True, cwd=_ROOT, check=False)
    assert plain.returncode == 1
    assert b"\x1b" not in plain.stdout
    forced = os.environ | {"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}
    silent = subprocess.run(command, capture_output=True, cwd=_ROOT, check=False, env=forced)
    assert silent.stdout == plain.stdout
    del forced["NO_COLOR"]
    coloured = subprocess.run(command, capture_output=True, cwd=_ROOT, check=False, env=forced)
    assert b"\x1b[31m" in coloured.stdout


def test_help_fits_a_terminal():
    """The help of the command fits in 80 columns and names each option."""
    result = CliRunner().invoke(command, ["sdp", "--help"])
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.output.splitlines())
    assert all(option in result.output for option in ("--json", "--role", "--previous", "OFFER"))
