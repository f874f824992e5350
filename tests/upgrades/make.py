"""Leaves plain-SQL dumps of a lived-in and of an unedited database in the state of this release, for every later release to upgrade in a test.

    .venv/bin/python -m tests.upgrades.make 1.0

writes `tests/upgrades/1.0.sql.gz`, and before anybody has edited anything `1.0-unedited.sql.gz`. Run it once, on the commit
that is released, and commit the files; never write them anew from another state. The story below is told in the order in which it happened: each `editing_as` is one commit.
"""

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

# What one server writes into a plain dump and another, older or newer, does not understand.
NOT_PORTABLE = ("\\restrict", "\\unrestrict", "SET transaction_timeout")
SECRET = "绝密草案 TOP-SECRET-DRAFT"
PASSWORD = "a long enough pass phrase"


def staff() -> None:
    """An account in each group and one in none, two sessions, a failed and a good signing in."""
    from axes.models import AccessAttempt, AccessLog
    from django.contrib.auth.models import User

    from tests.admin.desk import account, session_of

    for name, group in (("chen", "editor"), ("lin", "publisher"), ("wu", "administrator"), ("guest", "")):
        account(name, group, PASSWORD)
    User.objects.create_superuser("root", password=PASSWORD)
    session_of(User.objects.get(username="chen"))
    session_of(User.objects.get(username="wu"))
    AccessAttempt.objects.create(username="chen", ip_address="192.0.2.1", failures_since_start=2)
    AccessLog.objects.create(username="wu", ip_address="192.0.2.2")


def edits() -> None:
    """Changes of measures and vocabulary by different people, with notes."""
    from django.db import connection

    from measures.models import Action, Audience, Category, Centre, District, Measure, Plan, SourceParagraph
    from measures.snapshots import editing_as

    measures, audiences = Measure.objects, Audience.objects
    with editing_as("chen", "A shorter title"):
        measures.filter(code="2020-07").update(title_en="Research platforms built with universities")
    with editing_as("lin", "Renamed after the meeting"):
        Category.objects.filter(number=1).update(
            name_zh="深港融合新名称", name_en="Integration with Hong Kong, renamed"
        )
    with editing_as("lin", "One commit, three records"):
        measures.filter(code="2020-01").update(note_en="Both at once")
        Category.objects.filter(number=2).update(intro_en="An introduction written again.")
        District.objects.filter(slug="futian").update(aliases=["福田", "福田区域"])
    with editing_as("chen"):
        Centre.objects.filter(order=2).update(description_en="Described again.")
        Plan.objects.update(intro_en="Introduced again.")
    with editing_as("wu", "Two audiences change places"):
        first, second = audiences.order_by("order")[:2]
        audiences.filter(pk=first.pk).update(order=90)
        audiences.filter(pk=second.pk).update(order=first.order)
        audiences.filter(pk=first.pk).update(order=second.order)
    # Documents listed audiences in this order, so the change before shows only now.
    with editing_as("chen", "After the audiences changed places"):
        for measure in measures.filter(audiences=first)[:3]:
            measure.audiences.add(second)
    with editing_as("chen", "A place moves"):
        District.objects.filter(kind="site").update(parent=District.objects.get(slug="meicai"))
    with editing_as("wu", "A heading that is none"):
        SourceParagraph.objects.filter(number=7).update(heading=False)
    with editing_as("chen", "To be taken back"):
        Action.objects.filter(measure__code="2020-16", position=1).update(text_en="Another wording.")
    with editing_as("chen", "Taken back"):
        Action.objects.filter(measure__code="2020-16", position=1).update(
            text_en=Action.objects.get(measure__code="2020-16", position=2).text_en
        )
    with editing_as("lin", "A new audience, gone again"):
        audience = audiences.create(slug="visitors", order=91, name_zh="游客", name_en="Visitors")
        measures.get(code="2020-24").audiences.add(audience)
    with editing_as("lin"):
        audience.delete()
    with connection.cursor() as cursor:  # signed by the database account and the program's name
        cursor.execute(
            "UPDATE measures_measure SET summary_en = summary_en || ' Plain SQL.' WHERE code = '2020-20'"
        )


