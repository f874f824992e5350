"""No lost update: the second to save sees both sides, field by field, and chooses."""

import pytest

from measures.models import Action, Category, Centre, District, Version
from tests.admin.desk import opened, posted, saved, signed_in

pytestmark = pytest.mark.usefixtures("restored")


@pytest.fixture
def begun(editor, measure):
    """The measure's form as both people opened it, before either saved."""
    return opened(editor, measure)


def differences(response):
    assert response.status_code == 409
    return {
        difference.name: (difference.saved, difference.own, difference.chosen)
        for difference in response.context["comparison"].differences
    }


def choose(client, response, **choices):
    """Answers the conflict page: what is chosen there already, and `choices` by field."""
    data = posted(response, "conflict")
    data |= {f"choice-{name.replace('__', '-')}": [side] for name, side in choices.items()}
    return client.post(response.request["PATH_INFO"], data)


def test_both_changed_one_field_and_each_another(editor, colleague, measure, begun):
    assert (
        saved(editor, measure, begun, title_en="Lin", note_en="Lin's note", change_note="why").status_code
        == 302
    )
    response = saved(colleague, measure, begun, title_en="Chen", summary_en="Chen's summary")
    assert differences(response) == {
        "title_en": ("Lin", "Chen", ""),
        "summary_en": (measure.summary_en, "Chen's summary", "own"),
        "note_en": ("Lin's note", measure.note_en, "saved"),
    }
    assert [(v.actor, v.note) for v in response.context["saved_by_others"]] == [("lin", "why")]
    assert Version.objects.latest_number("measure", "2020-07") == 2  # nothing was written
    # Without a choice for the field that both changed, nothing happens.
    assert set(differences(choose(colleague, response))) == {"title_en", "summary_en", "note_en"}
    assert choose(colleague, response, title_en="own").status_code == 302
    measure.refresh_from_db()
    assert (measure.title_en, measure.summary_en, measure.note_en) == ("Chen", "Chen's summary", "Lin's note")
    latest = Version.objects.of("measure", "2020-07").first()
    assert (latest.number, latest.actor) == (3, "chen")


def test_the_saved_side_can_be_chosen(editor, colleague, measure, begun):
    saved(editor, measure, begun, title_en="Lin", keywords_en="one\r\ntwo")
    response = saved(colleague, measure, begun, title_en="Chen", keywords_en="three")
    assert differences(response)["keywords_en"] == ("one\ntwo", "three", "")
    assert choose(colleague, response, title_en="saved", keywords_en="saved").status_code == 302
    measure.refresh_from_db()
    assert (measure.title_en, measure.keywords_en) == ("Lin", ["one", "two"])
    assert Version.objects.latest_number("measure", "2020-07") == 2  # choosing what is saved changes nothing


def test_both_changed_one_action(editor, colleague, measure, begun):
    saved(editor, measure, begun, **{"actions-2-text_en": "Lin", "actions-0-text_en": "First, Lin"})
    response = saved(
        colleague, measure, begun, **{"actions-2-text_en": "Chen", "actions-3-text_en": "Fourth, Chen"}
    )
    found = differences(response)
    assert found["actions-2-text_en"] == ("Lin", "Chen", "")
    assert found["actions-0-text_en"][2] == "saved"
    assert found["actions-3-text_en"][2] == "own"
    assert len(found) == 3
    assert choose(colleague, response, actions__2__text_en="own").status_code == 302
    texts = list(measure.actions.values_list("text_en", flat=True))
    assert [texts[index] for index in (0, 2, 3)] == ["First, Lin", "Chen", "Fourth, Chen"]


def test_both_added_an_action_and_both_stay(editor, colleague, measure, begun):
    paragraph = begun["actions-0-paragraph"]
    new = {"actions-6-text_zh": "林的措施", "actions-6-paragraph": paragraph}
    saved(editor, measure, begun, **new)
    response = saved(colleague, measure, begun, **{**new, "actions-6-text_zh": "陈的措施"})
    assert response.status_code == 409
    assert choose(colleague, response).status_code == 302
    assert list(measure.actions.values_list("position", "text_zh"))[-2:] == [(7, "林的措施"), (8, "陈的措施")]


def test_both_linked_the_same_centre(editor, colleague, measure, begun):
    centre = Centre.objects.exclude(links__measure=measure).first()
    row = {
        "centre_links-1-centre": str(centre.pk),
        "centre_links-1-basis": "text",
        "centre_links-1-reason_zh": "林",
    }
    assert saved(editor, measure, begun, **row).status_code == 302
    response = saved(colleague, measure, begun, **{**row, "centre_links-1-reason_zh": "陈"})
    assert differences(response) == {"centre_links-1-reason_zh": ("林", "陈", "")}
    assert choose(colleague, response, centre_links__1__reason_zh="own").status_code == 302
    assert measure.centre_links.get(centre=centre).reason_zh == "陈"


def test_one_deleted_the_action_that_the_other_changed(editor, colleague, measure, begun):
    saved(editor, measure, begun, **{"actions-5-DELETE": "on"})
    response = saved(colleague, measure, begun, **{"actions-5-text_en": "Chen"})
    ((name, (saved_now, own, chosen)),) = differences(response).items()
    assert (name, saved_now, chosen) == ("actions-5", "(deleted)", "")
    assert own.endswith("Chen")
    assert choose(colleague, response, actions__5="own").status_code == 302
    assert measure.actions.get(position=6).text_en == "Chen"


