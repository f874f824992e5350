"""The versions of records as people read them: documents, differences between them, events, and going back.

A *document* is the jsonb of one `Version`: column names as keys, slugs, codes and paragraph numbers as references.

kinds.py        the kinds of records that have versions, and how each is found
fields.py       the fields of each kind and their order, declared once
names.py        the names of categories, centres, audiences and places
documents.py    a document as text, field by field
texts.py        two texts compared
differences.py  two documents compared
events.py       added, changed, withdrawn, deleted, published again, as readers are told
changes.py      the events between two moments
records.py      a version of a measure as the typed record that pages show
restoring.py    giving a record back the content of an old version
"""
