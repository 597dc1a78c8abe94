"""Runs tests against mutants, each in a process of its own, in a copy of the project.

A worker imports the test tools once and forks for each mutant, so that a mutant costs the tests alone.
"""

import compileall
import contextlib
import gc
import importlib
import io
import json
import math
import os
import py_compile
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_COPIED = ("impl", "tests", "reqs", "scripts", "pyproject.toml")
_MEMORY = 4 << 30
"""Address space of a run, in octets: a mutant may allocate without end."""
_SHARED = (
    "asyncio",
    "cryptography.hazmat.primitives.ciphers",
    "hypothesis",
    "jsonschema",
    "mpspec.evidence.pytest_plugin",
    "pytest",
    "ssl",
)
"""Modules that a worker imports once, so that no run pays for them."""
_MIN_SECONDS = 4.0
_TIMES_BASELINE = 8
_WAITING = 4
"""How many times its limit of CPU time a run may last: it may wait for what never comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of some tests, with one module changed.

    Attributes:
        key: What the caller knows it by.
        path: Module that is changed, relative to the root; empty for a run without a change.
        source: Its text, changed.
        nodes: pytest's names of the tests; the first that fails ends the run.
        seconds: Limit of its CPU time, which does not depend on how busy the machine is.
    """

    key: str
    path: str
    source: str
    nodes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Attributes:
        key: What the caller knows it by.
        failed: Name of the test that failed; empty where none did.
        timed_out: Whether the time limit ended it.
        seconds: How long each test took, by its name.
    """

    key: str
    failed: str
    timed_out: bool
    seconds: Mapping[str, float]


def time_limit(baseline: float) -> float:
    """Return the limit of CPU time, in seconds, for tests that take `baseline` seconds without a mutant."""
    return max(_MIN_SECONDS, baseline * _TIMES_BASELINE)


def run_all(root: Path, jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Run jobs in parallel and yield each outcome as it comes.

    Args:
        root: Root of the project; nothing in it is changed.
        jobs: What to run.
        workers: Number of runs at a time.
    """
    waiting = list(reversed(jobs))
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        started = [
            stack.enter_context(_Worker(_copied(root, Path(folder) / str(number))))
            for number in range(min(workers, len(jobs)))
        ]
        running = {pool.submit(worker.run, waiting.pop()): worker for worker in started}
        while running:
            done = next(as_completed(running))
            worker = running.pop(done)
            yield done.result()
            if waiting:
                running[pool.submit(worker.run, waiting.pop())] = worker


def _copied(root: Path, copy: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", "*.whl")
    for name in _COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=ignore)
        elif (root / name).exists():
            shutil.copy(root / name, copy / name)
    # Compiled files that are checked by their content: a mutant of equal size in the same second is noticed.
    compileall.compile_dir(
        copy / "impl", quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
    )
    return copy


class _Worker:
    """A process that forks for each job."""

    def __init__(self, copy: Path) -> None:
        self._copy = copy

    def __enter__(self) -> "_Worker":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mpspec.evidence.mutant_run"],
            cwd=self._copy,
            env=os.environ
            | {
                "PYTHONPATH": f"{self._copy / 'impl'}{os.pathsep}{self._copy / 'scripts'}",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, job: Job) -> Outcome:
        """Run one job; the module is as it was afterwards."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        original = (self._copy / job.path).read_bytes() if job.path else b""
        if job.path:
            (self._copy / job.path).write_text(job.source, encoding="utf-8")
        try:
            stdin.write(json.dumps({"nodes": job.nodes, "seconds": job.seconds}) + "\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
        finally:
            if job.path:
                (self._copy / job.path).write_bytes(original)
        return Outcome(
            key=job.key,
            failed=str(answer["failed"]),
            timed_out=bool(answer["timed_out"]),
            seconds=answer["seconds"],
        )


class _Watcher:
    """Notes the first test that failed, or file whose collection did, and how long each test took."""

    def __init__(self) -> None:
        self.failed = ""
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        node = report.nodeid.partition("[")[0]
        self.seconds[node] += report.duration
        if report.failed:
            self.failed = self.failed or node

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


def serve(jobs: IO[str], answers: IO[str]) -> None:
    """Answer each job, a line of JSON, with a line of JSON; ends with the input."""
    for module in _SHARED:
        importlib.import_module(module)
    gc.freeze()  # What all runs share is no garbage of any of them.
    for line in jobs:
        job = json.loads(line)
        answers.write(json.dumps(_forked(job["nodes"], job["seconds"])) + "\n")
        answers.flush()


def _forked(nodes: list[str], seconds: float) -> dict[str, Any]:
    """Run tests in a fork, and end it with its children when its time is over."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.setsid()
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds)))
            with os.fdopen(writing, "w") as answer:
                answer.write(json.dumps(_tested(nodes)))
        finally:
            os._exit(0)
    os.close(writing)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds * _WAITING)
    with os.fdopen(reading) as answer:
        text = answer.read()
    signal.setitimer(signal.ITIMER_REAL, 0)
    _, status = os.waitpid(child, 0)
    if text:
        return {**json.loads(text), "timed_out": False}
    ended = os.WTERMSIG(status) in {signal.SIGKILL, signal.SIGXCPU} if os.WIFSIGNALED(status) else False
    return {"failed": nodes[0], "seconds": {}, "timed_out": ended}


def _tested(nodes: list[str]) -> dict[str, Any]:
    import pytest

    watcher = _Watcher()
    options = ["-q", "-x", "--mutant", "-p", "no:cacheprovider"]
    # Hypothesis was imported before the fork, and its asserts need no rewriting.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = pytest.main([*options, *nodes], plugins=[watcher])
    # Where not even the collection began, as with a module that cannot be imported, every test fails.
    failed = watcher.failed or ("" if code is pytest.ExitCode.OK else nodes[0])
    return {"failed": failed, "seconds": watcher.seconds}


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
