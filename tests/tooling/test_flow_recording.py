"""`mpspec flow record`: the files of a recording, the same each time, and nothing else overwritten."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import Stream, connect
from mediasec.errors import EndpointError
from mediasec.nodes.observation import Medium
from mpspec.cli import flow as cli
from mpspec.cli import main
from mpspec.flows.catalog import FLOWS
from mpspec.flows.folder import files_of, record
from mpspec.flows.playing import play
from mpspec.flows.ports import ports
from mpspec.model import CannotRun
from small_flows import KEY, LADDER, REQUEST_INIT, ask_for_a_floor, flow, talk, talking

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests/vectors/flows/recording.schema.json").read_text(encoding="utf-8"))
NAMES = ["capture.pcap", "decode-as.lua", "diagram.svg", "messages.json", "tls-keys.log"]
SCRIPT = """
import sys
from pathlib import Path
from small_flows import talking
from mpspec.flows.catalog import FLOWS
from mpspec.flows.folder import record
for flow in (talking(), *FLOWS):
    assert record(flow, Path(sys.argv[1]) / flow.name, seed=7).problems == ()
"""


def octets_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def record_all_elsewhere(folder, hash_seed):
    """Record every flow in a process of its own."""
    paths = [ROOT / "impl", ROOT / "scripts", ROOT / "tests/support"]
    environment = os.environ | {"PYTHONPATH": ":".join(map(str, paths)), "PYTHONHASHSEED": hash_seed}
    subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT, str(folder)], env=environment, check=True)
    return octets_in(folder)


@pytest.fixture
def mpspec(monkeypatch, capsys):
    """Run a command with small flows as the catalogue; return its exit code, output and errors."""
    monkeypatch.setattr(cli, "FLOWS", (flow(), talking()))

    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["flow", "record", *map(str, arguments)])
        told = capsys.readouterr()
        return stopped.value.code, told.out, told.err

    return run


def test_the_same_seed_gives_the_same_files_in_each_process(tmp_path):
    first, second = (record_all_elsewhere(tmp_path / name, name) for name in ("1", "2"))
    assert sorted(first) == sorted(f"{flow.name}/{name}" for flow in (talking(), *FLOWS) for name in NAMES)
    assert [name for name in first if first[name] != second[name]] == []


def test_another_seed_gives_other_files(tmp_path):
    record(talking(), tmp_path / "one")
    record(talking(), tmp_path / "two", seed=2)
    one, two = octets_in(tmp_path / "one"), octets_in(tmp_path / "two")
    assert one["decode-as.lua"] == two["decode-as.lua"]
    assert all(one[name] != two[name] for name in ("capture.pcap", "messages.json", "tls-keys.log"))


@pytest.mark.parametrize("each", FLOWS, ids=[each.name for each in FLOWS])
def test_the_messages_of_each_flow_keep_to_the_schema(each):
    jsonschema.validate(json.loads(files_of(play(each))["messages.json"]), SCHEMA)


def test_the_messages_keep_to_their_schema(tmp_path):
    record(talking(), tmp_path / "talk")
    described = json.loads((tmp_path / "talk/messages.json").read_text(encoding="utf-8"))
    jsonschema.validate(described, SCHEMA)
    assert [each["number"] for each in described["messages"]] == list(
        range(1, len(described["messages"]) + 1)
    )
    first = described["messages"][0]
    assert (first["medium"], first["name"], first["octets"]) == (
        "MIKEY over HTTP",
        "REQUEST_INIT_PSK",
        REQUEST_INIT.hex(),
    )
    assert first["decoded"][0]["length"] == len(REQUEST_INIT)
    assert described["end"]["states"] == {"UE-A": "connected", "MRFP": "serving"}


def test_no_key_is_in_the_messages_nor_in_the_drawing(tmp_path):
    recording = record(talking(), tmp_path / "talk")
    secrets = [line.split()[2] for line in recording.wire.tls_keys.splitlines() if line[:1] != "#"]
    assert len(secrets) == 2
    for name in ("messages.json", "diagram.svg", "decode-as.lua"):
        text = (tmp_path / "talk" / name).read_text(encoding="utf-8")
        assert not [secret for secret in [KEY.hex(), *secrets] if secret in text]


def test_the_key_log_is_sorted_and_names_each_secret_once(tmp_path):
    record(talking(), tmp_path / "talk")
    lines = (tmp_path / "talk/tls-keys.log").read_text(encoding="ascii").splitlines()
    assert lines == sorted(set(lines))


def test_it_is_said_what_each_port_carries():
    found = ports(play(talking()))
    assert [(each.participant, each.host, each.carries, each.tls) for each in found] == [
        ("KMS", "192.0.2.3", Medium.KMS, False),
        ("MRFP", "192.0.2.2", Medium.MSRP, True),
        ("UE-A", "192.0.2.1", Medium.BFCP, True),
    ]
    assert len({each.port for each in found}) == 3


def test_a_port_through_which_nothing_came_carries_nothing():
    async def run(stage):
        raise EndpointError("It ends before anything was sent.")

    silent = play(flow(run, ladder=()))
    assert ports(silent) == []
    untold = replace(play(flow()), arrows=())
    assert [(each.carries, each.tls) for each in ports(untold)] == [(None, True)]
    assert 'Dissector.get("bfcp")' not in files_of(untold)["decode-as.lua"].decode()


def test_a_connection_without_messages_is_not_taken_for_that_of_others():
    """What one port carried at its moments is not what another one carried that had no messages."""

    async def run(stage):
        ue, mrfp = stage.surroundings("UE-A"), stage.surroundings("MRFP")
        async with (
            await listen(Stream.wait_ended, ue.host, 0) as listener,
            await connect(ue.host, listener.port, local_address=(mrfp.host, 0)) as silent,
        ):
            await silent.write(b"nothing that an arrow shows")
        return await ask_for_a_floor(stage)

    assert [each.carries for each in ports(play(flow(run)))] == [None, Medium.BFCP]


def test_an_earlier_recording_is_replaced(tmp_path, mpspec):
    first = mpspec("talk", "-o", tmp_path, "--seed", 1)
    before = octets_in(tmp_path)
    second = mpspec("talk", "-o", tmp_path, "--seed", 2)
    assert (first[0], second[0]) == (0, 0)
    assert sorted(octets_in(tmp_path)) == NAMES
    assert octets_in(tmp_path) != before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", "My notes."),
        ("messages.json", '{"format": "something else"}'),
        ("messages.json", "[]"),
        ("messages.json", "not JSON"),
        ("capture.pcap", "a capture of my own"),
    ],
)
def test_a_folder_with_something_else_is_left_alone(tmp_path, mpspec, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    code, out, err = mpspec("talk", "-o", tmp_path)
    assert (code, out) == (2, "")
    assert err == f"mpspec: {tmp_path} holds something else than a recording; name another folder.\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == content


def test_a_file_beside_an_earlier_recording_keeps_it_from_being_replaced(tmp_path, mpspec):
    mpspec("talk", "-o", tmp_path)
    (tmp_path / "notes.txt").write_text("My notes.", encoding="utf-8")
    before = octets_in(tmp_path)
    assert mpspec("talk", "-o", tmp_path, "--seed", 2)[0] == 2
    assert octets_in(tmp_path) == before


def test_a_folder_that_cannot_be_ends_in_a_sentence(tmp_path, mpspec):
    (tmp_path / "file").write_text("A file.", encoding="utf-8")
    for place in ("file", "file/below"):
        code, out, err = mpspec("talk", "-o", tmp_path / place)
        assert (code, out) == (2, "")
        assert err.startswith(f"mpspec: {tmp_path / place} ")
        assert err.count("\n") == 1


def test_a_failure_while_writing_leaves_the_earlier_recording(tmp_path):
    record(talking(), tmp_path)
    before = octets_in(tmp_path)
    (tmp_path / ".tls-keys.log.new").mkdir()
    with pytest.raises(CannotRun, match=r"cannot be written: Is a directory\."):
        record(talking(), tmp_path, seed=2)
    (tmp_path / ".tls-keys.log.new").rmdir()
    assert octets_in(tmp_path) == before


def test_all_have_a_folder_each(tmp_path, mpspec):
    code, out, _ = mpspec("all", "-o", tmp_path / "flows")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "flows").iterdir()) == ["ask-for-a-floor", "talk"]
    assert "talk: A UE talks to KMS and MRFP, 12 messages." in out
    assert "tshark -r capture.pcap -o tls.keylog_file:tls-keys.log -X lua_script:decode-as.lua" in out


def test_nothing_is_recorded_where_one_folder_is_taken(tmp_path, mpspec):
    (tmp_path / "talk").mkdir()
    (tmp_path / "talk/notes.txt").write_text("My notes.", encoding="utf-8")
    assert mpspec("all", "-o", tmp_path)[0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["talk"]


def test_a_flow_that_ends_otherwise_is_recorded_and_told(tmp_path, mpspec, monkeypatch):
    wrong = flow(
        talk, name="wrong", participants=talking().participants, ends={"UE-A": "idle"}, ladder=LADDER
    )
    monkeypatch.setattr(cli, "FLOWS", (wrong,))
    code, out, _ = mpspec("wrong", "-o", tmp_path)
    assert code == 1
    assert "    UE-A ended as 'connected', and 'idle' is wanted.\n" in out
    assert sorted(octets_in(tmp_path)) == NAMES
    code, out, _ = mpspec("wrong", "-o", tmp_path, "--json")
    assert code == 1
    assert json.loads(out) == [
        {
            "name": "wrong",
            "folder": str(tmp_path),
            "messages": 12,
            "problems": ["UE-A ended as 'connected', and 'idle' is wanted."],
        }
    ]
