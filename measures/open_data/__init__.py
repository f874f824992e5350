"""The records as data: tables, JSON, feeds, citations, the data package and the API."""
