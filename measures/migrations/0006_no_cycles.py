"""No place lies within itself and no two measures are split from each other, by way of others either: the database refuses it.

Rows are checked when they are saved; a circle that an older release let in stays until one of its rows is saved.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("measures", "0005_content")]
    # A database of an unknown state is refused by 0004 and stays as it is: nothing else is migrated before.
    run_before = [
        ("otp_totp", "0001_initial"),
        ("otp_static", "0001_initial"),
        ("django_otp_webauthn", "0001_squashed_0003_webauthncredential_hash_binary_to_hex"),
    ]

    operations = [migrations.RunSQL(SQL)]
