"""One comment: read, decide. Every door (classify, batch, others' protocols) judges through here."""

from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter
from typing import Any

from pydantic import ValidationError
from ulid import ULID

from app.core.campaign import kept, signature
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.features import look
from app.store.records import Record
from app.web import body
from app.web.problems import RefusedRequest, invalid_fields
from app.web.schemas import ClassifyIn
from app.web.wiring import Wiring

SANITISED = "text.sanitised"


def judge(wired: Wiring, site: str, comment: Comment, causes: Iterable[str] = (), client: str = "") -> Record:
    """Looks at the comment, reads the history once and decides; nothing is written.

    Args:
        wired: the store, the model and the lists.
        site: who sent it.
        comment: as sent. What the site told of its page beforehand is judged with it, and not kept with it.
        causes: join `degraded`.
        client: the door it came by and the CMS's User-Agent.
    """
    wired.clients.note(site, client)
    began = perf_counter()
    looked = look(comment, wired.lists)
    signed = signature(looked, wired.lists)
    seconds = perf_counter() - began
    history = wired.history_of(site, comment, signed)
    began = perf_counter()
    found = classify(_with_page(comment, history), history, wired.model.of(site), wired.lists, looked)
    leaves = kept(signed, looked, found, wired.lists)
    wired.metrics.judged(found.verdict, seconds + perf_counter() - began)
    degraded = tuple(dict.fromkeys((*found.degraded, *history.degraded, *causes)))
    if degraded != found.degraded:
        found = replace(found, degraded=degraded)
    return Record(f"c_{ULID()}", site, wired.now(), comment, found, client=client, signature=leaves, signed=signed)


def _with_page(comment: Comment, history: History) -> Comment:
    page = history.page
    return replace(comment, page_title=comment.page_title or page.title, page_text=page.text) if page else comment


def received(value: Any, max_characters: int, *, clean: bool = True) -> tuple[ClassifyIn, Comment, tuple[str, ...]]:
    """Parsed JSON -> what was sent, its comment, and what that adds to `degraded`.

    `clean` says that the JSON cannot hold a NUL or lone surrogate. Raises RefusedRequest: 413, 422.
    """
    changed = False
    if not clean:
        value, changed = body.sanitised(value)
    try:
        sent = ClassifyIn.model_validate(value)
    except ValidationError as error:
        raise invalid_fields(error.errors(include_url=False, include_input=False)) from None
    if not sent.text and not sent.author_url:
        raise RefusedRequest("nothing-to-judge")
    comment = sent.to_comment()
    if len(comment.text) + len(comment.page_text) > max_characters:
        raise RefusedRequest("body-too-large", f"A comment may have {max_characters} characters.")
    return sent, comment, (SANITISED,) if changed else ()
