"""The trace computes the status of each requirement, and the gate fails where it is not proven."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from mpspec.cli.trace import command
from mpspec.evidence.store import PATH, Outcome
from mpspec.model.vocabulary import Status
from mpspec.trace import Trace, matrix


def status(project, identity: str = "SDP_001") -> Status:
    return Trace.load(project.root).standing(identity).status


def codes(project) -> list[str]:
    return [problem.code for problem in Trace.load(project.root).problems]


def run(project, *arguments: str):
    return CliRunner().invoke(command, [*arguments, "--root", str(project.root)])


def test_an_honest_project_is_verified(project) -> None:
    """A rule with code and a passing test is verified, and so is the statement that it refines."""
    assert status(project) is Status.VERIFIED
    assert status(project, "MP_BFCP_003") is Status.VERIFIED
    assert codes(project) == []
    assert "1 test passed on 2026-11-20 at 4f2c1a9" in Trace.load(project.root).standing("SDP_001").reason


@pytest.mark.parametrize(
    ("outcomes", "wanted"),
    [
        ([Outcome.PASSED, Outcome.PASSED], Status.VERIFIED),
        ([Outcome.PASSED, Outcome.FAILED], Status.FAILING),
        ([Outcome.PASSED, Outcome.ERROR], Status.FAILING),
        ([Outcome.XFAILED], Status.FAILING),
        ([Outcome.XPASSED], Status.FAILING),
        ([Outcome.PASSED, Outcome.FLAKY], Status.FAILING),
        ([Outcome.SKIPPED], Status.UNTESTED),
    ],
)
def test_outcomes_are_kept_apart(project, outcomes: list[Outcome], wanted: Status) -> None:
    """Only a passed run proves; a failure, an error and an expected failure break; a skip proves nothing."""
    project.ran(*outcomes)
    assert status(project) is wanted
    assert status(project, "MP_BFCP_003") is wanted
    assert bool(codes(project)) == (wanted is not Status.VERIFIED)


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("code", "SDP_001 (RFC 8856, 4)", "", "no-implementation"),
        ("test", "test_sdp_001__rejects_plain_tcp", "x", "no-test"),
        ("rules", ":refines: MP_BFCP_003", ":refines: MP_BFCP_009", "not-refined"),
        ("rules", "stream is", "stream is always", "outdated-evidence"),
    ],
)
def test_the_gate_fails(project, path: str, old: str, new: str, code: str) -> None:
    """A rule without code or test, a statement without rule and outdated evidence are problems."""
    project.replace(getattr(project, path), old, new)
    if code != "outdated-evidence":
        project.ran()
    assert code in codes(project)
    done = run(project, "check")
    assert done.exit_code == 1
    assert f"[{code}]" in done.output


def test_a_run_that_was_skipped_beside_one_that_passed_is_a_problem(project) -> None:
    """The requirement is verified by what passed, and the gate names what was skipped."""
    project.ran(Outcome.PASSED, Outcome.SKIPPED)
    assert status(project) is Status.VERIFIED
    assert codes(project) == ["skipped-test"]


def test_a_test_without_a_result_is_a_problem(project) -> None:
    """Evidence of a part of the tests does not prove the rest."""
    project.write(project.test, (project.root / project.test).read_text().replace("plain_tcp", "another"))
    project.ran()
    assert "no-result" in codes(project)
    assert status(project) is Status.UNTESTED


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 99}', b'{"schema": 1}', b"\xff", None])
def test_unreadable_evidence_is_an_error(project, content: bytes | None) -> None:
    """Evidence that is missing, cut off or of another schema is a problem, never a pass."""
    if content is None:
        (project.root / PATH).unlink()
    else:
        (project.root / PATH).write_bytes(content)
    assert ("no-evidence" if content is None else "unreadable-evidence") in codes(project)
    assert status(project) is Status.UNTESTED


def test_rules_in_a_ring_prove_nothing(project) -> None:
    """Two rules that refine each other end in a status, not in a loop."""
    rules = (project.root / project.rules).read_text()
    ring = rules.partition("\n\n")[2].replace("SDP_001", "SDP_002").replace("MP_BFCP_003", "SDP_001")
    project.write(project.rules, rules.replace(":refines: MP_BFCP_003", ":refines: SDP_002") + "\n" + ring)
    project.ran()
    assert status(project) is Status.UNTESTED


def test_check_answers_machines(project) -> None:
    """`--json` has the counts and the problems; an honest project exits 0."""
    done = run(project, "check", "--json")
    assert done.exit_code == 0
    assert json.loads(done.output) == {"counts": {"verified": 2}, "problems": []}


def test_show_tells_all_of_one_requirement(project) -> None:
    """Text, status, code with its lines and tests with their results stand in 80 columns."""
    done = run(project, "show", "sdp_001")
    assert done.exit_code == 0
    assert "mediasec.rules.check_protocol  impl/mediasec/rules.py:4-10" in done.output
    assert "1 passed" in done.output
    assert all(len(line) <= 80 or "/" in line for line in done.output.splitlines())
    found = json.loads(run(project, "show", "MP_BFCP_003", "--json").output)
    assert found["rules"] == [
        {"id": "SDP_001", "title": "The transport is TCP/TLS/BFCP", "status": "verified"}
    ]


def test_show_refuses_an_unknown_id(project) -> None:
    """An unknown ID ends in one sentence and exit code 2."""
    done = run(project, "show", "SDP_999")
    assert done.exit_code == 2
    assert done.output == "mpspec: reqs/ has no requirement SDP_999.\n"


def test_the_matrix_is_the_same_in_every_format(project) -> None:
    """Markdown, CSV and JSON have the same rows."""
    trace = Trace.load(project.root)
    as_json = json.loads(matrix.as_json(trace))
    as_csv = list(csv.DictReader(io.StringIO(matrix.as_csv(trace))))
    markdown = matrix.as_markdown(trace).splitlines()[2:]
    assert [row["id"] for row in as_json] == [row["id"] for row in as_csv] == ["MP_BFCP_003", "SDP_001"]
    assert [row["status"] for row in as_csv] == ["verified", "verified"]
    assert [line.split(" | ")[0].removeprefix("| ") for line in markdown] == ["MP_BFCP_003", "SDP_001"]


def test_a_cell_never_starts_a_formula(project) -> None:
    """A title that a spreadsheet would compute is kept as text."""
    project.replace(project.rules, "{rule} The transport", "{rule} =1+1 The transport")
    row = list(csv.DictReader(io.StringIO(matrix.as_csv(Trace.load(project.root)))))[1]
    assert row["title"].startswith("'=1+1")


def test_the_matrix_is_written_to_a_file(project, tmp_path) -> None:
    """`-o` writes the file; a place that cannot be written is a sentence."""
    target = tmp_path / "matrix.csv"
    assert run(project, "matrix", "--format", "csv", "-o", str(target)).exit_code == 0
    assert target.read_text().startswith("id,type,clause")
