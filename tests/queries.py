"""What a request asked of the database, without the statements that open and end its snapshot."""

from django.test.utils import CaptureQueriesContext

# What sets the transaction's limits, and what now and then looks at the rights of the connection.
OF_THE_SNAPSHOT = (
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SELECT set_config('transaction_read_only'",
    "SELECT set_config('statement_timeout'",
    "WITH could_be AS",
)


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if not query["sql"].lstrip().startswith(OF_THE_SNAPSHOT)]