def test_one_changed_the_action_that_the_other_deletes(editor, colleague, measure, begun):
    saved(editor, measure, begun, **{"actions-5-text_en": "Lin"})
    response = saved(colleague, measure, begun, **{"actions-5-DELETE": "on"})
    assert [(name, side[1:]) for name, side in differences(response).items()] == [
        ("actions-5", ("(deleted)", ""))
    ]
    assert choose(colleague, response, actions__5="saved").status_code == 302
    assert measure.actions.get(position=6).text_en == "Lin"
    response = saved(colleague, measure, begun, **{"actions-5-DELETE": "on"})
    assert choose(colleague, response, actions__5="own").status_code == 302
    assert not measure.actions.filter(position=6).exists()


@pytest.mark.parametrize(
    ("model", "field"), [(Category, "name_en"), (Centre, "description_en"), (District, "note_en")]
)
def test_vocabulary_too(model, field):
    editor, colleague = signed_in("lin", "publisher"), signed_in("chen", "publisher")  # it is public
    record = model.objects.first()
    begun = opened(editor, record)
    assert saved(editor, record, begun, **{field: "Lin"}).status_code == 302
    response = saved(colleague, record, begun, **{field: "Chen"})
    assert differences(response) == {field: ("Lin", "Chen", "")}
    assert choose(colleague, response, **{field: "own"}).status_code == 302
    record.refresh_from_db()
    assert getattr(record, field) == "Chen"


def test_a_paragraph_of_the_plan_too():
    from measures.models import Plan

    editor, colleague = signed_in("lin", "publisher"), signed_in("chen", "publisher")  # it is public
    plan = Plan.objects.get()
    begun = opened(editor, plan)
    assert saved(editor, plan, begun, **{"source_paragraphs-2-opening": "林"}).status_code == 302
    response = saved(colleague, plan, begun, **{"source_paragraphs-2-opening": "陈"})
    assert differences(response) == {"source_paragraphs-2-opening": ("林", "陈", "")}


def test_a_double_submit_is_told_apart_from_a_conflict(editor, measure, begun):
    typed = {
        "title_en": "New",
        "actions-6-text_zh": "新的",
        "actions-6-paragraph": begun["actions-0-paragraph"],
    }
    assert saved(editor, measure, begun, **typed).status_code == 302
    again = saved(editor, measure, begun, **typed)
    assert again.status_code == 302
    assert Version.objects.latest_number("measure", "2020-07") == 2
    assert measure.actions.count() == 7
    messages = [str(message) for message in editor.get(again.headers["Location"]).context["messages"]]
    assert messages[-1] == "This was saved already; nothing was changed twice."


def test_a_stale_tab_of_ones_own(editor, measure, begun):
    saved(editor, measure, begun, title_en="Newer")
    assert differences(saved(editor, measure, begun, title_en="Older")) == {
        "title_en": ("Newer", "Older", "")
    }


def test_a_third_save_while_choosing_asks_again(editor, colleague, measure, begun):
    saved(editor, measure, begun, title_en="Lin")
    response = saved(colleague, measure, begun, title_en="Chen")
    saved(editor, measure, opened(editor, measure), title_en="Lin again")
    response = choose(colleague, response, title_en="own")
    assert differences(response) == {"title_en": ("Lin again", "Chen", "own")}
    assert choose(colleague, response).status_code == 302
    measure.refresh_from_db()
    assert measure.title_en == "Chen"


def test_changes_by_plain_sql_count_too(editor, measure, begun):
    Action.objects.filter(measure=measure, position=1).update(text_en="SQL")
    response = saved(editor, measure, begun, **{"actions-0-text_en": "Lin"})
    assert differences(response) == {"actions-0-text_en": ("SQL", "Lin", "")}


def test_a_form_left_open_while_a_backup_was_restored(editor, colleague, measure, restored):
    """The version that the form was opened with is lost, and another one has its number."""
    saved(editor, measure, opened(editor, measure), title_en="Lost by the restore")
    begun = opened(editor, measure)
    restored.restore()
    colleague = signed_in("chen", "editor")
    assert saved(colleague, measure, opened(colleague, measure), summary_en="Chen").status_code == 302
    assert Version.objects.latest_number("measure", "2020-07") == 2
    editor = signed_in("lin", "editor")
    response = saved(editor, measure, begun, note_en="Lin")
    assert differences(response) == {
        "title_en": (measure.title_en, "Lost by the restore", "saved"),
        "summary_en": ("Chen", measure.summary_en, "saved"),
        "note_en": (measure.note_en, "Lin", "own"),
    }
    assert [version.actor for version in response.context["saved_by_others"]] == ["chen"]
    assert choose(editor, response).status_code == 302
    measure.refresh_from_db()
    assert (measure.summary_en, measure.note_en) == ("Chen", "Lin")


def test_without_a_token_nothing_is_overwritten(editor, measure, begun):
    del begun["record_version"]
    assert differences(saved(editor, measure, begun, title_en="Lin")) == {
        "title_en": (measure.title_en, "Lin", "own")
    }


def test_what_was_typed_into_a_deleted_record_is_shown(editor, measure, begun):
    measure.parts.all().delete()
    measure.delete()
    response = saved(editor, measure, begun, title_en="Typed for nothing?")
    assert response.status_code == 409
    assert "Typed for nothing?" in response.text


def test_an_invalid_choice_comes_back_as_a_form_with_everything_typed(editor, colleague, measure, begun):
    saved(editor, measure, begun, title_en="Lin")
    response = choose(
        colleague, saved(colleague, measure, begun, title_en="Chen", title_zh=""), title_en="own"
    )
    assert response.status_code == 200
    data = posted(response, "measure_form")
    assert (data["title_en"], data["title_zh"]) == (["Chen"], [""])
    assert data["record_version"][0].startswith("2@")
    assert saved(colleague, measure, data, title_zh="新的标题").status_code == 302
