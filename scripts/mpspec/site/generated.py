"""Every page and file that no document holds. Another part of the site is added here, by one name."""

from collections.abc import Callable, Iterator

from mpspec.site.api import api, sources
from mpspec.site.change_requests import change_request_files, change_requests
from mpspec.site.corpus import Corpus
from mpspec.site.flows import flow_files, flows
from mpspec.site.lists import abbreviations, matrix, matrix_files, results, search_page, unverified
from mpspec.site.pages import File, Page
from mpspec.site.reading import rules_index, whole_clause
from mpspec.site.requirement import requirement_files, requirement_pages
from mpspec.site.reviews import reviews
from mpspec.site.states import states
from mpspec.site.vectors import vector_files, vectors

_PAGES: tuple[Callable[[Corpus], Iterator[Page]], ...] = (
    whole_clause,
    rules_index,
    requirement_pages,
    matrix,
    change_requests,
    results,
    reviews,
    unverified,
    abbreviations,
    flows,
    states,
    vectors,
    api,
    sources,
    search_page,
)
_FILES: tuple[Callable[[Corpus], Iterator[File]], ...] = (
    matrix_files,
    requirement_files,
    change_request_files,
    vector_files,
    flow_files,
)


def pages(corpus: Corpus) -> Iterator[Page]:
    """Yield every page that no document holds."""
    for make in _PAGES:
        yield from make(corpus)


def files(corpus: Corpus) -> Iterator[File]:
    """Yield every file that is no page."""
    for make in _FILES:
        yield from make(corpus)
