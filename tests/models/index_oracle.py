"""What each data version held, by a plain reading of the versions in Python: the oracle of the index rows."""

from collections import defaultdict

from django.db import connection

from measures.language.normalising import normalized
from measures.models import CharacterPair, DataVersion, FacetSet, SearchName, SearchRow, Version, Word

NAMED = ("category", "centre", "audience", "district")


def data_versions() -> list[int]:
    """All numbers there are, but that of the empty database."""
    return sorted(DataVersion.objects.filter(number__gt=0).values_list("number", flat=True))


def read_plainly(data_version: int) -> tuple[dict, dict]:
    """The measures (code -> columns) and the names ((kind, slug) -> text) that were public in a data version."""
    histories = defaultdict(list)
    for version in Version.objects.filter(data_version__lte=data_version).order_by("number"):
        histories[version.kind, version.key].append(version)
    public = {key: versions for key, versions in histories.items() if versions[-1].public}
    plans = {
        versions[-1].document["year"]: slug for (kind, slug), versions in public.items() if kind == "plan"
    }
    measures = {
        code: measure_columns(versions, plans)
        for (kind, code), versions in public.items()
        if kind == "measure"
    }
    names = {
        (kind, slug): names_of(versions[-1].document)
        for (kind, slug), versions in public.items()
        if kind in NAMED
    }
    return measures, names


def measure_columns(versions: list[Version], plans: dict[int, str]) -> dict:
    latest, document = versions[-1], versions[-1].document
    public = [version for version in versions if version.public]
    told = [version for version in public if version.event] or public[:1]
    year = document["plan_year"]
    about = {f"plan:{plans[year]}", f"category:{document['category']}", f"basis:{document['basis']}"}
    about |= {f"audience:{slug}" for slug in document["audiences"] or ["none"]}
    about |= set() if document["centres"] else {"centre:none"}
    for link in document["centres"]:
        slug, basis = link["centre"], link["basis"]
        about |= {f"centre:{slug}", f"link:{basis}", f"centre:{slug}/{basis}"}
    places = set()
    for place in document["districts"]:
        slug, role = place["district"], place["role"]
        places |= {f"district:{slug}", f"role:{role}", f"district:{slug}/{role}"}
    return {
        "version_id": latest.id,
        "version_number": told[-1].number,
        "edited_at": told[-1].at,
        "published_at": public[0].at,
        "plan_year": year,
        "number": document["number"],
        "parent": document["parent"],
        "about": sorted(about),
        "places": sorted(places),
        "cites": sorted(f"paragraph:{year}/{number}" for number in document["paragraphs"]),
        "text": text_of(document),
    }


def text_of(document: dict) -> str:
    headlines = [document.get(name, "") for name in ("headline_zh", "headline_en")]
    lines = [document["code"], document["title_zh"], document["title_en"], *filter(None, headlines)]
    lines.append(document["official_name_zh"])
    for name in ("keywords_zh", "keywords_en"):
        lines += ["\n".join(document[name])] if document[name] else []
    lines += [document["summary_zh"], document["summary_en"]]
    lines += [f"{action['text_zh']}\n{action['text_en']}" for action in document["actions"]]
    lines += [document["note_zh"], document["note_en"]]
    return normalized("\n".join(lines))


def names_of(document: dict) -> str:
    lines = [document[name] for name in ("name_zh", "name_en", "short_zh", "short_en") if name in document]
    return normalized("\n".join([*lines, *document.get("aliases", [])]))


def read_from_index(data_version: int) -> tuple[dict, dict]:
    """The same from the index rows."""
    tokens = dict(FacetSet.objects.values_list("id", "tokens"))
    columns = ("version_id", "version_number", "edited_at", "published_at", "plan_year", "number", "parent")
    rows = list(SearchRow.objects.as_of(data_version))
    measures = {
        row.code: {name: getattr(row, name) for name in (*columns, "text")}
        | {name: tokens[getattr(row, f"{name}_id")] for name in ("about", "places", "cites")}
        for row in rows
    }
    assert len({row.measure_id for row in rows}) == len(measures) == len(rows)
    names = list(SearchName.objects.as_of(data_version))
    assert len({(name.kind, name.slug) for name in names}) == len(names)
    return measures, {(name.kind, name.slug): name.text for name in names}


def whole_index() -> dict[str, list[tuple]]:
    """Every row that lists and searches read, for comparing before and after."""
    return {
        model.__name__: sorted(model.objects.values_list(), key=repr)
        for model in (SearchRow, SearchName, CharacterPair, Word)
    }


def check_derived_columns() -> None:
    """Lexemes and sort keys are those of the row's own text and title."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.code FROM measures_searchrow r JOIN measures_version v ON v.id = r.version_id"
            " WHERE r.title_key <> measures_title_key(measures_normalized(v.document ->> 'title_zh'))"
            " OR NOT r.lexemes @@ (SELECT string_agg(quote_literal(l), '&')::tsquery"
            "   FROM unnest(tsvector_to_array(measures_lexemes(r.text))) l)"
        )
        assert cursor.fetchall() == []
