"""The plan, its measures and what they touch. No queries here: they live in `querysets.py`.

Content is held in simplified Chinese and English, as column pairs `name_zh`, `name_en`. What the database can hold as a
rule is a constraint here or, where it spans tables, in migration 0002, which also owns the triggers that write `Version`,
`DataVersion` and the search rows. Nothing is computed in `save()`.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.db.models.functions import Cast, Concat, Greatest, Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.language.bilingual import Bilingual

from . import querysets
from .validators import validate_simplified


class ChineseField(models.TextField):
    """Text in simplified characters."""

    default_validators = [validate_simplified]


class Plan(models.Model):
    slug = models.SlugField(_("slug"), unique=True)
    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    title_zh = ChineseField(_("title (Chinese)"))
    title_en = models.TextField(_("title (English)"))
    short_title_zh = ChineseField(_("short title (Chinese)"))
    short_title_en = models.TextField(_("short title (English)"))
    issuer_zh = ChineseField(_("issuer (Chinese)"))
    issuer_en = models.TextField(_("issuer (English)"))
    source_zh = ChineseField(_("source (Chinese)"))
    source_en = models.TextField(_("source (English)"))
    intro_zh = ChineseField(_("introduction (Chinese)"))
    intro_en = models.TextField(_("introduction (English)"))
    method_zh = ChineseField(_("method (Chinese)"))
    method_en = models.TextField(_("method (English)"))

    title = Bilingual()
    short_title = Bilingual()
    issuer = Bilingual()
    source = Bilingual()
    intro = Bilingual()
    method = Bilingual()

    objects = querysets.NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["year"]

    def __str__(self):
        return self.short_title

    def natural_key(self):
        return (self.slug,)


class PlanYearField(models.ForeignKey):
    """A plan by its year, so that the year stands in the row: a measure's public code is built from it."""

    def __init__(self, **options):
        options.setdefault("to", "measures.Plan")
        options.setdefault("on_delete", models.PROTECT)
        options.setdefault("to_field", "year")
        options.setdefault("db_column", "plan_year")
        options.setdefault("verbose_name", _("plan"))
        super().__init__(**options)


class SourceParagraph(models.Model):
    """A paragraph of the plan's source: its number and its opening words, never its text."""

    plan = PlanYearField(related_name="source_paragraphs")
    number = models.PositiveSmallIntegerField(_("number"))
    heading = models.BooleanField(_("is a heading"), default=False)
    opening = models.CharField(_("opening words"), max_length=40)

    objects = querysets.NaturalKeyManager.from_queryset(querysets.SourceParagraphQuerySet)("plan", "number")

    class Meta:
        verbose_name = _("source paragraph")
        verbose_name_plural = _("source paragraphs")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="paragraph_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="paragraph_number_positive"),
        ]

    def __str__(self):
        return f"¶{self.number} {self.opening}…"

    def natural_key(self):
        return (self.plan_id, self.number)


