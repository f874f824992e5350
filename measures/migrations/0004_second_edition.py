"""The schema of the second edition: the past can be read, plans have a status, terms and synonyms, what readers are told.

`0004_sql/` is this migration's own copy of the functions, triggers and view; `measures/sql/` is their present state. Nothing
that was remembered changes: versions get an event and a digest beside what they hold, and a record whose document has another
shape now gets one more version, signed `migration`, which is no event.
"""

import hashlib
from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import DatabaseError, migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.constraints import Deferrable
from django.db.models.functions import Concat

import measures.models.fields
import measures.models.glossary

# --- Only the state that 0003 leaves can be upgraded ---

# Migrations 0001 and 0002 were edited in place before they were released; the functions of such a database tell.
LANDED = "8e22e1a516a421025c24d201564785bb75706dd88151c63f0b5c7f24a8543fb3"
FINGERPRINT = """
    SELECT 'function', proname, pg_get_function_identity_arguments(oid), provolatile::text, prosrc
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'measures\\_%'
    UNION ALL
    SELECT 'trigger', relname, tgname, tgtype::text, proname || ' ' || encode(tgargs, 'escape')
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND relname LIKE 'measures\\_%'
"""
REFUSAL = (
    "This database was made by a state of the project before its first release: its functions or triggers are not those "
    "that the migrations before this one leave. Nothing was changed. Its content, accounts and history can be taken into "
    "a new database: docs/upgrading.md says how."
)


