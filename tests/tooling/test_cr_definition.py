"""A definition that is not what it should be: one plain sentence each, and nothing of it is silently lost."""

from pathlib import Path

import pytest

from mpspec.cli import main

HEAD = 'kind = "CR"\nspecification = "TS 23.333"\n'
CHANGE = HEAD + '[[changes]]\nclause = "5.20.2"\ntitle = "TLS"\n'
CONTENT = CHANGE + "[[changes.content]]\n"

FAULTS = {
    "no kind": ('specification = "TS 23.333"\n', "has no 'kind'."),
    "another kind": ('kind = "LS"\nspecification = "TS 23.333"\n', "'kind' is none of P-CR, CR."),
    "a number for a text": ('kind = "CR"\nspecification = 23.333\n', "'specification' is not a string."),
    "a text for a table": (HEAD + 'cover = "none"\n', "'cover' is not a table."),
    "a date for a text": (HEAD + "[marks]\ndate = 2026-11-23\n", "'marks.date' is not a string."),
    "a time that is none": (
        CONTENT.replace("[[changes]]", '[marks]\ndate = "soon"\n[[changes]]') + 'text = "New."\n',
        "'marks.date' is not like '2026-11-23T00:00:00Z'.",
    ),
    "a form that is none": (HEAD + 'form = "x"\n', "'form' is not a version of the CR form, such as 12.1."),
    "no change": (HEAD, "changes nothing: its clauses have no content."),
    "a style that is none": (CONTENT + 'style = "B6"\ntext = "New."\n', "'changes[0].content[0].style' is"),
    "an empty content": (CONTENT, "has a content without text in clause 5.20.2."),
    "rows without cells": (
        CONTENT + "rows = [[]]\n",
        "the rows of 'changes[0].content[0].rows' have no cells.",
    ),
    "rows of two lengths": (
        CONTENT + 'rows = [["a"], ["b", "c"]]\n',
        "the rows of 'changes[0].content[0].rows' differ in length.",
    ),
    "a table and a text in one": (
        CONTENT + 'rows = [["a"]]\ntext = "Would be lost."\n',
        "'changes[0].content[0].rows' leaves no place for 'text' beside it.",
    ),
    "a table and a statement in one": (
        CONTENT + 'rows = [["a"]]\ncarries = ["MP_BFCP_003"]\n',
        "'changes[0].content[0].rows' leaves no place for 'carries' beside it.",
    ),
    "a P-CR without a clause": ('kind = "P-CR"\nspecification = "TR 29.828"\n', "has no 'clause'."),
    "a mirror of what is not there": ('mirrors = "nothing"\n', "nothing.toml cannot be read"),
    "a mirror of another folder": (
        'mirrors = "../other"\n',
        "'mirrors' is not the name of a definition beside it.",
    ),
    "a mirror of itself": ('mirrors = "mine"\n', "mirrors mine, which is itself a mirror."),
    "no TOML": ("kind = \n", "is not TOML:"),
    "arrays without an end": ("kind = " + "[" * 5000 + "]" * 5000, "is nested too deeply."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_stops_with_one_sentence(
    fault: str, tmp_path: Path, requirements_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, sentence = FAULTS[fault]
    path, output = tmp_path / "mine.toml", tmp_path / "mine.docx"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["cr", "export", "--root", str(requirements_root), str(path), "-o", str(output)])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert len(told.splitlines()) == 1
    assert not output.exists()
