"""The admin made for editors: the form, publishing, preview, simplified characters, numbers of actions."""

import pytest
from django.contrib.admin import ModelAdmin
from django.db import OperationalError
from django.db.models import Count
from django.test import Client
from psycopg.errors import DiskFull

from measures.models import Measure, Version
from tests.admin.desk import FormReader, change_address, error_texts, opened, posted, saved, signed_in

pytestmark = pytest.mark.usefixtures("restored")


def latest(record):
    return Version.objects.of("measure", record.code).first()


def test_saving_an_untouched_form_changes_nothing(editor, measure):
    before = Version.objects.count()
    response = saved(editor, measure, opened(editor, measure))
    assert response.status_code == 302, error_texts(response)
    assert Version.objects.count() == before


def test_measures_of_every_kind_can_be_saved_and_only_what_was_typed_changes(editor):
    one_of_each_basis = Measure.objects.order_by("basis", "pk").distinct("basis")
    with_rows_of_every_kind = Measure.objects.filter(
        actions__isnull=False,
        centre_links__isnull=False,
        district_roles__isnull=False,
        audiences__isnull=False,
    )
    most_rows = with_rows_of_every_kind.annotate(rows=Count("actions")).order_by("-rows", "pk").first()
    for measure in {*one_of_each_basis, most_rows}:
        before = Version.objects.count()
        response = saved(
            editor, measure, opened(editor, measure), title_en="Another title", change_note="why"
        )
        assert response.status_code == 302, error_texts(response)
        assert Version.objects.count() == before + 1
        new, old = Version.objects.of("measure", measure.code)[:2]
        assert {name for name in new.document if new.document[name] != old.document[name]} == {"title_en"}
        assert (new.actor, new.note) == ("lin", "why")


def test_the_form_follows_an_editors_thoughts(editor, measure):
    text = editor.get(f"/en/admin/measures/measure/{measure.pk}/change/").text
    in_order = [
        *("What</h2>", 'name="title_zh"', 'name="title_en"', 'name="summary_zh"', "Where it comes from</h2>"),
        *('name="paragraphs"', 'id="actions-group"', 'id="centre_links-group"', 'id="district_roles-group"'),
        *('name="audiences"', 'name="keywords_zh"', 'name="note_zh"', 'name="change_note"'),
    ]
    places = [text.index(mark) for mark in in_order]
    assert places == sorted(places)
    assert 'name="status"' not in text  # an editor does not publish
    assert 'name="number"' not in text  # and what is public keeps its number


def test_actions_swap_numbers_in_one_save(editor, measure):
    data = opened(editor, measure)
    first, second = data["actions-0-text_zh"][0], data["actions-1-text_zh"][0]
    response = saved(editor, measure, data, **{"actions-0-position": "2", "actions-1-position": "1"})
    assert response.status_code == 302, error_texts(response)
    texts = [action["text_zh"] for action in latest(measure).document["actions"]]
    assert texts[:2] == [second, first]
    assert len(texts) == 6


def test_two_actions_with_one_number_are_refused(editor, measure):
    response = saved(editor, measure, opened(editor, measure), **{"actions-0-position": "2"})
    # Django says it at the row as well.
    assert error_texts(response) == [
        "Please correct the duplicate values below.",
        "Two actions have the same number.",
    ]


def test_the_next_action_has_the_next_number_proposed(editor, measure):
    data = opened(editor, measure)
    assert data["actions-6-position"] == ["7"]
    new = {"actions-6-text_zh": "新的措施", "actions-6-paragraph": data["actions-0-paragraph"]}
    assert saved(editor, measure, data, **new).status_code == 302
    assert latest(measure).document["actions"][-1] == {
        "position": 7,
        "text_zh": "新的措施",
        "text_en": "",
        "background": False,
        "paragraph": 16,
    }


