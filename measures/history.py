"""What the memory of the database means to people: documents, differences between them, and going back to one.

A *document* is the jsonb of one `Version`, as `measures_document()` of migration 0002 builds it: column names as keys,
slugs, codes and paragraph numbers as references.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .models import Audience, Category, Centre, District, Measure, Plan, SourceParagraph, Version

MODELS = {"plan": Plan, "category": Category, "centre": Centre, "audience": Audience, "district": District}
MODELS["measure"] = Measure

# The order in which an editor thinks of a record; what is not named here is not shown (codes that are built by the
# database, the years in keys).
FIELDS = {
    "plan": [
        *(
            "slug",
            "year",
            "title_zh",
            "title_en",
            "short_title_zh",
            "short_title_en",
            "issuer_zh",
            "issuer_en",
        ),
        *("source_zh", "source_en", "intro_zh", "intro_en", "method_zh", "method_en", "source_paragraphs"),
    ],
    "category": ["number", "slug", "name_zh", "name_en", "intro_zh", "intro_en", "paragraphs"],
    "centre": [
        *("slug", "order", "name_zh", "name_en", "short_zh", "short_en", "epithet_zh", "epithet_en"),
        *("description_zh", "description_en", "paragraphs"),
    ],
    "audience": ["slug", "order", "name_zh", "name_en"],
    "district": [
        *("slug", "kind", "name_zh", "name_en", "pinyin", "code", "parent", "aliases", "note_zh", "note_en"),
    ],
    "measure": [
        *("status", "category", "number", "slug", "title_zh", "title_en", "official_name_zh"),
        *("summary_zh", "summary_en", "basis", "parent", "paragraphs", "actions", "centres", "districts"),
        *("audiences", "keywords_zh", "keywords_en", "note_zh", "note_en"),
    ],
}
# Rows that belong to a record: their model and what each is called by.
ROWS = {
    "actions": ("Action", ["text_zh", "text_en", "paragraph"]),
    "centres": ("CentreLink", ["basis", "reason_zh", "reason_en"]),
    "districts": ("DistrictRole", ["note_zh", "note_en"]),
    "source_paragraphs": ("SourceParagraph", ["heading", "opening"]),
}
# Beyond this many characters a character-level comparison costs more than it tells.
LONGEST_COMPARED = 20_000


def kind_of(record) -> str:
    return record._meta.model_name


def key_of(record) -> str:
    """The code or slug that names `record` in its versions."""
    return record.code if isinstance(record, Measure) else record.slug


@dataclass(frozen=True)
class Entry:
    """One field of a document, ready to be read."""

    label: str
    text: str
    lang: str = ""


@dataclass(frozen=True)
class Change:
    """One field that differs: `parts` are (what, text) with `what` one of "same", "del", "ins"."""

    label: str
    parts: list[tuple[str, str]]
    lang: str = ""


def compared_texts(before: str, after: str, lang: str = "") -> list[tuple[str, str]]:
    """What was taken out of `before` and put in to make `after`: by characters in Chinese, by words in English."""
    if before == after:
        return [("same", after)] if after else []
    if not before or not after or len(before) + len(after) > LONGEST_COMPARED:
        return [(what, text) for what, text in (("del", before), ("ins", after)) if text]
    old, new = (re.findall(r"\w+|\W", text) if lang == "en" else list(text) for text in (before, after))
    parts = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            parts.append(("same", "".join(old[i1:i2])))
        else:
            parts += [
                (what, text)
                for what, text in (("del", "".join(old[i1:i2])), ("ins", "".join(new[j1:j2])))
                if text
            ]
    return parts


class Reader:
    """Turns documents into what people read, in the active language. One reader asks for each name once."""

    def __init__(self):
        self.names = {}

    def name(self, model, slug) -> str:
        if model not in self.names:
            self.names[model] = {record.slug: record.name for record in model.objects.all()}
        return str(self.names[model].get(slug, slug))

    def text(self, kind: str, field: str, value) -> str:
        if value is None or value == "" or value == []:
            return ""
        if field == "category":
            return self.name(Category, value)
        if field == "audiences":
            return _(", ").join(self.name(Audience, slug) for slug in value)
        if kind == "district" and field == "parent":
            return self.name(District, value)
        if field == "paragraph":
            return f"¶{value}"
        if field == "paragraphs":  # a centre's are (year, number)
            return " ".join(f"¶{number[1] if isinstance(number, list) else number}" for number in value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            # Words are in the language of their field, whichever the reader's is.
            between = {"_zh": "、", "_en": ", "}.get(field[-3:]) or _(", ")
            return between.join(map(str, value))
        return str(value)

    def entries(self, kind: str, document: dict | None, names: list[str] | None = None) -> dict[str, Entry]:
        """{name of the field: Entry} of a document's own fields, without its rows."""
        model = apps.get_model("measures", kind)
        found = {}
        for name in names or FIELDS.get(kind, ()):
            if name in ROWS:
                continue
            field = model._meta.get_field(name)
            value = (document or {}).get(name)
            text = str(dict(field.choices).get(value, value or "")) if field.choices else None
            found[name] = Entry(
                label=str(field.verbose_name),
                text=self.text(kind, name, value) if text is None else text,
                lang={"_zh": "zh-Hans", "_en": "en"}.get(name[-3:], ""),
            )
        return found

    def row_name(self, rows: str, row: dict) -> str:
        if rows == "actions":
            return _("action %(number)s") % {"number": row["position"]}
        if rows == "centres":
            return _("centre “%(name)s”") % {"name": self.name(Centre, row["centre"])}
        if rows == "districts":
            role = dict(apps.get_model("measures", "DistrictRole").Role.choices).get(row["role"], row["role"])
            return _("place “%(name)s” (%(role)s)") % {
                "name": self.name(District, row["district"]),
                "role": role,
            }
        return _("source paragraph %(number)s") % {"number": row["number"]}

    def changes(self, kind: str, before: dict | None, after: dict | None) -> list[Change]:
        """What differs between two documents of one record, field by field in an editor's order."""
        old, new = self.entries(kind, before), self.entries(kind, after)
        found = []
        for name in FIELDS[kind]:
            if name in ROWS:
                found += self.changes_in_rows(name, (before or {}).get(name, []), (after or {}).get(name, []))
            elif old[name].text != new[name].text:
                found.append(
                    Change(
                        new[name].label,
                        compared_texts(old[name].text, new[name].text, new[name].lang),
                        new[name].lang,
                    )
                )
        return found

    def changes_in_rows(self, rows: str, before: list[dict], after: list[dict]) -> list[Change]:
        model, names = ROWS[rows]
        found = []
        for old, new in paired_rows(rows, before, after):
            row_name = self.row_name(rows, new or old)
            if old and new and rows == "actions" and old["position"] != new["position"]:
                found.append(
                    Change(
                        row_name,
                        [
                            ("del", self.row_name(rows, old)),
                            ("ins", row_name),
                        ],
                    )
                )
            old_entries, new_entries = (self.entries(model.lower(), row, names) for row in (old, new))
            for name in names:
                old_text, entry = old_entries[name].text, new_entries[name]
                if old_text != entry.text:
                    label = _("%(row)s: %(field)s") % {"row": row_name, "field": entry.label}
                    found.append(Change(label, compared_texts(old_text, entry.text, entry.lang), entry.lang))
            shown = old_entries if new is None else new_entries
            if (old is None or new is None) and not any(entry.text for entry in shown.values()):
                found.append(Change(row_name, [("del" if new is None else "ins", row_name)]))
        return found

    def whole(self, kind: str, document: dict) -> list[Entry]:
        """Everything the document says, in an editor's order."""
        own = self.entries(kind, document)
        found = []
        for name in FIELDS[kind]:
            if name not in ROWS:
                found.append(own[name])
                continue
            model, fields = ROWS[name]
            for row in document.get(name, []):
                for entry in self.entries(model.lower(), row, fields).values():
                    label = _("%(row)s: %(field)s") % {"row": self.row_name(name, row), "field": entry.label}
                    found.append(Entry(label, entry.text, entry.lang))
        return [entry for entry in found if entry.text]


