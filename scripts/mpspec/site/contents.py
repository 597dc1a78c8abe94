"""The contents at the left of each page: the clause, then the kinds of pages."""

from sphinx.environment import BuildEnvironment

from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import Entry, Section
from mpspec.site.reading import clause_pages, docname, heading, rule_pages
from mpspec.site.vectors import has_vectors

_MOST = 20
"""Pages of rules that stand in the contents of each page; the page of rules has them all."""


def contents(corpus: Corpus, env: BuildEnvironment) -> list[Section]:
    """Return the contents; guides stand in the order that their page gives them."""
    clauses = clause_pages(corpus)
    top = min((page.number.count(".") for page in clauses), default=0)
    return [
        Section(
            title="The clause",
            entries=(
                *(
                    Entry(
                        title=heading(page),
                        path=addresses.document(docname(page)),
                        level=page.number.count(".") - top,
                    )
                    for page in clauses
                ),
                Entry(title="Whole, with matrix", path=addresses.WHOLE_CLAUSE),
            ),
        ),
        Section(
            title="Requirements",
            entries=(
                Entry(title="Matrix", path=addresses.MATRIX),
                Entry(title="Rules", path=addresses.RULES),
                *(
                    Entry(title=_short(page.title), path=addresses.document(docname(page)), level=1)
                    for page in rule_pages(corpus)[:_MOST]
                ),
                Entry(title="Change requests", path=addresses.CHANGE_REQUESTS),
                *(
                    Entry(
                        title=f"{shown.kind} to {shown.specification}",
                        path=addresses.change_request(name),
                        level=1,
                    )
                    for name, shown in corpus.change_requests.items()
                    if not shown.mirrors
                ),
                Entry(title="Unverified facts", path=addresses.UNVERIFIED),
                Entry(title="Test results", path=addresses.RESULTS),
                Entry(title="Reviews", path=addresses.REVIEWS),
            ),
        ),
        Section(title="Guides", entries=_documents(env, "docs/guides/index")),
        Section(
            title="Reference",
            entries=(
                Entry(title="Abbreviations", path=addresses.GLOSSARY),
                Entry(title="Call flows", path=addresses.FLOWS),
                Entry(title="State diagrams", path=addresses.STATES),
                Entry(title="API of mediasec", path=addresses.API),
                *_vectors(corpus),
                *_named(env, "docs/decisions/index", "docs/dependencies", "docs/changelog"),
            ),
        ),
    ]


def _vectors(corpus: Corpus) -> tuple[Entry, ...]:
    return (Entry(title="Vectors of MIKEY-TICKET", path=addresses.VECTORS),) if has_vectors(corpus) else ()


def _short(title: str) -> str:
    """Return the title of a page of rules as it stands below "Rules"."""
    short = title.removeprefix("Rules for ").removeprefix("the ")
    return short[:1].upper() + short[1:]


def _documents(env: BuildEnvironment, index: str) -> tuple[Entry, ...]:
    return _named(env, *env.toctree_includes.get(index, []))


def _named(env: BuildEnvironment, *docnames: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(title=env.titles[docname].astext(), path=addresses.document(docname))
        for docname in docnames
        if docname in env.titles
    )
