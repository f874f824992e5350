"""The addresses of the public pages: Chinese (simplified) ones as they stand here, English ones below /en/, traditional Chinese
ones below /zh-hant/. Those that hold both languages and have none stand outside of them (`machine_urlpatterns`).

Which parameters each takes, and which can be read as it was, is said in selection/parameters.py.
"""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from measures.addresses import CODE_PATTERN
from measures.open_data import citations, feeds, files, package
from measures.open_data.api.urls import urlpatterns as api_urlpatterns

from . import history, plans, topics, views
from .doors import KINDS
from .gaps import GapsPage
from .glossary import Glossary
from .measure import MeasurePage
from .suggestions import suggestions_json
from .timemaps import timemap
from .verifying import Verify


class CodeConverter(StringConverter):
    regex = CODE_PATTERN


register_converter(CodeConverter, "code")

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("measures/", views.MeasureList.as_view(), name="measure-list"),
    path("measures/suggestions.json", suggestions_json, name="suggestions"),
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
    path("measures.atom", feeds.measure_feed, name="measures-atom"),
    path("changes.atom", feeds.change_feed, name="changes-atom"),
    path("about/", views.About.as_view(), name="about"),
    path("opensearch.xml", views.OpenSearch.as_view(), name="opensearch"),
]

machine_urlpatterns = [
    *(
        path(f"measures{form}", files.measures_file, {"form": form}, name=f"measures-{form[1:]}")
        for form in files.FORMS
    ),
    path("measures/<code:code>.json", files.measure_json, name="measure-json"),
    path("measures/<code:code>.bib", citations.measure_bibtex, name="measure-bib"),
    path("measures/<code:code>.ris", citations.measure_ris, name="measure-ris"),
    path("datapackage.json", package.datapackage, name="datapackage"),
    path("timemap/", timemap, name="timemap"),
    path("timemap/<path:path>", timemap, name="timemap"),
    *api_urlpatterns,
    re_path(r"^measures\.(?P<form>[a-z0-9]+)$", views.unknown_form),
]
