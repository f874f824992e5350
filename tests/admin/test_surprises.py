"""Nothing becomes public by surprise, nothing of what is public goes by surprise, and every deletion can be undone whole."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from measures.admin.public import ReadOnly
from measures.history.kinds import MODELS
from measures.models import (
    Action,
    Audience,
    Category,
    Centre,
    DataVersion,
    District,
    Measure,
    Plan,
    SourceParagraph,
    Synonym,
    Term,
    Version,
)
from tests import second_plan
from tests.admin.desk import change_address, error_texts, opened, posted, saved, signed_in
from tests.admin.sheets import as_csv, saved_table, upload

pytestmark = pytest.mark.usefixtures("restored")


def messages(response) -> list[str]:
    return [str(said) for said in response.context["messages"]]


# --- Notes ---


def test_every_place_that_asks_why_says_that_it_is_public(administrator):
    """One wording, and a note beside it that is not."""
    measure, plan = Measure.objects.get(code="2020-07"), Plan.objects.get()
    version = Version.objects.of("measure", "2020-07").first()
    synonym = Synonym.objects.create(word="数币", means="数字人民币")
    chosen = {"action": "unpublish", "_selected_action": [measure.pk]}
    table = saved_table()
    table["2020-07"]["note_en"] = "New"
    pages = [
        administrator.get(change_address(measure)),
        administrator.get("/en/admin/measures/measure/add/"),
        administrator.get(f"/en/admin/measures/plan/{plan.pk}/publish/"),
        administrator.get(f"/en/admin/measures/version/{version.pk}/restore/"),
        administrator.get(f"/en/admin/measures/synonym/{synonym.pk}/delete/"),
        administrator.post("/en/admin/measures/measure/", chosen),
        administrator.post(
            "/en/admin/measures/synonym/", {"action": "delete_selected", "_selected_action": [synonym.pk]}
        ),
        upload(administrator, as_csv(table)),
    ]
    for page in pages:
        assert page.text.count("Why this change? (public)") == 1
        assert 'name="private_note"' in page.text


def test_a_private_note_is_shown_to_staff_alone(editor, client):
    measure = Measure.objects.get(code="2020-07")
    saved(editor, measure, opened(editor, measure), title_en="New", change_note="Said", private_note="Secret")
    version = Version.objects.of("measure", "2020-07").first()
    assert (version.note, version.private_note) == ("Said", "Secret")
    for page in (f"version/{version.pk}/change/", f"measure/{measure.pk}/history/"):
        assert "Secret" in editor.get(f"/en/admin/measures/{page}").text
    public = client.get("/en/measures/2020-07/history/").text
    assert "Said" in public
    assert "Secret" not in public


# --- Before a save ---


def test_what_a_save_will_change_is_shown_first(editor):
    measure = Measure.objects.get(code="2020-07")
    data = opened(editor, measure)
    number = DataVersion.objects.live().number
    response = saved(editor, measure, {**data, "title_en": "Quite new"}, _show_changes="1")
    assert [(version.key, version.event) for version in response.context["public"]] == [
        ("2020-07", "changed")
    ]
    assert "<ins>Quite new</ins>" in response.text or "Quite" in response.text
    measure.refresh_from_db()
    assert measure.title_en != "Quite new"
    assert DataVersion.objects.live().number == number
    typed = posted(response, "what-changes")
    again = editor.post(change_address(measure), {**typed, "_edit": "Back"})
    assert posted(again, "measure_form")["title_en"] == ["Quite new"]
    assert error_texts(again) == ["Nothing is saved yet."]
    answer = editor.post(change_address(measure), {**typed, "_save": "Save"}, follow=True)
    assert messages(answer)
    measure.refresh_from_db()
    assert measure.title_en == "Quite new"


def test_a_draft_changes_nothing_for_readers(editor):
    second_plan.enter("draft", "draft")
    measure = Measure.objects.get(code="2021-04")
    response = saved(editor, measure, {**opened(editor, measure), "title_en": "New"}, _show_changes="1")
    assert response.context["public"] == []
    assert "Nothing changes on the public site." in response.text
    assert messages(editor.get("/en/admin/")) == []  # and nothing says that it was saved


# --- Paragraphs ---


def test_a_paragraph_that_something_cites_cannot_be_deleted(administrator):
    plan = Plan.objects.get()
    data = opened(administrator, plan)
    cited = SourceParagraph.objects.get(
        number=40
    )  # no action of the measure cites it, which would forbid it already
    Measure.objects.get(code="2020-07").paragraphs.add(cited)
    row = next(
        name
        for name, value in data.items()
        if name.startswith("source_paragraphs-") and name.endswith("-id") and value == [str(cited.pk)]
    )
    before = Version.objects.count()
    response = saved(administrator, plan, {**data, row.replace("-id", "-DELETE"): "on"})
    assert any("cannot be deleted; it is cited by: 2020-" in text for text in error_texts(response)), (
        error_texts(response)
    )
    assert Version.objects.count() == before


def test_an_action_that_cites_another_paragraph_brings_it_along(editor, client):
    measure = Measure.objects.get(code="2020-07")
    other = SourceParagraph.objects.exclude(measures=measure).get(number=40)
    data = opened(editor, measure)
    response = editor.post(
        change_address(measure), {**data, "actions-0-paragraph": str(other.pk), "_save": "Save"}, follow=True
    )
    assert any("An action cites 2020" in said for said in messages(response))
    assert other in measure.paragraphs.all()
    page = client.get("/en/measures/2020-07/").text
    link = re.search(r'href="(/en/plans/2020/source/#p40)"', page) or re.search(
        r'href="([^"]*#[^"]*40)"', page
    )
    assert link
    path, _hash, fragment = link[1].partition("#")
    assert f'id="{fragment}"' in (client.get(path).text if path else page)


# --- Undo ---


def delete(client, record):
    kind = record._meta.model_name
    address = f"/en/admin/measures/{kind}/{record.pk}/delete/"
    page = client.get(address)
    assert client.post(address, posted(page, "") | {"change_note": "by mistake"}).status_code == 302
    return page


def restored_again(client, kind: str, key: str):
    version = next(version for version in Version.objects.of(kind, key) if version.document)
    address = f"/en/admin/measures/version/{version.pk}/restore/"
    page = client.get(address)
    return page, client.post(address, posted(page, ""), follow=True)


def documents() -> dict:
    found = {}
    for version in Version.objects.order_by("id"):
        found[version.kind, version.key] = version.document
    return found


def deletable(administrator) -> dict:
    """Of each kind a record that nothing forbids to delete."""
    glossary = {"name_zh": "词", "name_en": "Term", "gloss_zh": "义", "gloss_en": "Gloss"}
    term = Term.objects.create(plan_id=2020, slug="t", **glossary)
    measure = Measure.objects.get(code="2020-05")
    term.measures.add(measure, Measure.objects.get(code="2020-07"))
    texts = {
        f"{name}_{lang}": "新"
        for name in ("name", "short", "epithet", "description")
        for lang in ("zh", "en")
    }
    category = Category.objects.create(
        plan_id=2020, number=9, slug="new", name_zh="新", name_en="New", intro_zh="新", intro_en="New"
    )
    category.paragraphs.set(SourceParagraph.objects.filter(number__in=(3, 4)))
    names = ("title", "short_title", "issuer", "source", "intro", "method")
    plan = Plan.objects.create(
        slug="2019", year=2019, **{f"{name}_{lang}": "新" for name in names for lang in ("zh", "en")}
    )
    SourceParagraph.objects.create(plan=plan, number=1, opening="开头")
    return {
        "plan": plan,
        "category": category,
        "audience": Audience.objects.filter(measures__isnull=False).first(),
        "centre": Centre.objects.create(slug="new", order=9, **texts),
        "district": District.objects.create(
            slug="new", kind="area", name_zh="新", name_en="New", pinyin="xin"
        ),
        "measure": measure,
        "term": term,
        "synonym": Synonym.objects.create(word="数币", means="数字人民币"),
    }


@pytest.mark.parametrize("kind", MODELS)
def test_every_deletion_can_be_undone_whole(administrator, kind):
    record = deletable(administrator)[kind]
    before = documents()
    key = record.code if kind == "measure" else record.slug
    linked = {"audience": "measures", "measure": "terms"}.get(kind)
    with override("en"):
        linked = [escape(one) for one in getattr(record, linked).all()] if linked else []
    page = delete(administrator, record)
    losing = page.text.partition("These lose their link to it.")[2]
    assert [one for one in linked if f"<li>{one}</li>" not in losing] == []
    assert not re.search("关系|relationship|object \\(", page.text)
    assert documents() != before
    _page, answer = restored_again(administrator, kind, key)
    expected = dict(before)
    if kind == "measure":
        expected[kind, key] = before[kind, key] | {"status": "draft"}
        assert f"{key} is entered again as version 1 had it, as a draft." in messages(answer)
    assert documents() == expected
    if linked:
        assert any(said.startswith("The link to it is back in: ") for said in messages(answer))


def test_no_page_before_a_deletion_names_what_only_the_code_knows():
    """Superusers also see groups and accounts there."""
    User.objects.create_superuser("root", password=None)
    root, tried = signed_in("root"), set()
    for model, records in admin.site._registry.items():
        options = model._meta
        for record in model.objects.all()[:3]:
            address = reverse(f"admin:{options.app_label}_{options.model_name}_delete", args=[record.pk])
            page = root.get(address).text
            if "post" in page and not isinstance(records, ReadOnly):
                tried.add(options.model_name)
                assert not re.search(r"关系|relationship|object \(|objects? \(", page), address
    assert tried >= {"group", "user", "measure", "plan"}


def test_several_records_are_deleted_with_the_same_question(administrator):
    """What they are linked from is named, the notes are kept, and each can be undone."""
    before = documents()
    chosen = list(Audience.objects.filter(measures__isnull=False).distinct()[:2])
    question = {"action": "delete_selected", "_selected_action": [record.pk for record in chosen]}
    page = administrator.post("/en/admin/measures/audience/", question)
    with override("en"):
        for record in chosen:
            for linked in record.measures.all():
                assert f"<li>{escape(linked)}</li>" in page.text
    notes = {"change_note": "by mistake", "private_note": "only for us"}
    assert administrator.post("/en/admin/measures/audience/", posted(page, "") | notes).status_code == 302
    for record in chosen:
        deletion = Version.objects.of("audience", record.slug).first()
        assert (deletion.document, deletion.note, deletion.private_note) == (
            None,
            "by mistake",
            "only for us",
        )
        restored_again(administrator, "audience", record.slug)
    assert documents() == before


@pytest.mark.parametrize("kind", ["audience", "measure"])
def test_a_link_that_was_taken_away_before_the_deletion_stays_away(administrator, kind):
    """Even by the same hand, a moment before."""
    record = deletable(administrator)[kind]
    if kind == "audience":
        linking, taken = list(record.measures.all()), record.measures.first()
        field, key = "audiences", record.slug
    else:
        linking = [*record.terms.all(), *Term.objects.exclude(measures=record)[:1]]
        linking[-1].measures.add(record)
        field, key, taken = "measures", record.code, linking[-1]
    data = opened(administrator, taken)
    kept = [pk for pk in data[field] if pk != str(record.pk)]
    assert saved(administrator, taken, {**data, field: kept, "change_note": "by mistake"}).status_code == 302
    delete(administrator, record)
    restored_again(administrator, kind, key)
    restored = MODELS[kind].objects.get(slug=record.slug)
    assert set((restored.measures if kind == "audience" else restored.terms).all()) == set(linking) - {taken}


def test_what_has_links_of_its_own_is_not_deleted(administrator):
    for record in (Centre.objects.first(), District.objects.get(slug="futian")):
        page = administrator.get(f"/en/admin/measures/{record._meta.model_name}/{record.pk}/delete/")
        assert "protected" in page.text
        assert 'name="post"' not in page.text


def test_a_new_version_is_only_announced_where_there_is_one(editor):
    _page, answer = restored_again(editor, "measure", "2020-07")
    assert messages(answer) == ["Nothing changed: 2020-07 says what version 1 said."]
    assert Version.objects.of("measure", "2020-07").count() == 1


# --- Circles ---


def test_no_place_lies_within_itself_by_way_of_another(administrator):
    outer, inner = (
        District.objects.create(slug=slug, kind="area", name_zh="甲", name_en=slug, pinyin="jia")
        for slug in ("outer", "inner")
    )
    District.objects.filter(pk=inner.pk).update(parent=outer)
    response = saved(administrator, outer, opened(administrator, outer), parent=str(inner.pk))
    assert error_texts(response) == ["A place cannot lie within itself, by way of others either."]
    with pytest.raises(IntegrityError):
        District.objects.filter(pk=outer.pk).update(parent=inner)


def test_no_two_measures_are_split_from_each_other(editor):
    first, second = (Measure.objects.get(code=code) for code in ("2020-05", "2020-07"))
    Measure.objects.filter(pk=first.pk).update(parent=second, basis="derived")
    response = saved(editor, second, opened(editor, second), parent=str(first.pk), basis="derived")
    assert error_texts(response) == ["Two measures cannot be split from each other."]
    row = {"code": "2020-07", "version": "1", "basis": "derived", "parent": "2020-05"}
    (fault,) = upload(editor, as_csv({"2020-07": row})).context["faults"]
    assert fault[3] == "Two measures cannot be split from each other."


def test_actions_of_all_shipped_measures_cite_what_the_measure_lists():
    for action in Action.objects.select_related("measure"):
        assert action.measure.paragraphs.filter(pk=action.paragraph_id).exists(), action