def fingerprint(cursor) -> str:
    cursor.execute(FINGERPRINT)
    rows = sorted(" ".join(row) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def refuse_other_states(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if fingerprint(cursor) != LANDED:
            raise DatabaseError(REFUSAL)


# --- SQL ---

FUNCTIONS = [
    path.read_text(encoding="utf-8") for path in sorted(Path(__file__).with_name("0004_sql").glob("*.sql"))
]

# What the new functions replace. Triggers go with the functions that they call and are made anew.
DROP_REPLACED = """
DROP FUNCTION measures_paragraph_in_same_plan() CASCADE;
DROP FUNCTION measures_write_search_rows(bigint[]);
DROP FUNCTION measures_refresh_search(text, text, jsonb);
DROP FUNCTION measures_learn(text, boolean);
"""

# One row that counted becomes a row for each data version. Number 0 is the empty database; commits stand in line at its row.
DATA_VERSIONS = """
ALTER TABLE measures_dataversion DROP CONSTRAINT one_data_version, DROP COLUMN id,
    ADD COLUMN lineage uuid, ADD COLUMN restores smallint CHECK (restores >= 0);
UPDATE measures_dataversion SET lineage = gen_random_uuid(), restores = 0;
INSERT INTO measures_dataversion (number, at, lineage, restores)
    SELECT v.data_version, min(v.at), d.lineage, 0 FROM measures_version v, measures_dataversion d
    WHERE v.data_version > 0 AND v.data_version < d.number GROUP BY v.data_version, d.lineage;
INSERT INTO measures_dataversion (number, at, lineage, restores)
    SELECT 0, least(
            (SELECT applied FROM django_migrations WHERE app = 'measures' AND name = '0002_memory'), min(at)),
        lineage, 0
    FROM measures_dataversion GROUP BY lineage HAVING min(number) > 0;
ALTER TABLE measures_dataversion ALTER lineage SET NOT NULL, ALTER restores SET NOT NULL, ADD PRIMARY KEY (number);
CREATE INDEX data_version_lineage ON measures_dataversion (lineage, number);
"""

# As migration 0002 set up the table before it.
SEARCH_ROWS = """
-- A search visits the short columns of what it finds; the long ones lie apart, and uncompressed, because matches are checked
-- there.
ALTER TABLE measures_searchrow SET (toast_tuple_target = 512);
ALTER TABLE measures_searchrow ALTER text SET STORAGE EXTERNAL, ALTER lexemes SET STORAGE EXTERNAL,
    ALTER title_key SET STORAGE MAIN;
-- How few words of a bitmap there are, without which the planner would sort all that a search finds.
CREATE STATISTICS measures_searchrow_words ON (measure_id / 64) FROM measures_searchrow;
"""

EVENTS_AND_DIGESTS = """
ALTER TABLE measures_version DISABLE TRIGGER append_only;
UPDATE measures_version v SET
        event = measures_event(v.public, past.was_public, past.ever_public, v.document IS NULL, false),
        digest = measures_digest(v.document)
    FROM (
        SELECT id, coalesce(lag(public) OVER so_far, false) AS was_public,
            coalesce(bool_or(public) OVER (so_far ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS ever_public
        FROM measures_version WINDOW so_far AS (PARTITION BY kind, key ORDER BY number)
    ) past WHERE past.id = v.id;
ALTER TABLE measures_version ENABLE TRIGGER append_only;
"""

# Pairs and words learn since when they are known. What no public version explains was known before: 0.
PAST = """
CREATE TEMPORARY TABLE known_pair ON COMMIT DROP AS SELECT first, second, in_name FROM measures_characterpair;
CREATE TEMPORARY TABLE known_word ON COMMIT DROP AS SELECT word, stem FROM measures_word;
DELETE FROM measures_characterpair;
DELETE FROM measures_word;
SELECT measures_rebuild_index();
INSERT INTO measures_characterpair AS known (first, second, in_name, since, name_since)
    SELECT first, second, in_name, 0, CASE WHEN in_name THEN 0 END FROM known_pair
    ON CONFLICT (first, second) DO UPDATE SET in_name = true, name_since = 0
        WHERE EXCLUDED.in_name AND NOT known.in_name;
INSERT INTO measures_word (word, stem, since) SELECT word, stem, 0 FROM known_word ON CONFLICT (word) DO NOTHING;
"""

# Every record is looked at once, by the trigger that looks at it after an edit.
SHAPES = """
SELECT set_config('futian.migration', 'yes', true);
INSERT INTO measures_touched (kind, key)
    SELECT 'plan', slug FROM measures_plan UNION ALL SELECT 'category', slug FROM measures_category
    UNION ALL SELECT 'centre', slug FROM measures_centre UNION ALL SELECT 'audience', slug FROM measures_audience
    UNION ALL SELECT 'district', slug FROM measures_district UNION ALL SELECT 'measure', code FROM measures_measure;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT set_config('futian.migration', '', true);
"""

# --- Permissions ---

EDITOR = [f"{do}_{model}" for model in ("term", "synonym") for do in ("view", "add", "change")]
GROUPS = {"editor": EDITOR, "publisher": EDITOR, "administrator": [*EDITOR, "delete_term", "delete_synonym"]}


def grant_permissions(apps, schema_editor):
    create_permissions(installed.get_app_config("measures"), verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="measures", codename__in=codenames)
        )


# --- Parts of models ---

PRESENT = Q(until__isnull=True)
NOT_EMPTY = Q(until__isnull=True) | Q(until__gt=F("since"))
KINDS = [
    ("plan", "plan"), ("category", "category"), ("centre", "centre"), ("audience", "audience"),
    ("district", "district or place"), ("measure", "measure"), ("term", "term"), ("synonym", "synonym"),
]  # fmt: skip
EVENTS = [
    ("added", "Added"), ("changed", "Changed"), ("withdrawn", "Withdrawn"), ("deleted", "Deleted"),
    ("published_again", "Published again"),
]  # fmt: skip


def auto_id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def facet_set():
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="measures.facetset"
    )


def overlapping(same):
    ranges = django.contrib.postgres.fields.ranges.BigIntegerRangeField
    number_range = Func(same, same, Value("[]"), function="int8range", output_field=ranges())
    return [(number_range, "&&"), (Func("since", "until", function="int8range", output_field=ranges()), "&&")]


