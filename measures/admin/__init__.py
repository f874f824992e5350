"""The staff desk.

base.py           one record: its token against lost updates, its history, refusals of the database
pages.py          the pages beside those of Django’s admin
forms.py          fields, forms and rows of forms as all records have them
form_values.py    the values of a form: posted, read, typed, saved
conflicts.py      two people saved the same record: the differences and the choice between them
measures.py       the measures
measure_forms.py  the form of a measure and of all that is edited with it
readiness.py      the needs of a measure before it can be published
publishing.py     publishing and unpublishing many; families.py what becomes of measures split from one another
deleting.py       what goes with a record that is deleted
preview.py        the public page of a measure that need not be public
plans.py          plans; plan_publishing.py publishing one in one step
public.py         who may add and change what is public at once; numbering.py the next number within a plan
vocabulary.py     categories, centres, audiences, places, terms, synonyms
versions.py       the history: who changed what, comparing, restoring
citing.py         citations of paragraphs: complete, and never stripped
refusals.py       refusals of the database in words
waiting.py        the start page, filters by what is missing, drafts by pinyin
imports/          spreadsheets brought back
sign_in/          the second factor, sessions
accounts.py       accounts and groups
"""

from . import accounts, measures, plans, versions, vocabulary

__all__ = ["accounts", "measures", "plans", "versions", "vocabulary"]
