"""A corpus of false traces: each is an honest project with one lie in it, and the gate names each lie."""

import re
import subprocess
from collections.abc import Callable

import pytest

from mpspec.evidence.mutant_store import EQUIVALENT, RESULTS, MutantResult, Verdict, write_results
from mpspec.evidence.mutants import targets
from mpspec.evidence.store import PATH, Outcome
from mpspec.model import Model, UnreadableSource
from mpspec.model.reviews import PATH as REVIEWS
from mpspec.model.reviews import record
from mpspec.trace import Trace

Lie = Callable[..., None]


def codes(project) -> set[str]:
    return {problem.code for problem in Trace.load(project.root).problems}


def requirement(project):
    return Model.load(project.root).requirements["SDP_001"]


def empty_test(project) -> None:
    project.replace(project.test, '    assert check_protocol("TCP/BFCP")\n', "")
    project.ran()


def assertion_that_cannot_fail(project) -> None:
    project.replace(project.test, 'assert check_protocol("TCP/BFCP")', "assert True")
    project.ran()


def assertion_of_a_value_with_itself(project) -> None:
    project.replace(
        project.test,
        'assert check_protocol("TCP/BFCP")',
        'found = check_protocol("TCP/BFCP")\n    assert found == found',
    )
    project.ran()


def assertion_that_nobody_reaches(project) -> None:
    project.replace(project.test, "    assert", "    return\n    assert")
    project.ran()


def assertion_in_a_helper_that_nobody_calls(project) -> None:
    project.replace(
        project.test,
        '    assert check_protocol("TCP/BFCP")',
        '    check_protocol("TCP/BFCP")\n\n    def never():\n        assert check_protocol("TCP/BFCP")',
    )
    project.ran()


def error_that_is_swallowed(project) -> None:
    project.replace(
        project.test,
        '    assert check_protocol("TCP/BFCP")',
        '    try:\n        assert check_protocol("TCP/BFCP")\n    except Exception:\n        pass',
    )
    project.ran()


def helper_that_asserts_by_its_name_alone(project) -> None:
    project.write("tests/support/parties.py", "def assert_refused(found):\n    return found\n")
    project.replace(
        project.test, "import check_protocol\n", "import check_protocol\nfrom parties import assert_refused\n"
    )
    project.replace(
        project.test, 'assert check_protocol("TCP/BFCP")', 'assert_refused(check_protocol("TCP/BFCP"))'
    )
    project.ran()


def any_error_is_taken(project) -> None:
    project.replace(
        project.test, "    assert check", "    with pytest.raises(Exception):\n        assert check"
    )
    project.ran()


def function_that_is_not_called(project) -> None:
    project.replace(project.test, 'assert check_protocol("TCP/BFCP")', "assert check_protocol")
    project.ran()


def failures_turned_into_passes(project) -> None:
    project.write(
        "tests/conftest.py",
        "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
        '    report = yield\n    report.outcome = "passed"\n    return report\n',
    )
    project.ran()


def failures_turned_into_passes_by_an_object(project) -> None:
    project.write(
        "tests/support/parties.py",
        "class Quiet:\n    def pytest_runtest_logreport(self, report):\n        report.outcome = 'passed'\n",
    )
    project.ran()


def tests_that_are_called_by_nobody(project) -> None:
    project.write("conftest.py", "def pytest_pyfunc_call(pyfuncitem):\n    return True\n")
    project.ran()


def hook_that_is_imported(project) -> None:
    project.write("tests/conftest.py", "from elsewhere import pytest_collection_modifyitems\n")
    project.ran()


def plugin_that_is_named(project) -> None:
    project.write("tests/conftest.py", 'pytest_plugins = ["elsewhere"]\n')
    project.ran()


def files_left_out_by_name(project) -> None:
    project.write("tests/conftest.py", 'collect_ignore = ["unit"]\n')
    project.ran()


def module_that_shadows_another(project) -> None:
    project.write("tests/support/json.py", "loads = str\n")
    project.ran()


