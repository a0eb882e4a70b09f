"""Features of the whole comment as one running text, read in three ways: its spelling, its wording and its rhythm.

The other features weigh each part by itself. Here name, address and text share one norm, so that in a short comment the
address says most and in a long one the words. The model learns the weights of each way apart from all others and adds
their log-odds, which catches more than any of them or than all learned together (docs/models.md).
"""

import numpy as np

from app.core import kernels
from app.core.blocks import SPELLING
from app.core.comment import Comment
from app.core.emit import Emitter
from app.core.features_author import Name
from app.core.links import Link
from app.core.lists import Lists
from app.core.running import Pieces, owners_of, running
from app.core.text import Seen


def emit(out: Emitter, comment: Comment, name: Name, seen: Seen, links: tuple[Link, ...], lists: Lists) -> None:
    """Add spelling, wording and rhythm, each to the evidence that its middle stands for.

    Args:
        out: holds the evidence of words and name already.
        comment: as sent.
        name: the author's name, without disguise.
        seen: the text as a reader sees it.
        links: all links.
        lists: to find hosts that are written without a scheme.
    """
    owners = owners_of(out, comment, links)
    pieces = Pieces(comment, name, seen, links, lists)
    spelt, written = running(pieces, owners)
    index, middles = kernels.grams(spelt.text, "spelling", SPELLING, signs=True)
    out.add_running(index, spelt.owner[middles])
    index, middles = kernels.wording(written.text)
    out.add_running(index, written.owner[middles])
    index = kernels.rhythm(written.text)
    if len(index):
        out.add_running(index, np.full(len(index), out.open("shape.rhythm", "text")))
