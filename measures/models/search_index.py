"""What search and facets read. Triggers keep these tables; nothing else writes them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Lookup

from .measure import Measure


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


class SearchRow(models.Model):
    """What the list needs to know of a published measure: facets, sort keys and its normalised text.

    A draft has no row. `text` is the whole record as `measures_normalized()` writes it, one field a line, and `lexemes`
    are its Chinese characters and pairs of neighbours and the stems of its words; those of the title stand there a second
    time, with matching.IN_TITLE before them.
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
