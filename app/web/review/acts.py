"""Every act as a plain sentence, for the audit."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from app.store.audit import Entry
from app.web.review.pages import N_
from app.web.review.session import Visit

_COMMENT = re.compile(r"c_[0-9A-Za-z]{1,40}")


class Told(NamedTuple):
    """How the audit speaks of an act. Both are translated where they are shown."""

    name: str
    """In the list of acts to choose from."""
    sentence: str
    """With `%(by)s`, `%(subject)s`, `%(site)s`, and the names in the act's detail."""


TOLD: dict[str, Told] = {
    "sign-in": Told(N_("Signing in"), N_("%(by)s signed in.")),
    "sign-out": Told(N_("Signing out"), N_("%(by)s signed out.")),
    "sign-out-everywhere": Told(
        N_("Signing out everywhere"), N_("%(by)s signed %(subject)s out everywhere, of %(sessions)s sessions.")
    ),
    "password": Told(N_("Passwords"), N_("%(by)s chose a new password.")),
    "profile": Told(N_("Profiles"), N_("%(by)s changed their profile.")),
    "moderator-add": Told(N_("Adding moderators"), N_("%(by)s added the moderator %(subject)s as %(role)s.")),
    "moderator-role": Told(N_("Roles"), N_("%(by)s changed the role of %(subject)s from %(from)s to %(to)s.")),
    "moderator-disable": Told(N_("Disabling moderators"), N_("%(by)s disabled the moderator %(subject)s.")),
    "moderator-enable": Told(N_("Enabling moderators"), N_("%(by)s enabled the moderator %(subject)s again.")),
    "moderator-link": Told(N_("Set-up links"), N_("%(by)s made a set-up link for %(subject)s.")),
    "decide": Told(N_("Decisions"), N_("%(by)s decided that %(subject)s is %(label)s.")),
    "decide-many": Told(N_("Decisions on several"), N_("%(by)s decided that %(comments)s comments are %(label)s.")),
    "decide-campaign": Told(
        N_("Decisions on campaigns"),
        N_("%(by)s decided that the campaign of %(subject)s is %(label)s: %(comments)s comments."),
    ),
    "report-passed": Told(
        N_("Comments of campaigns called spam after they had passed"),
        N_("%(by)s called %(comments)s comments spam that had passed, of the campaign of %(subject)s."),
    ),
    "campaign-end": Told(
        N_("Ending what a campaign's decision does"),
        N_("%(by)s ended the decision on the campaign of %(subject)s for what arrives."),
    ),
    "campaign-take-out": Told(
        N_("Taking comments out of campaigns"),
        N_("%(by)s took %(comments)s comments out of the campaign of %(subject)s."),
    ),
    "batch": Told(
        N_("Decisions on all of a search"),
        N_("%(by)s decided that all %(comments)s comments that a search found are %(label)s."),
    ),
    "agree": Told(N_("Agreeing to others' decisions"), N_("%(by)s agreed to act %(subject)s.")),
    "take-back": Told(
        N_("Taking back what somebody taught"),
        N_("%(by)s took back what %(of)s had said of %(comments)s comments from %(since)s until %(until)s."),
    ),
    "undo": Told(N_("Undoing"), N_("%(by)s took act %(act)s back.")),
    "note": Told(N_("Notes"), N_("%(by)s wrote a note on %(subject)s.")),
    "import": Told(N_("Imports"), N_("%(by)s imported %(comments)s decided comments from %(source)s.")),
    "export": Told(
        N_("Exports"), N_("%(by)s exported %(comments)s comments as %(format)s: tab %(tab)s, search %(q)s.")
    ),
    "person-export": Told(N_("Exports of a person"), N_("%(by)s exported all %(comments)s comments of a person.")),
    "person-erase": Told(
        N_("Erasures"), N_("%(by)s erased a person: %(comments)s comments, %(decisions)s decisions, %(notes)s notes.")
    ),
    "rule-add": Told(N_("Adding rules"), N_("%(by)s added the rule: %(subject)s.")),
    "rule-remove": Told(N_("Removing rules"), N_("%(by)s removed the rule: %(subject)s.")),
    "site-add": Told(N_("Adding sites"), N_("%(by)s added the site %(subject)s.")),
    "site-key": Told(N_("New keys"), N_("%(by)s gave the site %(subject)s a new key, %(hint)s….")),
    "site-thresholds": Told(
        N_("Thresholds"), N_("%(by)s changed the thresholds of %(subject)s from %(before)s to %(after)s.")
    ),
    "site-observe": Told(N_("Observing sites only"), N_("%(by)s had the site %(subject)s only observed.")),
    "site-act": Told(N_("Acting on sites again"), N_("%(by)s had Winnow act on the site %(subject)s again.")),
    "site-networks-clear": Told(
        N_("Keeping networks in clear"), N_("%(by)s had authors' networks kept in clear for %(subject)s.")
    ),
    "site-networks-hashed": Told(
        N_("Keeping networks under names"), N_("%(by)s had authors' networks kept under names for %(subject)s.")
    ),
    "site-open": Told(N_("Opening sites"), N_("%(by)s opened %(subject)s to %(network)s without a key.")),
    "site-close": Told(N_("Closing sites"), N_("%(by)s asks %(network)s for the key of %(subject)s again.")),
    "webhook-add": Told(N_("Adding webhooks"), N_("%(by)s added a webhook to %(url)s.")),
    "webhook-remove": Told(N_("Removing webhooks"), N_("%(by)s removed the webhook to %(url)s.")),
    "webhook-enable": Told(N_("Enabling webhooks"), N_("%(by)s uses the webhook to %(url)s again.")),
    "settings": Told(N_("Settings"), N_("%(by)s changed settings: %(subject)s.")),
    "purge": Told(
        N_("Comments and acts that were kept long enough"),
        N_("%(spam)s spam comments, %(ham)s others and %(acts)s acts had been kept long enough and are deleted."),
    ),
    "expire": Told(N_("Expired comments"), N_("%(count)s held comments expired, as nobody had decided them.")),
}
"""Every act of store.audit.ACTS."""
_LABELS = {"spam": N_("spam"), "ham": N_("not spam")}


