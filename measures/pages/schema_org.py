"""Descriptions of pages in the words of schema.org. Nothing here says that a government publishes the site."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures import site
from measures.addresses import absolute
from measures.catalogue.records import Measure, Plan
from measures.language.bilingual import LANGUAGE_TAGS

from .glossary import Explained


def editors() -> dict:
    name = settings.ORGANISER or _("Editors of the Futian Reform Database")
    return {"@type": "Organization", "name": name, "url": absolute(reverse("about"))}


def based_on(plans: list[Plan]) -> dict | list[dict]:
    """The works that the records of these plans were made from; of one plan it is no list."""
    works = [{"@type": "CreativeWork", "name": plan.title, "description": plan.source} for plan in plans]
    return works[0] if len(works) == 1 else works


def joined(texts: Iterable[str]) -> str:
    return pgettext("between choices", "; ").join(texts)


def thing(kind: str, name: str, path: str, **more) -> dict:
    """A description of what the page at this path is about, in the language of the page."""
    own = {"@type": kind, "name": name, "url": absolute(path)}
    return own | {"inLanguage": LANGUAGE_TAGS[get_language()]} | more


def website() -> dict:
    address = absolute(reverse("measure-list")) + "?q={search_term_string}"
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": address},
        "query-input": "required name=search_term_string",
    }
    return thing("WebSite", site.name(), reverse("home"), potentialAction=search)


def collection(name: str, path: str, measures: Iterable[Measure]) -> dict:
    parts = [
        {
            "@type": "CreativeWork",
            "name": measure.heading,
            "url": absolute(reverse("measure", args=[measure.code])),
        }
        for measure in measures
    ]
    return thing("CollectionPage", name, path, isPartOf=the_dataset(), hasPart=parts)


def the_dataset() -> dict:
    """The whole database, as its parts name it."""
    return {"@type": "Dataset", "@id": absolute("/#dataset"), "name": site.name()}


def dataset(context) -> dict:
    return dataset_of(context["plans"], absolute("/#dataset"), absolute(reverse("home")), context)


def dataset_of(plans: list[Plan], name: str, address: str, context) -> dict:
    """The measures of these plans as the dataset `name`, which the page at `address` is about."""
    version = context["data_version"]
    return {
        "@type": "Dataset",
        "@id": name,
        "name": ": ".join(filter(None, [site.name(), joined(plan.short_title for plan in plans)])),
        "description": "\n\n".join(plan.method for plan in plans),
        "url": address,
        "creator": editors(),
        "license": site.LICENCE["path"],
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGE_TAGS.values()),
        "temporalCoverage": "/".join(map(str, sorted({plans[0].year, plans[-1].year}))) if plans else "",
        "spatialCoverage": {"@type": "Place", "name": _("Futian District, Shenzhen")},
        "isBasedOn": based_on(plans),
        "version": str(version.number),
        "dateModified": localtime(version.at).isoformat(timespec="seconds"),
    }


def creative_work(measure: Measure) -> dict:
    path = reverse("measure", args=[measure.code])
    return thing("CreativeWork", measure.heading, path) | {
        "@id": absolute(path),
        "alternateName": measure.title,
        "abstract": measure.summary,
        "identifier": measure.code,
        "position": measure.number,
        "genre": measure.category.name,
        "keywords": list(measure.keywords),
        "isPartOf": the_dataset(),
        "isBasedOn": based_on([measure.plan]),
        "contentLocation": [{"@type": "Place", "name": role.district.name} for role in measure.districts],
        "author": editors(),
        "license": site.LICENCE["path"],
        "datePublished": localtime(measure.published_at).isoformat(timespec="seconds"),
        "dateModified": localtime(measure.edited_at).isoformat(timespec="seconds"),
    }


def set_of_terms(glossary: list[tuple[Plan, Explained]]) -> dict:
    address = absolute(reverse("glossary"))
    return thing("DefinedTermSet", _("Glossary"), reverse("glossary")) | {
        "@id": address,
        "isPartOf": the_dataset(),
        "license": site.LICENCE["path"],
        "hasDefinedTerm": [
            {
                "@type": "DefinedTerm",
                "@id": f"{address}#{term.slug}",
                "name": term.name,
                "description": term.gloss,
                "inDefinedTermSet": address,
            }
            for _plan, terms in glossary
            for term, _measures in terms
        ],
    }


def breadcrumbs(crumbs: list[tuple[str, str]]) -> dict:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(crumbs, 1)
        ],
    }
