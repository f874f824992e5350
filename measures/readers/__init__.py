"""The choice of the server that a public request reads from, and the rules of its transaction.

`reader`, `reader_2` and so on are the servers that public pages read from, and `primary`, where they are not the writer's own,
is the writer's, which fills in for them. Django's settings of each say in PER_TRANSACTION what a public transaction runs under
(a role, timeouts). It is set inside the transaction, because a connection pooler gives each transaction another session.
"""
