"""The staff desk.

base.py           one record: its token against lost updates, its history, refusals of the database
forms.py          fields, forms and rows of forms as all records have them
form_values.py    the values of a form: posted, read, typed, saved
conflicts.py      two people saved the same record: the differences and the choice between them
measures.py       the measures
measure_forms.py  the form of a measure and of all that is edited with it
readiness.py      the needs of a measure before it can be published
publishing.py     publishing and unpublishing many
preview.py        the public page of a measure that need not be public
vocabulary.py     plans, categories, centres, audiences, places
versions.py       the history: who changed what, comparing, restoring
imports/          spreadsheets brought back
accounts.py       accounts and groups
"""

from . import accounts, measures, versions, vocabulary

__all__ = ["accounts", "measures", "versions", "vocabulary"]
