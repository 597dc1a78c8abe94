"""Mutants of the implementing code are run against the tests that verify it."""

import ast
import json
import os

import pytest
from click.testing import CliRunner

from mpspec.cli.evidence import command
from mpspec.evidence.mutant_store import EQUIVALENT, RESULTS, Verdict, score
from mpspec.evidence.mutants import MutationResults, targets
from mpspec.evidence.mutation import mutants
from mpspec.evidence.store import PATH
from mpspec.model import Model, UnreadableSource
from mpspec.model.vocabulary import Status
from mpspec.trace import Trace

PYPROJECT = """[tool.pytest.ini_options]
pythonpath = ["impl"]
addopts = ["--import-mode=importlib", "-p", "mpspec.evidence.pytest_plugin"]
markers = ["verifies(id): a further requirement"]
"""


@pytest.fixture
def runnable(project):
    """Return the honest project, ready to run its mutants."""
    project.write("pyproject.toml", PYPROJECT)
    project.write("impl/mediasec/__init__.py", '"""Package."""\n')
    (project.root / "scripts").symlink_to(os.path.abspath("scripts"))
    project.ran()
    return project


def found_in(source: str) -> list[str]:
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef | ast.ClassDef)
    return [
        mutant.applied(source.encode()).decode()
        for mutant in mutants(source.encode(), "m.py", "m.f", definition)
    ]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("return a == b", ["return None", "return (a != b)"]),
        ("return a < b <= c", ["return None", "return (a <= b <= c)", "return (a < b < c)"]),
        ("x = a and not b", ["x = (a or not b)", "x = a and (b)"]),
        ("x = a + 1", ["x = (a - 1)", "x = a + 2"]),
        ("raise ValueError(a)", ["pass"]),
        ("a.append(b)", ["pass"]),
        ("yield a", ["yield from ()"]),
        ("x = True", ["x = False"]),
        ("x = b'\\x00a'", ["x = b'\\x00`'"]),
        ("a += b", ["a -= b"]),
        ("x = 'text'", []),
        ("x = f'{a + 1}'", []),
        ("'text' + a", []),
        ("assert a == 1", []),
        ("import a", []),
        ("x: Literal[1] = a", []),
    ],
)
def test_each_kind_of_fault_is_made(body: str, wanted: list[str]) -> None:
    """One place is changed at a time, and text that only people read is left alone."""
    head = "def f(a, b, c):\n    "
    assert found_in(f"{head}{body}\n") == [f"{head}{line}\n" for line in wanted]


def test_the_place_is_right_behind_text_that_is_not_ascii() -> None:
    """Offsets are in octets, not in characters."""
    assert found_in('def f(a):\n    return "–", a + 1\n')[1:] == [
        'def f(a):\n    return "–", (a - 1)\n',
        'def f(a):\n    return "–", a + 2\n',
    ]


def test_a_mutant_keeps_its_name_when_other_code_moves_it() -> None:
    """The ID hangs on the definition and the change, not on the line."""
    source = "def f(a):\n    return a + 1\n"
    moved = f"import os\n\n\n{source}"
    names = [mutant.id for mutant in mutants(source.encode(), "m.py", "m.f", ast.parse(source).body[0])]
    assert names == [mutant.id for mutant in mutants(moved.encode(), "m.py", "m.f", ast.parse(moved).body[1])]
    assert len(set(names)) == len(names)


def test_killed_and_survived_are_told_apart_and_kept(runnable) -> None:
    """A test that checks one side alone lets the faults of the other side live."""
    done = CliRunner().invoke(command, ["mutants", "--json", "--root", str(runnable.root)])
    report = json.loads(done.stdout)
    verdicts = {
        result["diff"].splitlines()[-1].strip("+ "): result["verdict"]
        for result in report["definitions"]["mediasec.rules.check_protocol"]
    }
    assert verdicts == {
        "return None": "killed",
        'return ([protocol] if protocol == "TCP/TLS/BFCP" else [])'.replace('"', "'"): "killed",
        "return [] if (protocol != 'TCP/TLS/BFCP') else [protocol]": "killed",
    }
    assert done.exit_code == 0
    again = MutationResults(Model.load(runnable.root))
    assert score(again.of_requirement("SDP_001")).noticed == 3
    reason = Trace.load(runnable.root).standing("SDP_001").reason
    assert "3 of 3 mutants caught" in reason


def test_only_what_changed_is_run_again(runnable, monkeypatch) -> None:
    """A second run costs nothing, and a changed module makes its results void."""
    run = ["mutants", "--root", str(runnable.root)]
    assert CliRunner().invoke(command, run).exit_code == 0
    model = Model.load(runnable.root)
    with monkeypatch.context() as patched:
        patched.setattr("mpspec.evidence.mutants.run_all", None)
        MutationResults(model).run(targets(model), 1, lambda *_: None)
    runnable.replace(runnable.code, '"""Rules."""', '"""Rules of SDP."""')
    assert MutationResults(Model.load(runnable.root)).of("mediasec.rules.check_protocol") is None


def test_a_shall_whose_every_mutant_survives_is_hollow(runnable) -> None:
    """A test that executes the code and notices no fault in it proves nothing."""
    runnable.replace(
        runnable.test,
        'assert check_protocol("TCP/BFCP")',
        'check_protocol("TCP/BFCP")\n    assert check_protocol.__name__',
    )
    runnable.ran()
    done = CliRunner().invoke(command, ["mutants", "--root", str(runnable.root)])
    assert done.exit_code == 1
    assert "survived in mediasec.rules.check_protocol" in done.output
    runnable.ran()
    standing = Trace.load(runnable.root).standing("SDP_001")
    assert standing.status is Status.HOLLOW
    assert "none of the 3 mutants" in standing.reason
    # A person who says why a mutant cannot be noticed takes it out of the count.
    survivors = MutationResults(Model.load(runnable.root)).of_requirement("SDP_001")
    text = "".join(
        f'[[equivalent]]\nmutant = "{mutant.id}"\nreason = "Shown."\nby = "A. Tester"\n'
        for mutant in survivors
    )
    runnable.write(EQUIVALENT.as_posix(), text)
    results = MutationResults(Model.load(runnable.root)).of_requirement("SDP_001")
    assert {result.verdict for result in results} == {Verdict.EQUIVALENT}


