"""What goes over the wire at others' doors: Perspective's calls and Coral's External Moderation Phase.

These describe; the bodies are read leniently, for a client of somebody else's service cannot be told to change.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_TEXT: dict[str, Any] = {"text": "Win big at our casino: https://casino.example/"}
_SCORE: dict[str, Any] = {"value": 0.981, "type": "PROBABILITY"}
_SPAN: dict[str, Any] = {"begin": 0, "end": 46, "score": _SCORE}


class AnalyzeIn(BaseModel):
    """Perspective's comments:analyze."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"comment": _TEXT, "requestedAttributes": {"SPAM": {}}, "languages": ["en"], "doNotStore": True}
            ]
        }
    )

    comment: dict[str, Any] = Field(description='{"text": ...}')
    requestedAttributes: dict[str, Any] = Field(description="Any names; each gets the same score.")  # noqa: N815
    languages: list[str] | None = Field(default=None, description="Any; never a reason to refuse.")
    doNotStore: bool | None = Field(default=None, description="true: judge it and keep nothing.")  # noqa: N815
    clientToken: str | None = Field(default=None, description="Comes back as it was sent.")  # noqa: N815


class AnalyzeOut(BaseModel):
    """Perspective's answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "attributeScores": {"SPAM": {"spanScores": [_SPAN], "summaryScore": _SCORE}},
                    "languages": ["en"],
                    "detectedLanguages": ["en"],
                }
            ]
        }
    )

    attributeScores: dict[str, Any]  # noqa: N815
    languages: list[str]
    detectedLanguages: list[str]  # noqa: N815
    clientToken: str | None = None  # noqa: N815


class SuggestScoreIn(BaseModel):
    """Perspective's comments:suggestscore."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"comment": _TEXT, "attributeScores": {"SPAM": {"summaryScore": {"value": 1}}}}]
        }
    )

    comment: dict[str, Any] = Field(description='{"text": ...}')
    attributeScores: dict[str, Any] = Field(description="0 says ham, 1 says spam.")  # noqa: N815
    communityId: str | None = Field(default=None, description="Who says so.")  # noqa: N815
    clientToken: str | None = None  # noqa: N815


class SuggestScoreOut(BaseModel):
    """Perspective's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"clientToken": "comment:7"}]})

    clientToken: str | None = None  # noqa: N815


class PhaseIn(BaseModel):
    """What Coral sends to an External Moderation Phase."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "action": "NEW",
                    "comment": {"body": "<a href='https://casino.example/'>Win big</a>", "parentID": None},
                    "author": {"id": "a1", "role": "COMMENTER"},
                    "story": {"id": "s1", "url": "https://news.example/story"},
                    "site": {"id": "1"},
                    "tenantID": "t",
                    "tenantDomain": "news.example",
                }
            ]
        }
    )

    action: Literal["NEW", "EDIT"]
    comment: dict[str, Any] = Field(description="`body` as HTML or text, `parentID`.")
    author: dict[str, Any] = Field(description="`id` and `role`.")
    story: dict[str, Any] = Field(description="`id` and `url`: the page, see PUT /pages.")


class PhaseOut(BaseModel):
    """What Coral takes; an empty object is no opinion."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "REJECTED",
                    "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}],
                    "moderationAction": {
                        "status": "REJECTED",
                        "rejectionReason": {"code": "SPAM", "detailedExplanation": "The link speaks of gambling."},
                    },
                }
            ]
        }
    )

    status: Literal["REJECTED", "SYSTEM_WITHHELD"] | None = None
    actions: list[dict[str, Any]] | None = None
    moderationAction: dict[str, Any] | None = None  # noqa: N815
