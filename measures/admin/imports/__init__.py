"""Spreadsheets brought back: the columns of the public data, checked and shown before anything is written.

A row is found by its code and carries, in `version` and `edited`, the version that was exported. Only cells that differ from what is
saved now count; where the record moved on since the export they are refused instead of applied. All or nothing.

cells.py  the columns that come back, and what spreadsheet programs make of their cells
files.py  the rows of an uploaded XLSX or CSV file
rows.py   one row against its saved measure: what changes, what is wrong, saving it
views.py  uploading, the preview, confirming it
"""

from .views import SpreadsheetImport

__all__ = ["SpreadsheetImport"]
