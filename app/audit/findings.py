"""What an audit found, worst first, with campaigns; read from the spool as it is needed."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

import numpy as np

from app.audit.judging import DISAGREED, FINDING
from app.audit.spool import Spool
from app.core.together import Numbers, campaigns_of

MAX_COUNTED = 100_000
"""Different names that are counted at a time; beyond it those seen once are forgotten, so that memory is bounded."""
_COUNTED_CHARACTERS = 300
_NOT_PUSHED = frozenset({"own", "identity"})

Finding = dict[str, Any]
"""The fields of a comment that are not empty, its answer, and `campaign` where it is in one."""


class Campaign(NamedTuple):
    """Comments that belong together, a finding among them."""

    number: int
    """From 1, the one with the worst finding first."""
    findings: int
    let_through: int
    """Others that the score let through, or that a moderator called no spam."""


class Year(NamedTuple):
    """One year's comments; 0 for those whose year is not known."""

    year: int
    findings: int
    comments: int


@dataclass
class Tally:
    """What findings have in common, counted while they are read."""

    domains: "Counter[str]" = field(default_factory=Counter)
    pages: "Counter[str]" = field(default_factory=Counter)
    authors: "Counter[str]" = field(default_factory=Counter)
    verdicts: "Counter[str]" = field(default_factory=Counter)
    sites: "Counter[str]" = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """One finding; each domain of its counts once."""
        links = [link for link in finding.get("links", ()) if link["host_kind"] not in _NOT_PUSHED]
        shown = {link["registrable_domain"] or link["host"] for link in links if link["field"] != "author_email"}
        self.domains.update(shown)
        self.pages.update([(finding.get("page_url") or finding.get("page_title") or "")[:_COUNTED_CHARACTERS]])
        self.authors.update([finding["author"][:_COUNTED_CHARACTERS]])
        self.verdicts.update([finding["verdict"]])
        self.sites.update([finding.get("site", "")])
        for counted in (self.domains, self.pages, self.authors):
            if len(counted) > MAX_COUNTED:
                for name in [name for name, count in counted.items() if count == 1]:
                    del counted[name]


class Findings:
    """All of them. Numbers are those of comments, in the order of the export."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._places = spool.places()
        self.comments = len(self._places)
        """That were judged."""
        kinds = self._places["kind"]
        self.disagreements = int(np.count_nonzero(kinds == DISAGREED))
        found = np.flatnonzero(kinds == FINDING)
        scores = self._places["score"][found]
        self.worst: Numbers = found[np.lexsort((found, -scores))].astype(np.uint32)
        """The numbers of the findings, worst first."""
        self._first = campaigns_of(self.comments, spool.texts(), spool.links())
        self._is_finding = kinds == FINDING
        self._sizes = np.bincount(self._first, minlength=self.comments)
        self._found = np.bincount(self._first[self.worst], minlength=self.comments)
        self._campaigns = self._numbered()

    def __len__(self) -> int:
        return len(self.worst)

    @property
    def campaigns(self) -> int:
        """Campaigns with a finding in them."""
        return len(self._campaigns)

    def all(self) -> Iterator[tuple[int, Finding]]:
        """Number and finding, worst first."""
        yield from self._read(self.worst)

    def heads(self) -> Iterator[tuple[int, Finding]]:
        """Of each campaign its worst finding, and those that stand alone; worst first."""
        firsts = self._first[self.worst]
        yield from self._read(self.worst[np.sort(np.unique(firsts, return_index=True)[1])])

    def head_count(self) -> int:
        """How many `heads` there are."""
        return int(np.count_nonzero(self._found))

    def others_of(self, number: int, most: int) -> list[Finding]:
        """Other comments of its campaign, in the order of the export; of those let through only the beginning."""
        same = np.flatnonzero(self._first == self._first[number])
        chosen = same[same != number]
        ordered = np.concatenate([chosen[self._is_finding[chosen]], chosen[~self._is_finding[chosen]]])
        return [finding for _, finding in self._read(ordered[:most].astype(np.uint32))]

    def campaign_of(self, number: int) -> Campaign | None:
        """None for a comment that stands alone."""
        return self._campaigns.get(int(self._first[number]))

    def unflagged_copies(self, least: int, most: int) -> list[tuple[int, Finding]]:
        """Near-duplicates that were all let through: how many, and the first; the largest first.

        Args:
            least: comments that such a group must have.
            most: groups at most.
        """
        groups = np.flatnonzero((self._found == 0) & (self._sizes >= least))
        largest = groups[np.argsort(-self._sizes[groups], kind="stable")][:most]
        firsts = np.array([np.flatnonzero(self._first == group)[0] for group in largest], np.uint32)
        found = self._read(firsts)
        return [(int(self._sizes[self._first[number]]), finding) for number, finding in found]

    def years(self) -> list[Year]:
        """Comments by the year in which they were posted, those without one last."""
        years, found = self._places["year"], self._places["year"][self.worst]
        told = [
            Year(int(year), int(np.count_nonzero(found == year)), int(np.count_nonzero(years == year)))
            for year in np.unique(years)
        ]
        return [each for each in told if each.year] + [each for each in told if not each.year]

    def skipped(self, most: int | None = None) -> Iterator[dict[str, str]]:
        """`where` and `why` of records that could not be judged."""
        with (self._spool.folder / "skipped.jsonl").open("rb") as file:
            for number, line in enumerate(file):
                if most is not None and number >= most:
                    return
                yield json.loads(line)

    def _numbered(self) -> dict[int, Campaign]:
        firsts = self._first[self.worst]
        ranked = firsts[np.sort(np.unique(firsts, return_index=True)[1])]
        many = ranked[self._sizes[ranked] > 1]
        found, sizes = self._found[many].tolist(), self._sizes[many].tolist()
        return {
            first: Campaign(number, findings, size - findings)
            for number, (first, findings, size) in enumerate(zip(many.tolist(), found, sizes, strict=True), 1)
        }

    def _read(self, numbers: Numbers) -> Iterator[tuple[int, Finding]]:
        with (self._spool.folder / "comments.jsonl").open("rb") as file:
            for number in numbers.tolist():
                yield number, self._one(file, number)

    def _one(self, file: IO[bytes], number: int) -> Finding:
        place = self._places[number]
        file.seek(int(place["offset"]))
        finding: Finding = json.loads(file.read(int(place["size"])))
        campaign = self._campaigns.get(int(self._first[number]))
        if campaign:
            finding["campaign"] = campaign._asdict()
        return finding
