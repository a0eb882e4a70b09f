"""Winnow: a self-hosted comment spam filter that says why."""