def module_that_runs_unasked(project) -> None:
    project.write("impl/sitecustomize.py", "import pytest\n")
    project.ran()


def wrapped_by_a_decorator(project) -> None:
    project.replace(
        project.test,
        "def test_sdp_001",
        "def quiet(test):\n    return lambda: None\n\n\n@quiet\ndef test_sdp_001",
    )
    project.ran()


def bound_to_something_else(project) -> None:
    text = (project.root / project.test).read_text()
    project.write(project.test, text + "\n\ntest_sdp_001__rejects_plain_tcp = print\n")
    project.ran()


def code_of_a_test_replaced(project) -> None:
    text = (project.root / project.test).read_text()
    project.write(project.test, text + "\n\ntest_sdp_001__rejects_plain_tcp.__code__ = print\n")
    project.ran()


def hidden_behind_globals(project) -> None:
    text = (project.root / project.test).read_text()
    project.write(project.test, text + '\n\nglobals()["test_sdp_001__rejects_plain_tcp"] = print\n')
    project.ran()


def failure_that_is_no_error(project) -> None:
    project.write("tests/conftest.py", "import builtins\n\nbuiltins.AssertionError = Warning\n")
    project.ran()


def unit_test_that_never_ran(project) -> None:
    project.write("tests/unit/test_octets.py", "def test_octets():\n    assert b''\n")
    project.ran()


def unit_test_that_fails(project) -> None:
    project.write("tests/unit/test_octets.py", "def test_octets():\n    assert b''\n")
    project.ran(failed="tests/unit/test_octets.py::test_octets")


def verified_where_no_evidence_is_made(project) -> None:
    text = (project.root / project.test).read_text()
    project.write("tests/benchmarks/test_media_line.py", text)
    project.ran()


def code_replaced_by_a_fixture(project) -> None:
    project.write(
        "tests/conftest.py",
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef quiet(monkeypatch):\n"
        '    monkeypatch.setattr("mediasec.rules.check_protocol", lambda _: [3])\n',
    )
    project.ran()


def code_replaced_by_a_helper(project) -> None:
    project.write(
        "tests/support/parties.py", "from mediasec import rules\n\nrules.check_protocol = lambda _: [3]\n"
    )
    project.ran()


def module_replaced(project) -> None:
    text = (project.root / project.test).read_text()
    project.write(
        project.test, text.replace("\n\n", '\n\nimport sys\n\nsys.modules["mediasec.rules"] = sys\n', 1)
    )
    project.ran()


def pytest_configured_elsewhere(project) -> None:
    project.write("pytest.ini", "[pytest]\n")


def run_of_a_part(project) -> None:
    project.ran(partial="It left out 3 runs of tests, such as one.")


def another_function_tested(project) -> None:
    project.ran_without_execution()


def unknown_id(project) -> None:
    project.replace(project.test, "test_sdp_001__", "test_sdp_404__")


def tested_at_another_clause(project) -> None:
    text = (project.root / project.test).read_text()
    (project.root / project.test).unlink()
    project.write("tests/conformance/rfc8856/test_9_media_line.py", text)


def claim_of_an_unknown_id(project) -> None:
    project.replace(project.code, "SDP_001 (", "SDP_404 (")


def claim_from_another_clause(project) -> None:
    project.replace(project.code, "(RFC 8856, 4)", "(RFC 8856, 9)")


def claim_that_cannot_be_read(project) -> None:
    project.replace(project.code, "SDP_001 (RFC 8856, 4)", "see SDP_001")


def claim_outside_of_a_source_section(project) -> None:
    project.replace(project.code, "    Source:\n", "    Sources:\n")
    project.ran()


def claim_in_the_docstring_of_a_module(project) -> None:
    project.replace(project.code, '"""Rules."""', '"""Rules.\n\nSource:\n    SDP_001 (RFC 8856, 4)\n"""')
    project.ran()


def claim_of_a_constant(project) -> None:
    text = (project.root / project.code).read_text()
    project.write(
        project.code, f'{text}\n\nLIMIT = 3\n"""Limit.\n\nSource:\n    SDP_001 (RFC 8856, 4)\n"""\n'
    )
    project.ran()


