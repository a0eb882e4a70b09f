"""What goes over the wire: the shapes of POST /classify and its kin, with one worked example."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.comment import COMMENT_FIELDS, Comment
from app.web.sample import SAMPLE_URL

FIELD_CHARACTERS = 8_192
"""The longest of every field but the two texts, in Unicode code points; four times what browsers keep."""


CLASSIFY_EXAMPLE: dict[str, Any] = {
    "text": SAMPLE_URL,
    "author": "Royal Jackpot",
    "page_url": "https://blog.example/2026/11/private-package-feeds",
    "page_title": "Private package feeds, compared",
}

ANSWER_EXAMPLE: dict[str, Any] = {
    "id": "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA",
    "spam": True,
    "verdict": "spam",
    "score": 0.981,
    "action": "reject",
    "thresholds": {"hold": 0.35, "reject": 0.8, "discard": 0.995},
    "override": None,
    "summary": "The link's path speaks of gambling, on a host where anyone can publish.",
    "reasons": [
        {
            "code": "link.path.gambling",
            "label": "The link's path speaks of gambling, on a host where anyone can publish.",
            "weight": 4.1,
            "field": "text",
            "begin": 0,
            "end": 101,
            "evidence": SAMPLE_URL,
            "score_without": 0.44,
        }
    ],
    "links": [
        {
            "url": SAMPLE_URL,
            "host": "www.myget.org",
            "registrable_domain": "myget.org",
            "host_kind": "shared",
            "field": "text",
            "begin": 0,
            "end": 101,
            "score": 0.97,
        }
    ],
    "campaign": None,
    "degraded": [],
    "missing": ["author_url"],
    "site": "blog",
    "model": "2026-11-22.1",
    "took_ms": 0.6,
    "review_url": "https://winnow.example/review/c_01JD8ZQ4V3W5K2N7X9R1T6M0PA",
}

Words = Annotated[str | None, Field(max_length=FIELD_CHARACTERS)]
CmsId = Annotated[str | int | None, Field(union_mode="left_to_right")]


class ClassifyIn(BaseModel):
    """A comment as the CMS sends it. Only `text` or `author_url` must be there; null is missing."""

    model_config = ConfigDict(
        strict=True, extra="ignore", frozen=True, json_schema_extra={"examples": [CLASSIFY_EXAMPLE]}
    )

    text: str | None = Field(default=None, description="The comment as submitted, markup and all.")
    text_format: Literal["auto", "plain", "html", "markdown", "bbcode"] | None = Field(
        default=None, description="What the markup is; auto, the default, finds out."
    )
    author: Words = Field(default=None, description="The name the author gave.")
    author_email: Words = Field(default=None, description="The author's e-mail address.")
    author_url: Words = Field(default=None, description="The author's web site.")
    author_ip: Words = Field(default=None, description="The address the comment came from.")
    author_role: Words = Field(default=None, description="The CMS's role of the author, or several with commas.")
    user_agent: Words = Field(default=None, description="The browser's User-Agent.")
    referrer: Words = Field(default=None, description="The browser's Referer.")
    page_url: Words = Field(default=None, description="The page the comment stands under.")
    page_title: Words = Field(default=None, description="That page's title.")
    page_text: str | None = Field(default=None, description="That page's text; makes relevance measurable.")
    type: Words = Field(
        default=None,
        description="comment, reply, pingback, trackback, contact-form, ...; empty is a comment.",
    )
    language: Words = Field(default=None, description="The page's language, as a BCP 47 tag.")
    posted_at: Words = Field(default=None, description="When it was posted, RFC 3339.")
    comment_id: CmsId = Field(default=None, description="The CMS's own id of the comment.")
    parent_id: CmsId = Field(default=None, description="The CMS's id of the comment it answers.")
    honeypot: Words = Field(default=None, description="What stood in a form field people cannot see.")
    check_only: bool | None = Field(default=None, description="true: judge it and store nothing.")

    def to_comment(self) -> Comment:
        """The comment core judges: what was not sent, or null, becomes the empty string."""
        sent = self.__dict__
        values = {name: sent[name] for name in self.model_fields_set if name in _OF_COMMENT}
        for name, value in values.items():
            if value is None:
                values[name] = "auto" if name == "text_format" else ""
            elif type(value) is int:
                values[name] = str(value)
        return Comment(**values)


_OF_COMMENT = frozenset(COMMENT_FIELDS)


class BatchIn(BaseModel):
    """Comments to judge in one go; a bare array of them is taken too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comments": [CLASSIFY_EXAMPLE]}]})

    comments: list[ClassifyIn] = Field(description="At most WINNOW_MAX_BATCH_COMMENTS, by default 1,000.")


class ThresholdsOut(BaseModel):
    """Where the score turned into the action; probabilities."""

    hold: float
    reject: float
    discard: float


