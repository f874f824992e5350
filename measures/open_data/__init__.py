"""The records as data: tables, JSON, feeds, citations, the data package and the API.

fields.py        the fields of published records, and records made of them
column.py        a column of tables; columns.toml the list of them, columns.py reads it; records.py the records of JSON
csv_table.py, workbook.py, json_list.py   a selection in the three forms of a file
files.py         the addresses of these files
dictionary.py    the meaning of the columns; package.py the whole set as a data package; fingerprints.py its checksums
feeds.py         Atom; citations.py citations
api/             the JSON API and its description
"""
