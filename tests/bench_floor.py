"""The least that a FastAPI service costs: a pydantic model in, a pydantic model out. What `bench_http` compares with."""

from fastapi import FastAPI
from pydantic import BaseModel


class CommentIn(BaseModel):
    """As much of a comment as the benchmark sends."""

    text: str
    author: str = ""
    author_email: str = ""
    author_ip: str = ""
    page_url: str = ""
    page_title: str = ""


class AnswerOut(BaseModel):
    """Something as short as can be."""

    id: str
    spam: bool
    score: float


app = FastAPI()


@app.post("/classify")
async def classify(comment: CommentIn) -> AnswerOut:
    """An answer without a question."""
    return AnswerOut(id=comment.author, spam=False, score=0.5)
