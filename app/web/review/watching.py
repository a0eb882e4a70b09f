"""What an operator is to know of sites without asking: which of them send nothing, or nothing but ham."""

from typing import NamedTuple

from app.core.alarms import REMEDIES, SENTENCES, values
from app.web.review.session import Visit


class AlarmTold(NamedTuple):
    """An alarm in the moderator's language."""

    site: str
    sentence: str
    remedy: str


def alarms(visit: Visit, site: str | None = None) -> list[AlarmTold]:
    """Those that stand now, of one site or of all."""
    return [
        AlarmTold(name, visit.say(SENTENCES[each.kind], **values(each)), visit.say(REMEDIES[each.kind]))
        for name, each in visit.store.alarms(visit.now())
        if site in (None, name)
    ]
