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
        "assert len(made()) > -1",
        "assert -1 < len(made())",
        "assert len(made()) != -1",
        "assert not len(made()) < 0",
        "assert isinstance(made(), (int, object))",
        "assert bool(1)",
        "assert type(made())",
        "assert any([True, made()])",
        "assert all(True for _ in made())",
        "assert made() in [made()]",
        "assert made() == 3 or made() != 3",
        "assert made() < 3 or made() >= 3",
        "assert made() == pytest.approx(3, abs=float('inf'))",
        "assert made() == approx(3, rel=math.inf)",
        "assert made() == mock.ANY",
        "assert ANY == made()",
        "assert sum([1, 2]) == 3",
        "assert isinstance(3, int)",
        "assert __debug__",
        "assert never_called",
        "seen = True\nmade()\nassert seen",
        "seen = 3\nassert seen == 3",
        "return\nassert made() == 3",
        "if False:\n    assert made() == 3",
        "while False:\n    assert made() == 3",
        "if True:\n    made()\nelse:\n    assert made() == 3",
        "for _ in ():\n    assert made() == 3",
        "if TYPE_CHECKING:\n    assert made() == 3",
        "if __name__ == '__main__':\n    assert made() == 3",
        "for _ in {}:\n    assert made() == 3",
        "for _ in '':\n    assert made() == 3",
        "for _ in range(0):\n    assert made() == 3",
        "for _ in dict():\n    assert made() == 3",
        "while True:\n    break\n    assert made() == 3",
        "try:\n    assert made() == 3\nexcept AssertionError:\n    pass",
        "try:\n    assert made() == 3\nexcept builtins.AssertionError:\n    pass",
        "try:\n    pytest.fail('no')\nexcept pytest.fail.Exception:\n    pass",
        "try:\n    assert made() == 3\nfinally:\n    return",
        "with contextlib.suppress(builtins.AssertionError):\n    assert made() == 3",
        "with pytest.raises(Exception):\n    made()",
        "with pytest.raises(BaseException):\n    assert made() == 3",
        "with pytest.raises(AssertionError):\n    assert made() == 3",
        "with pytest.raises((ValueError, Exception)):\n    made()",
        "with pytest.raises(ValueError):\n    int('x')",
        "pytest.raises(Exception, made)",
        "try:\n    made()\n    raise ValueError\nexcept ValueError:\n    pass",
        "with ExitStack() as kept:\n    kept.enter_context(suppress(AssertionError))\n    assert made() == 3",
        "later = lambda: pytest.fail('no')",
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
        "assert len(made()) != 0",
        "assert made",
        "assert any([made(), made.other()])",
        "assert all(seen for seen in made())",
        "assert made() == 3 and made.other() != 3",
        "assert made() == pytest.approx(3, abs=0.1)",
        "assert made() in [3, 4]",
        "assert made() == 3 if made.this() else True",
        "seen = True\nseen = made()\nassert seen",
        "for seen in made():\n    assert seen",
        "for seen in (1, 2):\n    assert made(seen)",
        "while made():\n    assert made() == 3",
        "if made():\n    assert made() == 3",
        "with pytest.raises(ValueError):\n    made()",
        "with pytest.raises(ValueError):\n    made()\n    raise ValueError",
        "with pytest.raises(Exception, match='no key'):\n    made()",
        "with pytest.raises(Exception) as caught:\n    made()\nassert caught.value.code == 3",
        "with pytest.raises(ValueError), made():\n    pass",
        "def inner():\n    assert made\ninner()",
        "for seen in ():\n    pass\nelse:\n    assert made() == 3",
        "try:\n    made()\n    raise ValueError\nexcept KeyError:\n    pass",
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
    """A function of the file, or an imported one that is named for what it asserts, can fail."""
    helper = "def wanted(made):\n    assert made() == 3\n"
    assert fails("wanted(made)", helper)
    assert not fails("made()", helper)
    assert fails("assert_equal(made(), 3)", "from helpers import assert_equal")


def test_a_helper_of_the_project_is_read() -> None:
    """What a helper's name promises counts only where its definition is not at hand."""
    tree = ast.parse("from helpers import assert_equal\n\ndef test(made):\n    assert_equal(made(), 3)\n")
    assert can_fail(tree.body[-1], asserting_functions(tree, {"helpers": frozenset({"assert_equal"})}))
    assert not can_fail(tree.body[-1], asserting_functions(tree, {"helpers": frozenset()}))
