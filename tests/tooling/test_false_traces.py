"""A corpus of false traces: each is an honest project with one lie in it, and the gate names each lie."""

from collections.abc import Callable

import pytest

from mpspec.evidence.mutants import RESULTS
from mpspec.evidence.store import PATH, Outcome
from mpspec.model.reviews import record
from mpspec.trace import Trace

Lie = Callable[..., None]


def codes(project) -> set[str]:
    return {problem.code for problem in Trace.load(project.root).problems}


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


def stale_review(project) -> None:
    rule = Trace.load(project.root).model.requirements["SDP_001"]
    record(project.root, [rule], by="A. Reviewer", date="2026-11-20", note="")
    project.replace(project.rules, "stream is", "stream may be")
    project.ran()


def strength_that_the_text_has_not(project) -> None:
    project.replace(project.statements, ":strength: shall", ":strength: may")


def word_left_out(project) -> None:
    project.replace(
        project.statements, "BFCP traffic shall be protected.\n:::", "BFCP shall be protected.\n:::"
    )


def mutants_that_nobody_notices(project) -> None:
    from mpspec.evidence.mutants import targets
    from mpspec.model import Model

    (target,) = targets(Model.load(project.root))
    mutant = '{"id": "0", "line": 1, "verdict": "survived", "killers": [], "diff": "", "reason": ""}'
    project.write(
        RESULTS.as_posix(),
        f'{{"definitions": {{"{target.implementation.name}": '
        f'{{"fingerprint": "{target.fingerprint}", "mutants": [{mutant}]}}}}}}',
    )


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (empty_test, "cannot-fail"),
        (assertion_that_cannot_fail, "cannot-fail"),
        (assertion_of_a_value_with_itself, "cannot-fail"),
        (assertion_that_nobody_reaches, "cannot-fail"),
        (assertion_in_a_helper_that_nobody_calls, "cannot-fail"),
        (error_that_is_swallowed, "cannot-fail"),
        (another_function_tested, "hollow-link"),
        (unknown_id, "unknown-id"),
        (tested_at_another_clause, "wrong-clause"),
        (claim_of_an_unknown_id, "unknown-id"),
        (claim_from_another_clause, "wrong-citation"),
        (claim_that_cannot_be_read, "bad-source"),
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
