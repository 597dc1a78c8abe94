"""A test run leaves evidence in which every kind of outcome is kept apart."""

import subprocess
import sys
from pathlib import Path

import pytest

from mpspec.evidence.store import PATH, Evidence, Outcome, fingerprints
from mpspec.trace import Trace

ROOT = Path(__file__).parents[2]

OUTCOMES = '''"""Outcomes."""

import pytest

from mediasec.rules import check_protocol


@pytest.fixture
def broken():
    raise RuntimeError("no set-up")


@pytest.fixture
def breaks_later():
    yield
    raise RuntimeError("no teardown")


def test_sdp_001__passed():
    """Rule."""
    assert check_protocol("TCP/BFCP")


def test_sdp_001__failed():
    """Rule."""
    assert not check_protocol("TCP/BFCP")


def test_sdp_001__error(broken):
    """Rule."""
    assert check_protocol("TCP/BFCP")


def test_sdp_001__error_in_teardown(breaks_later):
    """Rule."""
    assert check_protocol("TCP/BFCP")


@pytest.mark.skip(reason="no tool")
def test_sdp_001__skipped():
    """Rule."""
    assert check_protocol("TCP/BFCP")


@pytest.mark.xfail(reason="known")
def test_sdp_001__xfailed():
    """Rule."""
    assert not check_protocol("TCP/BFCP")


@pytest.mark.xfail(reason="known")
def test_sdp_001__xpassed():
    """Rule."""
    assert check_protocol("TCP/BFCP")


@pytest.mark.parametrize("protocol", ["TCP/BFCP", "TCP/TLS/BFCP"])
def test_sdp_001__mixed(protocol):
    """Rule."""
    assert check_protocol(protocol)
'''

PYPROJECT = """[tool.pytest.ini_options]
pythonpath = ["impl"]
addopts = ["--strict-markers", "--import-mode=importlib", "-p", "mpspec.evidence.pytest_plugin"]
markers = ["verifies(id): a further requirement"]
"""


@pytest.fixture
def tested(project):
    """Return the project with a test for each outcome, ready to run."""
    project.write(project.test, OUTCOMES)
    project.write("pyproject.toml", PYPROJECT)
    project.write("impl/mediasec/__init__.py", '"""Package."""\n')
    return project


