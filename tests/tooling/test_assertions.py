"""Whether a test can fail is read from its text."""

import ast

import pytest

from mpspec.model.assertions import asserting_functions, can_fail


def fails(body: str, before: str = "") -> bool:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    tree = ast.parse(f"{before}\ndef test(made):\n{lines}\n")
    return can_fail(tree.body[-1], asserting_functions(tree))


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "assert True",
        "assert 'text'",
        "assert (made() == 3, 'says nothing')",
        "assert {'a': made()}",
        "assert f'{made()} seen'",
        "assert (lambda: made() == 3)",
        "assert made() == made()",
        "assert made() == made() == made()",
        "assert made() <= made()",
        "assert 1 < 2",
        "assert 'a' in 'abc'",
        "assert not False",
        "assert not made() or made()",
        "assert made() or True",
        "assert True and 1",
        "assert True if made() else 3",
        "assert made() == 3 if False else True",
        "assert (seen := True)",
        "assert len(made()) >= 0",
        "assert 0 <= len(made())",
        "assert isinstance(made(), object)",
        "seen = True\nmade()\nassert seen",
        "seen = 3\nassert seen == 3",
        "return\nassert made() == 3",
        "if False:\n    assert made() == 3",
        "while False:\n    assert made() == 3",
        "if True:\n    made()\nelse:\n    assert made() == 3",
        "for _ in ():\n    assert made() == 3",
        "try:\n    assert made() == 3\nexcept AssertionError:\n    pass",
        "with contextlib.suppress(AssertionError):\n    assert made() == 3",
        "with suppress(Exception):\n    assert made() == 3",
        "with pytest.raises(ValueError):\n    raise ValueError",
        "def never():\n    assert made() == 3",
    ],
)
def test_an_assertion_that_is_always_true_is_seen(body: str) -> None:
    """What is true whatever the code does, or is never reached, cannot fail."""
    assert not fails(body)


@pytest.mark.parametrize(
    "body",
    [
        "assert made()",
        "assert made() == 3",
        "assert made() != made.other()",
        "assert not made()",
        "assert made() == 3 or made() == 4",
        "assert [*made()]",
        "assert {**made()}",
        "assert f'{made()}'",
        "assert len(made()) >= 1",
        "assert made() == 3 if made.this() else True",
        "seen = True\nseen = made()\nassert seen",
        "for seen in made():\n    assert seen",
        "for seen in (1, 2):\n    assert made(seen)",
        "while made():\n    assert made() == 3",
        "if made():\n    assert made() == 3",
        "with pytest.raises(ValueError):\n    made()",
        "with pytest.raises(ValueError):\n    made()\n    raise ValueError",
        "with contextlib.suppress(KeyError):\n    assert made() == 3",
        "try:\n    made()\nexcept ValueError:\n    pytest.fail('no')",
        "with made() as seen:\n    assert seen == 3",
        "match made():\n    case 3:\n        assert made.that()",
    ],
)
def test_an_assertion_that_may_be_false_is_seen(body: str) -> None:
    """What hangs on the code under test can fail."""
    assert fails(body)


def test_a_helper_that_asserts_counts_where_it_is_called() -> None:
    """A function of the file or an imported one that is named for what it asserts can fail."""
    helper = "def wanted(made):\n    assert made() == 3\n"
    assert fails("wanted(made)", helper)
    assert not fails("made()", helper)
    assert fails("assert_equal(made(), 3)", "from helpers import assert_equal")
