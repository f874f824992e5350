"""Who may do what at the staff desk: editors write, publishers also publish, administrators also delete and keep accounts."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

EDIT = ("view", "add", "change")
RECORDS = ("measure", "category", "centre", "audience", "district")
PARTS = ("action", "centrelink", "districtrole")

EDITOR = [
    *(f"measures.{do}_{model}" for model in RECORDS for do in EDIT),
    # What belongs to a measure comes and goes with the editing of it.
    *(f"measures.{do}_{model}" for model in PARTS for do in (*EDIT, "delete")),
    *(f"measures.{do}_{model}" for model in ("plan", "sourceparagraph") for do in ("view", "change")),
    "measures.add_sourceparagraph",
    "measures.view_version",
]
PUBLISHER = [*EDITOR, "measures.publish_measure"]
ADMINISTRATOR = [
    *PUBLISHER,
    *(f"measures.delete_{model}" for model in (*RECORDS, "plan", "sourceparagraph")),
    "measures.add_plan",
    *(f"auth.{do}_user" for do in (*EDIT, "delete")),
    "auth.view_group",
    # The log of sign-ins; deleting an attempt lifts a lockout.
    *(f"axes.view_{model}" for model in ("accessattempt", "accessfailurelog", "accesslog")),
    "axes.delete_accessattempt",
]
GROUPS = {"editor": EDITOR, "publisher": PUBLISHER, "administrator": ADMINISTRATOR}


def create_groups(apps, schema_editor):
    # Django creates permissions after all migrations; the groups need them now.
    for label in ("measures", "auth", "axes"):
        create_permissions(installed.get_app_config(label), verbosity=0)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    for name, permissions in GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in permissions))


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0002_memory"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]