def test_deleting_and_renumbering_actions_in_one_save(editor, measure):
    data = opened(editor, measure)
    changes = {"actions-0-DELETE": "on"} | {f"actions-{row}-position": str(row) for row in range(1, 6)}
    before = latest(measure).document["actions"]
    assert saved(editor, measure, data, **changes).status_code == 302
    expected = [{**action, "position": action["position"] - 1} for action in before[1:]]
    assert latest(measure).document["actions"] == expected


def test_publishing_names_what_is_missing(publisher):
    draft = Measure.objects.create(
        plan_id=2020, category_id=1, number=90, slug="draft", title_zh="草案", basis="named"
    )
    response = saved(publisher, draft, opened(publisher, draft), status="published")
    assert error_texts(response) == [
        "This cannot be public yet. Missing: title (English), summary (Chinese), summary (English), "
        "source paragraph.",
        "This cannot be public yet. Missing: action.",
    ]
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_taking_the_last_action_from_a_public_measure_is_refused(editor, measure):
    changes = {f"actions-{row}-DELETE": "on" for row in range(6)}
    response = saved(editor, measure, opened(editor, measure), **changes)
    assert error_texts(response) == ["This cannot be public yet. Missing: action."]
    assert measure.actions.count() == 6


def test_another_plans_category_paragraph_and_parent_are_refused_in_words(editor, measure):
    from measures.models import Category, Plan, SourceParagraph

    names = ("title", "short_title", "issuer", "source", "intro", "method")
    texts = {f"{name}_{lang}": "x" for name in names for lang in ("zh", "en")}
    plan = Plan.objects.create(slug="later", year=2021, **texts)
    category = Category.objects.create(
        plan=plan, number=1, slug="later", name_zh="后", name_en="later", intro_zh="后", intro_en="later"
    )
    paragraph = SourceParagraph.objects.create(plan=plan, number=1, opening="后来")
    data = opened(editor, measure)
    response = saved(
        editor,
        measure,
        data,
        category=str(category.pk),
        paragraphs=[*data["paragraphs"], str(paragraph.pk)],
        **{"actions-0-paragraph": str(paragraph.pk)},
    )
    assert error_texts(response) == [
        "This belongs to another plan (2021).",
        "These belong to another plan: 2021 ¶1 后来…",
        "This belongs to another plan (2021).",
    ]


def test_traditional_characters_are_refused_then_converted_on_request(editor, measure):
    typed = {"title_zh": "數字貨幣試點", "actions-0-text_zh": "開展試點"}
    response = saved(editor, measure, opened(editor, measure), **typed)
    assert response.status_code == 200
    assert error_texts(response)[0].endswith("Please convert: 數 貨 幣 試 點")
    data = posted(response, "measure_form")
    assert (data["title_zh"], data["actions-0-text_zh"]) == (["數字貨幣試點"], ["開展試點"])
    response = editor.post(response.request["PATH_INFO"], {**data, "_simplify": "1"})
    assert error_texts(response) == [
        "Traditional characters were converted. Nothing is saved yet: please read the text and save."
    ]
    data = posted(response, "measure_form")
    assert (data["title_zh"], data["actions-0-text_zh"]) == (["数字货币试点"], ["开展试点"])
    assert saved(editor, measure, data).status_code == 302
    assert latest(measure).document["title_zh"] == "数字货币试点"


def test_keywords_are_lines(editor, measure):
    data = opened(editor, measure)
    assert data["keywords_zh"][0].split("\n") == measure.keywords_zh
    saved(editor, measure, data, keywords_zh="产学研\r\n\r\n  技术转移 \r\n")
    measure.refresh_from_db()
    assert measure.keywords_zh == ["产学研", "技术转移"]


def test_a_draft_is_previewed_by_staff_only_and_never_cached(editor, client):
    draft = Measure.objects.get(code="2020-07")
    Measure.objects.filter(pk=draft.pk).update(status="draft")
    address = f"/en/admin/measures/measure/{draft.pk}/preview/"
    response = editor.get(address)
    assert response.status_code == 200
    assert draft.title_en in response.text
    assert "Preview of a draft: only staff can see this page." in response.text
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].replace(" ", "").split(","))
    assert client.get(address).status_code == 302
    assert client.get("/en/measures/2020-07/").status_code == 404


