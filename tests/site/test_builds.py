"""Builds: the same from the same sources, incremental equal to clean, and the schema holds."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from mpspec.change_request import definitions
from mpspec.flows.catalog import FLOWS
from mpspec.model import Rule, Statement
from mpspec.model.pages import RULE_FIELDS, STATEMENT_FIELDS
from mpspec.site.needs import case_id, code_id
from mpspec.trace import Trace

_ROOT = Path(__file__).parents[2]
Build = Callable[..., subprocess.CompletedProcess[str]]


def _files(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def _differing(one: Path, other: Path) -> list[str]:
    left, right = _files(one), _files(other)
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_two_clean_builds_are_equal(build: Build, site: Path, tmp_path: Path) -> None:
    assert build(_ROOT, tmp_path / "again").returncode == 0
    assert _differing(site, tmp_path / "again") == []


def test_an_incremental_build_equals_a_clean_one(build: Build, tree: Path, tmp_path: Path) -> None:
    """A changed text and field, a new link, a removed rule, a new title reach every page that shows them."""
    grown, clean = tmp_path / "grown", tmp_path / "clean"
    assert build(tree, grown).returncode == 0
    before = _files(grown)
    clause = tree / "reqs/tr29828/7_1_1_3.md"
    _edit(
        clause,
        "There is never a BFCP session between two UEs",
        "There is hardly a BFCP session between two UEs",
    )
    rules = tree / "reqs/rules/tls.md"
    _edit(rules, ":strength: may", ":strength: can")
    text = rules.read_text(encoding="utf-8")
    start = text.rindex(":::{rule}")
    gone = text[start:].partition(":id: ")[2].partition("\n")[0]
    rules.write_text(text[:start] + text[start:].partition("\n:::\n")[2], encoding="utf-8")
    case = tree / "tests/tooling/test_a_link.py"
    case.write_text('''"""A test with a link."""


@pytest.mark.verifies("MP_BFCP_005")
def test_link() -> None:
    """It says so."""
    assert "a link"
''')
    _edit(tree / "docs/guides/index.md", "# Guides", "# Jobs")
    build(tree, grown)
    build(tree, clean)
    assert _differing(grown, clean) == []
    after = _files(grown)
    assert f"req/{gone}.html" in before
    assert f"req/{gone}.html" not in after
    assert b"test_link" in after["req/MP_BFCP_005.html"]
    assert "hardly" in after["clause/whole.html"].decode()


def test_a_second_build_writes_nothing(build: Build, tree: Path, tmp_path: Path) -> None:
    assert build(tree, tmp_path / "site").returncode == 0
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}
    assert build(tree, tmp_path / "site").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_the_schema_stops_each_wrong_field(build: Build, tree: Path, tmp_path: Path) -> None:
    clause, rules = tree / "reqs/tr29828/7_1_1_1.md", tree / "reqs/rules/tls.md"
    wrong = {
        "strength": (clause, ":strength: should not", ":strength: must not"),
        "binds": (clause, ":binds: MRFC, MRFP", ":binds: MRFC, MGCF"),
        "kind": (clause, ":kind: rationale", ":kind: wish"),
        "confidence": (clause, ":confidence: derived", ":confidence: hoped"),
        "colour": (clause, ":verification: inspection", ":verification: inspection\n:colour: red"),
        "mp-3": (clause, ":id: MP_GEN_008", ":id: mp-3"),
        "MP_BFCP_999": (rules, ":refines: ", ":refines: MP_BFCP_999, "),
        "required": (rules, ":source: RFC", ":decision: RFC"),
    }
    for path, old, new in wrong.values():
        _edit(path, old, new)
    done = build(tree, tmp_path / "site", "needs")
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert [name for name in wrong if name not in said] == []


def test_sphinx_has_the_objects_of_the_model(site: Path) -> None:
    data = json.loads((site / "needs.json").read_text(encoding="utf-8"))
    found = next(iter(data["versions"].values()))["needs"]
    model = Trace.load(_ROOT).model
    code = {code_id(each): list(dict.fromkeys(each.requirements)) for each in model.implementations}
    tests = {case_id(each): list(each.requirements) for each in model.cases if each.requirements}
    requests = {f"cr:{definition.name}" for definition in definitions(_ROOT)}
    flows = {f"flow:{flow.name}" for flow in FLOWS}
    assert found.keys() == model.requirements.keys() | code.keys() | tests.keys() | requests | flows
    for identity, requirement in model.requirements.items():
        names = STATEMENT_FIELDS if isinstance(requirement, Statement) else RULE_FIELDS
        shown = found[identity]
        assert shown["title"] == requirement.title
        assert " ".join(shown["content"].split()) == requirement.text
        for name in names:
            assert _plain(shown.get(name)) == _plain(_value(requirement, name)), (identity, name)
    assert {name: sorted(found[name]["implements"]) for name in code} == {
        name: sorted(wanted) for name, wanted in code.items()
    }
    assert {name: sorted(found[name]["verifies"]) for name in tests} == {
        name: sorted(wanted) for name, wanted in tests.items()
    }


def _value(requirement: Statement | Rule, name: str) -> object:
    if name == "source":
        assert isinstance(requirement, Rule)
        return "; ".join(map(str, requirement.sources))
    return getattr(requirement, name)


def _plain(value: object) -> object:
    """Return a value as JSON has it; what is not said is the default of the model."""
    if not value or str(value) in {"test", "confirmed"}:
        return None
    if isinstance(value, (list, tuple)):
        return sorted(str(each) for each in value)
    return value if isinstance(value, bool) else str(value)
