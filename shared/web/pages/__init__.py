"""Pages for people: signed-in sessions, forms, and what every page has in common.

A page's route declares its action as an API route does (``paged("…")``), shows a template, and
hands forms to the same functions that the API has. It works without JavaScript where it reads or
submits; with it, it follows what happens by itself (``live``).
"""