def test_a_draft_that_never_was_public_is_previewed(editor):
    draft = Measure.objects.create(
        plan_id=2020, category_id=1, number=90, slug="draft", title_zh="草案", basis="named"
    )
    for language in ("", "/en"):
        response = editor.get(f"{language}/admin/measures/measure/{draft.pk}/preview/")
        assert response.status_code == 200
        assert "草案" in response.text


def test_publishing_many_asks_first_and_leaves_out_what_is_not_ready(publisher):
    Measure.objects.filter(code__in=["2020-01", "2020-02"]).update(status="draft")
    Measure.objects.filter(code="2020-02").update(summary_en="")
    chosen = [str(pk) for pk in Measure.objects.filter(number__lte=3).values_list("pk", flat=True)]
    address = "/en/admin/measures/measure/"
    response = publisher.post(address, {"action": "publish", "_selected_action": chosen})
    assert [measure.code for measure in response.context["ready"]] == ["2020-01"]
    assert [(m.code, missing) for m, missing in response.context["refused"]] == [
        ("2020-02", ["summary (English)"])
    ]
    assert Measure.objects.get(code="2020-01").status == "draft"
    done = {"action": "publish", "_selected_action": chosen, "confirmed": "Publish", "change_note": "checked"}
    assert publisher.post(address, done).status_code == 302
    statuses = dict(Measure.objects.filter(number__lte=3).values_list("code", "status"))
    assert statuses == {"2020-01": "published", "2020-02": "draft", "2020-03": "published"}
    version = Version.objects.of("measure", "2020-01").first()
    assert (version.actor, version.note, version.public) == ("zhou", "checked", True)


def test_an_editor_cannot_publish_by_any_form(editor):
    draft = Measure.objects.get(code="2020-07")
    Measure.objects.filter(pk=draft.pk).update(status="draft")
    assert saved(editor, draft, opened(editor, draft), status="published").status_code == 302
    editor.post(
        "/en/admin/measures/measure/",
        {"action": "publish", "_selected_action": [str(draft.pk)], "confirmed": "Publish"},
    )
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_new_measure_is_entered_as_a_draft_with_the_next_number(editor):
    response = editor.get("/en/admin/measures/measure/add/")
    data = posted(response, "measure_form")
    assert (data["plan"], data["number"]) == (["2020"], ["29"])
    typed = {"slug": "new", "title_zh": "新的改革", "basis": "named", "category": "1", "_save": "Save"}
    response = editor.post("/en/admin/measures/measure/add/", {**data, **typed})
    assert response.status_code == 302, error_texts(response)
    version = Version.objects.of("measure", "2020-29").get()
    assert (version.document["status"], version.public, version.actor) == ("draft", False, "lin")


def test_deleting_asks_with_what_goes_and_stays_in_the_history():
    administrator = signed_in("he", "administrator")
    measure = Measure.objects.get(code="2020-05")
    address = f"/en/admin/measures/measure/{measure.pk}/delete/"
    text = administrator.get(address).text
    assert "It stays in the history, from where it can be restored." in text
    assert text.count("<li>Action: ") == measure.actions.count()
    assert administrator.post(address, {"post": "yes"}).status_code == 302
    version = Version.objects.of("measure", "2020-05").first()
    assert (version.document, version.actor) == (None, "he")


def test_a_record_others_were_split_from_cannot_be_deleted():
    administrator = signed_in("he", "administrator")
    measure = Measure.objects.filter(parts__isnull=False).first()
    response = administrator.post(f"/en/admin/measures/measure/{measure.pk}/delete/", {"post": "yes"})
    assert response.status_code in (200, 403)
    assert Measure.objects.filter(pk=measure.pk).exists()


