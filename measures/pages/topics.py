"""The pages of categories, centres, audiences and places: what each is, its measures by what matters there, and where to go on."""

from itertools import islice
from typing import NamedTuple

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import get_language

from measures import models
from measures.addresses import in_language, list_path
from measures.catalogue.records import Category, Centre, Measure, Plan, Record
from measures.history.kinds import MODELS
from measures.language.bilingual import Text
from measures.selection.numbers import Fitting

from .doors import KINDS, doors
from .public_page import PublicPage
from .rows import rows

MAX_ON_A_TOPIC = 100  # measures


class Group(NamedTuple):
    """Measures of a topic that belong to it in the same way, each with the reason; the basis or role is its mark."""

    label: str | Promise
    mark: str
    measures: list[tuple[Measure, Text]]


class TopicIndex(PublicPage):
    template_name = "topics.html"
    facet = ""

    def get_context_data(self, **kwargs):
        parts = doors(self.facet, self.catalogue)
        return super().get_context_data(kind=parts.kind, doors=parts, kinds=KINDS.values(), **kwargs)


class TopicPage(PublicPage):
    template_name = "topic.html"
    facet = ""

    def get_context_data(self, slug, **kwargs):
        catalogue, facet = self.catalogue, self.facet
        topic = catalogue.vocabulary.records(facet).get(slug)
        if topic is None:
            raise Http404
        fitting = Fitting(catalogue.register, {facet: [slug]})
        keys = list(islice(fitting.in_order(catalogue.order("number")), MAX_ON_A_TOPIC))
        measures = catalogue.measures(keys)
        groups = grouped(measures, topic, facet)
        in_one_category = facet == "category"
        coded = not in_one_category and len(catalogue.plans) > 1
        return super().get_context_data(
            topic=topic,
            plan=topic.plan if in_one_category else None,
            facet=facet,
            kind=KINDS[facet],
            downloads={"feed": in_language(list_path(f"{facet}={slug}", ".atom"), get_language())},
            topic_kind=MODELS[facet]._meta.verbose_name,
            measures=measures,
            shown=len(keys),
            groups=groups,
            rows=[] if groups else rows(catalogue, keys, coded=coded, in_one_category=in_one_category),
            count=fitting.total,
            paragraphs=cited_by(topic),
            parent=catalogue.vocabulary.district.get(getattr(topic, "parent", None) or ""),
            places=catalogue.vocabulary.places_in(slug) if facet == "district" else (),
            siblings=doors(facet, catalogue, topic.plan if in_one_category else None),
            **kwargs,
        )


def grouped(measures: list[Measure], topic: Record, facet: str) -> list[Group]:
    """The measures of a centre by the basis of the link, those of a place by its role; none where there is nothing to tell
    apart: other topics, and a district that is named only because the plan is its own."""
    if facet == "centre":
        kinds = models.CentreLink.Basis
        found = [
            (link.basis, measure, link.reason)
            for measure in measures
            for link in measure.centres
            if link.centre is topic
        ]
    elif facet == "district" and getattr(topic, "parent", None):
        kinds = models.DistrictRole.Role
        found = [
            (place.role, measure, place.note)
            for measure in measures
            for place in measure.districts
            if place.district is topic
        ]
    else:
        return []
    groups = [Group(kind.label, kind.value, [own[1:] for own in found if own[0] == kind]) for kind in kinds]
    return [group for group in groups if group.measures]


def cited_by(topic: Record) -> list[tuple[Plan, list[int]]]:
    """The numbers of the source paragraphs that speak of a category or centre as a whole, by plan."""
    if isinstance(topic, Category):
        return [(topic.plan, topic.paragraphs)] if topic.paragraphs else []
    return topic.cited if isinstance(topic, Centre) else []
