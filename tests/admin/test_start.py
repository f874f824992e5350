"""At home on the desk: what waits, filters, drafts by pinyin, complete Chinese, no long lists of boxes."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from measures.models import Action, Category, Measure, Term
from tests import second_plan
from tests.admin.desk import change_address, opened, posted, saved, signed_in

pytestmark = pytest.mark.usefixtures("restored")
LIST = "/en/admin/measures/measure/"


def codes(response) -> list[str]:
    return sorted(measure.code for measure in response.context["cl"].result_list)


def test_the_start_page_says_what_waits_and_leads_there(editor):
    assert "Nothing." in editor.get("/en/admin/").text
    second_plan.enter("draft", "draft")
    Action.objects.filter(measure__code="2020-07").update(text_en="")
    Measure.objects.get(code="2020-05").paragraphs.clear()
    Term.objects.filter(pk=Term.objects.first().pk).update(gloss_en="")
    page = editor.get("/en/admin/").text
    section = page[page.index('id="waiting"') : page.index("</section>")]
    found = {
        label: (address, int(count))
        for address, label, count in re.findall(r'<a href="([^"]*)">([^<]*)</a>: (\d+)', section)
    }
    assert {label: count for label, (_address, count) in found.items()} == {
        "Drafts of measures": 9,
        "Measures whose English is incomplete": 1,
        "Measures without a source paragraph": 1,
        "Terms without an explanation": 1,
        "Plans that are drafts": 1,
    }
    for label, (address, count) in found.items():
        if label != "Plans that are drafts":
            assert editor.get(address).context["cl"].result_count == count, label


def test_a_conflict_waits_until_it_is_decided(editor, colleague, measure):
    """For whoever met it, and for nobody else."""
    begun = opened(editor, measure)
    saved(editor, measure, begun, title_en="Lin")
    conflict = saved(colleague, measure, begun, title_en="Chen")
    assert conflict.status_code == 409
    entry = f'<a href="{change_address(measure)}">A conflict in which you have not chosen yet: 2020-07 '
    assert entry in colleague.get("/en/admin/").text
    assert entry not in editor.get("/en/admin/").text
    chosen = posted(conflict, "conflict") | {"choice-title_en": "own"}
    shown = colleague.post(change_address(measure), {**chosen, "_show_changes": "1"})
    assert entry in colleague.get("/en/admin/").text, shown.context["title"]
    assert colleague.post(change_address(measure), chosen).status_code == 302
    assert entry not in colleague.get("/en/admin/").text
    assert "Nothing." in colleague.get("/en/admin/").text
    saved(colleague, measure, begun, title_en="Another")
    assert entry in colleague.get("/en/admin/").text
    given_up = re.search(
        r'class="closelink" href="([^"]*)"', saved(colleague, measure, begun, title_en="Another").text
    )[1]
    assert colleague.get(given_up).status_code == 200
    assert entry not in colleague.get("/en/admin/").text


def test_filters_by_plan_and_by_what_is_missing(editor):
    second_plan.enter("draft", "draft")
    page = editor.get(LIST).text
    address = re.search(r'href="(\?plan__[a-z_]+=2021)"', page)[1]
    assert codes(editor.get(LIST + address)) == [f"2021-{number:02}" for number in range(1, 10)]
    Action.objects.filter(measure__code="2020-07", position=2).update(text_en="")
    Measure.objects.filter(code="2020-09").update(title_en="", status="draft")
    assert codes(editor.get(f"{LIST}?missing=english")) == ["2020-07", "2020-09"]
    without = set(Measure.objects.filter(centre_links__isnull=True).values_list("code", flat=True))
    assert set(codes(editor.get(f"{LIST}?missing=centre"))) == without
    for kind in ("paragraph", "action", "audience", "no-such-kind"):
        assert editor.get(f"{LIST}?missing={kind}").status_code == 200


@pytest.mark.parametrize("typed", ["yinhang", "yin hang", "yh", "YinHang", "银行", "bank"])
def test_drafts_are_found_by_pinyin(editor, typed):
    category = Category.objects.first()
    Measure.objects.create(
        plan_id=2020,
        number=77,
        slug="x",
        title_zh="新设银行网点",
        title_en="New bank",
        category=category,
        basis="named",
    )
    assert "2020-77" in codes(editor.get(LIST, {"q": typed}))
    assert "2020-77" not in codes(editor.get(LIST, {"q": "xingwang"}))
    assert "pinyin of their titles" in editor.get(LIST).text


def test_the_form_of_a_term_does_not_list_all_measures(editor):
    publisher = signed_in("zhou", "publisher")
    term = Term.objects.filter(measures__isnull=False).first()
    page = publisher.get(f"/en/admin/measures/term/{term.pk}/change/").text
    assert 'type="checkbox" name="measures"' not in page
    assert "admin-autocomplete" in page
    linked = set(term.measures.all())
    assert saved(publisher, term, opened(publisher, term), name_en="Another").status_code == 302
    assert set(term.measures.all()) == linked


# English on Chinese pages that is no text of ours: names of files and of formats, addresses, code.
ALLOWED = {
    "Futian",
    "XLSX",
    "CSV",
    "ODS",
    "HTTP",
    "GET",
    "POST",
    "IP",
    "English",
    "Accept",
    "Mozilla",
    "JSON",
}


def test_no_english_internals_on_chinese_pages():
    administrator = signed_in("he", "administrator")
    measure = Measure.objects.get(code="2020-07")
    with override("zh-hans"):
        addresses = [
            reverse("admin:index"),
            reverse("admin:axes_accesslog_changelist"),
            reverse("admin:axes_accessattempt_changelist"),
            reverse("admin:measures_measure_changelist"),
            reverse("admin:measures_measure_delete", args=[measure.pk]),
            reverse("admin:measures_measure_import"),
            reverse("sign-in"),
            reverse("sign-in-app"),
        ]
    for address in addresses:
        page = administrator.get(address).text
        shown = re.sub(
            r"<(script|style|svg|table|textarea|code)\b.*?</\1>", " ", page[page.index("<body") :], flags=re.S
        )
        text = re.sub(r"<[^>]*>", " ", shown)
        english = set(re.findall(r"\b[A-Za-z]{4,}\b", text)) - ALLOWED
        assert "AXES" not in text.upper()
        assert not re.search(r"[A-Za-z]关系|以 ", text)
        assert len(english) <= 4, (address, english)
