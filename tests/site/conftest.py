"""A site built once for all tests, and a browser that shows it; a check whose tool is absent is skipped."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

_ROOT = Path(__file__).parents[2]
_CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_AXE = _ROOT / "scripts/lock/node_modules/axe-core/axe.min.js"

Build = Callable[..., subprocess.CompletedProcess[str]]


def _missing(reason: str) -> None:
    """Skip for want of a tool; where CI has installed it, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def build() -> Build:
    """Return a function that builds the site of a tree, warnings as errors, at a fixed time."""

    def run(root: Path, site: Path, builder: str = "html") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", builder]
        command += ["-c", "docs", "-d", str(site.with_name(f"{site.name}-doctrees")), ".", str(site)]
        places = f"{_ROOT / 'impl'}{os.pathsep}{_ROOT / 'scripts'}"
        return subprocess.run(
            command,
            cwd=root,
            env=os.environ | {"PYTHONPATH": places, "SOURCE_DATE_EPOCH": "1795392000", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


@pytest.fixture(scope="session")
def site(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of this checkout, built cleanly with the evidence that lies there."""
    path = tmp_path_factory.mktemp("built") / "site"
    done = build(_ROOT, path)
    assert done.returncode == 0, done.stdout + done.stderr
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the sources, to change and build."""
    root = tmp_path / "project"
    for name in ("docs", "reqs", "impl", "tests"):
        shutil.copytree(_ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    if (_ROOT / "build/flows").exists():
        shutil.copytree(_ROOT / "build/flows", root / "build/flows")
    evidence = _ROOT / "build/evidence/results.json"
    if evidence.exists():
        (root / "build/evidence").mkdir(parents=True, exist_ok=True)
        shutil.copy(evidence, root / "build/evidence/results.json")
    return root


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium."""
    if not Path(_CHROMIUM).exists():
        _missing("Chromium is not installed: apt-get install chromium.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=_CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, site: Path) -> Iterator[BrowserContext]:
    """Return a fresh browser window whose pages may ask for nothing but the site, and may not complain."""
    window = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    faults: list[str] = []
    asked: list[str] = []
    window.on("request", lambda request: asked.append(request.url))
    window.on("console", lambda message: faults.append(message.text))
    window.on("weberror", lambda error: faults.append(str(error.error)))
    yield window
    window.close()
    assert not faults, faults
    outside = [url for url in asked if not re.match(rf"(file://{re.escape(str(site))}/|data:)", url)]
    assert not outside, outside


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe-core."""
    if not _AXE.exists():
        _missing("axe-core is not installed: npm ci --prefix scripts/lock.")
    return _AXE.read_text(encoding="utf-8")
