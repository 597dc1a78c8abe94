"""A session description: octets in, octets out, each line as it came."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from mediasec.errors import Finding, LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.lines import Line, LineEnding, split_lines
from mediasec.sdp.fields import (
    Attribute,
    Connection,
    MediaLine,
    Origin,
    check_bandwidth,
    check_timing,
    decimal,
    seen,
)
from mediasec.sdp.registry import LineType

MAX_OCTETS = 1 << 20
"""Largest description that is read, in octets."""

MAX_LINES = 4096
"""Largest number of lines that is read."""

MAX_LINE_OCTETS = 1 << 16
"""Longest line that is read, in octets."""

_SESSION_ORDER = "vosiuepcbtrzka"
_MEDIA_ORDER = "micbka"
_ONCE_IN_SESSION = "vosiuck"
_ONCE_IN_MEDIA = "mik"
_NEEDED_IN_SESSION = "vost"
_TIME_LINES = {LineType.REPEAT: "tr", LineType.ZONE: "r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line.

    Attributes:
        type: The letter that begins it.
        value: What follows the equals sign; UTF-8, other octets as surrogate escapes. It may hold a secret.
        ending: CRLF, LF, or nothing at the end of the data.
    """

    type: LineType
    value: str = field(repr=False)
    ending: LineEnding = b"\r\n"

    def serialize(self) -> bytes:
        """Return the line with its ending.

        Source:
            SDP_089 (RFC 8866, 5)
        """
        return f"{self.type}={self.value}".encode("utf-8", "surrogateescape") + self.ending


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDescription:
    """A media line and the lines that belong to it.

    Attributes:
        fields: Its lines; the first is the media line.
    """

    fields: tuple[Field, ...]

    @classmethod
    def create(
        cls, line: MediaLine, *, connection: Connection | None = None, attributes: Iterable[Attribute] = ()
    ) -> Self:
        """Make a media description."""
        fields = [Field(type=LineType.MEDIA, value=line.serialize())]
        if connection is not None:
            fields.append(Field(type=LineType.CONNECTION, value=connection.serialize()))
        fields += [Field(type=LineType.ATTRIBUTE, value=each.serialize()) for each in attributes]
        return cls(fields=tuple(fields))

    @property
    def line(self) -> MediaLine:
        """The media line."""
        return MediaLine.parse(self.fields[0].value)

    @property
    def connection(self) -> Connection | None:
        """The first connection line, or None where that of the session applies."""
        return _connection(self.fields)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes, in their order."""
        return _attributes(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDescription:
    """A session description that keeps to the form of SDP.

    Attributes:
        fields: The lines before the first media line.
        media: The media descriptions.
    """

    fields: tuple[Field, ...]
    media: tuple[MediaDescription, ...] = ()

    @classmethod
    def create(
        cls,
        origin: Origin,
        *,
        time_fields: Iterable[Field] = (Field(type=LineType.TIMING, value="0 0"),),
        attributes: Iterable[Attribute] = (),
        media: Iterable[MediaDescription] = (),
    ) -> Self:
        """Make a description of a session that has no name, and by default is not bound to a time."""
        fields = [
            Field(type=LineType.VERSION, value="0"),
            Field(type=LineType.ORIGIN, value=origin.serialize()),
            Field(type=LineType.NAME, value="-"),
            *time_fields,
            *(Field(type=LineType.ATTRIBUTE, value=each.serialize()) for each in attributes),
        ]
        return cls(fields=tuple(fields), media=tuple(media))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a description.

        Raises:
            MalformedMessage: It is no description at all, or larger than the limits of this module.
            RequirementViolated: It does not keep to the form of SDP.
        """
        if len(data) > MAX_OCTETS:
            raise MalformedMessage(f"the description is longer than {MAX_OCTETS} octets")
        if not data.startswith(b"v="):
            raise MalformedMessage("the first line is not a version line, 'v=0'")
        session: list[Field] = []
        media: list[list[Field]] = []
        for each in _read(split_lines(data, max_length=MAX_LINE_OCTETS, max_lines=MAX_LINES)):
            if each.type is LineType.MEDIA:
                media.append([])
            (media[-1] if media else session).append(each)
        description = cls(
            fields=tuple(session), media=tuple(MediaDescription(fields=tuple(each)) for each in media)
        )
        findings = description.check()
        if findings:
            raise RequirementViolated(*findings)
        return description

    def serialize(self) -> bytes:
        """Return the octets of the description; those that were read, if it was read.

        Raises:
            LocalProtocolError: It does not keep to the form of SDP.
        """
        findings = self.check()
        if findings:
            raise LocalProtocolError(*findings)
        return b"".join(each.serialize() for each in self._all_fields())

    def check(self) -> list[Finding]:
        """Return where the description does not keep to the form of SDP."""
        second = _second_description(self._all_fields())
        if second is not None:
            return [second]
        findings = [*_check_section(self.fields, 1, in_media=False)]
        number = 1 + len(self.fields)
        addressed = any(each.type is LineType.CONNECTION for each in self.fields)
        for each in self.media:
            findings += _check_section(each.fields, number, in_media=True)
            if not addressed and not any(line.type is LineType.CONNECTION for line in each.fields):
                findings.append(_no_connection(number))
            number += len(each.fields)
        return findings

    @property
    def origin(self) -> Origin:
        """The origin line."""
        return next(Origin.parse(each.value) for each in self.fields if each.type is LineType.ORIGIN)

    @property
    def connection(self) -> Connection | None:
        """The connection line of the session, or None where each media description has its own."""
        return _connection(self.fields)

    @property
    def time_fields(self) -> tuple[Field, ...]:
        """The time lines with their repeat and zone lines."""
        time_lines = (LineType.TIMING, LineType.REPEAT, LineType.ZONE)
        return tuple(each for each in self.fields if each.type in time_lines)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes of the session, in their order."""
        return _attributes(self.fields)

    def places(self) -> dict[str, int]:
        """Return the number of the line, from 1, that each place in a finding means."""
        found: dict[str, int] = {}
        number = 0
        sections = [
            ("session", self.fields),
            *((f"media[{i}]", each.fields) for i, each in enumerate(self.media)),
        ]
        for section, fields in sections:
            found[section] = number + 1
            counts: Counter[LineType] = Counter()
            for each in fields:
                number += 1
                place = f"{section}.{each.type.name.lower()}"
                found.setdefault(place, number)
                found[f"{place}[{counts[each.type]}]"] = number
                found[f"line[{number}]"] = number
                counts[each.type] += 1
        return found

    def _all_fields(self) -> Iterator[Field]:
        """Yield every line in its place, also those of attributes that are not understood.

        Source:
            SDP_088 (RFC 8866, 5.13)
        """
        yield from self.fields
        for each in self.media:
            yield from each.fields


def _connection(fields: tuple[Field, ...]) -> Connection | None:
    return next((Connection.parse(each.value) for each in fields if each.type is LineType.CONNECTION), None)


def _attributes(fields: tuple[Field, ...]) -> tuple[Attribute, ...]:
    return tuple(Attribute.parse(each.value) for each in fields if each.type is LineType.ATTRIBUTE)


def _read(lines: list[Line]) -> list[Field]:
    """Read each line as a letter, an equals sign and a value.

    Raises:
        RequirementViolated: A line has another form.

    Source:
        SDP_083 (RFC 8866, 5)
    """
    fields: list[Field] = []
    findings: list[Finding] = []
    letters = frozenset(LineType)
    for number, line in enumerate(lines, 1):
        text = line.octets.decode("utf-8", "surrogateescape")
        if text[1:2] == "=" and text[0] in letters:
            fields.append(Field(type=LineType(text[0]), value=text[2:], ending=line.ending))
            continue
        if not text:
            message = "The line is empty; a description has no empty line, also not at its end."
        elif text[1:2] == "=":
            message = f"{seen(text[0])} is no type letter of SDP, so the description is rejected as a whole."
        else:
            message = f"{seen(text[:20])} does not begin with a type letter and '='."
        findings.append(Finding(requirement="SDP_083", where=f"line[{number}]", message=message))
    if findings:
        raise RequirementViolated(*findings)
    return fields


def _second_description(fields: Iterable[Field]) -> Finding | None:
    """Find where a further session description begins.

    Source:
        SDP_082 (RFC 3264, 5)
    """
    starts = (number for number, each in enumerate(fields, 1) if each.type is LineType.VERSION)
    next(starts, None)
    number = next(starts, None)
    if number is None:
        return None
    message = "A second session description begins here; an offer or answer is exactly one."
    return Finding(requirement="SDP_082", where=f"line[{number}]", message=message)


def _no_connection(number: int) -> Finding:
    """Find a stream without a connection address.

    Source:
        SDP_086 (RFC 8866, 5.7)
    """
    message = "The stream has no connection line 'c=', and neither has the session; one of them is wanted."
    return Finding(requirement="SDP_086", where=f"line[{number}]", message=message)


def _check_section(fields: tuple[Field, ...], first: int, *, in_media: bool) -> Iterator[Finding]:
    yield from _check_order(fields, first, in_media=in_media)
    for number, each in enumerate(fields, first):
        yield from _check_value(each, f"line[{number}]")


def _check_order(fields: tuple[Field, ...], first: int, *, in_media: bool) -> Iterator[Finding]:
    """Find lines out of their order, repeated or missing, in the session's part or in a media description.

    Source:
        SDP_084 (RFC 8866, 5)
    """
    section = "media description" if in_media else "session"
    order = _MEDIA_ORDER if in_media else _SESSION_ORDER
    once = _ONCE_IN_MEDIA if in_media else _ONCE_IN_SESSION
    needed = "m" if in_media else _NEEDED_IN_SESSION
    present: set[str] = set()
    furthest, before = 0, ""
    for number, each in enumerate(fields, first):
        letter = each.type.value
        # Time lines are a group that may come again: t r z t r z.
        rank = order.find("t" if letter in "rz" else letter)
        problem = ""
        if rank < 0:
            problem = f"'{letter}=' does not belong in a {section}"
        elif rank < furthest:
            problem = f"'{letter}=' stands too late: the order in a {section} is {' '.join(order)}"
        elif letter in present and letter in once:
            problem = f"'{letter}=' stands for the second time in this {section}"
        elif each.type in _TIME_LINES and before not in _TIME_LINES[each.type]:
            problem = f"'{letter}=' does not follow the time line that it belongs to"
        if problem:
            yield Finding(requirement="SDP_084", where=f"line[{number}]", message=f"{problem}.")
        furthest, before = max(furthest, rank), letter
        present.add(letter)
    for letter in needed:
        if letter not in present:
            message = f"The {section} has no line '{letter}='."
            yield Finding(requirement="SDP_084", where=f"line[{first}]", message=message)


def _check_value(line: Field, where: str) -> Iterator[Finding]:
    """Find a value that does not keep to the grammar.

    Source:
        SDP_085 (RFC 8866, 9)
        SDP_087 (RFC 8866, 5.12)
    """
    if line.type is LineType.KEY:
        message = "A 'k=' line is obsolete and puts a key in the open; it is not to be used."
        yield Finding(requirement="SDP_087", where=where, message=message)
        return
    try:
        _check_grammar(line)
    except MalformedMessage as error:
        message = f"The value of '{line.type}=' is not in the grammar: {error.reason}."
        yield Finding(requirement="SDP_085", where=where, message=message)


def _is_octets(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _check_grammar(line: Field) -> None:
    if not line.value:
        raise MalformedMessage("it is empty")
    if "\0" in line.value or "\r" in line.value:
        raise MalformedMessage("it has a NUL or a CR in it")
    if "\n" in line.value or not _is_octets(line.value):
        raise MalformedMessage("it cannot be written as one line of octets")
    match line.type:
        case LineType.VERSION:
            if decimal(line.value) != 0:
                raise MalformedMessage("the version is not 0")
        case LineType.ORIGIN:
            Origin.parse(line.value)
        case LineType.CONNECTION:
            Connection.parse(line.value)
        case LineType.BANDWIDTH:
            check_bandwidth(line.value)
        case LineType.TIMING:
            check_timing(line.value)
        case LineType.ATTRIBUTE:
            Attribute.parse(line.value)
        case LineType.MEDIA:
            MediaLine.parse(line.value)
        case _:
            return
