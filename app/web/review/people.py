"""GET /review/people: all that is stored of somebody; taken out as a file, or erased."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.query import parse, written
from app.store.exported import held_line
from app.store.people import MAX_LATEST, Person, Seen, Story
from app.web.review import downloads, pages
from app.web.review.domains import became
from app.web.review.pages import N_
from app.web.review.session import Visit, poster, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False, tags=["review"])
PEOPLE = "/review/people"
MAX_CHARACTERS = 400
CHUNK = 200
MAX_ROWS = 20
_ASKED = ("email", "url", "author", "site", "ip", "id")
_WRONG = N_("What you typed is not the same. Nothing was erased.")
_NOBODY = N_("Nothing says whose comments are meant: an e-mail address, a website, or a name with its site.")


@router.get(PEOPLE)
def people(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """Looks somebody up by e-mail address, website, name or network; without any, asks for one."""
    asked = _asked(visit)
    person, search = _person(asked), _search(asked)
    found = Story((), False, ())
    if person:
        found = visit.store.story(parse(""), visit.now(), person)
    elif search:
        found = visit.store.story(parse(search), visit.now())
    act = whole(visit.request.query_params.get("erased", ""))
    erased = None if act is None else visit.store.audit_entry(act)
    return pages.show(
        visit,
        "people.html",
        asked=asked,
        is_person=bool(person),
        is_asked=bool(person or search),
        search=search,
        sites=[site.name for site in visit.store.sites()],
        story=found,
        total=became(found.seen),
        by_site=sorted((site, became(each)) for site, each in _by_site(found.seen).items()),
        facts=[
            (name, field, _frequent(getattr(seen, attribute) for seen in found.seen))
            for name, field, attribute in (
                (visit.say("Names"), "author:=", "author"),
                (visit.say("E-mail addresses"), "email:", "author_email"),
                (visit.say("Websites"), "", "author_url"),
                (visit.say("Networks"), "ip:", "author_network"),
                (visit.say("Pages"), "", "page_url"),
            )
        ],
        written=_written,
        latest=[(seen, "") for seen in found.seen[:MAX_LATEST]],
        erased=erased if erased is not None and erased.act == "person-erase" else None,
        is_clean=visit.request.query_params.get("clean") != "0",
    )


@router.get(f"{PEOPLE}/export")
def export(visit: Annotated[Visit, Depends(visitor("moderator"))]) -> Response:
    """Everything that is stored of a person, a comment on each line, with its decisions and notes."""
    asked = _asked(visit)
    person = _person(asked)
    if not person:
        return pages.see_other(PEOPLE)

    def chunks() -> Iterator[list[bytes]]:
        after = ""
        while found := visit.store.held(person, after, CHUNK):
            yield [downloads.json_line(held_line(each)) for each in found]
            after = found[-1].record.id

    def note(comments: int, is_whole: bool) -> None:
        detail = {"comments": comments, "whole": is_whole}
        visit.store.note_export(visit.now(), visit.moderator.name, "person-export", person.site, detail)

    return downloads.stream(chunks(), "jsonl", f"person-{visit.now()[:10]}", note)


@router.get(f"{PEOPLE}/erase")
def what_goes(visit: Annotated[Visit, Depends(visitor("admin"))]) -> Response:
    """What would go, and a form to type again by what the person is found."""
    return _erasing(visit)


@router.post(f"{PEOPLE}/erase")
def erase(visit: Annotated[Visit, Depends(poster("admin"))]) -> Response:
    """Erases, when the same was typed again; it cannot be undone."""
    asked = _asked(visit)
    person = _person(asked)
    if not person:
        return _erasing(visit, 422, wrong=visit.say(_NOBODY))
    if visit.field("again").strip().casefold() != _again(person).casefold():
        return _erasing(visit, 422, wrong=visit.say(_WRONG))
    erased = visit.store.erase(person, visit.now(), visit.moderator.name, with_rules=bool(visit.field("with_rules")))
    return pages.see_other(pages.address(PEOPLE, erased=erased.act, clean="" if erased.is_clean else "0"))


def _erasing(visit: Visit, status: int = 200, *, wrong: str = "") -> Response:
    asked = _asked(visit)
    person = _person(asked)
    if not person and not wrong:
        return pages.see_other(PEOPLE)
    return pages.show(
        visit,
        "erase.html",
        status,
        asked=asked,
        again=_again(person),
        holdings=visit.store.holdings(person),
        mentions=written("", person.email),
        wrong=wrong,
    )


def _asked(visit: Visit) -> dict[str, str]:
    query = visit.request.query_params
    return {name: (visit.field(name) or query.get(name, "")).strip()[:MAX_CHARACTERS] for name in _ASKED}


def _person(asked: dict[str, str]) -> Person:
    """Whom it is about; nobody where only a name without site, or a network, is asked for: many share those."""
    ids = tuple(asked["id"].split())
    return Person(asked["email"], asked["url"], asked["author"] if asked["site"] else "", asked["site"], ids)


def _search(asked: dict[str, str]) -> str:
    """The same in the search language, where it can be said there; the terms must all hold."""
    terms = [
        written("email", asked["email"].lower()),
        written("author", f"={asked['author']}") if asked["author"] else "",
        written("site", asked["site"]) if asked["author"] else "",
        written("ip", asked["ip"]),
    ]
    return parse(" ".join(term for term in terms if term)).text()


def _again(person: Person) -> str:
    return person.email or person.author_url or person.author or " ".join(person.ids)


def _written(field: str, value: str) -> str:
    """A term for a link to the queue; `author:=` is the whole name."""
    name, equals, _ = field.partition(":")
    return written(name, ("=" if field.endswith("=") else "") + value) if equals else ""


def _by_site(seen: Iterable[Seen]) -> dict[str, list[Seen]]:
    groups: dict[str, list[Seen]] = {}
    for each in seen:
        groups.setdefault(each.site, []).append(each)
    return groups


def _frequent(values: Iterable[str]) -> list[tuple[str, int]]:
    return Counter(value for value in values if value).most_common(MAX_ROWS)
