"""The routes of the moderators' pages, in the order in which they are tried."""

from app.web.review import (
    audit,
    bulk,
    deciding,
    domains,
    export,
    item,
    models,
    moderators,
    people,
    profile,
    queue,
    setting_up,
    signing_in,
    static,
    statistics,
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
    domains,
    people,
    export,
    statistics,
    models,
    item,  # last: /review/{id} would take the others' addresses
)
