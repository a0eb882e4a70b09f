"""What goes over the wire about decisions and pages: POST /feedback, GET /decisions, PUT /pages."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.web.schemas import (
    ANSWER_EXAMPLE,
    CLASSIFY_EXAMPLE,
    DECISION_EXAMPLE,
    FIELD_CHARACTERS,
    ClassifyIn,
    CmsId,
    DecisionOut,
    Words,
)


class FeedbackIn(BaseModel):
    """A person's word on one comment, named in one of three ways."""

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        frozen=True,
        json_schema_extra={"examples": [{"id": ANSWER_EXAMPLE["id"], "label": "spam", "by": "jana"}]},
    )

    id: Words = Field(default=None, description="Our id, from the answer of /classify.")
    comment_id: CmsId = Field(default=None, description="The CMS's own id, as it was sent to /classify.")
    comment: ClassifyIn | None = Field(default=None, description="The comment itself, if neither id is known.")
    label: Literal["spam", "ham"] | None = Field(description="null takes back what was said before.")
    by: Words = Field(default=None, description="Who says so; `cms` when it is not told.")

    @model_validator(mode="after")
    def _names_a_comment(self) -> Self:
        if self.id is None and self.comment_id is None and self.comment is None:
            raise PydanticCustomError("no_comment", "one of `id`, `comment_id` and `comment`")
        return self


class FeedbackOut(BaseModel):
    """The decision that stands now."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"id": ANSWER_EXAMPLE["id"], "decision": DECISION_EXAMPLE}]}
    )

    id: str = Field(description="Our id of the comment.")
    decision: DecisionOut


_DECIDED_EXAMPLE: dict[str, Any] = {"id": ANSWER_EXAMPLE["id"], "comment_id": "1207", **DECISION_EXAMPLE}


class DecidedOut(DecisionOut):
    """A decision and the comment it is about."""

    id: str
    comment_id: str = Field(description="The CMS's own id; empty when it sent none.")


class DecisionsOut(BaseModel):
    """Decisions, oldest first."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"decisions": [_DECIDED_EXAMPLE], "next": 41}]}
    )

    decisions: list[DecidedOut]
    next: int = Field(description="The cursor to ask with next time.")


class PageIn(BaseModel):
    """A page's title and text, told beforehand."""

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"url": CLASSIFY_EXAMPLE["page_url"], "title": CLASSIFY_EXAMPLE["page_title"], "text": "Feeds are ..."}
            ]
        },
    )

    url: Annotated[str, Field(max_length=FIELD_CHARACTERS)] = Field(description="Its address, http or https.")
    title: Words = Field(default=None, description="Its title.")
    text: str | None = Field(default=None, description="Its text, without markup.")


class PageOut(BaseModel):
    """What is kept of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "blog.example/2026/11/private-package-feeds", "characters": 5120}]},
    )

    url: str = Field(description="What comments' `page_url` is compared with: no scheme, `www.` or fragment.")
    characters: int = Field(description="Of title and text, after cutting.")