def lives() -> None:
    """Measures that come, go and come back."""
    from django.db import connection, transaction

    from measures.models import Category, Measure, SourceParagraph
    from measures.snapshots import editing_as

    def new(number: int, slug: str, title: str, **fields) -> Measure:
        category, paragraph = Category.objects.get(number=1), SourceParagraph.objects.get(number=8)
        measure = Measure.objects.create(
            plan_id=2020, category=category, number=number, slug=slug, title_zh=title, title_en=slug.title(),
            **{"basis": "named", **fields},
        )  # fmt: skip
        measure.paragraphs.add(paragraph)
        measure.actions.create(position=1, text_zh=title, text_en=title, paragraph=paragraph)
        return measure

    def status(code: str, status: str) -> None:
        Measure.objects.filter(code=code).update(status=status)

    def at_once() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    with editing_as("chen", "Not for the public"):
        new(29, "secret", SECRET, note_zh=SECRET)
    with editing_as("chen"):
        Measure.objects.filter(code="2020-29").update(summary_zh=SECRET)
    with editing_as("chen", "A draft under way"):
        new(30, "later-public", "后来发布的改革")
    with editing_as("lin", "Published"):
        status("2020-30", "published")
    with editing_as("lin", "Withdrawn for good"):
        status("2020-30", "draft")
    with editing_as("chen", "Secret work on what was withdrawn"):
        Measure.objects.filter(code="2020-30").update(note_zh=SECRET)
    with editing_as("wu", "Entered twice"):
        Measure.objects.get(code="2020-05").delete()
    with editing_as("lin", "To be checked"):
        status("2020-10", "draft")
    with editing_as("chen"):
        Measure.objects.filter(code="2020-10").update(title_en="Checked and written again")
    with editing_as("lin", "Checked"):
        status("2020-10", "published")
    with editing_as("lin"):
        new(31, "first-life", "第一次生命", status="published")
    with editing_as("wu"):
        Measure.objects.get(code="2020-31").delete()
    with editing_as("lin", "The number again, another measure"):
        new(31, "second-life", "第二次生命", status="published")
    with editing_as("lin", "Its parent goes"):
        status("2020-22", "draft")
    with editing_as("lin", "Two versions in one commit"):
        Measure.objects.filter(code="2020-12").update(title_en="The first of two")
        at_once()
        Measure.objects.filter(code="2020-12").update(title_en="The second of two")
    with editing_as("lin", "Published and withdrawn in one commit"):
        new(32, "for-a-moment", "片刻的改革", status="published")
        at_once()
        status("2020-32", "draft")
    with editing_as("chen", "A draft that goes"):
        new(33, "never", SECRET)
    with editing_as("chen"):
        Measure.objects.get(code="2020-33").delete()
    with transaction.atomic():  # nothing comes of what is rolled back
        Measure.objects.update(title_en="Nobody will see this")
        transaction.set_rollback(True)
    with editing_as("lin", "The last"):
        Measure.objects.filter(code="2020-07").update(note_en="Edited a second time.")


def dumped(url: str) -> bytes:
    from futian_reform.operations.embedded_postgres import programs

    command = [programs() / "pg_dump", "--format=plain", "--no-owner", "--no-acl", url]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines(
        keepends=True
    )
    return "".join(line for line in lines if not line.startswith(NOT_PORTABLE)).encode()


def write(name: str, url: str) -> None:
    target = Path(__file__).with_name(f"{name}.sql.gz")
    target.write_bytes(gzip.compress(dumped(url), mtime=0))
    sys.stderr.write(f"{target}: {target.stat().st_size:,} bytes\n")


def main(release: str) -> None:
    from benchmarks.throwaway_postgres import throwaway

    with tempfile.TemporaryDirectory() as folder, throwaway() as server:
        os.environ |= {
            "DATABASE_URL": server.url(), "FUTIAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "futian_reform.settings",
        }  # fmt: skip
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("load_content", stdout=StringIO())
        connections.close_all()
        write(f"{release}-unedited", server.url())
        staff()
        edits()
        lives()
        connections.close_all()
        write(release, server.url())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("release", help="the release whose state this is, such as 1.0")
    main(parser.parse_args().release)
