"""The only calls that Winnow makes: telling a CMS what its moderators decided.

Beside app.web, which is called: nothing here knows FastAPI, and nothing here writes SQL.
"""
