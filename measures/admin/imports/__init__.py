"""Spreadsheets brought back: the columns of the public data, checked and shown before anything is written.

A measure is found by its code and carries, in `version` and `edited`, the version that was exported. Only cells that differ from
what is saved now count; where the record moved on since the export they are refused instead of applied. A new code enters a
measure as a draft; sheets for plans, paragraphs and categories enter those. All or nothing, and nothing is deleted by absence.

The preview applies the file in a transaction, reads the documents that the database made of it, and takes it back. Confirming
applies the same cells and writes nothing unless the documents become what was shown.

reader.py    a program of its own that reads office files within limits
files.py     the sheets of an uploaded file, and why one is not read
cells.py     the columns that can be edited, and cells as spreadsheet programs change them
parts.py     columns that are read together: actions, links to centres, roles of places
rows.py      a row and its measure: changes, faults, saving it
plans.py     rows of new plans, paragraphs and categories
run.py       all of a file: applied, and what became of it
template.py  an empty workbook for a whole plan
views.py     uploading, the preview, confirming it
"""

from .views import SpreadsheetImport

__all__ = ["SpreadsheetImport"]
