"""Backups: a dump, and beside it a manifest that says what a right restoration of it holds.

    futian-20261123T054200Z-v41.dump    pg_dump's custom format
    futian-20261123T054200Z-v41.json    its SHA-256, the server's version, the data version, and rows and checksum of every table

A backup counts only once it was restored into a scratch database and found equal. A restoration builds a new database, compares
it, and only then gives it the name of the old one, which it keeps under another name.

What a run that was killed left behind, the next run removes: the server holds a lock for as long as a backup or a
restoration of a database is under way, and the folder another.
"""