def function_defined_twice(project) -> None:
    text = (project.root / project.code).read_text()
    project.write(project.code, text + text.partition('"""\n')[2])
    project.ran()


def mark_that_is_not_read(project) -> None:
    project.replace(
        project.test,
        "def test_sdp_001",
        'import pytest\n\nOTHER = "SDP_001"\n\n\n@pytest.mark.verifies(OTHER)\ndef test_sdp_001',
    )
    project.ran()


def mark_on_the_whole_file(project) -> None:
    text = (project.root / project.test).read_text()
    project.write(project.test, text + '\n\npytestmark = pytest.mark.verifies("SDP_001")\n')
    project.ran()


def code_that_nothing_calls(project) -> None:
    text = (project.root / project.code).read_text()
    project.write(project.code, text + text.partition('"""\n')[2].replace("check_protocol", "never_called"))
    project.ran()


def rule_without_code(project) -> None:
    project.replace(project.code, "SDP_001 (RFC 8856, 4)", "")
    project.ran()


def rule_without_test(project) -> None:
    (project.root / project.test).unlink()
    project.ran()


def statement_without_rule(project) -> None:
    (project.root / project.rules).unlink()
    (project.root / project.code).write_text('"""Nothing."""\n')
    (project.root / project.test).unlink()
    project.ran()


def renamed_function(project) -> None:
    project.replace(project.code, "def check_protocol", "def check_transport")


def evidence_of_another_state(project) -> None:
    project.replace(project.code, '"TCP/TLS/BFCP"', '"TCP/BFCP"')


def evidence_without_the_test(project) -> None:
    project.replace(project.test, "rejects_plain_tcp", "rejects_udp")
    project.ran()


def evidence_that_is_missing(project) -> None:
    (project.root / PATH).unlink()


def failure(project) -> None:
    project.ran(Outcome.FAILED)


def one_parameter_that_fails(project) -> None:
    project.ran(Outcome.PASSED, Outcome.FAILED)


def error_in_set_up(project) -> None:
    project.ran(Outcome.ERROR)


def expected_failure(project) -> None:
    project.ran(Outcome.XFAILED)


def skipped(project) -> None:
    project.ran(Outcome.SKIPPED)


def one_parameter_that_is_skipped(project) -> None:
    project.ran(Outcome.PASSED, Outcome.SKIPPED)


def run_again_until_it_passes(project) -> None:
    project.ran(Outcome.FLAKY)


def expected_failure_that_passes(project) -> None:
    project.ran(Outcome.XPASSED)


def same_test_twice(project) -> None:
    text = (project.root / project.test).read_text()
    project.write(project.test, text + text.partition("check_protocol\n")[2])
    project.ran()


def evidence_edited(project) -> None:
    project.ran(Outcome.FAILED)
    project.replace(PATH.as_posix(), '"failed"', '"passed"')


def evidence_cut_off(project) -> None:
    project.write(PATH.as_posix(), (project.root / PATH).read_text()[:200])


def rules_in_a_ring(project) -> None:
    text = (project.root / project.rules).read_text()
    ring = text.partition("\n\n")[2].replace("SDP_001", "SDP_002").replace("MP_BFCP_003", "SDP_001")
    project.write(project.rules, text.replace(":refines: MP_BFCP_003", ":refines: SDP_002") + "\n" + ring)
    project.ran()


def rule_in_a_comment(project) -> None:
    text = (project.root / project.rules).read_text()
    project.write(project.rules, f"# Rules\n\n<!--\n{text.partition(chr(10) * 2)[2]}-->\n")
    project.ran()


def page_that_nobody_reads(project) -> None:
    text = (project.root / project.rules).read_text()
    project.write("reqs/rules/more/sdp.md", text.replace("SDP_001", "SDP_002"))
    project.ran()


def rule_weaker_than_its_text(project) -> None:
    project.replace(project.rules, "stream is", "stream shall be")
    project.replace(project.rules, ":strength: shall", ":strength: may")
    project.ran()