class Migration(migrations.Migration):
    dependencies = [("measures", "0003_groups")]

    operations = [
        migrations.RunPython(refuse_other_states, migrations.RunPython.noop),
        # What staff edit
        migrations.AddField(
            "plan",
            "status",
            # Plans that are there are public; new ones begin as drafts.
            models.CharField(
                choices=[("draft", "Draft"), ("published", "Published")],
                default="published",
                max_length=9,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            "plan",
            "status",
            models.CharField(
                choices=[("draft", "Draft"), ("published", "Published")],
                default="draft",
                max_length=9,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            "plan",
            models.CheckConstraint(condition=Q(status__in=["draft", "published"]), name="plan_status_known"),
        ),
        migrations.AddField(
            "measure",
            "headline_zh",
            measures.models.fields.ChineseField(blank=True, default="", verbose_name="headline (Chinese)"),
            preserve_default=False,
        ),
        migrations.AddField(
            "measure",
            "headline_en",
            models.TextField(blank=True, default="", verbose_name="headline (English)"),
            preserve_default=False,
        ),
        migrations.AlterField(
            "measure",
            "basis",
            models.CharField(
                choices=[
                    ("named", "Named in the source"),
                    ("described", "Described in the source"),
                    ("derived", "Split by the editors"),
                ],
                max_length=9,
                verbose_name="basis",
            ),
        ),
        migrations.RemoveConstraint("measure", "measure_basis_known"),
        migrations.RemoveConstraint("measure", "measure_derived_has_parent"),
        migrations.AddConstraint(
            "measure",
            models.CheckConstraint(
                condition=Q(basis__in=["named", "described", "derived"]), name="measure_basis_known"
            ),
        ),
        migrations.AddConstraint(
            "measure",
            models.CheckConstraint(
                condition=Q(basis="derived", parent__isnull=False)
                | (~Q(basis="derived") & Q(parent__isnull=True)),
                name="measure_derived_has_parent",
                violation_error_message="A measure split by the editors names the measure it was split from; "
                "a measure named or described in the source has none.",
            ),
        ),
        migrations.AddField(
            "action", "background", models.BooleanField(default=False, verbose_name="is background")
        ),
        migrations.CreateModel(
            "Term",
            [
                ("id", auto_id()),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name_zh", measures.models.fields.ChineseField(verbose_name="term (Chinese)")),
                ("name_en", models.TextField(verbose_name="term (English)")),
                ("gloss_zh", measures.models.fields.ChineseField(verbose_name="explanation (Chinese)")),
                ("gloss_en", models.TextField(verbose_name="explanation (English)")),
                (
                    "plan",
                    measures.models.fields.PlanYearField(
                        db_column="plan_year",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="measures.plan",
                        to_field="year",
                        verbose_name="plan",
                    ),
                ),
                (
                    "measures",
                    models.ManyToManyField(
                        blank=True, related_name="terms", to="measures.measure", verbose_name="measures"
                    ),
                ),
            ],
            {"verbose_name": "term", "verbose_name_plural": "terms", "ordering": ["plan", "slug"]},
        ),
        migrations.CreateModel(
            "Synonym",
            [
                ("id", auto_id()),
                (
                    "slug",
                    models.SlugField(
                        default=measures.models.glossary.new_synonym_slug,
                        editable=False,
                        max_length=80,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                ("word", models.CharField(max_length=80, verbose_name="word")),
                ("means", models.CharField(max_length=80, verbose_name="means")),
                ("both_ways", models.BooleanField(default=False, verbose_name="both ways")),
            ],
            {
                "verbose_name": "synonym",
                "verbose_name_plural": "synonyms",
                "ordering": ["word", "means"],
                "constraints": [
                    models.UniqueConstraint(fields=("word", "means"), name="synonym_unique"),
                    models.CheckConstraint(
                        condition=Q(("word", F("means")), _negated=True), name="synonym_means_another_word"
                    ),
                ],
            },
        ),
        # The memory
        migrations.AddField(
            "version", "private_note", models.TextField(blank=True, default="", verbose_name="private note")
        ),
        migrations.AddField(
            "version",
            "event",
            models.CharField(blank=True, choices=EVENTS, default="", max_length=15, verbose_name="event"),
        ),
        migrations.AddField(
            "version",
            "digest",
            models.CharField(blank=True, default="", max_length=64, verbose_name="digest"),
        ),
        migrations.AlterField(
            "version", "kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind")
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(DATA_VERSIONS)],
            [
                migrations.DeleteModel("DataVersion"),
                migrations.CreateModel(
                    "DataVersion",
                    [
                        (
                            "number",
                            models.BigIntegerField(primary_key=True, serialize=False, verbose_name="number"),
                        ),
                        ("at", models.DateTimeField(verbose_name="time")),
                        ("lineage", models.UUIDField(verbose_name="lineage")),
                        (
                            "restores",
                            models.PositiveSmallIntegerField(default=0, verbose_name="restorations"),
                        ),
                    ],
                    {
                        "verbose_name": "data version",
                        "verbose_name_plural": "data versions",
                        "ordering": ["-number"],
                        "indexes": [models.Index(fields=["lineage", "number"], name="data_version_lineage")],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            "PublicVersion",
            [
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=KINDS, max_length=8)),
                ("key", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField(null=True)),
                ("public", models.BooleanField()),
                ("event", models.CharField(blank=True, choices=EVENTS, max_length=15)),
                ("at", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
                ("data_version", models.BigIntegerField()),
                ("digest", models.CharField(blank=True, max_length=64)),
            ],
            {"db_table": "measures_publicversion", "ordering": ["-id"], "managed": False},
        ),
        # What lists and searches read: made anew from the versions
        migrations.DeleteModel("SearchRow"),
        migrations.CreateModel(
            "SearchRow",
            [
                ("id", auto_id()),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="rows",
                        to="measures.publicversion",
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("measure_id", models.BigIntegerField()),
                ("plan_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("version_number", models.PositiveIntegerField()),
                ("edited_at", models.DateTimeField()),
                ("published_at", models.DateTimeField()),
                ("parent", models.TextField(null=True)),
                ("about", facet_set()),
                ("places", facet_set()),
                ("cites", facet_set()),
                ("title_key", models.TextField(db_collation="C")),
                ("text", models.TextField()),
                ("lexemes", django.contrib.postgres.search.SearchVectorField()),
                ("since", models.BigIntegerField()),
                ("until", models.BigIntegerField(null=True)),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(fields=("code", "since"), name="search_row_unique"),
                    models.UniqueConstraint(fields=("measure_id", "since"), name="search_row_key_unique"),
                    models.CheckConstraint(condition=NOT_EMPTY, name="search_row_not_empty"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=Deferrable.DEFERRED,
                        expressions=overlapping(F("measure_id")),
                        name="search_row_no_overlap",
                    ),
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        condition=PRESENT, fastupdate=False, fields=["lexemes"], name="search_row_lexemes"
                    ),
                    models.Index(condition=PRESENT, fields=["plan_year", "number"], name="search_row_number"),
                    models.Index(
                        condition=Q(parent__isnull=False), fields=["parent"], name="search_row_parent"
                    ),
                    models.Index(
                        condition=PRESENT,
                        fields=["title_key", "plan_year", "number"],
                        name="search_row_title",
                    ),
                    models.Index(
                        F("edited_at").desc(),
                        F("plan_year"),
                        F("number"),
                        condition=PRESENT,
                        name="search_row_edited",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=~PRESENT, fields=["lexemes"], name="search_row_past_lexemes"
                    ),
                    django.contrib.postgres.indexes.GistIndex(
                        Func("since", "until", function="int8range"),
                        condition=~PRESENT,
                        name="search_row_past",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SEARCH_ROWS),
        migrations.DeleteModel("SearchName"),
        migrations.CreateModel(
            "SearchName",
            [
                ("id", auto_id()),
                ("kind", models.CharField(max_length=8)),
                ("slug", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("lexemes", django.contrib.postgres.search.SearchVectorField()),
                ("since", models.BigIntegerField()),
                ("until", models.BigIntegerField(null=True)),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "slug", "since"), name="search_name_unique"),
                    models.CheckConstraint(condition=NOT_EMPTY, name="search_name_not_empty"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=Deferrable.DEFERRED,
                        expressions=overlapping(
                            Func(Concat("kind", Value(":"), "slug"), Value(0), function="hashtextextended")
                        ),
                        name="search_name_no_overlap",
                    ),
                ],
            },
        ),
        migrations.AddField("characterpair", "since", models.BigIntegerField(default=0)),
        migrations.AddField("characterpair", "name_since", models.BigIntegerField(null=True)),
        migrations.AddField("word", "since", models.BigIntegerField(default=0)),
        # Functions, triggers, view; then the past
        *(migrations.RunSQL(sql) for sql in (DROP_REPLACED, *FUNCTIONS, EVENTS_AND_DIGESTS, PAST, SHAPES)),
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
    ]
