"""What a site costs beside what others make of the same 1,000 requirements: stock sphinx-needs and StrictDoc.

Usage: python tests/benchmarks/comparison.py [FOLDER]

Each of the two gets an environment of its own from PyPI, in FOLDER, which is kept for the next time, or in
one that is removed. sphinx-needs draws a table, a matrix and a graph on each page, and on its first page a
table and a matrix of all; without the program `dot` its graphs cost it nothing. StrictDoc is measured with
the code and the tests, which our site shows too, and with the requirements alone. CPU seconds are those of
whole processes of a first build. All are built in turns, in new folders; each figure is the median of the
rounds, and so is each ratio, which is taken within a round. Nothing is asserted: the figures that are wanted
stand in the output.
"""

import compileall
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from corpus import make

from mpspec.model import Model, Requirement, Rule

_ROOT = Path(__file__).parents[2]
_SIZE = 1000
_ROUNDS = 5
_SPHINX_NEEDS = "sphinx-needs==9.1.0"
_STRICTDOC = "strictdoc==0.30.4"
_WANTED = {"sphinx-needs": 1, "strictdoc": 0.6}
_CONF = """project = "corpus"
extensions = ["sphinx_needs"]
needs_flow_engine = "graphviz"
needs_types = [
    dict(directive=name, title=name, prefix="", color="#fff", style="node") for name in ("stmt", "rule")
]
needs_links = {"refines": {"incoming": "refined by", "outgoing": "refines"}}
needs_fields = {"strength": {"schema": {"type": "string"}}}
needs_id_regex = "^[A-Z0-9_]+$"
"""
_STRICTDOC_CONFIG = """[project]
title = "Corpus"
features = [
  "TABLE_SCREEN",
  "TRACEABILITY_SCREEN",
  "DEEP_TRACEABILITY_SCREEN",
  "SEARCH",
  "REQUIREMENT_TO_SOURCE_TRACEABILITY",
]
"""
_ALL = """Corpus
======

.. toctree::

{pages}

.. needtable::
   :columns: id, title, strength, refines
   :style: table

.. needtable::
   :columns: id, refines_back
   :filter: type == "stmt"
   :style: table
"""


def environment(folder: Path, package: str) -> Path:
    """Return the folder of an environment's programs that holds a package from PyPI."""
    programs = folder / package / "bin"
    if not programs.exists():
        subprocess.run([sys.executable, "-m", "venv", programs.parent], check=True)
        pip = [programs / "pip", "install", "-qq", "--disable-pip-version-check", package]
        subprocess.run(pip, check=True)
    return programs


