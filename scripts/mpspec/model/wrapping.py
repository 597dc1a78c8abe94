"""Whether what runs under a test's name is the test that stands there.

A decorator of pytest or of another program is known. One that the project defines, and a name that is bound
again, may make anything of a test.
"""

import ast
from collections.abc import Container, Iterable, Iterator

from mpspec.model.implementations import Function

_OWN = {"mediasec", "mpspec"}


def wrapped(
    tree: ast.Module, nodes: Iterable[ast.AST], tests: Iterable[Function], helpers: Container[str]
) -> Iterator[tuple[int, str]]:
    """Yield line and name of each test that is wrapped or bound again.

    Args:
        tree: A file of tests.
        nodes: All that stands in it.
        tests: Its tests.
        helpers: Names of the modules of helpers.
    """
    known = _of_others(tree, helpers)
    names = set()
    for test in tests:
        names.add(test.name)
        for decorator in test.decorator_list:
            if _root(decorator) not in known:
                yield decorator.lineno, test.name
    for node in nodes:
        if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            continue
        match node:
            case ast.Name() | ast.Attribute():  # The test itself, or its code.
                if _root(node) in names:
                    yield node.lineno, _root(node)
            case ast.Subscript(value=ast.Call(func=ast.Name(id="globals" | "vars" | "locals"))):
                yield node.lineno, ast.unparse(node.slice).strip("'")


def _of_others(tree: ast.Module, helpers: Container[str]) -> set[str]:
    """Return the names that a file has from other programs, and those that it gives to parts of them."""
    known: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            bound = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] * len(node.names)
            bound = [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Assign) and _root(node.value) in known:
            known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            continue
        else:
            continue
        known |= {
            name
            for name, module in zip(bound, names, strict=True)
            if module not in helpers and module.partition(".")[0] not in _OWN
        }
    return known


def _root(node: ast.expr) -> str:
    """Return the name that an expression begins with: that of `pytest.mark.skip(...)` is `pytest`."""
    while not isinstance(node, ast.Name):
        inner = node.func if isinstance(node, ast.Call) else getattr(node, "value", None)
        if not isinstance(inner, ast.expr):
            return ""
        node = inner
    return node.id
