"""The read-only JSON API. It shows the records of the pages, narrowed by the same filter, in both languages.

endpoints.py      the addresses below /api/ and their answers
openapi.py        their OpenAPI document, made from the endpoints and the fields of their records
documentation.py  the same for the page that people read
urls.py           all of these addresses
"""
