"""The model reads the sources and names every fault in them."""

from pathlib import Path

import pytest

from mpspec.model import Model, UnreadableSource
from mpspec.model.verbal_forms import forbidden_forms, strength, verbal_forms
from mpspec.model.vocabulary import Strength

ROOT = Path(__file__).parents[2]


def codes(root: Path) -> list[str]:
    return [problem.code for problem in Model.load(root).problems]


def test_the_statements_of_this_project_are_the_source_text() -> None:
    """Every word of clause 7 belongs to exactly one statement, in its order."""
    model = Model.load(ROOT)
    assert [problem for problem in model.problems if problem.code.startswith("text-")] == []
    assert 20 <= len(model.statements) <= 25


def test_an_honest_project_has_no_fault(project) -> None:
    """The small project of these tests is honest, so that each fault below comes from its own change."""
    assert codes(project.root) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("statements", "BFCP traffic shall be protected.\n:::", "BFCP shall be protected.\n:::", "text-lost"),
        ("statements", "shall be protected.\n:::", "shall be well protected.\n:::", "text-added"),
        ("statements", "BFCP traffic shall", "MSRP traffic shall", "text-changed"),
        ("statements", "# 7 MRFC/", "# 7 MRFC", "text-changed"),
        ("statements", ":strength: shall", ":strength: should", "strength"),
        ("statements", ":kind: requirement", ":kind: rationale", "requirement-in-note"),
        ("statements", ":kind: requirement", ":kind: wish", "bad-value"),
        ("statements", ":binds: MRFC, MRFP", ":binds: MRFC, SBC", "bad-value"),
        ("statements", ":binds: MRFC, MRFP\n", "", "missing-option"),
        ("statements", ":clause: 7", ":clauses: 7", "unknown-option"),
        ("statements", ":confidence: derived\n", "", "confidence"),
        ("statements", ":clause: 7", ":clause: 7\n:clause: 7", "option-twice"),
        ("rules", ":::{rule}", ":::{stmt}", "missing-option"),
        ("rules", "BFCP`.\n:::", "BFCP`.\n", "open-directive"),
        ("rules", "The protocol of a BFCP stream is `TCP/TLS/BFCP`.\n", "", "no-text"),
        ("rules", "stream is", "stream must be", "forbidden-form"),
        ("rules", ":id: SDP_001", ":id: SDP-1", "bad-value"),
        ("rules", ":id: SDP_001", ":id: MP_BFCP_003", "id-twice"),
        ("rules", ":refines: MP_BFCP_003", ":refines: MP_BFCP_004", "unknown-id"),
        ("rules", ":refines: MP_BFCP_003", ":refines: SDP_001", "unknown-id"),
        ("rules", ":source: RFC 8856, 4", ":source: section 4", "bad-value"),
        ("rules", ":binds: MRFC", ":binds: MRFC\n:certainty: unverified", "missing"),
        ("code", "SDP_001 (", "SDP_002 (", "unknown-id"),
        ("code", "RFC 8856, 4)", "RFC 8856, 5)", "wrong-citation"),
        ("code", "SDP_001 (RFC 8856, 4)", "SDP_001", "bad-source"),
        ("test", "sdp_001", "sdp_009", "unknown-id"),
        ("test", "test_sdp_001__rejects", "test_rejects", "bad-test-name"),
        ("test", '    """The protocol of a BFCP stream is TCP/TLS/BFCP."""\n', "", "no-docstring"),
    ],
)
def test_a_fault_is_named(project, path: str, old: str, new: str, code: str) -> None:
    """A fault in a page, in the code or in a test is a problem of its own kind."""
    project.replace(getattr(project, path), old, new)
    assert code in codes(project.root)


def test_a_fixture_is_no_test(project) -> None:
    """What pytest takes for a fixture is no case, whatever its name begins with."""
    text = (project.root / project.test).read_text()
    project.write(project.test, text + "\n\n@pytest.fixture\ndef tested():\n    return 3\n")
    assert len(Model.load(project.root).cases) == 1


def test_a_statement_claimed_twice_is_a_fault(project) -> None:
    """The same words in two statements are one too many."""
    text = (project.root / project.statements).read_text()
    again = text.partition("\n\n")[2].replace("MP_BFCP_003", "MP_BFCP_004")
    project.write(project.statements, text + "\n" + again)
    assert codes(project.root) == ["text-added"]


def test_a_test_at_the_wrong_clause_is_a_fault(project) -> None:
    """A conformance test stands in the folder and file of its requirement's source."""
    text = (project.root / project.test).read_text()
    project.write("tests/conformance/rfc8855/test_4_media_line.py", text)
    project.write("tests/conformance/rfc8856/test_5_media_line.py", text)
    project.write("tests/conformance/rfc8856/test_media_line.py", text)
    assert sorted(codes(project.root)) == ["bad-file-name", "wrong-clause", "wrong-clause"]


@pytest.mark.parametrize("path", ["statements", "code", "test"])
def test_what_cannot_be_read_is_an_error_not_a_skip(project, path: str) -> None:
    """A source that is not text, or not Python, ends in one sentence that names the file."""
    name = getattr(project, path)
    (project.root / name).write_bytes(b"\xff\xfe\x00(")
    with pytest.raises(UnreadableSource, match=Path(name).name):
        Model.load(project.root)


def test_a_folder_that_is_no_project_is_an_error(tmp_path: Path) -> None:
    """A folder without reqs/ ends in one sentence."""
    with pytest.raises(UnreadableSource, match="not the root of the project"):
        Model.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It shall be so.", Strength.SHALL),
        ("It shall  not be so, and may.", Strength.SHALL_NOT),
        ("It should be so where it may.", Strength.SHOULD),
        ("It should not.", Strength.SHOULD_NOT),
        ("It may be so.", Strength.MAY),
        ("It need not be so.", Strength.NEED_NOT),
        ("It can be so.", Strength.CAN),
        ("It cannot be so.", Strength.CANNOT),
        ("It would be so, and might.", Strength.NONE),
        ("In May, a marshall canned it.", Strength.MAY),
        ("The mayor shallowly cans.", Strength.NONE),
    ],
)
def test_strength_is_read_from_the_verbal_form(text: str, wanted: Strength) -> None:
    """The strongest verbal form of TR 21.801 Annex E in the text is its strength."""
    assert strength(text) is wanted


def test_every_verbal_form_is_found_in_its_order() -> None:
    """A negation is one form, not the form that it contains."""
    assert verbal_forms("It may; it shall not; it need not.") == [
        Strength.MAY,
        Strength.SHALL_NOT,
        Strength.NEED_NOT,
    ]


def test_forbidden_forms_are_found() -> None:
    """'must' and 'may not' are not to be used."""
    assert forbidden_forms("It must be so, may not be so, and may be so.") == ["must", "may not"]
