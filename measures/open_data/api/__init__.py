"""The read-only JSON API. It shows the records of the pages, narrowed by the same filter, in both languages."""
