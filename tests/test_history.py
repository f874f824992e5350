"""History for everyone: readable differences, permanent versions, going back, and nothing that was never public."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from measures.history import Reader, compared_texts, paired_rows
from measures.models import Action, Category, Centre, DistrictRole, Measure, Version
from measures.snapshots import editing_as
from tests.desk import posted, signed_in

SECRET = "这句话从未公开"


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (
            "设立数字货币",
            "设立数字人民币",
            [("same", "设立数字"), ("del", "货"), ("ins", "人民"), ("same", "币")],
        ),
        ("", "新", [("ins", "新")]),
        ("旧", "", [("del", "旧")]),
        ("same", "same", [("same", "same")]),
    ],
)
def test_texts_are_compared_by_character(before, after, parts):
    assert compared_texts(before, after) == parts


def test_english_is_compared_by_word():
    assert compared_texts("a pilot zone", "a test zone", "en") == [
        ("same", "a "),
        ("del", "pilot"),
        ("ins", "test"),
        ("same", " zone"),
    ]


def test_an_action_put_in_at_the_top_does_not_make_all_look_changed():
    before = [
        {"position": n, "text_zh": text, "text_en": "", "paragraph": 1} for n, text in enumerate("甲乙丙", 1)
    ]
    after = [{"position": 1, "text_zh": "新", "text_en": "", "paragraph": 1}] + [
        {**row, "position": row["position"] + 1} for row in before
    ]
    assert paired_rows("actions", before, after) == [(None, after[0]), *zip(before, after[1:], strict=True)]


@pytest.fixture
def edited(restored):
    """Measure 7 after three public edits, one of them while it was a draft; measure 90 that was never public."""
    measure = Measure.objects.get(code="2020-07")
    with editing_as("lin", "typing error"):
        Measure.objects.filter(pk=measure.pk).update(title_en="Second title")
    with editing_as("lin", "withdrawn for checking"):
        Measure.objects.filter(pk=measure.pk).update(status="draft")
    with editing_as("lin", SECRET):
        Measure.objects.filter(pk=measure.pk).update(note_zh=SECRET)
    with editing_as("lin"):
        Measure.objects.filter(pk=measure.pk).update(note_zh=measure.note_zh)
    with editing_as("zhou", "checked"):
        Measure.objects.filter(pk=measure.pk).update(status="published", title_en="Third title")
    with editing_as("lin", SECRET):
        draft = Measure.objects.create(
            plan_id=2020, category_id=1, number=90, slug="never-public", title_zh=SECRET, title_en=SECRET,
            summary_zh=SECRET, summary_en=SECRET, official_name_zh=SECRET, note_zh=SECRET, note_en=SECRET,
            basis="named", keywords_zh=[SECRET], keywords_en=[SECRET],
        )  # fmt: skip
        paragraph = Action.objects.first().paragraph
        draft.actions.create(position=1, text_zh=SECRET, text_en=SECRET, paragraph=paragraph)
        draft.paragraphs.add(paragraph)
        draft.centre_links.create(
            centre=Centre.objects.first(), basis="text", reason_zh=SECRET, reason_en=SECRET
        )
        DistrictRole.objects.create(measure=draft, district_id=1, role="pilot", note_zh=SECRET)
    return measure


def test_the_public_history_shows_what_was_public(client, edited):
    response = client.get("/en/measures/2020-07/history/")
    assert response.status_code == 200
    shown = [
        (version.number, version.withdrawn, [(change.label, change.parts) for change in version.changes])
        for version in response.context["versions"]
    ]
    title = "title (English)"
    first = Version.objects.of("measure", "2020-07").last().document["title_en"]
    assert shown == [
        (6, False, [(title, [("del", "Second"), ("ins", "Third"), ("same", " title")])]),
        (3, True, []),
        (2, False, [(title, compared_texts(first, "Second title", "en"))]),
        (1, False, []),
    ]
    for hidden in ("zhou", SECRET, "withdrawn for checking"):
        assert hidden not in response.text
    assert not re.search(r"\blin\b", response.text)
    assert "typing error" in response.text


def test_versions_have_permanent_addresses(client, edited):
    response = client.get("/en/measures/2020-07/history/2/")
    assert response.status_code == 200
    assert "This is an old version. It was followed by version 6." in response.text
    assert "Second title" in response.text
    assert "Third title" not in response.text
    assert "This is the current version." in client.get("/en/measures/2020-07/history/6/").text
    for number in (3, 4, 5, 7, 0, 99999999999999999999):  # never public, or not there
        assert client.get(f"/en/measures/2020-07/history/{number}/").status_code == 404
    assert client.get("/measures/2020-90/history/").status_code == 404
    assert client.get("/measures/2020-90/history/1/").status_code == 404


def test_the_changes_of_the_site(client, edited):
    with editing_as("lin", "a clearer name"):
        Category.objects.filter(slug="well-being").update(name_en="Well-being for all")
    response = client.get("/en/changes/")
    shown = [(version.kind, version.key, version.number) for version in response.context["versions"]][:5]
    assert shown == [
        ("category", "well-being", 2),
        ("measure", "2020-07", 6),
        ("measure", "2020-07", 3),
        ("measure", "2020-07", 2),
        ("measure", "2020-28", 1),
    ]
    assert "a clearer name" in response.text
    assert client.get("/changes/?page=2").status_code == 200
    for page in ("99", "0", "x", "-1", "99999999999"):
        assert client.get(f"/changes/?page={page}").status_code == 404


def test_a_deleted_measure_keeps_its_public_history(client, restored):
    measure = Measure.objects.get(code="2020-05")
    measure.delete()
    response = client.get("/en/measures/2020-05/history/")
    assert [version.withdrawn for version in response.context["versions"]] == [True, False]
    assert "This measure is no longer published." in response.text
    assert "This was its last public version." in client.get("/en/measures/2020-05/history/1/").text


def addresses(patterns, prefix=""):
    """Every address of the site, with a draft's keys in it where it takes one; (address, name)."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            route = (
                "" if pattern.pattern.__class__.__name__ == "LocalePrefixPattern" else str(pattern.pattern)
            )
            yield from addresses(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def filled(route: str) -> list[str]:
    """`route` with the draft's own keys, and with those of what it refers to."""
    route = re.sub(r"\(\?P<format>[^)]*\)\??|\$|\^|\\Z|/\?", "", route).replace("\\.", ".")
    keys = {
        "code": ["2020-90", "2020-07"],
        "slug": ["technology-innovation", "finance", "futian", "residents", "never-public"],
        "number": ["1", "4"],
    }
    found = [route]
    for match in re.finditer(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\)", route):
        name = match[2] or match[3]
        values = keys.get(name) or keys.get(match[1]) or ["1", "json"]
        found = [address.replace(match[0], value) for address in found for value in values]
    return found


def test_a_drafts_text_is_in_no_public_answer(edited):
    """Walks the urlconf, so that forms of the data added later are covered as well."""
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    routes = {route for route in addresses(get_resolver().url_patterns) if "admin/" not in route}
    asked = set()
    for route in routes:
        for path in filled(route):
            for language in ("", "en/", "zh-hant/"):
                asked.add(f"/{language}{path}")
    lists = {path for path in asked if re.search(r"/measures(/|\.\w+)$|changes", path)}
    asked |= {f"{path}?q={SECRET}" for path in lists} | {f"{path}?q=2020-90" for path in lists}
    asked |= {f"{path}?category=technology-innovation&district=futian&role=pilot" for path in lists}
    answered = 0
    for address in sorted(asked):
        response = client.get(address, follow=True)
        body = response.getvalue()
        for text in (SECRET, SECRET.translate(str.maketrans("这话从", "這話從")), "never-public"):
            # What was asked for may be repeated ("no result for ..."), nothing else.
            if text not in address:
                found = body.decode(errors="replace").replace("never-public/", "")
                assert text not in found or f"q={SECRET}" in address, address
        answered += response.status_code == 200
    assert answered > 60, (answered, len(asked))
    # The test would notice: once published, the text is there.
    Measure.objects.filter(number=90).update(status="published")
    assert SECRET in client.get("/measures/2020-90/").text


# --- Going back ---


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
    from measures.history import MODELS, restore

    with editing_as("lin"):
        MODELS[kind].objects.filter(slug=first.key).update(**{field: "Changed"})
    assert Version.objects.of(kind, first.key).first().document[field] == "Changed"
    with editing_as("lin", "back"):
        restore(first)
    latest = Version.objects.of(kind, first.key).first()
    assert (latest.number, latest.document) == (3, first.document)


def test_staff_see_names_compare_and_find_who_changed_what(edited):
    lin = signed_in("lin", "editor")
    text = lin.get(f"/en/admin/measures/measure/{edited.pk}/history/").text
    assert "zhou" in text
    versions = {version.number: version.pk for version in Version.objects.of("measure", "2020-07")}
    response = lin.get(f"/en/admin/measures/version/compare/?old={versions[1]}&new={versions[6]}")
    assert [change.label for change in response.context["changes"]] == ["title (English)"]
    response = lin.get("/en/admin/measures/version/?actor=zhou")
    assert [(v.key, v.number) for v in response.context["cl"].result_list] == [("2020-07", 6)]
    response = lin.get(f"/en/admin/measures/version/{versions[4]}/change/")
    assert response.context["changes"][0].label == "editors’ note (Chinese)"


def test_a_version_shows_the_whole_record():
    version = Version.objects.of("measure", "2020-01").get()
    shown = "\n".join(entry.text for entry in Reader().whole("measure", version.document))
    document = version.document
    for name in ("title_zh", "title_en", "summary_zh", "summary_en", "note_zh", "note_en", "slug"):
        assert document[name] in shown
    for row in [*document["actions"], *document["centres"], *document["districts"]]:
        for name in ("text_zh", "text_en", "reason_zh", "reason_en", "note_zh", "note_en"):
            assert row.get(name, "") in shown
