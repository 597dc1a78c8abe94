"""The pytest side of the evidence: tests that name no known requirement stop the run, results are kept."""

import platform
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mpspec.evidence.store import Evidence, Outcome, Result, commit_of, fingerprints
from mpspec.model import Model, UnreadableSource

_CODES_OF_TESTS = {"unknown-id", "wrong-clause", "bad-file-name", "bad-test-name", "no-docstring"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--evidence FILE`."""
    parser.addoption("--evidence", metavar="FILE", type=Path, help="write the evidence of this run to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the outcomes of this run, unless it is a worker's: the controller hears of them all."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(config), "mpspec-recorder")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop before the first test where a test names an unknown requirement or stands at the wrong clause."""
    try:
        model = Model.load(session.config.rootpath)
    except UnreadableSource as error:
        raise pytest.UsageError(str(error)) from error
    faults = [
        str(problem)
        for problem in model.problems
        if problem.code in _CODES_OF_TESTS and problem.path.startswith("tests/")
    ]
    if faults:
        raise pytest.UsageError("\n".join(faults))


class _Recorder:
    """Joins the three phases of each test to one result, and writes them all at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._results: dict[str, Result] = {}
        self._files = fingerprints(config.rootpath) if config.getoption("--evidence") else {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self._results.get(report.nodeid)
        seconds = report.duration + (before.seconds if before else 0.0)
        outcome, reason = _outcome(report)
        if before is not None and (outcome is Outcome.PASSED or before.outcome is Outcome.ERROR):
            outcome, reason = before.outcome, before.reason
        self._results[report.nodeid] = Result(
            node=report.nodeid, outcome=outcome, seconds=round(seconds, 4), reason=reason
        )

    def pytest_sessionfinish(self) -> None:
        path = self._config.getoption("--evidence")
        if path is None:
            return
        root = self._config.rootpath
        commit, modified = commit_of(root)
        Evidence(
            commit=commit,
            modified=modified,
            finished=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            python=platform.python_version(),
            files=self._files,
            results=tuple(sorted(self._results.values(), key=lambda result: result.node)),
        ).save(root / path)


def _outcome(report: pytest.TestReport) -> tuple[Outcome, str]:
    """Return how one phase ended; a set-up or teardown that fails is an error, not a failure."""
    if hasattr(report, "wasxfail"):
        return (Outcome.XFAILED if report.skipped else Outcome.XPASSED), str(report.wasxfail)
    if report.passed:
        return Outcome.PASSED, ""
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        return Outcome.SKIPPED, reason.removeprefix("Skipped: ")
    message = getattr(getattr(report.longrepr, "reprcrash", None), "message", str(report.longrepr))
    reason = message.partition("\n")[0]
    return (Outcome.FAILED if report.when == "call" else Outcome.ERROR), reason