def cpu_seconds(arguments: list[str | Path], folder: Path, **variables: str) -> float:
    """Return the CPU seconds, user and system, of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, cwd=folder, env=os.environ | variables, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def own(folder: Path) -> float:
    """Build our own site of a corpus."""
    shutil.copytree(_ROOT / "docs", folder / "docs")
    shutil.copy(_ROOT / "reqs/references.toml", folder / "reqs/references.toml")
    path = f"{_ROOT / 'impl'}{os.pathsep}{_ROOT / 'scripts'}"
    command = [sys.executable, "-m", "sphinx", "-q", "-c", "docs", ".", folder.with_name("own")]
    return cpu_seconds(command, folder, PYTHONPATH=path)


def sphinx_needs(model: Model, folder: Path, programs: Path) -> float:
    """Build the same requirements with stock sphinx-needs."""
    folder.mkdir()
    (folder / "conf.py").write_text(_CONF)
    pages = [f"page{number}" for number, _ in enumerate(model.pages)]
    (folder / "index.rst").write_text(_ALL.format(pages="\n".join(f"   {page}" for page in pages)))
    for name, page in zip(pages, model.pages, strict=True):
        text = f"{name}\n{'=' * 20}\n" + "".join(map(_as_need, page.requirements))
        shown = f"   :filter: docname == '{name}'\n"
        text += f"\n.. needtable::\n{shown}   :style: table\n\n.. needflow::\n{shown}"
        text += f"\n.. needtable::\n{shown}   :columns: id, refines, refines_back\n   :style: table\n"
        (folder / f"{name}.rst").write_text(text)
    return cpu_seconds([programs / "sphinx-build", "-q", ".", folder.with_name("needs-site")], folder)


def _as_need(requirement: Requirement) -> str:
    refines = f"   :refines: {', '.join(requirement.refines)}\n" if isinstance(requirement, Rule) else ""
    kind = "rule" if isinstance(requirement, Rule) else "stmt"
    return (
        f"\n.. {kind}:: {requirement.title}\n   :id: {requirement.id}\n"
        f"   :strength: {requirement.strength}\n{refines}\n   {requirement.text}\n"
    )


def strictdoc(model: Model, folder: Path, programs: Path, *, with_code: bool) -> float:
    """Export the same requirements with StrictDoc, alone or with the code and the tests tied to them."""
    folder.mkdir()
    (folder / "strictdoc.toml").write_text(_STRICTDOC_CONFIG)
    for name in ("impl", "tests") if with_code else ():
        shutil.copytree(model.root / name, folder / name)
    for number, page in enumerate(model.pages):
        requirements = "".join(_as_sdoc(model, each, with_code) for each in page.requirements)
        (folder / f"page{number:03}.sdoc").write_text(f"[DOCUMENT]\nTITLE: Page {number}\n{requirements}")
    site = folder.with_name(f"{folder.name}-site")
    return cpu_seconds([programs / "strictdoc", "export", ".", "--output-dir", site], folder)


def _as_sdoc(model: Model, requirement: Requirement, with_code: bool) -> str:
    parents = requirement.refines if isinstance(requirement, Rule) else ()
    tied = (
        *model.implemented_by.get(requirement.id, ()),
        *model.verified_by.get(requirement.id, ()),
    )
    relations = [f"- TYPE: Parent\n  VALUE: {each}\n" for each in parents]
    relations += [f"- TYPE: File\n  VALUE: {each.location.path}\n" for each in tied if with_code]
    return (
        f"\n[REQUIREMENT]\nUID: {requirement.id}\nTITLE: {requirement.title}\nSTATEMENT: {requirement.text}\n"
        + "".join(["RELATIONS:\n", *relations] if relations else [])
    )


def measured(kept: Path, folder: Path) -> dict[str, float]:
    """Build each once, and return its CPU seconds, ours first."""
    project = folder / "project"
    project.mkdir()
    make(project, _SIZE)
    model = Model.load(project)
    needs, sdoc = environment(kept, _SPHINX_NEEDS), environment(kept, _STRICTDOC)
    dot = "with" if shutil.which("dot") else "without"
    return {
        "this project's site": own(project),
        f"{_SPHINX_NEEDS}, {dot} dot": sphinx_needs(model, folder / "needs", needs),
        f"{_STRICTDOC}, code and tests": strictdoc(model, folder / "sdoc", sdoc, with_code=True),
        f"{_STRICTDOC}, no code": strictdoc(model, folder / "alone", sdoc, with_code=False),
    }


def lines(rounds: list[dict[str, float]]) -> Iterator[str]:
    """Yield a line for each site that was built."""
    ours = next(iter(rounds[0]))
    for name in rounds[0]:
        line = f"{name:36} {median(found[name] for found in rounds):6.1f} CPU s"
        if name != ours:
            share = median(found[ours] / found[name] for found in rounds)
            line += f"; ours is {share:.2f} of it, wanted is {_WANTED[name.partition('=')[0]]} at most"
        yield line


def main() -> None:
    """Print a line for each site that was built."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("impl", "scripts/mpspec"):  # As pip does with what it installs.
            compileall.compile_dir(_ROOT / name, quiet=1)
        kept = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else Path(folder) / "environments"
        rounds = []
        for number in range(_ROUNDS):
            (place := Path(folder) / f"round{number}").mkdir()
            rounds.append(measured(kept, place))
            shutil.rmtree(place)
    for line in lines(rounds):
        print(line)


if __name__ == "__main__":
    main()