class Category(models.Model):
    plan = PlanYearField(related_name="categories")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("slug"), unique=True)
    name_zh = ChineseField(_("name (Chinese)"))
    name_en = models.TextField(_("name (English)"))
    intro_zh = ChineseField(_("introduction (Chinese)"))
    intro_en = models.TextField(_("introduction (English)"))
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="categories", blank=True
    )

    name = Bilingual()
    intro = Bilingual()

    objects = querysets.NaturalKeyManager.from_queryset(querysets.CategoryQuerySet)("slug")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="category_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="category_number_positive"),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class Centre(models.Model):
    """One of the "four centres" that the reforms are meant to serve."""

    slug = models.SlugField(_("slug"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), unique=True)
    name_zh = ChineseField(_("name (Chinese)"))
    name_en = models.TextField(_("name (English)"))
    short_zh = ChineseField(_("short name (Chinese)"))
    short_en = models.TextField(_("short name (English)"))
    epithet_zh = ChineseField(_("epithet (Chinese)"))
    epithet_en = models.TextField(_("epithet (English)"))
    description_zh = ChineseField(_("description (Chinese)"))
    description_en = models.TextField(_("description (English)"))
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="centres", blank=True
    )

    name = Bilingual()
    short = Bilingual()
    epithet = Bilingual()
    description = Bilingual()

    objects = querysets.NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ["order"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class Audience(models.Model):
    """Whom a measure concerns, in the editors' reading."""

    slug = models.SlugField(_("slug"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), unique=True)
    name_zh = ChineseField(_("name (Chinese)"))
    name_en = models.TextField(_("name (English)"))

    name = Bilingual()

    objects = querysets.NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["order"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class District(models.Model):
    """The district itself or a place in it."""

    class Kind(models.TextChoices):
        DISTRICT = "district", pgettext_lazy("kind of place", "District")
        SUBDISTRICT = "subdistrict", pgettext_lazy("kind of place", "Sub-district")
        AREA = "area", pgettext_lazy("kind of place", "Area")
        SITE = "site", pgettext_lazy("kind of place", "School or site")

    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name_zh = ChineseField(_("name (Chinese)"))
    name_en = models.TextField(_("name (English)"))
    pinyin = models.CharField(_("pinyin"), max_length=200)
    code = models.CharField(
        _("division code"),
        max_length=12,
        null=True,
        blank=True,
        unique=True,
        help_text=_(
            "Statistical division code of the National Bureau of Statistics; empty if there is none."
        ),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    aliases = ArrayField(
        models.CharField(max_length=200), verbose_name=_("other names"), default=list, blank=True
    )
    note_zh = ChineseField(_("note (Chinese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)

    name = Bilingual()
    note = Bilingual()

    objects = querysets.NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("district or place")
        verbose_name_plural = _("districts and places")
        ordering = [F("code").asc(nulls_last=True), "kind", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["district", "subdistrict", "area", "site"]), name="district_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="district_not_inside_itself"
            ),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class Measure(models.Model):
    class Basis(models.TextChoices):
        NAMED = "named", pgettext_lazy("basis of a measure", "Named in the source")
        DERIVED = "derived", pgettext_lazy("basis of a measure", "Split by the editors")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    plan = PlanYearField(related_name="measures")
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="measures", verbose_name=_("category")
    )
    number = models.PositiveIntegerField(_("number"))
    code = models.GeneratedField(
        verbose_name=_("code"),
        expression=Concat(
            Cast("plan", models.TextField()),
            Value("-"),
            # Two digits, and more once the numbers have more: lpad() would cut them.
            Func(
                Cast("number", models.TextField()),
                Greatest(Value(2), Length(Cast("number", models.TextField()))),
                Value("0"),
                function="lpad",
                output_field=models.TextField(),
            ),
            output_field=models.TextField(),
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
        unique=True,
    )
    slug = models.SlugField(_("slug"), max_length=80)
    title_zh = ChineseField(_("title (Chinese)"))
    title_en = models.TextField(_("title (English)"), blank=True)
    official_name_zh = ChineseField(
        _("official name"), blank=True, help_text=_("The name in the source’s own words.")
    )
    summary_zh = ChineseField(_("summary (Chinese)"), blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("split from"),
    )
    paragraphs = models.ManyToManyField(
        SourceParagraph, verbose_name=_("source paragraphs"), related_name="measures", blank=True
    )
    audiences = models.ManyToManyField(
        Audience, verbose_name=_("whom it concerns"), related_name="measures", blank=True
    )
    keywords_zh = ArrayField(
        models.CharField(max_length=80, validators=[validate_simplified]),
        verbose_name=_("keywords (Chinese)"),
        default=list,
        blank=True,
    )
    keywords_en = ArrayField(
        models.CharField(max_length=80), verbose_name=_("keywords (English)"), default=list, blank=True
    )
    note_zh = ChineseField(_("editors’ note (Chinese)"), blank=True)
    note_en = models.TextField(_("editors’ note (English)"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)

    title = Bilingual()
    summary = Bilingual()
    note = Bilingual()
    keywords = Bilingual()

    objects = querysets.NaturalKeyManager.from_queryset(querysets.MeasureQuerySet)("plan", "number")

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["plan", "number"]
        permissions = [("publish_measure", _("Can publish and unpublish measures"))]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="measure_number_unique"),
            models.UniqueConstraint(fields=["plan", "slug"], name="measure_slug_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="measure_number_positive"),
            models.CheckConstraint(condition=Q(basis__in=["named", "derived"]), name="measure_basis_known"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published"]), name="measure_status_known"
            ),
            models.CheckConstraint(
                condition=Q(basis="derived", parent__isnull=False) | Q(basis="named", parent__isnull=True),
                name="measure_derived_has_parent",
                violation_error_message=_(
                    "A measure split by the editors names the measure it was split from; "
                    "a measure named in the source has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="measure_not_its_own_parent"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def folio(self) -> str:
        """The number as it is set in margins: 07."""
        return f"{self.number:02}"

    def natural_key(self):
        return (self.plan_id, self.number)


class MeasurePart(models.Model):
    """What belongs to one measure and is edited with it."""

    class Meta:
        abstract = True

    def natural_key(self):
        return (*self.measure.natural_key(), *self.own_key())

    natural_key.dependencies = ["measures.measure"]


class Action(MeasurePart):
    """One thing that the plan says will be done."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField(_("position"))
    text_zh = ChineseField(_("action (Chinese)"))
    text_en = models.TextField(_("action (English)"), blank=True)
    paragraph = models.ForeignKey(
        SourceParagraph, on_delete=models.PROTECT, related_name="actions", verbose_name=_("source paragraph")
    )

    text = Bilingual()

    objects = querysets.NaturalKeyManager("measure__plan", "measure__number", "position")

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["measure", "position"]
        constraints = [
            # Deferred, so that actions can swap places within one transaction.
            models.UniqueConstraint(
                fields=["measure", "position"],
                name="action_position_unique",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="action_position_positive"),
        ]

    def __str__(self):
        return f"{self.position}. {self.text}"

    def own_key(self):
        return (self.position,)


class CentreLink(MeasurePart):
    """That a measure serves a centre, on which basis, and why the editors think so."""

    class Basis(models.TextChoices):
        TEXT = "text", pgettext_lazy("basis of a link", "From the text")
        EDITORIAL = "editorial", pgettext_lazy("basis of a link", "Editorial judgement")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="centre_links")
    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, related_name="links", verbose_name=_("centre")
    )
    basis = models.CharField(_("basis"), max_length=9, choices=Basis)
    reason_zh = ChineseField(_("reason (Chinese)"))
    reason_en = models.TextField(_("reason (English)"), blank=True)

    reason = Bilingual()

    objects = querysets.NaturalKeyManager("measure__plan", "measure__number", "centre__slug")

    class Meta:
        verbose_name = _("link to a centre")
        verbose_name_plural = _("links to centres")
        ordering = ["measure", "centre__order"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "centre"], name="one_link_per_measure_and_centre"),
            models.CheckConstraint(condition=Q(basis__in=["text", "editorial"]), name="link_basis_known"),
        ]

    def __str__(self):
        return f"{self.centre} ({self.get_basis_display()})"

    def own_key(self):
        return self.centre.natural_key()


class DistrictRole(MeasurePart):
    """Which part a place plays in a measure. The source names no responsible unit, so there is none here."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", pgettext_lazy("role of a place", "Responsible district")
        PILOT = "pilot", pgettext_lazy("role of a place", "Pilot")
        SITE = "site", pgettext_lazy("role of a place", "Site")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="district_roles")
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="roles", verbose_name=_("district or place")
    )
    role = models.CharField(_("role"), max_length=11, choices=Role)
    note_zh = ChineseField(_("note (Chinese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)

    note = Bilingual()

    objects = querysets.NaturalKeyManager("measure__plan", "measure__number", "district__slug", "role")

    class Meta:
        verbose_name = _("role of a place")
        verbose_name_plural = _("roles of places")
        ordering = ["measure", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "district", "role"], name="one_role_per_place"),
            models.CheckConstraint(condition=Q(role__in=["responsible", "pilot", "site"]), name="role_known"),
        ]

    def __str__(self):
        return f"{self.district} ({self.get_role_display()})"

    def own_key(self):
        return (*self.district.natural_key(), self.role)


class DataVersion(models.Model):
    """The one row that says which version of the public data this is; raised by the triggers of migration 0002."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.BigIntegerField(_("number"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data version")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_data_version")]

    def __str__(self):
        return str(self.number)


class Version(models.Model):
    """A record as it stood after a transaction that changed it. Written by a trigger, append-only.

    `document` is the whole public record (a measure with its actions, links and places; a plan with its paragraphs;
    a category, centre, audience or place), as `measures_document()` of migration 0002 builds it; None says that the
    record was deleted.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("plan")
        CATEGORY = "category", _("category")
        CENTRE = "centre", _("centre")
        AUDIENCE = "audience", _("audience")
        DISTRICT = "district", _("district or place")
        MEASURE = "measure", _("measure")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    key = models.CharField(_("code or slug"), max_length=80)
    number = models.PositiveIntegerField(_("number"))
    document = models.JSONField(_("record"), null=True)
    public = models.BooleanField(_("public"))
    actor = models.TextField(_("who"))
    at = models.DateTimeField(_("when"))
    note = models.TextField(_("why"), blank=True)
    data_version = models.BigIntegerField(_("data version"))

    objects = querysets.VersionQuerySet.as_manager()
    staff_columns = ("actor",)  # the role of public pages cannot read them

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key", "number"], name="version_unique")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.key} #{self.number}"


# --- Derived tables: what search and facets read. Triggers of migration 0002 keep them; nothing else writes them. ---


class FacetSet(models.Model):
    """A combination of facet tokens that at least one measure has had.

    Either what a measure is (`category:well-being`, `centre:culture`, `link:text`, `centre:culture/text`,
    `audience:none`, `basis:named` ...) or where it takes place (`district:futian`, `role:pilot`,
    `district:futian/pilot` ...). There are few of them however many measures there are, so that two numbers tell the
    facets of a measure. `key` is a hash of the tokens: they may be longer than an index entry.
    """

    key = models.CharField(max_length=32, unique=True)
    tokens = ArrayField(models.TextField())

    class Meta:
        indexes = [GinIndex(fields=["tokens"], name="facet_set_tokens")]

    def __str__(self):
        return " ".join(self.tokens)


class SearchRow(models.Model):
    """What the list needs to know of a published measure: facets, sort keys and its normalised text.

    A draft has no row. `text` is the whole record as `measures_normalized()` writes it, one field a line, and `lexemes`
    are its Chinese characters and pairs of neighbours and the stems of its words; those of the title stand there a second
    time, with search.IN_TITLE before them.
    """

    # Its foreign key is in migration 0002: the database itself deletes the row with the measure.
    measure = models.OneToOneField(
        Measure, on_delete=models.DO_NOTHING, primary_key=True, related_name="search_row", db_constraint=False
    )
    plan_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    about = models.ForeignKey(FacetSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    places = models.ForeignKey(FacetSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    edited_at = models.DateTimeField()
    title_key = models.TextField(db_collation="C")
    text = models.TextField()
    lexemes = SearchVectorField()

    objects = querysets.SearchRowQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["lexemes"], name="search_row_lexemes", fastupdate=False),
            models.Index(fields=["about"], name="search_row_about"),
            models.Index(fields=["places"], name="search_row_places"),
            models.Index(fields=["plan_year", "number"], name="search_row_number"),
            models.Index(fields=["title_key", "plan_year", "number"], name="search_row_title"),
            models.Index(F("edited_at").desc(), "plan_year", "number", name="search_row_edited"),
        ]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        """The measure's."""
        return f"{self.plan_year}-{self.number:02}"


class SearchName(models.Model):
    """The names of a category, centre, audience or place, as text and lexemes of the same kind as in `SearchRow`."""

    kind = models.CharField(max_length=8)
    slug = models.CharField(max_length=80)
    text = models.TextField()
    lexemes = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="search_name_unique")]

    def __str__(self):
        return f"{self.kind}:{self.slug}"


class CharacterPair(models.Model):
    """Two Chinese characters that have stood side by side in public text; `in_name`: in a title, keyword or name.

    Pinyin, initials and misspelt words are turned into text of the site along these pairs.
    """

    first = models.CharField(max_length=1)
    second = models.CharField(max_length=1)
    in_name = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="character_pair_unique")]
        indexes = [models.Index(fields=["second"], name="character_pair_second")]

    def __str__(self):
        return self.first + self.second


class Word(models.Model):
    """A Latin word or number that has stood in public text, and its English stem."""

    word = models.TextField(unique=True)
    stem = models.TextField(db_index=True)

    def __str__(self):
        return self.word


class Reading(models.Model):
    """A reading of a Chinese character in pinyin without tones; `usual` for the one it is sorted by."""

    character = models.CharField(max_length=1)
    syllable = models.CharField(max_length=6, db_index=True)
    usual = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["character", "syllable"], name="reading_unique")]

    def __str__(self):
        return f"{self.character} {self.syllable}"
