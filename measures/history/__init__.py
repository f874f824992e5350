"""The versions of records as people read them: documents, differences between them, events, and going back.

A *document* is the jsonb of one `Version`: column names as keys, slugs, codes and paragraph numbers as references.
"""
