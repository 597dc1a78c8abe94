"""The review sheet, the impact of a change, and a new version of the source."""

import json
import subprocess

import docx
import pytest
from click.testing import CliRunner

from mpspec.cli import main
from mpspec.cli.trace import command
from mpspec.model import CannotRun, Model
from mpspec.trace.revisions import model_at
from mpspec.trace.sheet import Entry, Kind, impact, sheet
from mpspec.trace.sheet_text import as_markdown
from mpspec.trace.upstream import Fate, compare


def git(project, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(project.root), *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def committed(project):
    """Return the honest project in a commit of its own."""
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "first")
    return project


def kinds(project) -> dict[str, Kind]:
    with model_at(project.root, "HEAD") as before:
        return {entry.id: entry.kind for entry in sheet(before, Model.load(project.root), {}, {})}


def run(project, *arguments: str):
    return CliRunner().invoke(command, [*arguments, "--root", str(project.root)])


def test_nothing_changed(committed) -> None:
    """The same state twice has an empty sheet."""
    assert kinds(committed) == {}
    assert run(committed, "diff", "HEAD").output == "No requirement changed.\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "wanted"),
    [
        ("rules", ":strength: shall", ":strength: should", {"SDP_001": Kind.STRENGTH}),
        ("rules", "stream is", "stream over TCP is", {"SDP_001": Kind.CHANGED}),
        ("rules", ":binds: MRFC", ":binds: MRFC, MRFP", {"SDP_001": Kind.CHANGED}),
        ("statements", ":moves_to: 5.20.2", ":moves_to: 5.20.1", {"MP_BFCP_003": Kind.MOVED}),
        ("code", "SDP_001 (RFC 8856, 4)", "", {"SDP_001": Kind.LINKS}),
        (
            "rules",
            ":id: SDP_001",
            ":id: SDP_002",
            {"SDP_001": Kind.REMOVED, "SDP_002": Kind.ADDED, "MP_BFCP_003": Kind.LINKS},
        ),
    ],
)
def test_each_kind_of_change_is_named(
    committed, path: str, old: str, new: str, wanted: dict[str, Kind]
) -> None:
    """Strength changes come first, then what was removed, added, changed, moved and linked anew."""
    committed.replace(getattr(committed, path), old, new)
    assert kinds(committed) == wanted


def test_the_sheet_shows_the_words_and_the_links(committed) -> None:
    """Markdown, HTML and JSON show the changed words, and each requirement leads to the site."""
    committed.replace(committed.rules, "stream is", "stream over <TCP> is")
    done = run(committed, "diff", "HEAD", "--site", "https://example.org/site/")
    assert "[SDP_001](https://example.org/site/req/SDP_001.html)" in done.output
    assert "**over \\<TCP>**" in done.output
    html = run(committed, "diff", "HEAD", "--format", "html").output
    assert "<ins>over &lt;TCP&gt;</ins>" in html
    found = json.loads(run(committed, "diff", "HEAD", "--format", "json").output)
    assert {"change": "inserted", "text": "over <TCP>"} in found[0]["text"]


def test_a_large_sheet_is_cut_to_what_a_comment_holds() -> None:
    """It says how many requirements it leaves out."""
    entry = Entry(
        kind=Kind.ADDED,
        id="SDP_001",
        clause="",
        title="x" * 1000,
        text=(),
        fields=(),
        gained=(),
        lost=(),
        touched=(),
        flows=(),
    )
    text = as_markdown([entry] * 100, "")
    assert len(text) < 65_536
    shown = text.count("- SDP_001")
    assert 0 < shown < 100
    assert f"{100 - shown} more of 100" in text


@pytest.mark.parametrize(("policy", "code"), [("nothing", 0), ("strength", 1), ("any", 1)])
def test_the_exit_code_follows_the_policy(committed, policy: str, code: int) -> None:
    """A change of strength fails where the policy says so."""
    committed.replace(committed.rules, ":strength: shall", ":strength: may")
    assert run(committed, "diff", "HEAD", "--fail-on", policy).exit_code == code


def test_two_commits_are_compared(committed) -> None:
    """BASE..HEAD leaves the work tree out."""
    committed.replace(committed.rules, "stream is", "stream over TCP is")
    git(committed, "commit", "-q", "-a", "-m", "second")
    committed.replace(committed.rules, ":strength: shall", ":strength: may")
    assert [
        entry["kind"]
        for entry in json.loads(run(committed, "diff", "HEAD~1..HEAD", "--format", "json").output)
    ] == ["changed"]


