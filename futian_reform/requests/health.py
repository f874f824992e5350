"""Two health checks: that this process answers, and that the site can do its work."""

import time

from django.apps import apps
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse

from measures.snapshots import current_version, public_snapshot

ADDRESSES = ("/healthz", "/readyz")


def process(request):
    """Answers without a database: a process that answers need not be restarted."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def site(request):
    """200 where database, migrations and content are as the code needs them, otherwise 503; with the replica's lag."""
    checks = {"database": False, "migrations": False, "content": False}
    try:
        reader = connections["reader"]
        executor = MigrationExecutor(reader)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        with public_snapshot() as version:
            checks["content"] = apps.get_model("measures", "SearchRow").objects.present().exists()
            checks["data_version"] = version.number
        checks |= replica(reader)
    except Error as error:
        checks["error"] = type(error).__name__
    ready = all(checks[name] for name in ("database", "migrations", "content"))
    return JsonResponse(checks, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def replica(reader) -> dict:
    """The lag of a streaming replica: seconds since the last replayed commit, and data versions."""
    with reader.cursor() as cursor:
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
    own = current_version()
    behind = primary.number - own.number
    lag = max(0.0, time.time() - primary.at.timestamp()) if behind > 0 else 0.0
    return {"replica": {"primary": True, "versions_behind": behind, "lag_seconds": round(lag, 3)}}