def paired_rows(rows: str, before: list[dict], after: list[dict]) -> list[tuple[dict | None, dict | None]]:
    """Rows of two documents that are the same row, or (row, None) for one taken out, (None, row) for one put in.

    Links, places and paragraphs are known by what they name. Actions have only their text: equal ones are paired first,
    so that an action put in at the top does not make all of them look changed.
    """
    if rows != "actions":
        keys = {"centres": ["centre"], "districts": ["district", "role"], "source_paragraphs": ["number"]}[
            rows
        ]
        old, new = ({tuple(row[key] for key in keys): row for row in side} for side in (before, after))
        return [(old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])]
    pairs = []
    texts = [[row["text_zh"] for row in side] for side in (before, after)]
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        old, new = before[i1:i2], after[j1:j2]
        if operation == "replace":
            taken = set()
            for row in new:
                ratios = [
                    (SequenceMatcher(None, other["text_zh"], row["text_zh"]).ratio(), -index, index)
                    for index, other in enumerate(old)
                    if index not in taken
                ]
                ratio, _order, index = max(ratios, default=(0, 0, None))
                same_place = index is not None and old[index]["position"] == row["position"]
                if index is not None and (ratio > 0.4 or same_place):
                    taken.add(index)
                    pairs.append((old[index], row))
                else:
                    pairs.append((None, row))
            pairs += [(row, None) for index, row in enumerate(old) if index not in taken]
        else:
            longest = max(len(old), len(new))
            pairs += zip(
                [*old, *[None] * (longest - len(old))], [*new, *[None] * (longest - len(new))], strict=True
            )
    return pairs


