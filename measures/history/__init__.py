"""What the versions of records tell people: documents, differences between them, events, and going back.

A *document* is the jsonb of one `Version`: column names as keys, slugs, codes and paragraph numbers as references.

kinds.py        the kinds of records that have versions, and how each is found
fields.py       the fields of each kind and their order, declared once
names.py        what categories, centres, audiences and places are called
departed.py     records of the vocabulary that are no longer public
documents.py    a document as text, field by field
texts.py        two texts compared
differences.py  two documents compared
events.py       what readers are told: added, changed, withdrawn, deleted, published again
records.py      a version of a measure as the typed record that pages show
restoring.py    making a record what it was
"""
