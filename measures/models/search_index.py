"""The tables that search and facets read. Triggers keep them; nothing else writes them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.lookups import DataContains
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Deferrable, F, Func, Lookup, Q, Value
from django.db.models.functions import Cast, Concat

from .versions import PublicVersion


@SearchVectorField.register_lookup
class Matches(Lookup):
    """`lexemes__matches="'教育'&'改革'"`: a ready tsquery, which the planner sees as a constant."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, column_params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*column_params, self.rhs]


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


#: The data versions in which a row holds.
SPAN = Func("since", "until", function="int8range", output_field=BigIntegerRangeField())
PRESENT = Q(until__isnull=True)
NOT_EMPTY = PRESENT | Q(until__gt=F("since"))


class SearchRowQuerySet(models.QuerySet):
    def present(self):
        return self.filter(PRESENT)

    def as_of(self, data_version: int):
        """The rows of one data version: what began before and still stands, and, by their index, those that ended since."""
        moment = Cast(Value(data_version), models.BigIntegerField())
        ended_since = Q(DataContains(SPAN, moment), until__isnull=False)
        return self.filter(PRESENT & Q(since__lte=data_version) | ended_since)


def overlapping(same) -> list[tuple]:
    """Expressions of an exclusion constraint: what has the `same` number and a data version in common."""
    number_range = Func(same, same, Value("[]"), function="int8range", output_field=BigIntegerRangeField())
    return [(number_range, "&&"), (SPAN, "&&")]


class SearchRow(models.Model):
    """A published measure as lists and searches need it: facets, sort keys and its normalised text.

    A function of the document of `version`, written by trigger (`sql/4_index_rows.sql`): one row for each public state of
    a measure, from the data version `since` up to, but without, `until`; without an end for the present. What is not public
    has no row. `measure_id` is the measure's number in bitmaps: its key when its code was first published, then the code's
    for good. `version_number` and `edited_at` are of the newest version that readers were told of.

    `text` is the whole record as `measures_normalized()` writes it, one field a line, and `lexemes` are its Chinese
    characters and pairs of neighbours and the stems of its words; those of the titles stand there a second time, with
    matching.IN_TITLE before them.
    """

    version = models.ForeignKey(
        PublicVersion, on_delete=models.DO_NOTHING, related_name="rows", db_constraint=False, db_index=False
    )
    code = models.CharField(max_length=20)
    measure_id = models.BigIntegerField()
    plan_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    version_number = models.PositiveIntegerField()
    edited_at = models.DateTimeField()
    published_at = models.DateTimeField()
    parent = models.TextField(null=True)  # noqa: DJ001  a measure without parent has none, not an empty one
    about = models.ForeignKey(FacetSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    places = models.ForeignKey(FacetSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    cites = models.ForeignKey(FacetSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    title_key = models.TextField(db_collation="C")
    text = models.TextField()
    lexemes = SearchVectorField()
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "since"], name="search_row_unique"),
            models.UniqueConstraint(fields=["measure_id", "since"], name="search_row_key_unique"),
            models.CheckConstraint(condition=NOT_EMPTY, name="search_row_not_empty"),
            ExclusionConstraint(
                name="search_row_no_overlap",
                expressions=overlapping(F("measure_id")),
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        # The present has indexes of its own, so that the past costs it nothing.
        indexes = [
            GinIndex(fields=["lexemes"], name="search_row_lexemes", fastupdate=False, condition=PRESENT),
            models.Index(fields=["plan_year", "number"], name="search_row_number", condition=PRESENT),
            models.Index(fields=["parent"], name="search_row_parent", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["title_key", "plan_year", "number"], name="search_row_title", condition=PRESENT
            ),
            models.Index(
                F("edited_at").desc(), "plan_year", "number", name="search_row_edited", condition=PRESENT
            ),
            GinIndex(fields=["lexemes"], name="search_row_past_lexemes", condition=~PRESENT),
            GistIndex(
                Func("since", "until", function="int8range"), name="search_row_past", condition=~PRESENT
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.since}-{self.until or ''}"


class SearchName(models.Model):
    """The names of a category, centre, audience or place, as text and lexemes of the same kind as in `SearchRow`, and the
    data versions in which it was called so."""

    kind = models.CharField(max_length=8)
    slug = models.CharField(max_length=80)
    text = models.TextField()
    lexemes = SearchVectorField()
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug", "since"], name="search_name_unique"),
            models.CheckConstraint(condition=NOT_EMPTY, name="search_name_not_empty"),
            # Ranges of numbers need no extension of PostgreSQL, and texts would: so the name's hash stands for it.
            ExclusionConstraint(
                name="search_name_no_overlap",
                expressions=overlapping(
                    Func(Concat("kind", Value(":"), "slug"), Value(0), function="hashtextextended")
                ),
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.kind}:{self.slug}"


class CharacterPair(models.Model):
    """Two Chinese characters that have stood side by side in public text; `in_name`: in a title, keyword or name.

    Pinyin, initials and misspelt words are turned into text of the site along these pairs. `since` and `name_since` are the
    data versions in which they first did; 0 where that was not written down.
    """

    first = models.CharField(max_length=1)
    second = models.CharField(max_length=1)
    in_name = models.BooleanField()
    since = models.BigIntegerField(default=0)
    name_since = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="character_pair_unique")]
        indexes = [models.Index(fields=["second"], name="character_pair_second")]

    def __str__(self):
        return self.first + self.second


class Word(models.Model):
    """A Latin word or number that has stood in public text since a data version, and its English stem."""

    word = models.TextField(unique=True)
    stem = models.TextField(db_index=True)
    since = models.BigIntegerField(default=0)

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
