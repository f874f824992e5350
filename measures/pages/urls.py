"""The addresses of the public pages.

/                              home
/measures/?<selection>         the list, narrowed by the parameters of selection/filter.py
/measures/suggestions.json?q=  names that begin as what is typed, for static/suggestions.js
/measures/<code>/              one measure; <code> is <year>-<number>, as in 2020-07
/measures/<code>/history/      what changed in it; /measures/<code>/history/<n>/ its version n
/categories/<slug>/            a category, /centres/<slug>/ a centre, /audiences/<slug>/ an audience,
/districts/<slug>/             a district or place: what it is, and its measures
/plans/                        all plans; /plans/<slug>/ one: what it is, its measures, how they were identified
/plans/<slug>/source/          the paragraphs of its source by their opening words, and what cites each
/source/                       leads to that of the plan published first, whose paragraphs were given out there
/glossary/                     words of the plans, explained; /gaps/ what the plans do not say
/data/                         the whole set: files, dictionary, licence, how to cite
/api/                          the documentation of the JSON API
/measures.atom?<selection>     the list as a feed; /changes.atom all changes
/changes/?from=&to=            what changed in the whole record, between two data versions or days
/cite/verify/                  whether a citation of a list still says the same
/about/                        the plans, the method, and what this site is not
/opensearch.xml                how a browser searches the site from its address bar

Chinese (simplified) pages stand at the addresses above, English ones below /en/, traditional Chinese below /zh-hant/.

All but feeds, versions and what does not depend on the content take `as_of=<data version>`: see selection/parameters.py.

What has no language stands outside of them and holds both (`machine_urlpatterns`):

/measures.{csv,xlsx,json}?<selection>   the list in another form: the same measures in the same order
/measures/<code>.{json,bib,ris}         one measure
/timemap/<path>                         the moments at which an address can be read (RFC 7089)
/datapackage.json                       the whole set as a Frictionless data package
/api/schema/                            the OpenAPI document of the endpoints below /api/
"""

from django.urls import path, re_path, register_converter

from measures.addresses import CODE_PATTERN
from measures.open_data import citations, feeds, files, package
from measures.open_data.api.urls import urlpatterns as api_urlpatterns

from . import history, plans, topics, views
from .doors import KINDS
from .gaps import GapsPage
from .glossary import Glossary
from .measure import MeasurePage
from .suggestions import Suggestions
from .timemaps import timemap
from .verifying import Verify


class CodeConverter:
    regex = CODE_PATTERN

    def to_python(self, value):
        return value

    to_url = to_python


register_converter(CodeConverter, "code")

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("measures/", views.MeasureList.as_view(), name="measure-list"),
    path("measures/suggestions.json", Suggestions.as_view(), name="suggestions"),
    path("measures/<code:code>/", MeasurePage.as_view(), name="measure"),
    path("measures/<code:code>/history/", history.MeasureHistory.as_view(), name="measure-history"),
    path(
        "measures/<code:code>/history/<int:number>/",
        history.MeasureVersion.as_view(),
        name="measure-version",
    ),
    path("cite/verify/", Verify.as_view(), name="verify"),
    path("changes/", history.Changes.as_view(), name="changes"),
    *(
        path(f"{kind.index}/", topics.TopicIndex.as_view(facet=facet), name=kind.index)
        for facet, kind in KINDS.items()
    ),
    *(
        path(f"{kind.index}/<slug:slug>/", topics.TopicPage.as_view(facet=facet), name=facet)
        for facet, kind in KINDS.items()
    ),
    path("plans/", plans.Plans.as_view(), name="plans"),
    path("plans/<slug:slug>/", plans.PlanPage.as_view(), name="plan"),
    path("plans/<slug:slug>/source/", plans.SourcePage.as_view(), name="source"),
    path("source/", plans.FirstSource.as_view(), name="first-source"),
    path("glossary/", Glossary.as_view(), name="glossary"),
    path("gaps/", GapsPage.as_view(), name="gaps"),
    path("data/", views.DataPage.as_view(), name="data"),
    path("api/", views.ApiPage.as_view(), name="api"),
    path("measures.atom", feeds.MeasureFeed.as_view(), name="measures-atom"),
    path("changes.atom", feeds.ChangeFeed.as_view(), name="changes-atom"),
    path("about/", views.About.as_view(), name="about"),
    path("opensearch.xml", views.OpenSearch.as_view(), name="opensearch"),
]

machine_urlpatterns = [
    path("measures.csv", files.MeasuresCsv.as_view(), name="measures-csv"),
    path("measures.xlsx", files.MeasuresXlsx.as_view(), name="measures-xlsx"),
    path("measures.json", files.MeasuresJson.as_view(), name="measures-json"),
    path("measures/<code:code>.json", files.measure_json, name="measure-json"),
    path("measures/<code:code>.bib", citations.measure_bibtex, name="measure-bib"),
    path("measures/<code:code>.ris", citations.measure_ris, name="measure-ris"),
    path("datapackage.json", package.datapackage, name="datapackage"),
    path("timemap/", timemap, name="timemap"),
    path("timemap/<path:path>", timemap, name="timemap"),
    *api_urlpatterns,
    re_path(r"^measures\.(?P<form>[a-z0-9]+)$", views.unknown_form),
]
