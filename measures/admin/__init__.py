"""The staff desk.

base.py       one record, edited without fear: its token, its history, what the database refuses
conflicts.py  two people saved the same record: what differs, and who chooses what
measures.py   the measures and all that is edited with them
vocabulary.py plans, categories, centres, audiences, places
versions.py   the memory: who changed what, comparing, going back
readiness.py  what a measure needs before it can be published
imports/      spreadsheets brought back
accounts.py   who may come in, and who did
"""

from . import accounts, measures, versions, vocabulary

__all__ = ["accounts", "measures", "versions", "vocabulary"]
