"""Metadata of each type of page: title, description, breadcrumbs, schema.org data, and the meta tags of Chinese government
pages where they are true. `head.py` writes them.

Nothing here says that a government publishes the site, and no tag is printed empty.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from measures import site
from measures.addresses import absolute
from measures.catalogue.records import Measure, Plan

from .doors import KINDS
from .schema_org import (
    collection,
    creative_work,
    dataset,
    dataset_of,
    editors,
    set_of_terms,
    the_dataset,
    website,
)


class Page(NamedTuple):
    """A page as machines see it; `column` and `article` are the groups of tags of Chinese government pages."""

    title: str
    description: str
    crumbs: list[tuple[str, str]]  # name and path of every page above this one, the home page first
    things: list[dict]  # schema.org
    og_type: str = "website"
    column: dict[str, str] = {}
    article: dict[str, str] = {}
    #: The slug of the category whose picture is shown with a link to the page; else that of the site.
    picture: str = ""


def home(context) -> Page:
    plan = context["plan"]
    title = f"{plan.short_title} · {site.name()}" if plan else site.name()
    return Page(title, plan.intro if plan else "", [], [website(), dataset(context)])


def measure_list(context) -> Page:
    title, plan = _("Measures"), context["plan"]
    description = (
        _("All measures of the plan, to be narrowed by category, centre, place and basis.")
        if plan
        else _("All measures of the plans, to be narrowed by plan, category, centre, place and basis.")
    )
    return Page(
        title,
        description,
        [(title, reverse("measure-list"))],
        [dataset(context)],
        column={
            "ColumnName": title,
            "ColumnDescription": description,
            "ColumnKeywords": ",".join(own.short_title for own in ([plan] if plan else context["plans"])),
            "ColumnType": _("Database"),
        },
    )


def measure(context) -> Page:
    measure = context["measure"]
    category = measure.category
    return Page(
        measure.heading,
        measure.summary,
        [
            (_("Measures"), reverse("measure-list")),
            *crumb_of_plan(measure.plan, context),
            (category.name, reverse("category", args=[category.slug])),
            (measure.heading, reverse("measure", args=[measure.code])),
        ],
        [creative_work(measure)],
        og_type="article",
        column={
            "ColumnName": category.name,
            "ColumnDescription": category.intro,
            "ColumnKeywords": measure.plan.short_title,
            "ColumnType": _("Reform measure"),
        },
        article=article(measure),
        picture=category.slug,
    )


def article(measure: Measure) -> dict[str, str]:
    return {
        "ArticleTitle": measure.title,
        "ContentSource": measure.plan.source.partition("。")[0],
        "Keywords": ",".join(measure.keywords),
        "Author": editors()["name"],
        "Url": absolute(reverse("measure", args=[measure.code])),
        "PubDate": f"{localtime(measure.published_at):%Y-%m-%d %H:%M}",
    }


def topic(context) -> Page:
    topic, facet = context["topic"], context["facet"]
    address = reverse(facet, args=[topic.slug])
    description = (
        getattr(topic, "intro", "") or getattr(topic, "description", "") or getattr(topic, "note", "")
    )
    return Page(
        topic.name,
        description or _("The measures that concern: %(name)s") % {"name": topic.name},
        [
            (str(context["kind"].label), reverse(context["kind"].index)),
            *(crumb_of_plan(topic.plan, context) if facet == "category" else ()),
            (topic.name, address),
        ],
        [collection(topic.name, address, context["measures"])],
        picture=topic.slug if facet == "category" else "",
    )


def topics(context) -> Page:
    kind = context["kind"]
    return at_the_top(kind.index, str(kind.label), str(kind.introduction))


def at_the_top(name: str, title: str, description: str, things: Iterable[dict] = ()) -> Page:
    """A page right below the home page, by the name of its address."""
    return Page(title, description, [(title, reverse(name))], [*things])


def crumb_of_plan(plan: Plan, context) -> list[tuple[str, str]]:
    """The plan's page among the pages above one of its own; where there is no other plan, it goes without saying."""
    return [(plan.short_title, reverse("plan", args=[plan.slug]))] if context["several_plans"] else []


def plans(context) -> Page:
    return at_the_top("plans", _("Plans"), site.description(context["years"]))


def plan(context) -> Page:
    plan = context["plan"]
    address = reverse("plan", args=[plan.slug])
    own = dataset_of([plan], f"{absolute(address)}#dataset", absolute(address), context)
    own["isPartOf"] = the_dataset()
    return Page(
        plan.short_title, plan.intro, [(_("Plans"), reverse("plans")), (plan.short_title, address)], [own]
    )


def source(context) -> Page:
    plan = context["plan"]
    return Page(
        _("Source"),
        plan.source,
        [*crumb_of_plan(plan, context), (_("Source"), reverse("source", args=[plan.slug]))],
        [],
    )


def about(context) -> Page:
    return at_the_top("about", _("About"), "\n\n".join(plan.method for plan in context["plans"]))


def glossary(context) -> Page:
    description = _(
        "Words of the plans that readers may not know, explained by the editors, with the measures in which they stand."
    )
    things = [set_of_terms(context["glossary"]) | {"author": editors()}]
    return at_the_top("glossary", _("Glossary"), description, things)


def gaps(context) -> Page:
    description = _(
        "Who answers for it, where, how much, until when, and how firmly: counted in the record, each number with its measures."
    )
    return at_the_top("gaps", _("What the plans do not say"), description)


def data(context) -> Page:
    description = _(
        "The whole database as CSV, XLSX, JSON and a data package: files, data dictionary, licence, how to cite."
    )
    return at_the_top("data", _("Data"), description, [dataset(context) | context["distribution"]])


def api(context) -> Page:
    return Page(
        _("JSON API"),
        _("A read-only JSON API for the whole database, without registration."),
        [(_("Data"), reverse("data")), (_("JSON API"), reverse("api"))],
        [],
    )


PAGES = {
    "home": home,
    "measure-list": measure_list,
    "measure": measure,
    **dict.fromkeys(KINDS, topic),
    **dict.fromkeys((kind.index for kind in KINDS.values()), topics),
    "plans": plans,
    "plan": plan,
    "source": source,
    "about": about,
    "glossary": glossary,
    "gaps": gaps,
    "data": data,
    "api": api,
}
