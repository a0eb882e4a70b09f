"""What the store's tests share: real SQLite files, and records to put into them."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from app.core.comment import Comment, Thresholds
from app.core.verdict import Classification, LinkReport, Override, Reason
from app.store.database import migrate, open_engine
from app.store.records import Record
from app.store.sql import SqlStore

THRESHOLDS = Thresholds(hold=0.35, reject=0.8, discard=0.995)
LINK = LinkReport("https://a.example/casino", "a.example", "a.example", "shared", "text", 4, 28, 0.97)
CLASSIFICATION = Classification(
    score=0.1 + 0.2,  # has no short decimal form: a rounding store would show
    verdict="spam",
    action="reject",
    thresholds=THRESHOLDS,
    override=Override("deny", "host", "a.example"),
    summary="The link talks about casinos. «Ünïcödé» 🎰",
    reasons=(Reason("link.path.gambling", "Casino", 2.125, "text", 4, 28, "casino 🎰", 0.44),),
    links=(LINK, LinkReport("http://192.0.2.1/", "192.0.2.1", "", "ip", "author_url", 0, 17, 0.5)),
    degraded=("store",),
    missing=("author", "page_title"),
    model="2026-11-22.1",
)
COMMENT = Comment(text="See https://a.example/casino", author="Jana", author_email="jana@example.org")


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """A record with the given id; anything else can be given too."""

    def make(
        id: str,
        site: str = "blog",
        received_at: str = "2026-11-22T10:00:00Z",
        comment: Comment = COMMENT,
        classification: Classification = CLASSIFICATION,
    ) -> Record:
        return Record(id, site, received_at, comment, classification)

    return make


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database."""
    engine = open_engine(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sql_store(engine: Engine) -> Iterator[SqlStore]:
    """A store on disk with the site `blog`."""
    store = SqlStore(engine)
    store.add_site("blog", "k7f2m9q4x1z8", "2026-11-22T10:00:00Z")
    yield store
    store.close()
