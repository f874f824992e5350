"""Two health checks: that this process answers, and that the site can do its work."""

import time

from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse

from measures.models import SearchRow
from measures.models.live_sql import differences
from measures.readers.choice import readers
from measures.readers.reader import Reader
from measures.snapshots import current_version, public_snapshot

ADDRESSES = ("/healthz", "/readyz")


def process(request):
    """Answers without a database: a process that answers need not be restarted."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def site(request):
    """200 where database, migrations, functions and content are as the code needs them, otherwise 503; and how each reader is."""
    checks = {"database": False, "migrations": False, "functions": False, "content": False}
    try:
        with public_snapshot() as version:
            checks["database"] = True
            executor = MigrationExecutor(connections["reader"])
            checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
            with connections["reader"].cursor() as cursor:
                found = differences(cursor)
            checks["functions"] = not found
            if found:
                checks["differing"] = found
            checks["content"] = SearchRow.objects.present().exists()
            checks["data_version"] = version.number
        checks["readers"] = {reader.name: state(reader) for reader in readers().all}
        replicas = [reader["replica"] for reader in checks["readers"].values() if "replica" in reader]
        if len(replicas) == 1:
            checks["replica"] = replicas[0]
    except Error as error:
        checks["error"] = type(error).__name__
    ready = all(checks[name] for name in ("database", "migrations", "functions", "content"))
    return JsonResponse(checks, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def state(reader: Reader) -> dict:
    """Whether a reader answers, with which data version, and as a streaming replica how far it is behind."""
    if reader.is_resting:  # it was asked just now, and who asks again may have to wait
        return {"answers": False, "reason": reader.reason or "Silent"}
    try:
        snapshot = reader.open()
        try:
            return {"answers": True, "data_version": snapshot.version.number, **replica(snapshot)}
        finally:
            snapshot.end()
    except Error as error:
        return {"answers": False, "reason": type(error).__name__}


def replica(snapshot) -> dict:
    """How far a streaming replica is behind: in seconds since the last replayed commit, and in data versions."""
    with connections["reader"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery(), extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8"
        )
        is_replica, seconds = cursor.fetchone()
    if not is_replica:
        return {}
    try:
        primary = current_version("default")
    except Error:  # the replica serves on alone
        return {"replica": {"primary": False, "seconds_since_last_commit": seconds}}
    behind = primary.number - snapshot.version.number
    lag = max(0.0, time.time() - primary.at.timestamp()) if behind > 0 else 0.0
    return {"replica": {"primary": True, "versions_behind": behind, "lag_seconds": round(lag, 3)}}
