"""Citations: a sentence to quote a page and the forms to cite it, all of which name the data version they are true of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from measures.addresses import FILES, absolute, in_language, list_path, measure_path, version_path
from measures.catalogue import Catalogue
from measures.catalogue.records import Measure, Plan
from measures.language.quoting import quoted
from measures.models import DataVersion
from measures.selection.filter import MeasureFilter
from measures.selection.numbers import Fitting, figures, of_plan
from measures.selection.parameters import list_as_of

from .citation_styles import BIBTEX_TYPE, RIS_TYPE, Work
from .files import public_measure, whole_set
from .verifying import MAX_PRINTED, fingerprint_of, lines_of

#: Of the description of a plan's source, the sentences that stand in citations: what it is, and what is not known of it.
SENTENCES_OF_SOURCE = 2
END_OF_SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")


@dataclass(frozen=True)
class Citation:
    """A work as the page of a data version cites it, in the language of the page."""

    work: Work
    version: DataVersion
    sentence: str  # with its figures and its date
    source: str  # what the record was made from
    gbt: str
    tags: list[tuple[str, str]]  # for the head of the page
    verify: str  # where a list and its fingerprint are verified; empty for a measure
    # Where to report an error, with address and version filled in; empty where the site names no such place.
    report: str


def work_of(measure: Measure) -> Work:
    """The measure as one version of a record. Its title is what heads its page."""
    number, (source_zh, source_en) = measure.version_number, sources([measure.plan])

    def detail(kind: str, title: str, headline: str, version: str) -> str:
        named = [quoted(title)] if headline else []
        numbered = _("numbering by the editors")
        paragraphs = _("%(numbers)s of the source") % {"numbers": paragraph_numbers(measure)}
        comma = pgettext("between the parts of a selection", ", ")
        return comma.join([f"{kind}{measure.code}", version, *named, numbered, paragraphs])

    with override("zh-hans"):
        detail_zh = detail("改革", measure.title_zh, measure.headline_zh, f"第{number}版")
    with override("en"):
        detail_en = detail("Measure ", measure.title_en, measure.headline_en, f"version {number}")
    return Work(
        key=f"futian-reform-{measure.code}-v{number}",
        title_zh=measure.headline_zh or measure.title_zh,
        title_en=measure.headline_en or measure.title_en,
        detail_zh=detail_zh,
        detail_en=detail_en,
        edited=measure.edited_at,
        edition=number,
        permanent=absolute(version_path(measure.code, number)),
        source_zh=source_zh,
        source_en=source_en,
    )


def paragraph_numbers(measure: Measure) -> str:
    """The numbers of the source paragraphs of a measure: 第5、28段, or ¶5, 28 in English."""
    listed = pgettext("between numbers", ", ").join(map(str, measure.paragraphs))
    return _("¶%(number)s") % {"number": listed}


def sources(plans: Sequence[Plan]) -> tuple[str, str]:
    """The sources of these plans in both languages: the beginning of what is said of each."""

    def told(text: str) -> str:
        return " ".join(END_OF_SENTENCE.split(text)[:SENTENCES_OF_SOURCE]).strip()

    chinese = "".join(told(plan.source_zh).replace(" ", "") for plan in plans)
    return chinese, " ".join(told(plan.source_en or plan.source_zh) for plan in plans)


def of_measure(measure: Measure, catalogue: Catalogue) -> Citation:
    sentence = _(
        "Of the %(total)s key reforms of %(plans)s (%(named)s named in the source, %(described)s described in "
        "it, %(derived)s split off by the editors), %(title)s is measure %(code)s (numbering by the editors; %(basis)s; "
        "%(paragraphs)s); data version %(version)s, as of %(date)s."
    ) % {
        **figures(of_plan(catalogue, measure.plan.slug)),
        "plans": whole([measure.plan], catalogue),
        "title": quoted(measure.title),
        "code": measure.code,
        "basis": measure.basis_label,
        "paragraphs": paragraph_numbers(measure),
        **as_of(catalogue.version),
    }
    path = measure_path(measure.code)
    work = work_of(measure)
    return _citation(sentence, work, catalogue.version, path, report=work.detail_en)


def of_list(filterset: MeasureFilter) -> Citation:
    version, query = filterset.catalogue.version, filterset.canonical_query()
    sentence, work = cited_sentence(filterset), list_work(filterset)
    return _citation(sentence, work, version, list_path(query), verify=verify_address(work))


def whole(plans: Sequence[Plan], catalogue: Catalogue) -> str:
    """The whole that measures of these plans are part of, in the active language: plans are told apart where there are
    several."""
    if len(catalogue.plans) < 2:
        return _("Futian District")
    return pgettext("between plans", " and ").join(plan.short_title for plan in plans)


def cited_sentence(filterset: MeasureFilter) -> str:
    """A sentence with the number of measures in the selection and the selection in words, in the active language."""
    catalogue, plans = filterset.catalogue, filterset.plans
    all_of_them = Fitting(catalogue.register, {"plan": [plan.slug for plan in plans]})
    numbers = {**figures(all_of_them), "plans": whole(plans, catalogue), **as_of(catalogue.version)}
    if selection := description(filterset):
        return _(
            "Of the %(total)s key reforms of %(plans)s (%(named)s named in the source, %(described)s described "
            "in it, %(derived)s split off by the editors), the following conditions fit %(count)s: %(selection)s; data version %(version)s, as of %(date)s."
        ) % {**numbers, "count": filterset.fitting.total, "selection": selection}
    return (
        _(
            "Of the %(total)s key reforms of %(plans)s, %(named)s are named in the source, %(described)s are described in "
            "it and %(derived)s were split off by the editors; data version %(version)s, as of %(date)s."
        )
        % numbers
    )


def list_work(filterset: MeasureFilter) -> Work:
    """The list of a selection as it stands in this data version."""
    version, count, query = filterset.catalogue.version, filterset.fitting.total, filterset.canonical_query()
    # Reference managers take works of one key for one work.
    own = f"-{sha256(query.encode()).hexdigest()[:8]}" if query else ""
    source_zh, source_en = sources(filterset.plans)
    with override("zh-hans"):
        chinese = description(filterset)
    with override("en"):
        english = description(filterset)
    return Work(
        key=f"futian-reform-list{own}-v{version.number}",
        title_zh=f"改革清单：{chinese}" if chinese else "全部改革",
        title_en=f"Measures: {english}" if english else "All measures",
        detail_zh=f"{count}项，数据版本{version.number}",
        detail_en=f"{count} measures, data version {version.number}",
        edited=version.at,
        edition=version.number,
        permanent=list_as_of(query, version.number),
        count=count,
        fingerprint=fingerprint_of(lines_of(filterset)) if count <= MAX_PRINTED else "",
        source_zh=source_zh,
        source_en=source_en,
    )


def of_whole_set(catalogue: Catalogue) -> Citation:
    return of_list(whole_set(catalogue))


def files(query: str) -> list[dict[str, Any]]:
    """The files of a selection, for `_downloads.html`."""
    return [{"form": form, "name": name, "address": list_path(query, form)} for form, name in FILES.items()]


def for_list(filterset: MeasureFilter) -> dict[str, Any]:
    """The context of `_cite.html` and `_downloads.html` on a list."""
    query = filterset.canonical_query()
    return {
        "citation": of_list(filterset),
        "downloads": {
            "count": filterset.fitting.total,
            "files": files(query),
            "feed": in_language(list_path(query, ".atom"), get_language()),
            "whole_set": files("") if query else [],
        },
    }


def for_measure(measure: Measure, catalogue: Catalogue) -> dict[str, Any]:
    """The context of `_cite.html` and `_downloads.html` on the page of a measure."""
    offered = [
        {"form": form, "name": name, "address": f"/measures/{measure.code}{form}"}
        for form, name in ((".json", "JSON"), (".bib", "BibTeX"), (".ris", "RIS"))
    ]
    return {"citation": of_measure(measure, catalogue), "downloads": {"files": offered}}


def _citation(
    sentence: str, work: Work, version: DataVersion, path: str, verify: str = "", report: str = ""
) -> Citation:
    """The citation of the page at `path`; `report` is what somebody who reports an error there speaks of."""
    language = get_language()
    source = work.source_en if language == "en" else work.source_zh
    return Citation(
        work=work,
        version=version,
        sentence=sentence,
        source=_("Source: %(source)s") % {"source": source},
        gbt=work.gbt(version),
        tags=work.tags(language),
        verify=verify,
        report=report_address(absolute(in_language(path, language)), report, version),
    )


def verify_address(work: Work) -> str:
    given = {"address": work.permanent} | ({"fingerprint": work.fingerprint} if work.fingerprint else {})
    return f"{in_language('/cite/verify/', get_language())}?{urlencode(given)}"


def report_address(here: str, what: str, version: DataVersion) -> str:
    """A mailto: address or a tracker's, with page and version filled in; empty where no address is set."""
    to = settings.REPORT_ERRORS_TO
    if not to:
        return ""
    version_line = _("Data version %(number)s") % {"number": version.number}
    subject = _("Error in the Futian Reform Database")
    body = "\n".join([here, ", ".join(filter(None, [what, version_line])), "", _("What is wrong:"), ""])
    if to.startswith("https://"):
        return f"{to}{'&' if '?' in to else '?'}{urlencode({'title': subject, 'body': body})}"
    return f"mailto:{quote(to, safe='@')}?{urlencode({'subject': subject, 'body': body}, quote_via=quote)}"


def description(filterset: MeasureFilter) -> str:
    """The valid selection in words of the active language: `Centre: A or B; Role: Pilot`; empty for the whole list."""
    chosen: dict[str, Sequence[str]] = {
        facet: [filterset.labels[facet][value] for value in values]
        for facet, values in filterset.selection.items()
        if values
    }
    if filterset.query:
        chosen = {"q": [quoted(filterset.query)]} | chosen
    return _("; ").join(
        _("%(label)s: %(values)s") % {"label": filterset.filters[name].label, "values": _(" or ").join(names)}
        for name, names in chosen.items()
    )


def as_of(version: DataVersion) -> dict[str, Any]:
    return {"version": version.number, "date": date_format(localtime(version.at), "DATE_FORMAT")}


def measure_bibtex(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(work_of(public_measure(code)).bibtex(), content_type=BIBTEX_TYPE)


def measure_ris(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(work_of(public_measure(code)).ris(), content_type=RIS_TYPE)
