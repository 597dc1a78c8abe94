"""`mpspec flow list` and `run`: what is told of a run, and what is found wrong with it."""

import asyncio
import gc
import io
import json
from dataclasses import replace

import pytest

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import connect
from mediasec.errors import EndpointError, Finding
from mediasec.nodes.observation import Medium
from mpspec.cli import flow as cli
from mpspec.cli import main
from mpspec.flows.flow import NodeFinding
from mpspec.flows.running import run_flow
from mpspec.model import CannotRun
from small_flows import LADDER, PARTICIPANTS, ask_for_a_floor, flow

FINDING = NodeFinding(
    node="MRFP", finding=Finding(requirement="SDP_001", where="media[0]", message="TCP/BFCP is not wanted.")
)


@pytest.fixture
def mpspec(monkeypatch, capsys):
    """Run a command with the small flow as the catalogue; return its exit code, output and errors."""
    monkeypatch.setattr(cli, "FLOWS", (flow(),))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["flow", *arguments])
        told = capsys.readouterr()
        return stopped.value.code, told.out, told.err

    return run


def catalogue_of(monkeypatch, one):
    monkeypatch.setattr(cli, "FLOWS", (one,))


def test_list_names_title_and_clauses(mpspec):
    code, out, _ = mpspec("list")
    assert code == 0
    assert out.split("\n")[0] == "ask-for-a-floor"
    assert "A UE asks for a floor (TS 23.333, 6.2.19.3.1)" in out
    code, out, _ = mpspec("list", "--json")
    assert json.loads(out) == [
        {"name": "ask-for-a-floor", "title": "A UE asks for a floor", "clauses": ["TS 23.333, 6.2.19.3.1"]}
    ]


def test_run_shows_a_numbered_ladder(mpspec):
    code, out, err = mpspec("run", "ask-for-a-floor")
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    arrows = [line for line in lines if " -> " in line][1:]
    assert arrows == [
        "1 6 MRFP -> UE-A TCP: opened",
        "2 10 UE-A -> MRFP TLS: established (derived)",
        "3 UE-A -> MRFP BFCP: FloorRequest",
    ]
    assert "TLS_028" in lines
    assert "UE-A: connected" in lines
    assert lines[-1] == "The flow ended as it should."


def test_run_as_json_is_an_object_a_line(mpspec):
    code, out, _ = mpspec("run", "ask-for-a-floor", "--json", "--decode")
    *arrows, end = map(json.loads, out.splitlines())
    assert code == 0
    assert [(one["number"], one["medium"], one["step"], one["shows"]) for one in arrows] == [
        (1, "TCP", "6", []),
        (2, "TLS", "10", ["TLS_028"]),
        (3, "BFCP", "", ["BFCP_001"]),
    ]
    assert arrows[2]["decoded"][0]["name"] == "BFCP FloorRequest"
    assert (end["kind"], end["states"], end["problems"]) == (
        "end",
        {"UE-A": "connected", "MRFP": "serving"},
        [],
    )


def test_decode_shows_the_message_below_its_arrow(mpspec):
    _, out, _ = mpspec("run", "ask-for-a-floor", "--decode")
    lines = out.splitlines()
    place = next(index for index, line in enumerate(lines) if "BFCP: FloorRequest" in line)
    assert "BFCP FloorRequest  [RFC 8855, 5.3.1]" in lines[place + 2]
    assert any(line.startswith("    14      2      Floor ID: 543") for line in lines[place:])


def test_no_line_is_longer_than_the_terminal(mpspec, monkeypatch):
    long = " ".join(["certainly"] * 20)
    rungs = tuple(replace(rung, shows=("BFCP_001",) * 20) for rung in LADDER)
    catalogue_of(monkeypatch, flow(title=long, summary=long, ladder=rungs))
    listed = mpspec("list")[1]
    assert max(map(len, listed.splitlines())) <= 80
    assert listed.split().count("certainly") == 20
    _, out, _ = mpspec("run", "ask-for-a-floor", "--decode")
    assert max(map(len, out.splitlines())) <= 80
    assert out.split().count("certainly") == 40
    assert out.replace(",", " ").split().count("BFCP_001") == 60


def test_step_waits_after_each_message_and_shows_it_on_request(mpspec, monkeypatch):
    answers = io.StringIO("\n\nd\nD\n\n")
    monkeypatch.setattr("sys.stdin", answers)
    code, out, err = mpspec("run", "ask-for-a-floor", "--step")
    assert (code, answers.read()) == (0, "")
    assert err.count("Enter goes on, d shows the message: ") == 5
    assert out.count("BFCP FloorRequest  [RFC 8855, 5.3.1]") == 2
    assert "It runs on a network in memory." in " ".join(out.split())


