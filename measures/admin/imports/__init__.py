"""Spreadsheets brought back: the columns of the public data, checked and shown before anything is written.

A row is found by its code and carries, in `version` and `edited`, the version that was exported. Only cells that differ from what is
saved now count; where the record moved on since the export they are refused instead of applied. All or nothing.

cells.py  the columns that can be edited, and cells as spreadsheet programs change them
files.py  the rows of an uploaded XLSX or CSV file
parts.py  columns that are read together: actions, links to centres, roles of places
rows.py   one row compared with its saved measure: changes, faults, saving it
views.py  uploading, the preview, confirming it
"""

from .views import SpreadsheetImport

__all__ = ["SpreadsheetImport"]