def test_the_desk_speaks_chinese_and_english_and_is_not_converted(editor):
    assert '<html lang="zh-hans"' in editor.get("/admin/").text
    assert '<html lang="en"' in editor.get("/en/admin/").text
    response = editor.get("/zh-hant/admin/measures/measure/?q=x")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/measures/measure/?q=x")


def test_the_list_finds_filters_and_shows_the_last_edit(editor):
    response = editor.get("/en/admin/measures/measure/?q=2020-07")
    assert [measure.code for measure in response.context["cl"].result_list] == ["2020-07"]
    response = editor.get("/en/admin/measures/measure/?basis__exact=derived")
    assert len(response.context["cl"].result_list) == 7
    assert {measure.last_edit for measure in response.context["cl"].result_list} == set(
        Version.objects.filter(kind="measure", document__basis="derived").values_list("at", flat=True)
    )


# --- What was typed when saving failed ---


class Resent(FormReader):
    def handle_starttag(self, tag, pairs):
        if tag == "form" and dict(pairs).get("method") == "post":
            pairs = [*pairs, ("id", self.form_id)]
        super().handle_starttag(tag, pairs)


TYPED = {"title_en": "Typed with <care>", "note_en": "Two\r\nlines"}


def no_space(*args, **kwargs):
    raise OperationalError("could not extend file") from DiskFull("could not extend file")


def test_a_full_disk_is_named_in_the_form_that_comes_back(monkeypatch):
    lin, measure = signed_in("lin", "publisher"), Measure.objects.get(code="2020-07")
    data = opened(lin, measure)
    with monkeypatch.context() as patch:
        patch.setattr(ModelAdmin, "log_change", no_space)
        response = saved(lin, measure, data, **TYPED)
    assert [error.partition(".")[0] for error in error_texts(response)] == ["The disk of the server is full"]
    assert Version.objects.latest_number("measure", "2020-07") == 1
    again = posted(response, "measure_form") | {"_save": ["Save"]}
    assert lin.post(change_address(measure), again).status_code == 302
    measure.refresh_from_db()
    assert (measure.title_en, measure.note_en) == ("Typed with <care>", "Two\nlines")


def test_what_was_typed_outlives_a_database_that_does_not_answer(monkeypatch):
    lin, measure = signed_in("lin", "publisher"), Measure.objects.get(code="2020-07")
    lin.raise_request_exception = False
    data = opened(lin, measure)
    with monkeypatch.context() as patch:
        patch.setattr(ModelAdmin, "changeform_view", no_space)
        response = saved(lin, measure, data, **TYPED)
    assert (response.status_code, response.headers["Cache-Control"]) == (503, "no-store")
    assert response.context["title"] == "The disk of the server is full"
    labels = {"title_en": "title (English)", "note_en": "editors’ note (English)"}
    assert set(response.context["typed"]) == {(labels[name], text) for name, text in TYPED.items()}
    assert "Typed with &lt;care&gt;</textarea>" in response.text
    form = Resent("again")
    form.feed(response.text)
    assert lin.post(change_address(measure), form.data).status_code == 302
    measure.refresh_from_db()
    assert (measure.title_en, measure.note_en) == ("Typed with <care>", "Two\nlines")


def test_what_was_typed_outlives_the_session():
    lin, measure = signed_in("lin", "publisher"), Measure.objects.get(code="2020-07")
    data = opened(lin, measure)
    lin.logout()
    response = saved(lin, measure, data, title_en="Typed too late")
    assert response.status_code == 403
    assert response.context["typed"] == [("title (English)", "Typed too late")]
    assert f'href="/en/admin/login/?next={change_address(measure)}"' in response.text
    assert Version.objects.latest_number("measure", "2020-07") == 1


def test_no_password_is_repeated(monkeypatch):
    def down(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("django.contrib.auth.authenticate", down)
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", down)
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    response = client.post("/en/admin/login/", {"username": "lin", "password": "a secret"})
    assert response.status_code == 503
    assert "a secret" not in response.text