class _Values(dict[str, Any]):
    """What an older version did not write down shows as a question mark, and never as an error."""

    def __missing__(self, name: str) -> str:
        return "?"


def sentence_of(visit: Visit, entry: Entry) -> Markup:
    """What was done, as HTML; everything that somebody wrote is escaped and kept in its own direction."""
    told = TOLD.get(entry.act)
    sentence = Markup(visit.say(told.sentence) if told else "%(by)s: %(act)s %(subject)s")  # noqa: S704  ours
    by = Markup("<bdi>{}</bdi>").format(entry.by) if entry.by else visit.say("The command line")
    detail = {"act": entry.act, "site": entry.site, **entry.detail}
    values = {name: _written(value) for name, value in detail.items()}
    if label := _LABELS.get(str(entry.detail.get("label"))):
        values["label"] = _written(visit.say(label))
    return sentence % _Values(values, by=by, subject=_subject(entry.subject))


def names(visit: Visit) -> Mapping[str, str]:
    """Act -> its name in the moderator's language, by alphabet of the names."""
    said = {act: visit.say(told.name) for act, told in TOLD.items()}
    return dict(sorted(said.items(), key=lambda item: item[1].casefold()))


def _subject(subject: str) -> Markup:
    if _COMMENT.fullmatch(subject):
        return Markup('<a href="/review/{}"><bdi>{}</bdi></a>').format(quote(subject), subject)
    return _written(subject)


def _written(value: object) -> Markup:
    return Markup("<bdi>{}</bdi>").format(_plain(value))


def _plain(value: object) -> str:
    """A value of an act's detail, as people read it.

    >>> _plain({"hold": {"from": 0.35, "to": 0.5}}), _plain({"hold": None}), _plain(["a", 2]), _plain(True)
    ('hold 0.35 → 0.5', '–', 'a, 2', '✓')
    """
    if isinstance(value, Mapping):
        if value.keys() == {"from", "to"}:
            return f"{_plain(value['from'])} → {_plain(value['to'])}"
        told = [f"{name} {_plain(each)}" for name, each in value.items() if each is not None]
        return ", ".join(told) or "–"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if value is None or value == "":
        return "–"
    return str(value) if not isinstance(value, bool) else "✓" if value else "✗"