class OverrideOut(BaseModel):
    """The rule that decided instead of the score."""

    rule: str = Field(description="role, test, honeypot, campaign, precedent, allow, deny or observed.")
    kind: str = Field(
        description="For allow and deny, what the rule looks at; for campaign and precedent spam or ham; for "
        "observed the verdict that it would have been; else empty."
    )
    value: str = Field(
        description="The rule as the operator wrote it, the role, the id of the campaign or of the decided comment; "
        "for observed the action that it would have been."
    )


class ReasonOut(BaseModel):
    """One piece of evidence, strongest first."""

    code: str
    label: str = Field(description="A sentence for the moderator.")
    weight: float = Field(description="Change in log-odds; above 0 speaks for spam.")
    field: str = Field(description="Where it stands; empty when it is about the whole comment.")
    begin: int = Field(description="First Unicode code point of the evidence in the field as sent.")
    end: int = Field(description="One past the last code point.")
    evidence: str
    score_without: float = Field(description="The score if this evidence were not there.")


class LinkOut(BaseModel):
    """One link of the comment, whatever it was written in."""

    url: str
    host: str
    registrable_domain: str
    host_kind: str
    field: str
    begin: int
    end: int
    score: float = Field(description="How much the link alone looks like spam, 0.0 to 1.0.")


class CampaignOut(BaseModel):
    """Comments that are near-duplicates or push the same link, over pages, sites and days."""

    id: str = Field(description="The `id` of its first comment.")
    size: int = Field(
        description="Comments that came before, on all sites, or the others of a stored one; at most 1,000 are counted."
    )
    label: Literal["spam", "ham"] | None = Field(description="What a moderator called it, while that acts; else null.")


class JudgedOut(BaseModel):
    """What Winnow found, as answered and as stored."""

    id: str = Field(description="For feedback and GET /comments/{id}.")
    spam: bool = Field(description="True when the verdict is spam.")
    verdict: Literal["ham", "unsure", "spam"] = Field(description="What it is.")
    score: float = Field(description="Calibrated probability that a moderator would call it spam.")
    action: Literal["publish", "hold", "reject", "discard"] = Field(description="What to do with it.")
    thresholds: ThresholdsOut
    override: OverrideOut | None
    summary: str
    reasons: list[ReasonOut]
    links: list[LinkOut]
    campaign: CampaignOut | None = Field(description="null when the comment stands alone.")
    degraded: list[str] = Field(
        description="What went wrong on the way, e.g. `store` (not stored), `store.slow` (not yet "
        "stored), `text.sanitised` (NUL or lone surrogates were taken out), `text.truncated` "
        "(the text was too long to be looked at whole); empty when all is well."
    )
    missing: list[str] = Field(description="Fields that would have helped and were not sent.")
    site: str
    model: str
    review_url: str | None = Field(description="The comment's page for moderators; null for one that is not kept.")


class ClassifyOut(JudgedOut):
    """The whole answer about one comment."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ANSWER_EXAMPLE]})

    took_ms: float = Field(description="Milliseconds spent reading and deciding, without the write.")


class ProblemOut(BaseModel):
    """An RFC 9457 problem; never holds a piece of what was sent."""

    type: str = Field(description="A stable relative URI; GET it for the explanation.")
    title: str
    status: int
    code: str = Field(description="The last part of `type`.")
    detail: str
    errors: list[dict[str, str]] | None = Field(
        default=None, description="For fields-invalid: each `field` and what was `expected`."
    )


class BatchErrorOut(BaseModel):
    """Stands in the place of the answer about a comment that could not be judged."""

    error: ProblemOut


class BatchOut(BaseModel):
    """The answers, in the order of the comments."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"results": [ANSWER_EXAMPLE]}]})

    results: list[ClassifyOut | BatchErrorOut]


class DecisionOut(BaseModel):
    """What a person said."""

    label: Literal["spam", "ham"] | None = Field(description="null where it was taken back.")
    by: str
    at: str = Field(description="RFC 3339, UTC.")
    source: Literal["moderator", "feedback"] = Field(
        description="feedback came from the CMS and weighs on its own site only until a moderator confirms it."
    )


DECISION_EXAMPLE: dict[str, Any] = {
    "label": "spam",
    "by": "jana",
    "at": "2026-11-22T10:05:00Z",
    "source": "feedback",
}


STORED_EXAMPLE: dict[str, Any] = {
    **{name: value for name, value in ANSWER_EXAMPLE.items() if name != "took_ms"},
    "received_at": "2026-11-22T10:00:00Z",
    "comment": {name: CLASSIFY_EXAMPLE.get(name, "") for name in COMMENT_FIELDS} | {"text_format": "auto"},
    "decision": DECISION_EXAMPLE,
}


class CommentOut(JudgedOut):
    """One stored comment with what was answered and what a person said since."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [STORED_EXAMPLE]})

    received_at: str = Field(description="RFC 3339, UTC.")
    comment: dict[str, str] = Field(
        description="Every field as received; empty when it was not sent. author_ip and honeypot are never kept."
    )
    decision: DecisionOut | None
