"""The database's functions, triggers and views are compared with the code's at every start and by /readyz."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from measures.models.live_sql import FINGERPRINT, differences

CHANGES = {
    "function measures_title_key(t text)": (
        "CREATE OR REPLACE FUNCTION measures_title_key(t text) RETURNS text LANGUAGE sql STABLE STRICT AS 'SELECT ''a''::text'"
    ),
    "trigger append_only on measures_version": "DROP TRIGGER append_only ON measures_version",
    "trigger touch on measures_measure": "ALTER TABLE measures_measure DISABLE TRIGGER touch",
    "view measures_publicversion": "ALTER VIEW measures_publicversion SET (security_barrier = false)",
    "function measures_forgotten()": "CREATE FUNCTION measures_forgotten() RETURNS int LANGUAGE sql AS 'SELECT 1'",
}


def test_the_fingerprint_is_that_of_a_migrated_database():
    output = StringIO()
    call_command("live_sql", stdout=output)
    assert output.getvalue() == FINGERPRINT.read_text(encoding="utf-8")
    call_command("live_sql", check=True)


@pytest.mark.parametrize(("name", "change"), CHANGES.items())
def test_whatever_differs_is_named(restored, client, name, change):
    with connection.cursor() as cursor:
        cursor.execute(change)
        assert differences(cursor) == [name]
    with pytest.raises(CommandError, match="was made by another state of this code"):
        call_command("live_sql", check=True)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["functions"], response.json()["differing"]) == (
        503,
        False,
        [name],
    )


def test_a_site_does_not_start_on_functions_of_another_state(restored):
    with connection.cursor() as cursor:
        cursor.execute(CHANGES["function measures_title_key(t text)"])
    host = restored.maintenance["host"].replace("/", "%2F")
    url = f"postgresql://{restored.maintenance['user']}@{host}:{restored.maintenance['port']}/{restored.name}"
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--prepare-only"],
        env=os.environ | {"DATABASE_URL": url},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "function measures_title_key(t text) are not as they should be" in done.stderr