def rules_weaker_than_their_statement(project) -> None:
    project.replace(project.rules, ":strength: shall", ":strength: may")
    project.ran()


def requirement_declared_a_definition(project) -> None:
    project.replace(project.statements, ":kind: requirement", ":kind: definition")
    project.replace(project.statements, ":verification: test", ":verification: inspection")
    project.ran()


def shall_that_needs_no_test(project) -> None:
    text = (project.root / "reqs/strengths.toml").read_text()
    project.write("reqs/strengths.toml", text.replace("mutants = 1", "mutants = 0", 1))


def rule_that_refines_nothing(project) -> None:
    project.replace(project.rules, ":refines: MP_BFCP_003\n", "")


def shall_that_is_only_inspected(project) -> None:
    project.replace(project.rules, ":strength: shall", ":strength: shall\n:verification: inspection")
    project.ran()


def statement_on_the_page_of_another_clause(project) -> None:
    project.replace(project.statements, ":clause: 7", ":clause: 7.1")
    project.ran()


def statement_of_another_kind(project) -> None:
    project.replace(project.statements, ":kind: requirement", ":kind: permission")
    project.ran()


def statement_that_stands_twice(project) -> None:
    text = (project.root / project.statements).read_text()
    project.write(project.statements, text + "\n" + text.partition("\n\n")[2])


def source_changed(project) -> None:
    project.replace("reqs/tr29828/pcr.txt", "protected", "secured")


def source_and_statement_changed_together(project) -> None:
    source_changed(project)
    project.replace(project.statements, "shall be protected.\n:::", "shall be secured.\n:::")
    project.ran()


def source_changed_by_white_space(project) -> None:
    project.replace("reqs/tr29828/pcr.txt", "traffic shall", "traffic  shall")


def source_without_a_digest(project) -> None:
    project.write("reqs/references.toml", '["TR 29.828"]\n')


def data_that_nothing_uses(project) -> None:
    text = (project.root / project.code).read_text()
    docstring = '"""Transport.\n\n    Source:\n        SDP_001 (RFC 8856, 4)\n    """'
    project.write(project.code, f"{text}\n\nclass Transport:\n    {docstring}\n\n    name = 1\n")
    project.ran()


def review_of_another_text(project) -> None:
    record(project.root, [requirement(project)], by="A. Reviewer", date="2024-11-20", note="")
    project.replace(REVIEWS.as_posix(), "a BFCP stream", "an MSRP stream")


def reviewed(project, *days: str) -> None:
    for day in days:
        record(project.root, [requirement(project)], by="A. Reviewer", date=day, note="")


def review_of_tomorrow(project) -> None:
    reviewed(project, "2099-01-01")


def same_review_twice(project) -> None:
    reviewed(project, "2024-11-20", "2024-11-20")


def review_dated_back(project) -> None:
    reviewed(project, "2024-11-20", "2024-11-19")


def review_before_the_text(project) -> None:
    reviewed(project, "2024-11-20")
    commit(project)


def commit(project) -> None:
    dated = ["--date", "2024-11-22T12:00:00Z"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all", *dated]):
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=project.root, check=True)


def id_given_to_another_text(project) -> None:
    page = project.root / project.rules
    text = page.read_text()
    rest = text.replace("SDP_001", "SDP_002")
    for now in (text, rest, rest + text.partition("\n\n")[2].replace("BFCP stream", "MSRP stream")):
        page.write_text(now)
        commit(project)


def link_cut_after_the_review(project) -> None:
    other = "reqs/rules/other.md"
    project.write(other, (project.root / project.rules).read_text().replace("SDP_001", "SDP_002"))
    known = Model.load(project.root).requirements
    record(project.root, [known["SDP_002"]], by="A. Reviewer", date="2024-11-20", note="")
    project.replace(other, ":refines: MP_BFCP_003", ":refines: SDP_001")


def excuse_of_a_mutant_that_is_noticed(project) -> None:
    one_mutant(project, Verdict.KILLED)
    project.write(EQUIVALENT.as_posix(), '[[equivalent]]\nmutant = "0"\nreason = "So."\nby = "A. Tester"\n')