def title_of(kind: str, document: dict | None) -> str:
    """What a document's record is called, in the active language."""
    name = {"measure": "title", "plan": "short_title"}.get(kind, "name")
    document = document or {}
    return (get_language() == "en" and document.get(f"{name}_en")) or document.get(f"{name}_zh", "")


# --- Going back ---


def restore(version: Version) -> None:
    """Make the record what it was in `version`: a new version, written at commit. Whether it is published stays as is.

    A record that was deleted is entered again, a measure as a draft. Raises ValidationError where something it names is
    gone, and leaves the rest to the transaction.
    """
    if version.document is None:
        raise ValidationError(
            _("This version says that the record was deleted; there is nothing to restore.")
        )
    RESTORERS.get(version.kind, restore_simple)(version.kind, version.document)


def referred(model, label, **key):
    try:
        return model.objects.get(**key)
    except model.DoesNotExist:
        raise ValidationError(
            _("%(kind)s “%(key)s” no longer exists; enter it again before restoring this version.")
            % {"kind": label, "key": " ".join(map(str, key.values()))}
        ) from None


def restored_record(kind: str, document: dict, **references):
    """The record of `document`, found or new, with the document's columns and `references`; saved."""
    model = MODELS[kind]
    names = {"plan": "plan_year", "number": "number"} if kind == "measure" else {"slug": "slug"}
    key = {model._meta.get_field(name).attname: document[column] for name, column in names.items()}
    record = model.objects.filter(**key).first() or model(**key)
    kept = {"status", "code"} if kind == "measure" else set()
    for field in model._meta.concrete_fields:
        if (
            field.name in document
            and field.name not in kept
            and not field.is_relation
            and not field.generated
        ):
            setattr(record, field.name, document[field.name])
    for name, value in references.items():
        setattr(record, name, value)
    record.save()
    return record


def paragraphs_of(year: int, numbers: list[int]) -> list[SourceParagraph]:
    return [
        referred(SourceParagraph, SourceParagraph._meta.verbose_name, plan=year, number=number)
        for number in numbers
    ]


def restore_simple(kind: str, document: dict) -> None:
    references = {}
    if kind == "category":
        references["plan"] = referred(Plan, Plan._meta.verbose_name, year=document["plan_year"])
    if kind == "district":
        references["parent"] = document["parent"] and referred(
            District, District._meta.verbose_name, slug=document["parent"]
        )
    record = restored_record(kind, document, **references)
    if kind == "category":
        record.paragraphs.set(paragraphs_of(document["plan_year"], document["paragraphs"]))
    if kind == "centre":
        record.paragraphs.set(
            [
                paragraph
                for year, number in document["paragraphs"]
                for paragraph in paragraphs_of(year, [number])
            ]
        )


def restore_plan(kind: str, document: dict) -> None:
    plan = restored_record(kind, document)
    for row in document["source_paragraphs"]:
        SourceParagraph.objects.update_or_create(plan=plan, number=row["number"], defaults=row)


def restore_measure(kind: str, document: dict) -> None:
    year = document["plan_year"]
    parent = document["parent"] and referred(Measure, Measure._meta.verbose_name, code=document["parent"])
    measure = restored_record(
        kind,
        document,
        category=referred(Category, Category._meta.verbose_name, slug=document["category"]),
        parent=parent,
    )
    measure.paragraphs.set(paragraphs_of(year, document["paragraphs"]))
    measure.audiences.set(
        [referred(Audience, Audience._meta.verbose_name, slug=slug) for slug in document["audiences"]]
    )
    # The rows have no identity of their own in the history, so all of them are entered anew.
    for rows in (measure.actions, measure.centre_links, measure.district_roles):
        rows.all().delete()
    for row in document["actions"]:
        measure.actions.create(**{**row, "paragraph": paragraphs_of(year, [row["paragraph"]])[0]})
    for row in document["centres"]:
        centre = referred(Centre, Centre._meta.verbose_name, slug=row["centre"])
        measure.centre_links.create(**{**row, "centre": centre})
    for row in document["districts"]:
        district = referred(District, District._meta.verbose_name, slug=row["district"])
        measure.district_roles.create(**{**row, "district": district})


RESTORERS = {"plan": restore_plan, "measure": restore_measure}
