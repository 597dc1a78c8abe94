"""What a file of tests rests on beside itself: parts of `conftest.py` files and of helpers, and vectors.

A fixture counts where its name is used in the tests or in another part that counts, a helper where it is
imported, a vector where a text names it or a folder that it lies in. A name that only looks like one makes
too much count, never too little; what is reached by a computed name alone is not seen.
"""

import ast
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mpspec.model.implementations import Definition, parse_module

_QUOTED = re.compile(r"""["'](?:tests/)?(?:vectors/)?([A-Za-z0-9_./-]+)""")
_SUPPORT = "tests/support"
_VECTORS = "tests/vectors"

_Name = tuple[str, str]
"""A name with the file that it is looked for in."""
_ALL = "*"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """One statement at the top of a file.

    Attributes:
        path: The file.
        names: What it defines; empty where it acts by itself: a hook, a fixture that is always on, a call.
        text: Its source.
        words: The names that it uses.
        imported: What it takes from helpers.
    """

    path: str
    names: frozenset[str]
    text: str
    words: frozenset[str]
    imported: frozenset[_Name]


class Surroundings:
    """The helpers and vectors of a project's tests."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts: dict[str, tuple[_Part, ...]] = {}
        self._digests: dict[str, bytes] = {}
        self._modules: dict[str, bytes] = {}

    def of_module(self, path: str) -> bytes:
        """Return the SHA-256 over a module of the code."""
        if path not in self._modules:
            self._modules[path] = hashlib.sha256((self._root / path).read_bytes()).digest()
        return self._modules[path]

    def digest(self, path: str) -> bytes:
        """Return the SHA-256 over a file of tests and all that it rests on."""
        if path not in self._digests:
            self._digests[path] = self._computed(path)
        return self._digests[path]

    def _computed(self, path: str) -> bytes:
        parts = self._resting_on(path)
        vectors = {name for part in parts for name in self._vectors_in(part.text)}
        digest = hashlib.sha256((self._root / path).read_bytes())
        for line in sorted(f"{part.path}\n{part.text}" for part in parts if part.path != path):
            digest.update(hashlib.sha256(line.encode()).digest())
        for name in sorted(vectors):
            digest.update(self._vectors[name])
        return digest.digest()

    def _resting_on(self, path: str) -> set[_Part]:
        """Return the parts of a file of tests, and those that they use, directly or by way of others."""
        above = [parent / "conftest.py" for parent in Path(path).parents]
        conftests = [name.as_posix() for name in above if (self._root / name).is_file()]
        found: set[_Part] = set()
        waiting = [*self._of(path), *self._acting(conftests)]
        while waiting:
            part = waiting.pop()
            if part in found:
                continue
            found.add(part)
            files = {part.path, *conftests}
            wanted = {(file, word) for file in files for word in part.words} | part.imported
            waiting += [
                other
                for file in {file for file, _ in wanted}
                for other in self._of(file)
                if any((file, name) in wanted for name in (*other.names, _ALL))
            ]
            waiting += self._acting({file for file, _ in part.imported})
        return found

    def _acting(self, paths: Iterable[str]) -> list[_Part]:
        return [part for path in paths for part in self._of(path) if not part.names]

    def _of(self, path: str) -> tuple[_Part, ...]:
        if path not in self._parts:
            self._parts[path] = tuple(_parts_of(self._root, path))
        return self._parts[path]

    @cached_property
    def _vectors(self) -> dict[str, bytes]:
        """The SHA-256 of each vector and of each folder of vectors, by the names that a text may give it."""
        folder = self._root / _VECTORS
        found: defaultdict[str, bytes] = defaultdict(bytes)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__":
                name = path.relative_to(folder)
                digest = hashlib.sha256(name.as_posix().encode() + path.read_bytes()).digest()
                for each in {name, name.with_suffix(""), *name.parents}:
                    found[each.as_posix()] += digest
        found.pop(".", None)
        return dict(found)

    def _vectors_in(self, text: str) -> Iterator[str]:
        for match in _QUOTED.finditer(text):
            name = match[1].strip("/")
            if name in self._vectors:
                yield name


def _parts_of(root: Path, path: str) -> Iterator[_Part]:
    tree = parse_module(root / path, path)
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        yield _Part(
            path=path,
            names=frozenset(_names(node)),
            text="\n".join(lines[first - 1 : node.end_lineno]),
            words=frozenset(_words(node)),
            imported=frozenset(_imported(node, root)),
        )


def _names(node: ast.stmt) -> Iterator[str]:
    """Yield what a statement defines; nothing where it acts whether or not it is named."""
    if isinstance(node, Definition):
        decorators = [ast.unparse(each) for each in node.decorator_list]
        if not node.name.startswith("pytest_") and not any("autouse" in each for each in decorators):
            yield node.name
            yield from (word for each in decorators for word in re.findall(r"\bname='(\w+)'", each))
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if all(isinstance(target, ast.Name) for target in targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _words(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement uses, those of fixtures as arguments and in texts included."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.arg):
            yield each.arg
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            yield each.value


def _imported(node: ast.stmt, root: Path) -> Iterator[_Name]:
    """Yield what a statement takes from helpers; of a module as a whole, all."""
    for each in ast.walk(node):
        if isinstance(each, ast.Import):
            named = [(alias.name, _ALL) for alias in each.names]
        elif isinstance(each, ast.ImportFrom):
            named = [(each.module or "", _ALL if alias.name == "*" else alias.name) for alias in each.names]
        else:
            continue
        for module, name in named:
            path = f"{_SUPPORT}/{module.replace('.', '/')}.py"
            if (root / path).is_file():
                yield path, name