def stale_review(project) -> None:
    record(project.root, [requirement(project)], by="A. Reviewer", date="2024-11-20", note="")
    project.replace(project.rules, "stream is", "stream may be")
    project.ran()


def strength_that_the_text_has_not(project) -> None:
    project.replace(project.statements, ":strength: shall", ":strength: may")


def word_left_out(project) -> None:
    project.replace(
        project.statements, "BFCP traffic shall be protected.\n:::", "BFCP shall be protected.\n:::"
    )


def mutants_that_nobody_notices(project) -> None:
    one_mutant(project, Verdict.SURVIVED)


def one_mutant(project, verdict: Verdict) -> None:
    (target,) = targets(Model.load(project.root))
    mutant = MutantResult(id="0", line=1, verdict=verdict, killer="", diff="")
    write_results(project.root, {target.implementation.name: (target.fingerprint, (mutant,))})


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (empty_test, "cannot-fail"),
        (assertion_that_cannot_fail, "cannot-fail"),
        (assertion_of_a_value_with_itself, "cannot-fail"),
        (assertion_that_nobody_reaches, "cannot-fail"),
        (assertion_in_a_helper_that_nobody_calls, "cannot-fail"),
        (error_that_is_swallowed, "cannot-fail"),
        (helper_that_asserts_by_its_name_alone, "cannot-fail"),
        (any_error_is_taken, "cannot-fail"),
        (function_that_is_not_called, "cannot-fail"),
        (failures_turned_into_passes, "outcome-hook"),
        (failures_turned_into_passes_by_an_object, "outcome-hook"),
        (tests_that_are_called_by_nobody, "outcome-hook"),
        (hook_that_is_imported, "outcome-hook"),
        (plugin_that_is_named, "outcome-hook"),
        (files_left_out_by_name, "outcome-hook"),
        (module_that_shadows_another, "stray-module"),
        (module_that_runs_unasked, "stray-module"),
        (wrapped_by_a_decorator, "wrapped-test"),
        (bound_to_something_else, "wrapped-test"),
        (code_of_a_test_replaced, "wrapped-test"),
        (hidden_behind_globals, "wrapped-test"),
        (failure_that_is_no_error, "patched-code"),
        (unit_test_that_never_ran, "no-result"),
        (unit_test_that_fails, "failed-test"),
        (verified_where_no_evidence_is_made, "wrong-place"),
        (code_replaced_by_a_fixture, "patched-code"),
        (code_replaced_by_a_helper, "patched-code"),
        (module_replaced, "patched-code"),
        (pytest_configured_elsewhere, "outdated-evidence"),
        (run_of_a_part, "partial-evidence"),
        (another_function_tested, "hollow-link"),
        (unknown_id, "unknown-id"),
        (tested_at_another_clause, "wrong-clause"),
        (claim_of_an_unknown_id, "unknown-id"),
        (claim_from_another_clause, "wrong-citation"),
        (claim_that_cannot_be_read, "bad-source"),
        (claim_outside_of_a_source_section, "bad-source"),
        (claim_in_the_docstring_of_a_module, "bad-source"),
        (claim_of_a_constant, "bad-source"),
        (function_defined_twice, "bad-source"),
        (mark_that_is_not_read, "bad-mark"),
        (mark_on_the_whole_file, "bad-mark"),
        (code_that_nothing_calls, "hollow-claim"),
        (rule_without_code, "no-implementation"),
        (rule_without_test, "no-test"),
        (statement_without_rule, "not-refined"),
        (renamed_function, "outdated-evidence"),
        (evidence_of_another_state, "outdated-evidence"),
        (evidence_without_the_test, "no-result"),
        (evidence_that_is_missing, "no-evidence"),
        (failure, "is-failing"),
        (one_parameter_that_fails, "is-failing"),
        (error_in_set_up, "is-failing"),
        (expected_failure, "is-failing"),
        (skipped, "is-untested"),
        (one_parameter_that_is_skipped, "skipped-test"),
        (run_again_until_it_passes, "is-failing"),
        (expected_failure_that_passes, "is-failing"),
        (same_test_twice, "test-twice"),
        (evidence_edited, "edited-evidence"),
        (evidence_cut_off, "unreadable-evidence"),
        (rules_in_a_ring, "refines-itself"),
        (rule_in_a_comment, "unknown-id"),
        (page_that_nobody_reads, "unread-page"),
        (rule_weaker_than_its_text, "strength"),
        (rules_weaker_than_their_statement, "weaker-rules"),
        (requirement_declared_a_definition, "requirement-in-note"),
        (shall_that_needs_no_test, "weak-needs"),
        (rule_that_refines_nothing, "missing-option"),
        (shall_that_is_only_inspected, "needs-test"),
        (statement_on_the_page_of_another_clause, "other-clause"),
        (statement_of_another_kind, "other-kind"),
        (statement_that_stands_twice, "id-twice"),
        (source_changed, "text-changed"),
        (source_and_statement_changed_together, "other-source"),
        (source_changed_by_white_space, "other-source"),
        (source_without_a_digest, "other-source"),
        (data_that_nothing_uses, "unused-claim"),
        (review_of_another_text, "edited-review"),
        (review_of_tomorrow, "review-date"),
        (review_dated_back, "review-date"),
        (review_before_the_text, "review-date"),
        (same_review_twice, "review-twice"),
        (id_given_to_another_text, "id-reused"),
        (link_cut_after_the_review, "is-suspect"),
        (excuse_of_a_mutant_that_is_noticed, "needless-excuse"),
        (stale_review, "is-suspect"),
        (strength_that_the_text_has_not, "strength"),
        (word_left_out, "text-lost"),
        (mutants_that_nobody_notices, "is-hollow"),
    ],
    ids=lambda value: value.__name__ if callable(value) else value,
)
def test_a_false_trace_is_caught(project, lie: Lie, code: str) -> None:
    """The gate names the lie, and has nothing to say before it was told."""
    assert codes(project) == set()
    lie(project)
    assert code in codes(project)


