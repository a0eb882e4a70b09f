"""The moderators' pages in a real browser.

A package, because only a package has an end that a fixture can be bound to: Playwright keeps an event loop running in
the process until it is stopped, and no test after it could call asyncio.run.
"""
