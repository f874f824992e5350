"""However a change was made, readers of the running site see it within a second of its commit."""

import time
import urllib.request

from django.db import connection

from measures.models import Action, Measure
from measures.snapshots import editing_as

MEASURE = Measure.objects.filter(code="2020-26")


def by_update(text):
    MEASURE.update(summary_en=text)


def by_the_update_of_an_inline(text):
    Action.objects.filter(measure__code="2020-26", position=1).update(text_en=text)


def by_save(text):
    measure = MEASURE.get()
    measure.note_en = text
    measure.save()


def signed(text):
    with editing_as("editor", "as a form or an import does"):
        MEASURE.update(title_en=text)


def by_plain_sql(text):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE measures_measure SET summary_en = %s WHERE code = '2020-26'", [text])


def test_a_change_is_public_within_a_second(live_site, restored):
    def page() -> str:
        with urllib.request.urlopen(f"{live_site}/en/measures/2020-26/", timeout=10) as answer:
            return answer.read().decode()

    for change in (by_update, by_the_update_of_an_inline, by_save, signed, by_plain_sql):
        text = f"Changed {change.__name__}"
        assert text not in page()
        change(text)
        committed = time.monotonic()
        while text not in page():
            assert time.monotonic() - committed < 1, change.__name__
            time.sleep(0.02)
