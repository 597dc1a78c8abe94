"""The pytest side of the evidence: a test that names no known requirement stops the run, results are kept.

With `--evidence FILE` each process also notes which implementing code its tests execute. Under xdist the
workers send that to the controller, which alone writes the file.
"""

import os
import platform
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mpspec.evidence.execution import Execution
from mpspec.evidence.marks import NotMarked
from mpspec.evidence.store import Evidence, Outcome, Result, commit_of, fingerprints
from mpspec.model import Model, UnreadableSource

_WORST_LAST = (
    Outcome.PASSED,
    Outcome.SKIPPED,
    Outcome.XFAILED,
    Outcome.XPASSED,
    Outcome.FLAKY,
    Outcome.FAILED,
    Outcome.ERROR,
)
_ENDED = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
"""How a run ends in which every test had its turn."""
_EXECUTION = pytest.StashKey[Execution]()
_NO_TESTS = ("impl/mediasec/", "reqs/")
"""Faults there are for the gate, and do not keep a test from running."""
_STRICTER = {"strict_config=true", "strict_markers=true"}
"""Settings that options of pytest's own stand for, and that fail more, not less."""
_HARMLESS_PLUGINS = {"no:cacheprovider"}
_CODES_OF_TESTS = {
    "unknown-id",
    "wrong-clause",
    "bad-file-name",
    "bad-mark",
    "bad-test-name",
    "no-docstring",
    "outcome-hook",
    "patched-code",
    "stray-module",
    "test-twice",
    "wrapped-test",
    "wrong-place",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--evidence FILE` and `--mutant`."""
    parser.addoption("--evidence", metavar="FILE", type=Path, help="write the evidence of this run to FILE")
    parser.addoption("--mutant", action="store_true", help="run against a mutant: names were checked before")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin to note what is executed before a `conftest.py` imports the code."""
    options = early_config.known_args_namespace
    if options.evidence and not options.mutant:
        try:
            early_config.stash[_EXECUTION] = Execution(early_config.rootpath)
        except NotMarked as error:
            raise pytest.UsageError(str(error)) from error


def pytest_configure(config: pytest.Config) -> None:
    """Stop where a test names an unknown requirement or stands at the wrong clause; else get ready."""
    if config.getoption("--mutant"):
        return
    try:
        model = Model.load(config.rootpath)
    except UnreadableSource as error:
        raise pytest.UsageError(str(error)) from error
    faults = [
        str(problem)
        for problem in model.problems
        if problem.code in _CODES_OF_TESTS and not problem.path.startswith(_NO_TESTS)
    ]
    if faults:
        raise pytest.UsageError("\n".join(faults))
    if config.getoption("--evidence"):
        if not __debug__:
            raise pytest.UsageError("Python leaves out assertions here (PYTHONOPTIMIZE or -O): no evidence.")
        recorder = None if hasattr(config, "workerinput") else _Recorder(config)
        config.pluginmanager.register(_Noter(config, model, recorder), "mpspec-noter")
        config.pluginmanager.register(_Selection(config, recorder), "mpspec-selection")
        if recorder is not None:
            config.pluginmanager.register(recorder, "mpspec-recorder")


class _Noter:
    """Says which test is at work, and hands on what each executed."""

    def __init__(self, config: pytest.Config, model: Model, recorder: "_Recorder | None") -> None:
        self._config = config
        self._model = model
        self._recorder = recorder
        self._execution = config.stash[_EXECUTION]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Note what the test itself executes: what its fixtures do proves nothing by it."""
        self._execution.at_work(item.nodeid)
        try:
            return (yield)
        finally:
            self._execution.at_work("")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        executed = self._execution.finish(self._model.implementations)
        if self._recorder is None:
            self._config.workeroutput["executed"] = executed  # type: ignore[attr-defined]
        else:
            self._recorder.executed |= executed


class _Selection:
    """Notes which collected tests do not run: left out by an option, or by a plugin that does not say so."""

    def __init__(self, config: pytest.Config, recorder: "_Recorder | None") -> None:
        self._config = config
        self._recorder = recorder
        self._left_out: set[str] = set()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterator[None]:
        before = {item.nodeid for item in items}
        try:
            return (yield)
        finally:
            self._left_out |= before - {item.nodeid for item in items}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self._recorder is None:
            self._config.workeroutput["left_out"] = sorted(self._left_out)  # type: ignore[attr-defined]
        else:
            self._recorder.left_out |= self._left_out


class _Recorder:
    """Joins the three phases of each test to one result, and writes them all at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._results: dict[str, Result] = {}
        self._files = fingerprints(config.rootpath)
        self.executed: dict[str, list[str]] = {}
        self.left_out: set[str] = set()
        self._unread: set[str] = set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of xdist noted and left out."""
        output = getattr(node, "workeroutput", {})
        self.executed |= output.get("executed", {})
        self.left_out |= set(output.get("left_out", ()))
        """Take what a worker of xdist noted."""
        self.executed |= getattr(node, "workeroutput", {}).get("executed", {})

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._unread.add(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self._results.get(report.nodeid)
        seconds = report.duration + (before.seconds if before else 0.0)
        outcome, reason = _outcome(report)
        if before is not None and _WORST_LAST.index(outcome) <= _WORST_LAST.index(before.outcome):
            outcome, reason = before.outcome, before.reason
        self._results[report.nodeid] = Result(
            node=report.nodeid, outcome=outcome, seconds=round(seconds, 4), reason=reason
        )

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        path = self._config.getoption("--evidence")
        root = self._config.rootpath
        commit, modified = commit_of(root)
        Evidence(
            commit=commit,
            modified=modified,
            finished=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            python=platform.python_version(),
            partial=self._why_partial(session, exitstatus),
            files=self._files,
            results=tuple(
                replace(self._results[node], executed=tuple(self.executed.get(node, ())))
                for node in sorted(self._results)
            ),
        ).save(root / path)

    def _why_partial(self, session: pytest.Session, exitstatus: int) -> str:
        """Return why the run was not whole; a file that was not asked for shows by what it lacks."""
        single = next((name for name in self._config.args if "[" in name), "")
        if single:
            return f"It was asked for single runs of a test, such as {single}."
        if self.left_out:
            count = len(self.left_out)
            what = "1 run of a test" if count == 1 else f"{count} runs of tests"
            return f"It left out {what}, such as {min(self.left_out)}."
        if self._unread:
            return f"It could not read {min(self._unread)}."
        foreign = _foreign_settings(self._config)
        if foreign:
            return f"It ran with {foreign}, which pyproject.toml does not name."
        if session.shouldstop or session.shouldfail or exitstatus not in _ENDED:
            return "It was stopped before its end."
        return ""


def _foreign_settings(config: pytest.Config) -> str:
    """Return what the run had from the command line or the environment that may change a result."""
    if config.inipath != config.rootpath / "pyproject.toml":
        return f"the configuration {config.inipath}"
    for option, dest in (("-o", "override_ini"), ("-W", "pythonwarnings")):
        for setting in config.getoption(dest) or ():
            if setting not in _STRICTER:
                return f"{option} {setting}"
    named = {*config.getini("addopts"), *_HARMLESS_PLUGINS}
    plugins = [*config.getoption("plugins"), *filter(None, os.environ.get("PYTEST_PLUGINS", "").split(","))]
    return next((f"the plugin {name}" for name in plugins if name not in named), "")


def _outcome(report: pytest.TestReport) -> tuple[Outcome, str]:
    """Return how one phase ended; a set-up or teardown that fails is an error, not a failure."""
    if hasattr(report, "wasxfail"):
        return (Outcome.XFAILED if report.skipped else Outcome.XPASSED), str(report.wasxfail)
    if report.passed:
        return Outcome.PASSED, ""
    if str(report.outcome) == "rerun":  # So reports a plugin that tries again until a test passes.
        return Outcome.FLAKY, "it was run again after a failure"
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        return Outcome.SKIPPED, reason.removeprefix("Skipped: ")
    message = getattr(getattr(report.longrepr, "reprcrash", None), "message", str(report.longrepr))
    reason = message.partition("\n")[0]
    return (Outcome.FAILED if report.when == "call" else Outcome.ERROR), reason
