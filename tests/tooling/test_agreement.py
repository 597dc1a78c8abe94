"""Console, gate, matrix, exports and pages say the same of a project in which every status stands."""

import csv
import io
import json
from collections import Counter

import openpyxl
import pytest
from click.testing import CliRunner

from mpspec.cli.trace import command
from mpspec.evidence.store import PATH, Evidence, Outcome, Result, fingerprints
from mpspec.model import Model
from mpspec.model.reviews import record
from mpspec.model.vocabulary import Status
from mpspec.site.corpus import Corpus
from mpspec.site.home import home_data
from mpspec.site.lists import matrix
from mpspec.site.requirement import requirement_pages
from mpspec.trace import Trace
from mpspec.trace.exchange import as_reqif
from mpspec.trace.matrix import as_csv, as_json, as_markdown
from mpspec.trace.workbook import as_workbook

WANTED = {
    "SDP_001": Status.VERIFIED,
    "SDP_002": Status.FAILING,
    "SDP_003": Status.UNTESTED,
    "SDP_004": Status.HOLLOW,
    "SDP_005": Status.SUSPECT,
    "SDP_006": Status.BY_INSPECTION,
    "SDP_007": Status.NOT_REVIEWED,
    "MP_BFCP_003": Status.FAILING,
}


@pytest.fixture
def every_status(project):
    """Return a project with a rule of each status; its statement stands as the worst of them."""
    rule = (project.root / project.rules).read_text().partition("\n\n")[2]
    code = (project.root / project.code).read_text().partition('"""\n')[2]
    test = (project.root / project.test).read_text().partition("check_protocol\n")[2]
    pages, codes, tests, results = ["# Rules\n"], ['"""Rules."""\n'], ['"""Tests."""\n'], []
    for number in range(1, 8):
        identity = f"SDP_00{number}"
        text = rule.replace("SDP_001", identity)
        if number > 5:
            text = text.replace(":strength: shall", ":strength: none\n:verification: inspection")
        pages.append(text)
        codes.append(code.replace("SDP_001", identity).replace("check_protocol", f"check_{number}"))
        if number in {1, 2, 4, 5}:
            tests.append(
                test.replace("sdp_001", identity.lower()).replace("check_protocol", f"check_{number}")
            )
            results.append(
                Result(
                    node=project.node.replace("sdp_001", identity.lower()),
                    outcome=Outcome.FAILED if number == 2 else Outcome.PASSED,
                    seconds=0.01,
                    executed=() if number == 4 else (f"mediasec.rules.check_{number}",),
                )
            )
    project.write(project.rules, "\n".join(pages))
    project.write(project.code, "\n".join(codes))
    project.write(project.test, "\n".join(tests))
    known = Model.load(project.root).requirements
    record(project.root, [known["SDP_005"], known["SDP_006"]], by="A. Reviewer", date="2024-11-20", note="")
    text = (project.root / project.rules).read_text()
    before, mark, after = text.partition(":id: SDP_005")
    project.write(project.rules, before + mark + after.replace("stream is", "stream shall be", 1))
    Evidence(
        commit="4f2c1a9",
        modified=False,
        finished="2026-11-20T10:00:00Z",
        python="3.11.2",
        partial="",
        files=fingerprints(project.root),
        results=tuple(results),
    ).save(project.root / PATH)
    return project


def test_they_all_say_the_same(every_status) -> None:
    """The status of each requirement, and how many stand at each, are the same everywhere."""
    root = every_status.root
    trace = Trace.load(root)
    assert {identity: standing.status for identity, standing in trace.standings.items()} == WANTED
    assert set(WANTED.values()) == set(Status)

    gate = CliRunner().invoke(command, ["check", "--json", "--root", str(root)])
    assert gate.exit_code == 1
    report = json.loads(gate.output)
    assert report["counts"] == Counter(WANTED.values())
    named = {problem["message"].split()[0]: problem["code"] for problem in report["problems"]}
    for identity, status in WANTED.items():
        if status in {Status.FAILING, Status.HOLLOW, Status.SUSPECT}:
            assert named[identity] == f"is-{status}"
    assert named["SDP_003"] == "no-test"

    assert {row["id"]: row["status"] for row in json.loads(as_json(trace))} == WANTED
    assert {row["id"]: row["status"] for row in csv.DictReader(io.StringIO(as_csv(trace)))} == WANTED
    markdown = [line.split(" | ") for line in as_markdown(trace).splitlines()[2:]]
    assert {cells[0].removeprefix("| "): cells[3] for cells in markdown} == WANTED
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(trace)))["Matrix"]
    assert {row[0].value: row[6].value for row in sheet.iter_rows(min_row=2)} == WANTED
    reqif = as_reqif(trace)
    for status, count in Counter(WANTED.values()).items():
        assert reqif.count(f'THE-VALUE="{status}"') == count
    for identity, status in WANTED.items():
        shown = CliRunner().invoke(command, ["show", identity, "--json", "--root", str(root)])
        assert json.loads(shown.output)["status"] == status


def test_the_pages_say_what_the_console_says(every_status) -> None:
    """The first page, the matrix and the page of each requirement have the same statuses."""
    corpus = Corpus.load(every_status.root)
    home = home_data(corpus)
    counts: Counter[str] = Counter()
    for bar in home["bars"]:
        counts.update(bar["summary"])
    assert counts == Counter(map(str, WANTED.values()))
    wanting = {each["id"]: group["status"] for group in home["wanting"] for each in group["found"]}
    assert wanting == {
        identity: status
        for identity, status in WANTED.items()
        if status not in {Status.VERIFIED, Status.BY_INSPECTION, Status.NOT_REVIEWED}
    }
    (page,) = matrix(corpus)
    assert {row["id"]: row["status"] for row in page.data["rows"]} == WANTED
    pages = {page.data["item"]["id"]: page.data["item"]["status"] for page in requirement_pages(corpus)}
    assert pages == WANTED