SURVIVED = '"verdict": "survived"'


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (RESULTS, SURVIVED, '"verdict": "killed"', "edited after their run"),
        (RESULTS, '"schema": 2', '"schema": 1', "is of schema 1"),
        (EQUIVALENT, 'reason = "So."', 'reason = " "', "a reason, and who gives it"),
        (EQUIVALENT, 'by = "A. Tester"', "", "KeyError('by')"),
        (REVIEWS, 'by = "A. Reviewer"', 'by = ""', "names nobody"),
        (REVIEWS, "2024-11-20", "yesterday", "Invalid isoformat"),
        (REVIEWS, "2024-11-20", "20241120", "is not a day such as 2026-11-23"),
        ("reqs/references.toml", "[source]", "[source", "references.toml cannot be read"),
        (REVIEWS, "[[review]]", "[[reviews]]", "holds 'reviews'"),
        ("reqs/strengths.toml", '["may"]', '["might"]', "is not a valid Strength"),
        ("reqs/strengths.toml", "mutants = 1", 'mutants = "1"', "a number for mutants"),
        ("reqs/strengths.toml", '["none"]', '["nobody"]', "is not a valid Strength"),
    ],
)
def test_what_was_tampered_with_is_not_read(project, path, old: str, new: str, said: str) -> None:
    """A file of results, excuses, reviews or needs that is not as the tools left it stops them."""
    mutants_that_nobody_notices(project)
    project.write(EQUIVALENT.as_posix(), '[[equivalent]]\nmutant = "0"\nreason = "So."\nby = "A. Tester"\n')
    record(project.root, [requirement(project)], by="A. Reviewer", date="2024-11-20", note="")
    assert codes(project) == set()
    text = (project.root / path).read_text()
    assert old in text
    project.write(str(path), text.replace(old, new, 1))
    with pytest.raises(UnreadableSource, match=re.escape(said)):
        codes(project)
