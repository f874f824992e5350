"""A work in the styles in which it is cited: GB/T 7714, APA, BibTeX, RIS, and the tags that reference managers read."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from measures.language.bilingual import LANGUAGE_TAGS
from measures.models import DataVersion
from measures.site import NAME, NAME_EN, NAME_ZH

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
RIS_TYPE = "application/x-research-info-systems; charset=utf-8"
BIBTEX_TYPE = "application/x-bibtex; charset=utf-8"


@dataclass(frozen=True)
class Work:
    """The work that is cited, whichever style it is cited in."""

    key: str
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str
    source_zh: str  # what the work was made from, and what is not known of that
    source_en: str
    edited: datetime  # when what is cited came to be as it is
    edition: int  # the number of the version or data version
    permanent: str  # of a measure the address of its version, of a list the one with its data version
    count: int = 0  # measures of a list
    fingerprint: str = ""  # likewise: see verifying.py; empty where it is not printed

    @property
    def titles(self) -> str:
        return f"{self.title_zh} [{self.title_en}]" if self.title_en else self.title_zh

    @property
    def details(self) -> str:
        details = f"{self.detail_zh}; {self.detail_en}"
        return f"{details}; SHA-256 {self.fingerprint}" if self.fingerprint else details

    @property
    def sources(self) -> str:
        return f"原文：{self.source_zh} Source: {self.source_en}"

    def gbt(self, version: DataVersion) -> str:
        """The citation by GB/T 7714 as an online database: day of the last edit, then day of the data version as that of reading."""
        return (
            f"{NAME_ZH}. {self.title_zh}（{self.detail_zh}）[DB/OL]. "
            f"({localtime(self.edited):%Y-%m-%d})[{localtime(version.at):%Y-%m-%d}]. {self.permanent}. 原文：{self.source_zh}"
        )

    def apa(self) -> str:
        """The citation by APA, 7th edition."""
        with override("en"):
            day = date_format(localtime(self.edited), "Y, F j")
        title = f"{self.title_en or self.title_zh} ({self.detail_en})"
        return f"{NAME_EN}. ({day}). {title} [Database]. {self.permanent} Source: {self.source_en}"

    def bibtex(self) -> str:
        day = localtime(self.edited)
        fields = {
            "author": f"{{{tex(f'{NAME_ZH} [{NAME_EN}]')}}}",
            "title": f"{{{tex(self.titles)}}}",
            "year": str(day.year),
            "month": MONTHS[day.month - 1],
            "day": str(day.day),
            "howpublished": tex(self.details),
            "note": tex(self.sources),
            "url": self.permanent,
        }
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items()
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}"]) + "\n"

    def ris(self) -> str:
        """The citation as a data set in RIS, whose lines are tags of two characters with their values."""
        day = localtime(self.edited)
        fields = (
            ("TY", "DATA"),
            ("ID", self.key),
            ("AU", NAME),
            ("TI", self.titles),
            ("PY", str(day.year)),
            ("DA", f"{day:%Y/%m/%d}"),
            ("ET", str(self.edition)),
            ("PB", NAME),
            ("UR", self.permanent),
            ("N1", f"{self.details}. {self.sources}"),
            ("ER", ""),
        )
        return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in fields)

    def tags(self, language: str) -> list[tuple[str, str]]:
        """The `meta` tags from which Zotero and others take title, date, publisher and address."""
        english = language == "en"
        return [
            ("citation_title", self.title_en if english and self.title_en else self.title_zh),
            ("citation_publication_date", f"{localtime(self.edited):%Y/%m/%d}"),
            ("citation_publisher", NAME_EN if english else NAME_ZH),
            ("citation_public_url", self.permanent),
            ("citation_language", LANGUAGE_TAGS[language]),
        ]


TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)


def tex(text: str) -> str:
    return " ".join(text.split()).translate(TEX)
