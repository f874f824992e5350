"""Staff enter a second plan at the desk, in a real browser, and publish it; before and after, the site is crawled."""

from collections.abc import Iterable, Sequence

from measures.models import Category, Measure, Plan
from tests.admin.desk import signed_in_page, type_at
from tests.crawl import crawl
from tests.second_plan import CATEGORIES, PARAGRAPHS, PLAN, PLANTED, SLUG, YEAR, Entry
from tests.test_second_plan import TRACES, faults_of

DESK = "/en/admin/measures"


def desk(new_page, live_site):
    """A tab in which an administrator is signed in."""
    page = new_page(viewport={"width": 1280, "height": 900})
    return signed_in_page(page, live_site, "he", "administrator")


def save(page) -> None:
    page.locator('input[name="_save"]').last.click()
    page.wait_for_load_state()
    assert page.locator(".errornote, .errorlist").all_inner_texts() == []
    assert page.locator(".messagelist .success").count() == 1


def fill(page, **texts: str) -> None:
    for name, text in texts.items():
        page.fill(f"#id_{name}", text)


def choose(page, field: str, typed: str) -> None:
    """Choose in a box that searches while one types."""
    page.click(f"#id_{field} + .select2")
    type_at(page, ".select2-search__field", typed)
    page.locator(f".select2-results__option--highlighted:has-text('{typed}')").click()


def enter_plan(page) -> None:
    page.goto(f"{DESK}/plan/add/")
    fill(page, slug=SLUG, year=str(YEAR), **PLAN)
    for position, opening in enumerate(PARAGRAPHS):
        page.click("#source_paragraphs-group .add-row a")
        row = f"source_paragraphs-{position}"
        fill(page, **{f"{row}-number": str(position + 1), f"{row}-opening": opening})
    save(page)


def enter_category(page, slug: str, chinese: str, english: str) -> None:
    page.goto(f"{DESK}/category/add/")
    page.select_option("#id_plan", str(YEAR))
    fill(page, slug=slug, name_zh=chinese, name_en=english, intro_zh="玉衡", intro_en="Yuheng")
    save(page)


def enter_measure(page, entry: Entry) -> None:
    page.goto(f"{DESK}/measure/add/")
    page.select_option("#id_plan", str(YEAR))
    page.select_option("#id_category", str(Category.objects.get(slug=CATEGORIES[entry.category][0]).pk))
    fill(page, slug=entry.slug, **entry.texts())
    page.check(f'input[name="basis"][value="{"derived" if entry.parent else "named"}"]')
    if entry.parent:
        choose(page, "parent", f"{YEAR}-{entry.parent:02}")
    opening = f"{YEAR} ¶{entry.number + 1} "
    page.check(f'#id_paragraphs label:has-text("{opening}") input')
    fill(page, **{f"actions-0-{name}": text for name, text in entry.action().items()})
    choose(page, "actions-0-paragraph", PARAGRAPHS[entry.number])
    for position, slug in enumerate(entry.centres):
        if position:
            page.click("#centre_links-group .add-row a")
        row = f"centre_links-{position}"
        page.select_option(f"#id_{row}-centre", index=1 + list(CENTRES).index(slug))
        page.select_option(f"#id_{row}-basis", "text")
        fill(page, **{f"{row}-reason_zh": "玉衡理由", f"{row}-reason_en": "Yuheng reason"})
    save(page)


CENTRES = ("finance", "technology", "culture", "services")


def check_second_plan(page, client, entries: Sequence[Entry], prefixes: Iterable[str]) -> set[str]:
    """From the first save to the publication, with these measures; crawled in these languages. What speaks of the plan in the end."""
    enter_plan(page)
    for category in CATEGORIES[: entries[-1].category + 1]:
        enter_category(page, *category)
    for entry in entries:
        enter_measure(page, entry)
    plan = Plan.objects.get(slug=SLUG)
    codes = [f"{YEAR}-{at:02}" for at in range(1, len(entries) + 1)]
    assert list(plan.measures.values_list("code", flat=True)) == codes
    links = Measure.objects.get(code=codes[0]).centre_links
    assert set(links.values_list("centre__slug", flat=True)) == {"finance", "technology"}
    # A draft plan leaves no trace, whatever its measures say of themselves.
    plan.measures.filter(number__lt=5).update(status="published")
    draft = crawl(client, prefixes)
    assert (draft.mentioning(*TRACES), draft.faults) == (set(), {})
    plan.measures.update(status="draft")
    # Published from its own form, with all that is ready.
    page.goto(f"{DESK}/plan/{plan.pk}/change/")
    page.click(".object-tools a:has-text('Publish')")
    assert page.locator("ul.ready li").count() == len(entries)
    page.click('input[name="confirmed"]')
    said = page.locator(".messagelist .success").inner_text()
    assert said == f"The plan is public now, with {len(entries)} measures."
    site = crawl(client, prefixes)
    assert faults_of(client, site) == {}
    return site.mentioning(*PLANTED)