def test_step_goes_on_where_there_is_nobody_to_ask(mpspec, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert mpspec("run", "ask-for-a-floor", "--step")[0] == 0


def test_step_is_not_for_machines(mpspec):
    code, out, err = mpspec("run", "ask-for-a-floor", "--step", "--json")
    assert (code, out) == (2, "")
    assert err == "mpspec: --step is for people and --json for machines; say one of them.\n"


def test_a_flow_with_a_hidden_host_runs_in_memory(mpspec, monkeypatch):
    behind, other = PARTICIPANTS
    hidden = flow(participants=(replace(behind, hidden=True), other))
    catalogue_of(monkeypatch, hidden)
    code, out, _ = mpspec("run", "ask-for-a-floor")
    assert code == 1
    assert "It runs on a network in memory." in " ".join(out.split())
    assert "The flow broke off: No TCP connection to 192.0.2.1 port" in " ".join(out.split())
    with pytest.raises(CannotRun, match="needs a host behind a NAT, which loopback does not have"):
        run_flow(hidden)


def test_an_unknown_name_ends_in_a_sentence_with_those_that_are_near(mpspec):
    code, out, err = mpspec("run", "ask-for-a-flor")
    assert (code, out) == (2, "")
    assert err == "mpspec: There is no flow 'ask-for-a-flor'. Did you mean ask-for-a-floor?\n"
    assert "Did you mean ask-for-a-floor?" in mpspec("run", "floor")[2]
    assert "`mpspec flow list`" in mpspec("run", "zzz")[2]


def test_a_rung_that_does_not_come_is_named(mpspec, monkeypatch):
    later = (*LADDER[:2], replace(LADDER[2], name="FloorRelease", step="11"))
    catalogue_of(monkeypatch, flow(ladder=later))
    code, out, _ = mpspec("run", "ask-for-a-floor")
    assert code == 1
    assert "step 11, BFCP FloorRelease from UE-A to MRFP" in " ".join(out.split())


def test_rungs_are_wanted_in_their_order():
    recording = run_flow(flow(ladder=(LADDER[2], LADDER[0])))
    assert recording.problems == (
        "The flow did not show, at its place in the ladder: step 6, TCP opened from MRFP to UE-A.",
    )


def test_another_end_than_the_wanted_one_is_named():
    recording = run_flow(flow(ends={"UE-A": "idle", "KMS": "ready"}))
    assert recording.problems == (
        "UE-A ended as 'connected', and 'idle' is wanted.",
        "KMS ended as 'unknown', and 'ready' is wanted.",
    )


@pytest.mark.parametrize(
    ("findings", "wanted", "problems"),
    [
        ((FINDING,), ("SDP_001",), ()),
        ((), ("SDP_001",), ("No node found SDP_001 broken.",)),
        ((FINDING,), (), ("MRFP found SDP_001 broken: TCP/BFCP is not wanted.",)),
    ],
)
def test_the_findings_are_those_that_are_wanted(findings, wanted, problems):
    async def run(stage):
        return replace(await ask_for_a_floor(stage), findings=findings)

    recording = run_flow(flow(run, finds=wanted))
    assert recording.problems == problems


def test_a_flow_that_breaks_off_says_why():
    async def run(stage):
        raise EndpointError("No response came in time.")

    recording = run_flow(flow(run, ladder=()))
    assert recording.outcome is None
    assert recording.problems == ("The flow broke off: No response came in time.",)


def test_a_flow_that_does_not_end_is_stopped(monkeypatch):
    monkeypatch.setattr("mpspec.flows.running.LIMIT_SECONDS", 0.05)

    async def run(stage):
        await asyncio.sleep(30)

    assert run_flow(flow(run, ladder=())).problems == ("The flow broke off: it took more than 0 s.",)


def test_a_task_that_is_left_running_is_named():
    kept = []

    async def forgotten():
        await asyncio.sleep(30)

    async def run(stage):
        kept.append(asyncio.create_task(forgotten()))
        return await ask_for_a_floor(stage)

    (problem,) = run_flow(flow(run)).problems
    assert problem.startswith("Left running: ")
    assert "forgotten" in problem


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_sockets_that_are_left_open_are_counted():
    kept = []

    async def hold(stream):
        kept.append(stream)
        await stream.wait_ended()

    async def run(stage):
        host = stage.surroundings("UE-A").host
        listener = await listen(hold, host, 0)
        kept.append(await connect(host, listener.port))
        return await ask_for_a_floor(stage)

    problems = run_flow(flow(run)).problems
    assert "Sockets left open: 3." in problems
    kept.clear()
    gc.collect()


def test_what_nobody_handles_is_a_problem():
    async def fail(stream):
        raise ValueError("of no use")

    async def run(stage):
        host = stage.surroundings("UE-A").host
        async with await listen(fail, host, 0) as listener, await connect(host, listener.port) as stream:
            await stream.read()
        return await ask_for_a_floor(stage)

    (problem,) = run_flow(flow(run)).problems
    assert problem.endswith("ValueError: of no use")


def test_what_lies_in_an_offer_is_decoded_too():
    octets = b"v=0\r\na=key-mgmt:other AAAA\r\n"

    async def run(stage):
        stage.surroundings("UE-A").show("MRFP", Medium.SIGNALLING, "SDP offer", octets)
        return await ask_for_a_floor(stage)

    first = run_flow(flow(run)).arrows[0]
    (description,) = first.decoded
    assert description.length == len(octets)
    assert [part.value for part in description.parts] == ["v=0", "a=key-mgmt:other AAAA"]
