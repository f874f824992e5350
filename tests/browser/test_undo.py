"""Every kind of deletion undone with a real browser: deleted, found in the history, restored, with its links."""

import pytest

from measures.models import Version
from tests.admin.desk import signed_in_page
from tests.admin.test_surprises import deletable, documents

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("restored")]


def test_undo_of_every_deletion(new_page, live_site):
    page = signed_in_page(new_page(viewport={"width": 1280, "height": 900}), live_site, "he", "administrator")
    for kind, record in deletable(None).items():
        before = documents()
        key = record.code if kind == "measure" else record.slug
        page.goto(f"/en/admin/measures/{kind}/{record.pk}/delete/")
        page.fill("#change-note", "by mistake")
        page.fill("#private-note", "only for us")
        page.click('#content-main input[type="submit"], #content input[type="submit"]')
        page.wait_for_selector(".messagelist .success")
        deletion, *earlier = Version.objects.of(kind, key)
        assert (deletion.document, deletion.note, deletion.private_note) == (
            None,
            "by mistake",
            "only for us",
        )
        page.goto(f"/en/admin/measures/version/{earlier[0].pk}/change/")
        page.click("text=Restore this version")
        page.click('input[value="Restore"]')
        page.wait_for_selector(".messagelist .success")
        expected = before | (
            {(kind, key): before[kind, key] | {"status": "draft"}} if kind == "measure" else {}
        )
        assert documents() == expected, kind
