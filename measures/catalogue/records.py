"""Public records, each read from its document.

A document is the jsonb of one version, as the triggers build it: column names as keys, references by slug, code or paragraph
number. A key that an old document lacks has the default that stands beside its field here; keys that no field reads are passed
over. Records are read by templates, tables, JSON, feeds and citations alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Self

from django.utils.functional import Promise
from django.utils.translation import get_language

from measures.language.bilingual import CHINESE, ENGLISH, Bilingual, Text
from measures.models import CentreLink as CentreLinkModel
from measures.models import District as DistrictModel
from measures.models import DistrictRole as DistrictRoleModel
from measures.models import Measure as MeasureModel


@cache
def _names(record: type) -> frozenset[str]:
    return frozenset(own.name for own in fields(record) if own.init)


@dataclass(slots=True, kw_only=True)
class Part:
    """A record, or a part of one, that is read from a document."""

    @classmethod
    def of_document(cls, document: dict[str, Any], **resolved: Any) -> Self:
        """Read the record from a document. `resolved` are the values that the document only refers to."""
        names = _names(cls)
        return cls(**{key: value for key, value in document.items() if key in names} | resolved)


@dataclass(slots=True, kw_only=True)
class Record(Part):
    slug: str = ""


@dataclass(slots=True, kw_only=True)
class Named(Record):
    """A record with a name of its own."""

    name_zh: str
    name_en: str

    name = Bilingual()


@dataclass(slots=True, kw_only=True)
class Paragraph(Part):
    """A paragraph of a plan's source: its number and its opening words, never its text."""

    number: int
    heading: bool
    opening: str
    #: Whether it has no more words: it is the name of a category.
    whole: bool = False

    @property
    def beginning(self) -> str:
        """Its opening words, with "…" where more follow."""
        return self.opening if self.whole else f"{self.opening}…"


@dataclass(slots=True, kw_only=True)
class Plan(Record):
    year: int
    status: str = "published"
    title_zh: str
    title_en: str
    short_title_zh: str
    short_title_en: str
    issuer_zh: str
    issuer_en: str
    source_zh: str
    source_en: str
    intro_zh: str
    intro_en: str
    method_zh: str
    method_en: str
    source_paragraphs: list[Paragraph] = field(default_factory=list)

    title = Bilingual()
    short_title = Bilingual()
    issuer = Bilingual()
    source = Bilingual()
    intro = Bilingual()
    method = Bilingual()

    def __post_init__(self):
        self.source_paragraphs = list(map(Paragraph.of_document, self.source_paragraphs))


@dataclass(slots=True, kw_only=True)
class Category(Named):
    plan: Plan
    number: int
    #: Its place in its plan, from 1, by which its colour goes; numbers may leave gaps.
    position: int = 0
    intro_zh: str
    intro_en: str
    paragraphs: list[int] = field(default_factory=list)

    intro = Bilingual()


class Cited(NamedTuple):
    """Paragraphs of the source of one plan, by their numbers."""

    plan: Plan
    numbers: list[int]


@dataclass(slots=True, kw_only=True)
class Centre(Named):
    order: int
    short_zh: str
    short_en: str
    epithet_zh: str
    epithet_en: str
    description_zh: str
    description_en: str
    #: (year of the plan, number)
    paragraphs: list[tuple[int, int]] = field(default_factory=list)
    #: The numbers of these paragraphs by plan, as far as the plans are public.
    cited: list[Cited] = field(default_factory=list)

    short = Bilingual()
    epithet = Bilingual()
    description = Bilingual()

    @property
    def cited_numbers(self) -> list[int]:
        return [number for _plan, numbers in self.cited for number in numbers]


@dataclass(slots=True, kw_only=True)
class Audience(Named):
    order: int


@dataclass(slots=True, kw_only=True)
class District(Named):
    kind: str
    pinyin: str
    code: str | None
    parent: str | None
    aliases: list[str] = field(default_factory=list)
    note_zh: str = ""
    note_en: str = ""

    note = Bilingual()

    @property
    def kind_label(self) -> str | Promise:
        return DistrictModel.Kind(self.kind).label


@dataclass(slots=True, kw_only=True)
class Term(Named):
    """A word of a plan and the editors' explanation of it; `measures` are the codes of those that it stands in."""

    plan: Plan
    gloss_zh: str
    gloss_en: str
    measures: list[str] = field(default_factory=list)

    gloss = Bilingual()

    @property
    def other_name(self) -> Text:
        """The name in the language that is not the active one."""
        return Text(self.name_zh, CHINESE) if get_language() == "en" else Text(self.name_en, ENGLISH)


@dataclass(slots=True, kw_only=True)
class Synonym(Record):
    """A word that stands for another: a search for `word` also finds `means`; with `both_ways` the reverse too."""

    word: str
    means: str
    both_ways: bool = False


@dataclass(slots=True, kw_only=True)
class Action(Part):
    """One thing that the plan says will be done; with `background`, what it reports from before the plan.

    `paragraph` is the number of the source paragraph that says so.
    """

    position: int
    text_zh: str
    text_en: str
    paragraph: int
    background: bool = False

    text = Bilingual()


@dataclass(slots=True, kw_only=True)
class CentreLink(Part):
    """A link of a measure to a centre that it serves, with its basis and the editors' reason."""

    centre: Centre
    basis: str
    reason_zh: str
    reason_en: str

    reason = Bilingual()

    @property
    def basis_label(self) -> str | Promise:
        return CentreLinkModel.Basis(self.basis).label


@dataclass(slots=True, kw_only=True)
class DistrictRole(Part):
    """The part that a place plays in a measure."""

    district: District
    role: str
    note_zh: str
    note_en: str

    note = Bilingual()

    @property
    def role_label(self) -> str | Promise:
        return DistrictRoleModel.Role(self.role).label


@dataclass(slots=True, kw_only=True)
class Measure(Record):
    """A published measure. `key` is the position that bitmaps know it by; `version_number`, `edited_at` and
    `published_at` tell the version that citations name and when it and the first public one were written."""

    key: int
    plan: Plan
    number: int
    code: str
    title_zh: str
    title_en: str
    headline_zh: str = ""
    headline_en: str = ""
    official_name_zh: str
    category: Category
    summary_zh: str
    summary_en: str
    basis: str
    #: The code of the measure it was split from, if that is public.
    parent: str | None
    #: The codes of the public measures that were split from it.
    parts: Sequence[str] = ()
    paragraphs: list[int]
    audiences: list[Audience]
    keywords_zh: list[str]
    keywords_en: list[str]
    actions: list[Action]
    centres: list[CentreLink]
    districts: list[DistrictRole]
    note_zh: str
    note_en: str
    version_number: int
    published_at: datetime
    edited_at: datetime

    title = Bilingual()
    headline = Bilingual()
    summary = Bilingual()
    note = Bilingual()
    keywords = Bilingual()

    @property
    def heading(self) -> Text:
        """The line that its page is headed with: its headline, or its title where it has none."""
        return self.headline or self.title

    @property
    def year(self) -> int:
        return self.plan.year

    @property
    def planned(self) -> list[Action]:
        return [action for action in self.actions if not action.background]

    @property
    def background(self) -> list[Action]:
        """The actions that the plan reports from before it."""
        return [action for action in self.actions if action.background]

    @property
    def folio(self) -> str:
        """The number as it is set in margins: 07."""
        return f"{self.number:02}"

    @property
    def basis_label(self) -> str | Promise:
        return MeasureModel.Basis(self.basis).label
