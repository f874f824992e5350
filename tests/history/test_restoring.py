"""Going back: a version restored as a new one."""

import pytest

from measures.history.kinds import MODELS
from measures.history.restoring import restore
from measures.models import Action, Measure, Version
from measures.snapshots import editing_as
from tests.admin.desk import posted, signed_in


def test_restoring_writes_a_new_version_that_says_the_same(edited):
    lin = signed_in("lin", "editor")
    first = Version.objects.of("measure", "2020-07").last()
    Action.objects.filter(measure=edited, position=2).delete()
    edited.centre_links.all().delete()
    edited.audiences.clear()
    address = f"/en/admin/measures/version/{first.pk}/restore/"
    data = posted(lin.get(address), "")
    assert data["change_note"] == ["Version 1 restored"]
    assert lin.post(address, data).status_code == 302
    latest = Version.objects.of("measure", "2020-07").first()
    assert latest.document == first.document
    assert (latest.actor, latest.note, latest.public) == ("lin", "Version 1 restored", True)


def test_restoring_is_refused_where_the_record_moved_on(edited):
    lin = signed_in("lin", "editor")
    first = Version.objects.of("measure", "2020-07").last()
    address = f"/en/admin/measures/version/{first.pk}/restore/"
    data = posted(lin.get(address), "")
    Measure.objects.filter(pk=edited.pk).update(title_en="Newest")
    response = lin.post(address, data)
    assert "The record was changed meanwhile." in response.text
    assert Version.objects.of("measure", "2020-07").first().document["title_en"] == "Newest"


def test_the_latest_change_is_undone_from_its_own_page(restored):
    lin = signed_in("lin", "editor")
    Measure.objects.filter(code="2020-07").update(title_en="Changed")
    latest, before = Version.objects.of("measure", "2020-07")
    page, address = (f"/en/admin/measures/version/{pk}" for pk in (latest.pk, before.pk))
    link = f'<a href="{address}/restore/">Undo this change</a>'
    assert link in lin.get(f"{page}/change/").text
    assert "Undo this change" not in lin.get(f"{address}/change/").text
    assert lin.post(f"{address}/restore/", posted(lin.get(f"{address}/restore/"), "")).status_code == 302
    undone = Version.objects.of("measure", "2020-07").first()
    assert (undone.number, undone.document) == (3, before.document)
    # Restoring leaves the status alone, so a mere change of status is not offered.
    Measure.objects.filter(code="2020-07").update(status="draft")
    unpublished = Version.objects.of("measure", "2020-07").first()
    assert "Undo this change" not in lin.get(f"/en/admin/measures/version/{unpublished.pk}/change/").text


def test_a_deleted_measure_is_restored_as_a_draft(restored):
    first = Version.objects.of("measure", "2020-05").get()
    Measure.objects.get(code="2020-05").delete()
    lin = signed_in("lin", "editor")
    address = f"/en/admin/measures/version/{first.pk}/restore/"
    assert lin.post(address, posted(lin.get(address), "")).status_code == 302
    latest = Version.objects.of("measure", "2020-05").first()
    assert (latest.number, latest.public) == (3, False)
    assert latest.document == first.document | {"status": "draft"}


@pytest.mark.parametrize("kind", ["plan", "category", "centre", "audience", "district"])
def test_every_kind_of_record_is_restored(restored, kind):
    first = Version.objects.filter(kind=kind).last()
    field = "short_title_en" if kind == "plan" else "name_en"
    with editing_as("lin"):
        MODELS[kind].objects.filter(slug=first.key).update(**{field: "Changed"})
    assert Version.objects.of(kind, first.key).first().document[field] == "Changed"
    with editing_as("lin", "back"):
        restore(first)
    latest = Version.objects.of(kind, first.key).first()
    assert (latest.number, latest.document) == (3, first.document)