@pytest.mark.parametrize("revision", ["nonsense", "--upload-pack=x", ""])
def test_an_unknown_commit_is_a_sentence(committed, revision: str) -> None:
    """A name that git does not know ends in one sentence."""
    with pytest.raises(CannotRun), model_at(committed.root, revision or "HEAD:reqs/none"):
        pass


def test_impact_of_a_statement_is_what_refines_it(project) -> None:
    """A changed statement touches its rules, their code and their tests."""
    project.write("reqs/change_requests/a.toml", 'carries = ["MP_BFCP_003"]\n')
    found = impact(Model.load(project.root), "MP_BFCP_003", {"SDP_001": ["a-flow"], "SDP_002": ["another"]})
    assert found is not None
    assert found.flows == ("a-flow",)
    assert found.requirements == ("MP_BFCP_003", "SDP_001")
    assert found.code == ("mediasec.rules.check_protocol",)
    assert found.tests == (project.node,)
    assert found.change_requests == ("a.toml",)


def test_a_sheet_names_the_flows_that_show_a_requirement(committed) -> None:
    """A changed requirement leads to the flows that show it."""
    committed.replace(committed.rules, "stream is", "stream over TCP is")
    with model_at(committed.root, "HEAD") as before:
        entries = sheet(before, Model.load(committed.root), {}, {}, {"SDP_001": {"b-flow", "a-flow"}})
    assert "shown by a-flow, b-flow" in as_markdown(entries, "")


def test_impact_of_a_file_is_what_it_claims(project) -> None:
    """A changed module touches the rules that it claims and the statements that they refine."""
    found = impact(Model.load(project.root), project.code)
    assert found is not None
    assert found.requirements == ("MP_BFCP_003", "SDP_001")
    assert impact(Model.load(project.root), "impl/nothing.py") is None


def test_impact_of_nothing_is_an_error(project, capsys) -> None:
    """A subject that is neither an ID nor a file ends in one sentence and exit code 2."""
    with pytest.raises(SystemExit) as ended:
        main(["trace", "impact", "nothing", "--root", str(project.root)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("mpspec: 'nothing' is neither")


HEAD = "7\nMRFC/ MRFP interface (Mp)\n\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BFCP traffic shall be protected.", [Fate.UNCHANGED]),
        ("BFCP traffic should be protected.", [Fate.CHANGED]),
        ("BFCP traffic shall be protected. MSRP may be used.", [Fate.UNCHANGED, Fate.NEW]),
        ("Wholly other words stand here.", [Fate.GONE, Fate.NEW]),
        ("", [Fate.GONE]),
    ],
)
def test_a_new_version_of_the_source(project, text: str, wanted: list[Fate]) -> None:
    """Each statement is unchanged, changed or gone, and new text is new."""
    assert [each.fate for each in compare(Model.load(project.root), HEAD + text)] == wanted


def test_a_moved_statement_is_told_from_a_changed_one(project) -> None:
    """Two statements that change places: one of them has moved."""
    text = (project.root / project.statements).read_text()
    second = text.partition("\n\n")[2].replace("MP_BFCP_003", "MP_BFCP_004").replace("BFCP traffic", "MSRP")
    project.write(project.statements, text + "\n" + second)
    fates = [
        each.fate
        for each in compare(
            Model.load(project.root), HEAD + "MSRP shall be protected. BFCP traffic shall be protected."
        )
    ]
    assert sorted(fates) == [Fate.MOVED, Fate.UNCHANGED]


@pytest.mark.parametrize(("verb", "code"), [("shall", 0), ("may", 1)])
def test_upstream_reads_a_document(project, tmp_path, verb: str, code: int) -> None:
    """The clause of a .docx is compared, and what stands before and behind it is not."""
    document = docx.Document()
    for heading, text in (
        ("6\tBefore", "Other words."),
        ("7\tMRFC/ MRFP interface (Mp)", f"BFCP traffic {verb} be protected."),
        ("8\tBehind", "Other words."),
    ):
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    document.save(tmp_path / "new.docx")
    assert run(project, "upstream", str(tmp_path / "new.docx")).exit_code == code
    (tmp_path / "new.docx").write_bytes(b"no document")
    assert isinstance(run(project, "upstream", str(tmp_path / "new.docx")).exception, CannotRun)


