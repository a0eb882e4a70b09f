"""The routes of the moderators' pages, in the order in which they are tried."""

from app.web.review import (
    audit,
    bulk,
    deciding,
    item,
    moderators,
    profile,
    queue,
    setting_up,
    signing_in,
    static,
)

REVIEW = (
    queue,
    deciding,
    static,
    signing_in,
    setting_up,
    profile,
    moderators,
    audit,
    bulk,
    item,  # last: /review/{id} would take the others' addresses
)