def test_a_part_of_the_code_proves_no_lack(runnable) -> None:
    """Where mutants of some claiming code did not run yet, the others are not held against the tests."""
    runnable.replace(
        runnable.test,
        'assert check_protocol("TCP/BFCP")',
        'check_protocol("TCP/BFCP")\n    assert check_protocol.__name__',
    )
    CliRunner().invoke(command, ["mutants", "--root", str(runnable.root)])
    text = (runnable.root / runnable.code).read_text()
    runnable.write("impl/mediasec/more.py", text.replace("check_protocol", "check_more"))
    runnable.ran()
    assert Trace.load(runnable.root).standing("SDP_001").status is Status.VERIFIED


def test_a_mutant_that_never_ends_is_timed_out(runnable, monkeypatch) -> None:
    """An endless loop is ended by the time limit and counts as noticed."""
    monkeypatch.setattr("mpspec.evidence.mutants.time_limit", lambda _: 1.5)
    runnable.replace(
        runnable.code,
        '    return [] if protocol == "TCP/TLS/BFCP" else [protocol]',
        "    while not protocol:\n        protocol += 'x'\n    return [protocol]",
    )
    done = CliRunner().invoke(command, ["mutants", "--json", "--root", str(runnable.root)])
    verdicts = [result["verdict"] for result in json.loads(done.stdout)["definitions"].popitem()[1]]
    assert Verdict.TIMED_OUT in verdicts


def test_tests_that_fail_anyway_are_an_error(runnable) -> None:
    """A test that fails without a mutant would kill every one."""
    runnable.replace(
        runnable.test, 'assert check_protocol("TCP/BFCP")', 'assert not check_protocol("TCP/BFCP")'
    )
    model = Model.load(runnable.root)
    with pytest.raises(UnreadableSource, match="fails without any mutant"):
        MutationResults(model).run(targets(model), 1, lambda *_: None)


@pytest.mark.parametrize("content", ["{", "[]", '{"definitions": {"a": {}}}'])
def test_unreadable_results_are_an_error(project, content: str) -> None:
    """Kept results that cannot be read stop the tools."""
    project.write(RESULTS.as_posix(), content)
    with pytest.raises(UnreadableSource, match=r"results\.json"):
        MutationResults(Model.load(project.root))


def test_the_results_are_no_source_of_the_evidence(runnable) -> None:
    """Running mutants does not make the evidence of the tests outdated."""
    CliRunner().invoke(command, ["mutants", "--root", str(runnable.root)])
    assert (runnable.root / RESULTS).exists()
    assert (runnable.root / PATH).exists()
    assert Trace.load(runnable.root).problems == ()


CONFTEST = '''"""Fixtures."""

import json
from pathlib import Path

import pytest

from parties import protocol_of


@pytest.fixture
def offered():
    return protocol_of(json.loads((Path(__file__).parent / "vectors/sdp/offer.json").read_text()))


@pytest.fixture
def another():
    return "UDP"
'''
PARTIES = '''"""Parties."""

PLAIN = "TCP/BFCP"


def protocol_of(offer):
    return offer.get("protocol", PLAIN)


def other():
    return 3
'''


@pytest.mark.parametrize(
    ("path", "old", "new", "stale"),
    [
        ("tests/conftest.py", "vectors/sdp/offer.json", "vectors/sdp/answer.json", True),
        ("tests/conftest.py", '"UDP"', '"SCTP"', False),
        ("tests/support/parties.py", '"protocol"', '"transport"', True),
        ("tests/support/parties.py", '"TCP/BFCP"', '"TCP/TLS/BFCP"', True),
        ("tests/support/parties.py", "return 3", "return 4", False),
        ("tests/vectors/sdp/offer.json", "BFCP", "MSRP", True),
        ("tests/vectors/mikey/one.json", "{}", "[]", False),
        ("tests/unit/conftest.py", "True", "False", False),
        (
            "tests/conftest.py",
            "@pytest.fixture\ndef another",
            "@pytest.fixture(autouse=True)\ndef another",
            True,
        ),
        ("tests/conftest.py", "import json\n", "import json\n\njson.loads('1')\n", True),
    ],
)
def test_what_a_test_rests_on_makes_its_mutants_stale(
    project, path: str, old: str, new: str, stale: bool
) -> None:
    """A changed helper or vector of a test counts like the test, and one that it does not use does not."""
    project.write("tests/conftest.py", CONFTEST)
    project.write("tests/support/parties.py", PARTIES)
    project.write("tests/unit/conftest.py", "READY = True\n")
    project.write("tests/vectors/sdp/offer.json", '{"protocol": "TCP/BFCP"}')
    project.write("tests/vectors/mikey/one.json", "{}")
    project.replace(project.test, "rejects_plain_tcp():", "rejects_plain_tcp(offered):")
    project.replace(project.test, 'check_protocol("TCP/BFCP")', "check_protocol(offered)")
    (before,) = targets(Model.load(project.root))
    project.replace(path, old, new)
    (after,) = targets(Model.load(project.root))
    assert (before.fingerprint != after.fingerprint) == stale
