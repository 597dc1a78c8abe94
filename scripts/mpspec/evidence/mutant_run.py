"""Runs tests against mutants, each in a process of its own, in a copy of the project.

A worker imports the test tools once and forks for each mutant, so that a mutant costs the tests alone.
"""

import compileall
import contextlib
import importlib
import io
import json
import os
import py_compile
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_COPIED = ("impl", "tests", "reqs", "scripts", "pyproject.toml")
_MEMORY = 4 << 30
"""Address space of a run, in octets: a mutant may allocate without end."""
_SHARED = ("asyncio", "cryptography.hazmat.primitives.ciphers", "hypothesis", "jsonschema", "pytest", "ssl")
"""Modules that a worker imports once, so that no run pays for them."""
_MIN_SECONDS = 10.0
_TIMES_BASELINE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of some tests, with one module changed.

    Attributes:
        key: What the caller knows it by.
        path: Module that is changed, relative to the root; empty for a run without a change.
        source: Its text, changed.
        nodes: pytest's names of the tests.
        seconds: Time limit.
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
        failed: Names of the tests that failed; every test's where the module could not even be imported.
        timed_out: Whether the time limit ended it.
        seconds: How long each test took, by its name.
    """

    key: str
    failed: tuple[str, ...]
    timed_out: bool
    seconds: Mapping[str, float]


def time_limit(baseline: float) -> float:
    """Return the time limit, in seconds, for tests that take `baseline` seconds without a mutant."""
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
                "PYTHONDONTWRITEBYTECODE": "1",
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
            failed=tuple(answer["failed"]),
            timed_out=bool(answer["timed_out"]),
            seconds=answer["seconds"],
        )


class _Watcher:
    """Collects the tests that failed, or all of a file whose collection did, and how long each test took."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        node = report.nodeid.partition("[")[0]
        self.seconds[node] += report.duration
        if report.failed:
            self.failed.add(node)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed.add(report.nodeid)


def serve(jobs: IO[str], answers: IO[str]) -> None:
    """Answer each job, a line of JSON, with a line of JSON; ends with the input."""
    for module in _SHARED:
        importlib.import_module(module)
    for line in jobs:
        job = json.loads(line)
        answers.write(json.dumps(_forked(job["nodes"], job["seconds"])) + "\n")
        answers.flush()


def _forked(nodes: list[str], seconds: float) -> dict[str, Any]:
    """Run tests in a fork, and kill it with its children when its time is over."""
    reading, writing = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.setsid()
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            with os.fdopen(writing, "w") as answer:
                answer.write(json.dumps(_tested(nodes)))
        finally:
            os._exit(0)
    os.close(writing)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    took = time.monotonic() - started
    if text:
        return {**json.loads(text), "timed_out": False}
    return {"failed": nodes, "seconds": {}, "timed_out": took >= seconds}


def _tested(nodes: list[str]) -> dict[str, Any]:
    import pytest

    watcher = _Watcher()
    options = ["-q", "--mutant", "-p", "no:cacheprovider", "-p", "no:xdist"]
    # Hypothesis was imported before the fork, and its asserts need no rewriting.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = pytest.main([*options, *nodes], plugins=[watcher])
    failed = nodes
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or watcher.failed:
        files = {name for name in watcher.failed if "::" not in name}
        failed = sorted(node for node in nodes if node in watcher.failed or node.partition("::")[0] in files)
    return {"failed": failed, "seconds": watcher.seconds}


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
