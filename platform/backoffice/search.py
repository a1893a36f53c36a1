"""Find anything by what a person has at hand: an e-mail, an id, a seq, a host, a name.

A *finder* looks for one kind of thing. Modules of pages register theirs, each with the capability
that its results take: who has not got it never has the finder asked, so he learns nothing from it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backoffice import access, pages
from backoffice.tables import MAX_KEY, asked

MOST_OF_A_KIND = 6


class Hit(NamedTuple):
    """One result: where it leads, what it is called, and a quieter detail."""

    title: str
    description: str
    link: str
    icon: str


@dataclass(frozen=True)
class Term:
    """What was typed, as text and, where it can be one, as the number of a row (else 0)."""

    text: str
    number: int

    @classmethod
    def of(cls, typed: str) -> "Term":
        text = typed.strip().removeprefix("#").strip()
        is_number = text.isascii() and text.isdigit() and len(text) < 20
        number = int(text) if is_number else 0
        return cls(text, number if number <= MAX_KEY else 0)


Find = Callable[[HttpRequest, Term], Iterable[Hit]]


@dataclass(frozen=True)
class Finder:
    """``find`` gives hits for a term; ``title`` stands over them.

    One that ``suggests`` is asked before anything was typed as well.
    """

    title: Any
    capability: str
    find: Find
    suggests: bool = False


class Group(NamedTuple):
    title: Any
    hits: list[Hit]


@dataclass
class Finders:
    """The finders of one site, in the order in which their groups are shown."""

    registered: list[Finder] = field(default_factory=list)

    def register(self, title: Any, capability: str, find: Find, *, suggests: bool = False) -> None:
        self.registered.append(Finder(title, capability, find, suggests))

    def look(self, request: HttpRequest, typed: str) -> list[Group]:
        """What fits and may be seen, in groups; for no term what is suggested."""
        term = Term.of(typed)
        return [
            Group(finder.title, hits)
            for finder in self.registered
            if (term.text or finder.suggests)
            and access.may(request.user, finder.capability)
            and (hits := _first(request, finder.find(request, term)))
        ]


def _first(request: HttpRequest, hits: Iterable[Hit]) -> list[Hit]:
    """The first of each address, for one thing may be found in two ways; none that leads to what
    the firm does not have."""
    found = {hit.link: hit for hit in hits if not access.is_switched_off(request, hit.link)}
    return list(islice(found.values(), MOST_OF_A_KIND))


def menu_pages(site: str, menu: Any) -> Find:
    """Pages of a menu by their titles; each is seen by whoever may open it."""

    def find(request: HttpRequest, term: Term) -> Iterator[Hit]:
        for group, entries in menu:
            for entry in entries:
                if fits(term, entry.title) and access.may(request.user, entry.capability):
                    yield Hit(
                        str(entry.title), str(group), reverse(f"{site}:{entry.page}"), entry.icon
                    )

    return find


class Doing(NamedTuple):
    """Something to do that has a page of its own; ``words`` are other words people use for it."""

    title: Any
    icon: str
    page: str
    words: str = ""


def doings(site: Any, declared: Iterable[Doing]) -> Find:
    """Pages that do something, each seen by whoever has the capability that its page takes."""

    def find(request: HttpRequest, term: Term) -> Iterator[Hit]:
        needed = {page.name: page.capability for page in site.pages}
        for doing in declared:
            if fits(term, doing.title, doing.words) and access.may(
                request.user, needed[doing.page]
            ):
                yield Hit(str(doing.title), "", reverse(f"{site.name}:{doing.page}"), doing.icon)

    return find


def fits(term: Term, *texts: Any) -> bool:
    """Whether every word of the term begins a word of the texts, in any order."""
    have = " ".join(str(text) for text in texts).lower().split()
    return all(any(word.startswith(w) for word in have) for w in term.text.lower().split())


def results(request: HttpRequest) -> HttpResponse:
    """The list below the search field of the command palette."""
    term = asked(request, "s")
    return render(
        request,
        "backoffice/parts/search_results.html",
        {"groups": pages.site_of(request).find(request, term), "term": term},
    )