def pytest_in(project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=project.root,
        env={"PYTHONPATH": str(ROOT / "scripts"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_every_outcome_is_kept_apart(tested, workers: list[str]) -> None:
    """An error in set-up or teardown, a skip and an expected failure are outcomes of their own."""
    done = pytest_in(tested, "--evidence", str(PATH), *workers)
    assert done.returncode == 1, done.stdout + done.stderr
    evidence = Evidence.load(tested.root / PATH)
    found = {result.node.rpartition("__")[2]: result.outcome for result in evidence.results}
    assert found == {
        "passed": Outcome.PASSED,
        "failed": Outcome.FAILED,
        "error": Outcome.ERROR,
        "error_in_teardown": Outcome.ERROR,
        "skipped": Outcome.SKIPPED,
        "xfailed": Outcome.XFAILED,
        "xpassed": Outcome.XPASSED,
        "mixed[TCP/BFCP]": Outcome.PASSED,
        "mixed[TCP/TLS/BFCP]": Outcome.FAILED,
    }
    reasons = {result.node.rpartition("__")[2]: result.reason for result in evidence.results}
    assert reasons["skipped"] == "no tool"
    assert "no set-up" in reasons["error"]
    assert evidence.outdated(tested.root) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-n", "2", "-k", "not mixed"], "It left out 2 runs of tests, such as "),
        (
            ["--deselect", "{test}::test_sdp_001__mixed[TCP/TLS/BFCP]"],
            "It left out 1 run of a test, such as ",
        ),
        (["{test}::test_sdp_001__mixed[TCP/BFCP]"], "It was asked for single runs of a test, such as "),
        (["-n", "2", "-x"], "It was stopped before its end."),
        (["--continue-on-collection-errors"], "It could not read tests/unit/test_broken.py."),
        (["-n", "2", "-W", "ignore"], "It ran with -W ignore, which pyproject.toml does not name."),
        (["-p", "quiet"], "It ran with the plugin quiet, which pyproject.toml does not name."),
        (["-n", "2"], ""),
    ],
    ids=["keyword", "deselected", "single", "stopped", "unread", "warnings", "plugin", "whole"],
)
def test_a_run_of_a_part_is_told_from_a_whole_one(tested, arguments: list[str], said: str) -> None:
    """What a run left out is part of its evidence, since a test with one of its parameters looks complete."""
    tested.write("quiet.py", "")
    if "--continue-on-collection-errors" in arguments:
        tested.write("tests/unit/test_broken.py", "import nothing_of_that_name\n")
    named = [argument.format(test=tested.test) for argument in arguments]
    pytest_in(tested, "--evidence", str(PATH), *named)
    assert Evidence.load(tested.root / PATH).partial.startswith(said)
    found = [problem.code for problem in Trace.load(tested.root).problems]
    assert ("partial-evidence" in found) == bool(said)


def test_without_assertions_there_is_no_evidence(tested) -> None:
    """Where Python leaves out assertions, no test proves anything."""
    done = subprocess.run(
        [sys.executable, "-O", "-m", "pytest", "--evidence", str(PATH)],
        cwd=tested.root,
        env={"PYTHONPATH": str(ROOT / "scripts"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 4
    assert "Python leaves out assertions here" in done.stderr


def test_tests_that_a_plugin_drops_are_noticed(tested) -> None:
    """A hook that drops tests and tells nobody does not make the run look whole."""
    tested.write("dropping.py", "def pytest_collection_modifyitems(items):\n    del items[1:]\n")
    pytest_in(tested, "--evidence", str(PATH), "-p", "dropping", "-n", "2")
    assert "left out 8 runs of tests" in Evidence.load(tested.root / PATH).partial


def test_a_run_without_the_option_leaves_the_evidence_alone(tested) -> None:
    """A run of a few tests by hand does not replace the evidence of all."""
    before = (tested.root / PATH).read_bytes()
    pytest_in(tested, "-k", "passed")
    assert (tested.root / PATH).read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("test_sdp_001__passed", "test_sdp_777__passed", "SDP_777, which reqs/ does not have"),
        ("test_sdp_001__passed", "test_passed", "does not name a requirement"),
        (
            'def test_sdp_001__passed():\n    """Rule."""',
            "def test_sdp_001__passed():",
            "has no docstring",
        ),
        (
            "def test_sdp_001__passed",
            '@pytest.mark.verifies("SDP_778")\ndef test_sdp_001__passed',
            "SDP_778",
        ),
        ("def broken", "def pytest_runtest_makereport", "may change which tests run or how they end"),
    ],
)
def test_a_test_without_a_known_requirement_stops_the_run(tested, old: str, new: str, said: str) -> None:
    """No test runs while one names an unknown requirement, none, or has no docstring."""
    tested.replace(tested.test, old, new)
    done = pytest_in(tested)
    assert done.returncode == 4, done.stdout
    assert said in done.stderr
    assert "passed" not in done.stdout.replace(new, "")


def test_the_evidence_of_an_older_state_is_refused(tested) -> None:
    """A source that changed after the run makes the evidence outdated."""
    pytest_in(tested, "--evidence", str(PATH))
    tested.replace(tested.code, "Check the transport.", "Check the protocol.")
    problems = Trace.load(tested.root).problems
    assert [problem.path for problem in problems if problem.code == "outdated-evidence"] == [tested.code]


def test_what_python_compiles_is_no_source(project) -> None:
    """A file that Python makes of a source, beside the vectors too, does not make the evidence outdated."""
    project.write("tests/vectors/mikey/empty.json", "{}")
    before = fingerprints(project.root)
    project.write("tests/vectors/mikey/__pycache__/cases.cpython-311.pyc", "made by Python")
    assert fingerprints(project.root) == before
    project.write("tests/vectors/mikey/cases.py", '"""Cases."""\n')
    assert fingerprints(project.root) != before


@pytest.mark.parametrize(
    "path", ["conftest.py", "pytest.ini", "scripts/sitecustomize.py", "impl/mediasec/x.so"]
)
def test_what_python_or_pytest_would_read_is_a_source(project, path: str) -> None:
    """A file that comes to the run after it makes the evidence outdated."""
    project.write(path, "")
    assert Evidence.load(project.root / PATH).outdated(project.root) == [path]


def problems_after_run(project) -> list[str]:
    done = pytest_in(project, "--evidence", str(PATH))
    assert done.returncode == 0, done.stdout + done.stderr
    return [problem.code for problem in Trace.load(project.root).problems]


@pytest.fixture
def runnable(project):
    """Return the honest project, ready to run."""
    project.write("pyproject.toml", PYPROJECT)
    project.write("impl/mediasec/__init__.py", '"""Package."""\n')
    return project


def test_code_that_was_imported_too_early_stops_the_run(runnable) -> None:
    """Where code is imported before it can be marked, one sentence says so, and no evidence is written."""
    before = (runnable.root / PATH).read_bytes()
    runnable.write("plugins/early.py", '"""Plugin."""\n\nimport mediasec.rules\n')
    early = ["-o", "pythonpath=impl plugins", "-p", "early"]
    done = pytest_in(runnable, f"--evidence={PATH}", *early)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "ERROR: mediasec was imported before it could be marked" in done.stderr
    assert "Traceback" not in done.stderr
    assert (runnable.root / PATH).read_bytes() == before
    assert pytest_in(runnable, *early).returncode == 0


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_code_that_a_conftest_imports_is_seen(runnable, workers: list[str]) -> None:
    """The code is marked before a `conftest.py` imports it, and the next plain run finds it unmarked."""
    runnable.write(
        "tests/conftest.py",
        "from mediasec import rules\n\n\n"
        "def pytest_report_header():\n    return f'marked: {\"__ran__\" in vars(rules)}'\n",
    )
    done = pytest_in(runnable, "-v", "--evidence", str(PATH), *workers)
    assert "marked: True" in done.stdout, done.stdout + done.stderr
    evidence = Evidence.load(runnable.root / PATH)
    assert [result.executed for result in evidence.results] == [("mediasec.rules.check_protocol",)]
    assert "marked: False" in pytest_in(runnable, "-v").stdout


def test_a_test_that_executes_the_code_is_no_hollow_link(runnable) -> None:
    """The test of an honest project executes the code that claims its requirement."""
    assert problems_after_run(runnable) == []
    evidence = Evidence.load(runnable.root / PATH)
    assert [result.executed for result in evidence.results] == [("mediasec.rules.check_protocol",)]


@pytest.mark.parametrize(
    ("path", "old", "new", "wanted"),
    [
        # The test is named after the rule and runs something else.
        (
            "test",
            'assert check_protocol("TCP/BFCP")',
            "import os\n\n    assert os.getpid()",
            {"hollow-link", "is-hollow"},
        ),
        # It runs the code and asserts nothing, or nothing that can fail.
        (
            "test",
            'assert check_protocol("TCP/BFCP")',
            'check_protocol("TCP/BFCP")',
            {"cannot-fail", "is-hollow"},
        ),
        (
            "test",
            'assert check_protocol("TCP/BFCP")',
            'assert (check_protocol("TCP/BFCP"), "says nothing")',
            {"cannot-fail", "is-hollow"},
        ),
        (
            "test",
            'assert check_protocol("TCP/BFCP")',
            'assert check_protocol("TCP/BFCP") or True',
            {"cannot-fail", "is-hollow"},
        ),
        # It calls a helper that asserts: no fault.
        (
            "test",
            'assert check_protocol("TCP/BFCP")',
            'wanted()\n\n\ndef wanted():\n    assert check_protocol("TCP/BFCP")',
            set(),
        ),
        # The code that claims the rule is called by nobody; the test runs a neighbour.
        (
            "code",
            '    return [] if protocol == "TCP/TLS/BFCP" else [protocol]',
            "    return check(protocol)\n\n\ndef check(protocol):\n"
            '    """Check.\n\n    Source:\n        SDP_001 (RFC 8856, 4)\n    """\n'
            "    return protocol\n\n\ndef never(protocol):\n"
            '    """Check.\n\n    Source:\n        SDP_001 (RFC 8856, 4)\n    """\n'
            "    return protocol",
            {"hollow-claim"},
        ),
        # A fixture runs the code; the test looks at what it made.
        (
            "test",
            "def test_sdp_001__rejects_plain_tcp():\n"
            '    """The protocol of a BFCP stream is TCP/TLS/BFCP."""\n    assert check_protocol("TCP/BFCP")',
            "import pytest\n\n\n@pytest.fixture\ndef found():\n"
            '    return check_protocol("TCP/BFCP")\n\n\n'
            'def test_sdp_001__rejects_plain_tcp(found):\n    """Rule."""\n    assert found',
            {"hollow-link", "is-hollow"},
        ),
        # A method with a claim of its own ran; the rest of the class that claims the rule did not.
        (
            "code",
            "def check_protocol(protocol):\n"
            '    """Check the transport.\n\n    Source:\n        SDP_001 (RFC 8856, 4)\n    """\n'
            '    return [] if protocol == "TCP/TLS/BFCP" else [protocol]',
            'class Rules:\n    """Rules.\n\n    Source:\n        SDP_001 (RFC 8856, 4)\n    """\n\n'
            "    def check(self, protocol):\n        return 3\n\n"
            '    def other(self, protocol):\n        """Check.\n\n        Source:\n'
            '            SDP_001 (RFC 8856, 4)\n        """\n        return [protocol]\n\n\n'
            "check_protocol = Rules().other",
            {"hollow-claim"},
        ),
        # Only its def line ran, at import.
        (
            "test",
            'assert check_protocol("TCP/BFCP")',
            "assert check_protocol.__name__",
            {"hollow-link", "is-hollow"},
        ),
    ],
)
def test_a_hollow_link_is_caught(runnable, path: str, old: str, new: str, wanted: set[str]) -> None:
    """A passing test that does not execute the code, or cannot fail, verifies nothing."""
    runnable.replace(getattr(runnable, path), old, new)
    assert {code for code in problems_after_run(runnable) if code != "hollow-claim"} == wanted - {
        "hollow-claim"
    }
    assert ("hollow-claim" in problems_after_run(runnable)) == bool(wanted & {"hollow-claim", "hollow-link"})
