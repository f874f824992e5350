"""The records as data: tables, JSON, feeds, citations, the data package and the API.

fields.py        what a field of a record is on its way out
columns.py       the columns of tables; records.py the records of JSON
csv_table.py, workbook.py, json_list.py   a selection in the three forms of a file
files.py         the addresses of these files
dictionary.py    what the columns mean; package.py the whole set as a data package; fingerprints.py its checksums
feeds.py         Atom; citations.py how to quote and cite
api/             the JSON API and its description
"""
