"""Reading TOML whose keys and types are known: every wrong one ends in a plain sentence."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from mpspec.change_request.paragraphs import printable
from mpspec.model import UnreadableSource

_Choice = TypeVar("_Choice", bound=StrEnum)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file.

    Raises:
        UnreadableSource: It cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableSource(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableSource(f"{path} is not TOML: {error}.") from error
    except RecursionError as error:
        raise UnreadableSource(f"{path} is nested too deeply.") from error


class Table:
    """One table of a TOML file, which knows the keys that were asked for.

    Every method that returns a value raises CannotRun where the value has another type than wanted, where it
    holds a control character, or where there is neither the key nor a default.
    """

    def __init__(self, path: Path, place: str, data: Mapping[str, Any]) -> None:
        """Wrap a table.

        Args:
            path: The file.
            place: Where the table stands in it, with a dot at its end; empty for the whole file.
            data: Its keys and values.
        """
        self._path = path
        self._place = place
        self._data = data
        self._asked: set[str] = set()
        self._below: list[Table] = []

    def _value(self, key: str, kind: type, wanted: str, default: Any) -> Any:
        self._asked.add(key)
        value = self._data.get(key, default)
        if value is None:
            raise UnreadableSource(f"{self._path} has no '{self._place}{key}'.")
        if not isinstance(value, kind):
            raise UnreadableSource(f"{self._path}: '{self._place}{key}' is not {wanted}.")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string."""
        value: str = self._value(key, str, "a string", default)
        return self._printable(value, key)

    def _printable(self, text: str, key: str) -> str:
        return printable(text, f"{self._path}: '{self._place}{key}'")

    def flag(self, key: str) -> bool:
        """Return true or false; a missing key is false."""
        value: bool = self._value(key, bool, "true or false", False)
        return value

    def choice(self, key: str, kind: type[_Choice], default: _Choice | None = None) -> _Choice:
        """Return one of the values of an enumeration."""
        value = self.text(key, default)
        try:
            return kind(value)
        except ValueError as error:
            names = ", ".join(kind)
            raise UnreadableSource(f"{self._path}: '{self._place}{key}' is none of {names}.") from error

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array of strings; a missing key is an empty one."""
        values = self._value(key, list, "an array", [])
        if not all(isinstance(value, str) for value in values):
            raise UnreadableSource(f"{self._path}: '{self._place}{key}' holds more than strings.")
        return tuple(self._printable(value, key) for value in values)

    def rows(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return an array of arrays of strings, all of one length; a missing key is an empty one."""
        rows = self._value(key, list, "an array", [])
        if not all(isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows):
            raise UnreadableSource(f"{self._path}: '{self._place}{key}' is not an array of rows of strings.")
        if len({len(row) for row in rows}) > 1:
            raise UnreadableSource(f"{self._path}: the rows of '{self._place}{key}' differ in length.")
        if [] in rows:
            raise UnreadableSource(f"{self._path}: the rows of '{self._place}{key}' have no cells.")
        return tuple(tuple(self._printable(cell, key) for cell in row) for row in rows)

    def exclude(self, key: str, *others: str) -> None:
        """Stop where a key stands beside another one that it leaves no place for.

        Raises:
            UnreadableSource: Both are there: one of the two would else be silently lost.
        """
        for other in others:
            if key in self._data and other in self._data:
                raise UnreadableSource(
                    f"{self._path}: '{self._place}{key}' leaves no place for '{other}' beside it."
                )

    def table(self, key: str) -> "Table":
        """Return a table; a missing key is an empty one."""
        below = Table(self._path, f"{self._place}{key}.", self._value(key, dict, "a table", {}))
        self._below.append(below)
        return below

    def tables(self, key: str) -> "list[Table]":
        """Return an array of tables; a missing key is an empty one."""
        values = self._value(key, list, "an array of tables", [])
        if not all(isinstance(value, dict) for value in values):
            raise UnreadableSource(f"{self._path}: '{self._place}{key}' is not an array of tables.")
        below = [Table(self._path, f"{self._place}{key}[{at}].", value) for at, value in enumerate(values)]
        self._below += below
        return below

    def mapping(self) -> dict[str, str]:
        """Return the whole table as strings by their keys."""
        return {key: self.text(key) for key in self._data}

    def finish(self) -> None:
        """Stop at a key that nothing asked for, here or in a table below.

        Raises:
            UnreadableSource: There is such a key: a slip of the pen would else be silently lost.
        """
        for key in self._data:
            if key not in self._asked:
                raise UnreadableSource(f"{self._path}: '{self._place}{key}' is not a key of a definition.")
        for below in self._below:
            below.finish()