def test_a_shortened_word_ends_no_sentence(project) -> None:
    """A sentence with "i.e." is one piece of new text."""
    found = compare(
        Model.load(project.root), HEAD + "BFCP traffic shall be protected. TLS, i.e. a tunnel, may."
    )
    assert [each.fate for each in found] == [Fate.UNCHANGED, Fate.NEW]


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "holds no statement of the clause"),
        (b"Something else.\n", "holds no statement of the clause"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
        (None, "octets, and 67108864 is the most that is read"),
    ],
    ids=["empty", "another text", "binary", "huge"],
)
def test_what_is_no_new_version_is_a_sentence(project, tmp_path, octets: bytes | None, said: str) -> None:
    """A file that cannot be a version of the clause is no clause that lost everything."""
    path = tmp_path / "new.txt"
    with path.open("wb") as file:
        if octets is None:
            file.truncate(1 << 32)
        else:
            file.write(octets)
    error = run(project, "upstream", str(path)).exception
    assert isinstance(error, CannotRun)
    assert said in str(error)


@pytest.mark.parametrize(
    ("revisions", "said"),
    [
        ("nothing", "git knows no commit 'nothing'."),
        ("HEAD..nothing", "git knows no commit 'nothing'."),
        ("..HEAD", "git knows no commit ''."),
        ("HEAD...HEAD", "git knows no commit '.HEAD'."),
        ("HEAD:reqs", "git knows no commit 'HEAD:reqs'."),
        ("--output=x", "git knows no commit '--output=x'."),
    ],
)
def test_a_commit_that_is_none_is_a_sentence(committed, revisions: str, said: str) -> None:
    """Both ends of a range are looked up before anything is read."""
    error = CliRunner().invoke(command, ["diff", "--root", str(committed.root), "--", revisions]).exception
    assert isinstance(error, CannotRun)
    assert str(error) == said


def test_without_a_repository_there_is_no_earlier_state(project) -> None:
    """A project outside of git has no base to compare with."""
    error = run(project, "diff", "HEAD").exception
    assert isinstance(error, CannotRun)
    assert "is in no git repository" in str(error)


def test_an_id_that_is_used_again_is_no_change_of_words(committed) -> None:
    """Another title over another text is another requirement, which the policy on strengths refuses."""
    committed.replace(committed.rules, "The transport is TCP/TLS/BFCP", "A stream has a label")
    committed.replace(
        committed.rules, "The protocol of a BFCP stream is `TCP/TLS/BFCP`.", "Every stream names its floors."
    )
    assert kinds(committed) == {"SDP_001": Kind.REPLACED}
    assert run(committed, "diff", "HEAD", "--fail-on", "strength").exit_code == 1


@pytest.mark.parametrize("subject", ["/etc/passwd", "../elsewhere.py", ""])
def test_impact_knows_files_of_the_project_alone(project, subject: str) -> None:
    """A file elsewhere touches nothing because it is no part of the project, which is said."""
    (project.root.parent / "elsewhere.py").write_text("")
    assert impact(Model.load(project.root), subject) is None


@pytest.mark.parametrize("name", ["./{code}", "{root}/{code}", "impl/../{code}"])
def test_impact_knows_a_file_by_each_of_its_names(project, name: str) -> None:
    """A path may be written from the root of the project or from that of the machine."""
    found = impact(Model.load(project.root), name.format(code=project.code, root=project.root))
    assert found is not None
    assert "SDP_001" in found.requirements


def test_upstream_exits_by_what_it_found(project, tmp_path) -> None:
    """The source itself differs in nothing; another version does; what is no text is a sentence."""
    assert run(project, "upstream", str(project.root / "reqs/tr29828/pcr.txt")).exit_code == 0
    other = tmp_path / "new.txt"
    other.write_text(HEAD + "BFCP traffic may be protected.")
    done = run(project, "upstream", str(other))
    assert done.exit_code == 1
    assert "[-shall-] {+may+}" in done.output
    other.write_bytes(b"\xff\xfe")
    assert isinstance(run(project, "upstream", str(other)).exception, CannotRun)
