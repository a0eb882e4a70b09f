"""One comment: read, decide. Every door (classify, batch, others' protocols) judges through here."""

from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter
from typing import Any

from pydantic import ValidationError
from ulid import ULID

from app.core.campaign import kept, signature
from app.core.classify import classify_measured
from app.core.comment import Comment, History
from app.core.features import look, measure
from app.core.shadow import is_canary
from app.store.records import Record
from app.web import body
from app.web.problems import RefusedRequest, invalid_fields
from app.web.schemas import ClassifyIn
from app.web.shadow import Answered
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
    judged = _with_page(comment, history)
    measured = measure(judged, wired.lists, looked)
    model, trial = wired.model, wired.trial
    if trial and trial.model.version == model.version:  # it has just been put in use
        trial = None
    by_candidate = trial is not None and is_canary(site, comment, trial.share)
    chosen = trial.model if trial and by_candidate else model
    found = classify_measured(judged, measured, history, chosen.of(site), wired.lists)
    leaves = kept(signed, looked, found, wired.lists)
    # Only what is held leaves its links behind, so that a campaign that a link leads to has been held.
    if found.action == "publish" and found.override is None and history.campaign and history.campaign.by_link:
        wired.metrics.let_through()
    wired.metrics.judged(found.verdict, seconds + perf_counter() - began)
    degraded = tuple(dict.fromkeys((*found.degraded, *history.degraded, *causes)))
    if degraded != found.degraded:
        found = replace(found, degraded=degraded)
    record = Record(f"c_{ULID()}", site, wired.now(), comment, found, client=client, signature=leaves, signed=signed)
    if trial:
        wired.shadow.offer(Answered(record, judged, measured, history, model, trial, by_candidate))
    return record


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
