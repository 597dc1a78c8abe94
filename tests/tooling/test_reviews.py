"""A text that changed since it was reviewed is suspect, and so is what refines it."""

import json

import pytest
from click.testing import CliRunner

from mpspec.cli.trace import command
from mpspec.evidence.store import Outcome
from mpspec.model import CannotRun, Model
from mpspec.model.vocabulary import Status
from mpspec.trace import Trace
from mpspec.trace.words import as_text, word_diff


def run(project, *arguments: str):
    return CliRunner().invoke(command, [*arguments, "--root", str(project.root)])


def review(project, *identities: str) -> None:
    done = run(project, "review", *identities, "--by", "A. Reviewer", "--date", "2024-11-20")
    assert done.exit_code == 0, done.output


def statuses(project) -> dict[str, Status]:
    return {identity: standing.status for identity, standing in Trace.load(project.root).standings.items()}


def test_a_reviewed_text_that_stands_is_not_suspect(project) -> None:
    """A review binds the text that was read."""
    review(project, "MP_BFCP_003", "sdp_001")
    assert set(statuses(project).values()) == {Status.VERIFIED}
    assert Trace.load(project.root).problems == ()


def test_a_changed_text_is_suspect_until_it_is_reviewed_again(project) -> None:
    """A change of words makes a rule suspect, with the words that changed, and a new review ends that."""
    review(project, "MP_BFCP_003", "SDP_001")
    project.replace(project.rules, "stream is", "stream over TLS is")
    project.ran()
    assert statuses(project)["SDP_001"] is Status.SUSPECT
    assert "is-suspect" in {problem.code for problem in Trace.load(project.root).problems}
    listed = run(project, "review", "--list")
    assert listed.exit_code == 1
    assert "{+over TLS+}" in listed.output
    review(project, "SDP_001")
    assert statuses(project)["SDP_001"] is Status.VERIFIED


def test_what_refines_a_suspect_is_suspect(project) -> None:
    """A changed statement makes the rules below it suspect."""
    review(project, "MP_BFCP_003", "SDP_001")
    project.replace(project.statements, "shall be protected.\n:::", "shall be well protected.\n:::")
    assert statuses(project) == {"MP_BFCP_003": Status.SUSPECT, "SDP_001": Status.SUSPECT}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("rules", "{rule} The transport is", "{rule} The transport in SDP is"),
        ("rules", "The protocol of a BFCP stream", "The protocol of a\nBFCP  stream"),
        ("statements", ":moves_to: 5.20.2", ":moves_to: 5.20.1"),
    ],
)
def test_presentation_is_no_change(project, path: str, old: str, new: str) -> None:
    """Title, line breaks and the proposed target are no part of what a review binds."""
    review(project, "MP_BFCP_003", "SDP_001")
    project.replace(getattr(project, path), old, new)
    assert Status.SUSPECT not in statuses(project).values()


def test_a_failure_is_not_hidden_by_suspicion(project) -> None:
    """A suspect requirement whose test fails is failing."""
    review(project, "SDP_001")
    project.replace(project.rules, "stream is", "stream over TLS is")
    project.ran(Outcome.FAILED)
    assert statuses(project)["SDP_001"] is Status.FAILING


def test_the_work_list_has_what_nobody_reviewed(project) -> None:
    """Without reviews every requirement waits, and none is suspect."""
    done = run(project, "review", "--list", "--json")
    assert done.exit_code == 0
    assert [(entry["id"], entry["suspect"]) for entry in json.loads(done.output)] == [
        ("MP_BFCP_003", False),
        ("SDP_001", False),
    ]


@pytest.mark.parametrize(
    "arguments", [["SDP_001"], ["--by", "A. Reviewer"], ["SDP_999", "--by", "A. Reviewer"]]
)
def test_a_review_needs_a_name_and_known_ids(project, arguments: list[str]) -> None:
    """Without them nothing is recorded, and the exit code is 2."""
    assert run(project, "review", *arguments).exit_code == 2
    assert not (project.root / "reqs/reviews.toml").exists()


def test_earlier_reviews_and_comments_stay(project) -> None:
    """The file is added to, not written anew."""
    project.write("reqs/reviews.toml", "# Kept.\n")
    review(project, "SDP_001")
    project.replace(project.rules, "stream is", "stream over TLS is")
    review(project, "SDP_001")
    text = (project.root / "reqs/reviews.toml").read_text()
    assert text.startswith("# Kept.\n")
    assert len(Model.load(project.root).reviews) == 2


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2024-11-20", "this review already"),
        ("2024-11-19", "on 2024-11-20 already"),
        ("2999-01-01", "not yet"),
    ],
)
def test_a_review_with_an_impossible_day_is_refused(project, day: str, said: str) -> None:
    """The same review again, one before the last and one of a day to come are not recorded."""
    review(project, "SDP_001")
    before = (project.root / "reqs/reviews.toml").read_text()
    done = run(project, "review", "SDP_001", "--by", "A. Reviewer", "--date", day)
    assert done.exit_code == 2
    assert said in done.output
    assert (project.root / "reqs/reviews.toml").read_text() == before


@pytest.mark.parametrize("text", ["[[review]]\nrequirement = 'SDP_001'\n", "review = 3\n", "[[review\n"])
def test_unreadable_reviews_are_an_error(project, text: str) -> None:
    """A broken file stops the tools and is left as it is."""
    project.write("reqs/reviews.toml", text)
    with pytest.raises(CannotRun, match=r"reviews\.toml"):
        Model.load(project.root)


def test_a_review_of_an_unknown_id_is_a_problem(project) -> None:
    """A requirement that went away leaves no review behind unseen."""
    review(project, "SDP_001")
    text = (project.root / "reqs/reviews.toml").read_text()
    project.write("reqs/reviews.toml", text.replace("SDP_001", "SDP_002"))
    assert "unknown-id" in [problem.code for problem in Model.load(project.root).problems]


def test_words_are_compared_one_by_one() -> None:
    """Deleted and inserted words are marked; white space does not count."""
    assert as_text(word_diff("the TCP\nconnection is up", "the TLS connection is")) == (
        "the [-TCP-] {+TLS+} connection is [-up-]"
    )
