"""How to quote and cite what a page shows, in words and forms that stay right after the next edit."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from .addresses import FILES, absolute, in_language, list_path, measure_path, version_path
from .editions import current_edition
from .filters import MeasureFilter
from .models import DataVersion, Measure

NAME_ZH, NAME_EN = "福田改革库", "Futian Reform Database"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Citation:
    sentence: str  # in the language of the page, with its figures and its date
    gbt: str  # GB/T 7714-2015, in Chinese
    apa: str  # APA, 7th edition, in English
    bibtex: str
    permanent: str  # the address that will show the same for ever; of a list, its address
    versioned: bool  # whether `permanent` names one version of the record
    report: (
        str  # where to report an error, with address and version filled in; empty where nobody asked for it
    )


@dataclass(frozen=True)
class Work:
    """What is cited, whichever form it is cited in."""

    key: str
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str
    edited: object  # when what is cited came to be as it is
    permanent: str

    def gbt(self, version: DataVersion) -> str:
        """An electronic database, online: modified on, (as) read on."""
        return (
            f"{NAME_ZH}. {self.title_zh}（{self.detail_zh}）[DB/OL]. "
            f"({localtime(self.edited):%Y-%m-%d})[{localtime(version.at):%Y-%m-%d}]. {self.permanent}."
        )

    def apa(self) -> str:
        with override("en"):
            day = date_format(localtime(self.edited), "Y, F j")
        return f"{NAME_EN}. ({day}). {self.title_en or self.title_zh} ({self.detail_en}) [Database]. {self.permanent}"

    def bibtex(self) -> str:
        day = localtime(self.edited)
        title = f"{self.title_zh} [{self.title_en}]" if self.title_en else self.title_zh
        fields = {
            "author": f"{{{tex(f'{NAME_ZH} [{NAME_EN}]')}}}",
            "title": f"{{{tex(title)}}}",
            "year": str(day.year),
            "month": MONTHS[day.month - 1],
            "day": str(day.day),
            "howpublished": tex(f"{self.detail_zh}; {self.detail_en}"),
            "url": self.permanent,
        }
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items()
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}"]) + "\n"


TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "#$%&_"},
}


def tex(text: str) -> str:
    return "".join(TEX.get(character, character) for character in " ".join(text.split()))


def work_of(measure: Measure) -> Work:
    """`measure` as one version of a record; it carries `version_number` and `edited_at`."""
    number = measure.version_number
    return Work(
        key=f"futian-reform-{measure.code}-v{number}",
        title_zh=measure.title_zh,
        title_en=measure.title_en,
        detail_zh=f"改革{measure.code}，第{number}版",
        detail_en=f"Measure {measure.code}, version {number}",
        edited=measure.edited_at,
        permanent=absolute(version_path(measure.code, number)),
    )


def of_measure(measure: Measure, version: DataVersion) -> Citation:
    sentence = _(
        "Of the %(total)s key reforms of Futian District (%(named)s named in the source, %(derived)s split off by the "
        "editors), “%(title)s” is measure %(code)s (%(basis)s); data version %(version)s, as of %(date)s."
    ) % {
        **current_edition(measure._state.db).figures,
        "title": measure.title,
        "code": measure.code,
        "basis": measure.get_basis_display(),
        "version": version.number,
        "date": day(version),
    }
    return _citation(sentence, work_of(measure), version, measure_path(measure.code), versioned=True)


def of_list(filterset: MeasureFilter, count: int, version: DataVersion) -> Citation:
    """Of the valid selection of `filterset`, which has `count` measures."""
    query = filterset.canonical_query()
    figures = {
        **filterset.edition.figures,
        "count": count,
        "version": version.number,
        "date": day(version),
    }
    if selection := description(filterset):
        sentence = _(
            "Of the %(total)s key reforms of Futian District (%(named)s named in the source, %(derived)s split off by "
            "the editors), the following conditions fit %(count)s: %(selection)s; data version %(version)s, as of %(date)s."
        ) % {**figures, "selection": selection}
    else:
        sentence = (
            _(
                "Of the %(total)s key reforms of Futian District, %(named)s are named in the source and %(derived)s were "
                "split off by the editors; data version %(version)s, as of %(date)s."
            )
            % figures
        )
    titles = {}
    for language in ("zh-hans", "en"):
        with override(language):
            titles[language] = description(filterset)
    work = Work(
        key=f"futian-reform-list-v{version.number}",
        title_zh=f"改革清单：{titles['zh-hans']}" if titles["zh-hans"] else "全部改革",
        title_en=f"Measures: {titles['en']}" if titles["en"] else "All measures",
        detail_zh=f"{count}项，数据版本{version.number}",
        detail_en=f"{count} measures, data version {version.number}",
        edited=version.at,
        permanent=absolute(list_path(query)),
    )
    return _citation(sentence, work, version, list_path(query), versioned=False)


def of_whole_set(count: int, version: DataVersion) -> Citation:
    everything = MeasureFilter({}, Measure.objects.none())
    everything.is_valid()  # reads the parameters
    return of_list(everything, count, version)


def files(query: str) -> list[dict[str, str]]:
    """The files of a selection, for `_downloads.html`."""
    return [{"form": form, "name": name, "address": list_path(query, form)} for form, name in FILES.items()]


def for_list(filterset: MeasureFilter, count: int, version: DataVersion) -> dict:
    """What `_cite.html` and `_downloads.html` show on a list."""
    query = filterset.canonical_query()
    return {
        "citation": of_list(filterset, count, version),
        "downloads": {
            "count": count,
            "files": files(query),
            "feed": in_language(list_path(query, ".atom"), get_language()),
            "whole_set": files("") if query else [],
        },
    }


def for_measure(measure: Measure, version: DataVersion) -> dict:
    """What `_cite.html` and `_downloads.html` show on the page of a measure."""
    names = {".json": "JSON", ".bib": "BibTeX"}
    return {
        "citation": of_measure(measure, version),
        "downloads": {
            "files": [
                {"form": form, "name": name, "address": f"/measures/{measure.code}{form}"}
                for form, name in names.items()
            ]
        },
    }


def _citation(sentence, work: Work, version: DataVersion, path: str, *, versioned: bool) -> Citation:
    here = absolute(in_language(path, get_language()))
    return Citation(
        sentence=sentence,
        gbt=work.gbt(version),
        apa=work.apa(),
        bibtex=work.bibtex(),
        permanent=work.permanent,
        versioned=versioned,
        report=report_address(here, work.detail_en if versioned else "", version),
    )


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
    chosen = {
        facet: names_of(filterset, facet, values) for facet, values in filterset.selection.items() if values
    }
    if filterset.query:
        chosen = {"q": [f"“{filterset.query}”"]} | chosen
    return _("; ").join(
        _("%(label)s: %(values)s") % {"label": filterset.filters[name].label, "values": _(" or ").join(names)}
        for name, names in chosen.items()
    )


def names_of(filterset: MeasureFilter, facet: str, slugs: list[str]) -> list[str]:
    """The names of a facet's values in the active language, which need not be that of the page."""
    records = filterset.vocabulary.options.get(facet, {})
    labels = dict(filterset.filters[facet].extra["choices"])
    return [str(records[slug].name(get_language()) if slug in records else labels[slug]) for slug in slugs]


def day(version: DataVersion) -> str:
    return date_format(localtime(version.at), "DATE_FORMAT")


def measure_bibtex(request, code):
    measure = Measure.objects.published().with_edit_times().filter(code=code).first()
    if measure is None:
        raise Http404(_("There is no such record here, or it is not published."))
    return HttpResponse(work_of(measure).bibtex(), content_type="application/x-bibtex; charset=utf-8")
