"""Which fields a record has is declared once: documents, and the forms of the staff desk, have no others."""

import pytest
from django.contrib import admin

from measures.history.fields import ROWS, SECTIONS, fields_of, flat
from measures.history.kinds import MODELS
from measures.models import Synonym, Term, Version

# Keys that say which record a document is, and codes that the database builds of them.
NOT_SHOWN = {
    "category": {"plan_year"},
    "measure": {"plan_year", "code"},
    "term": {"plan_year"},
    "synonym": {"slug"},
}


def test_every_key_of_a_document_has_a_place(restored):
    Term.objects.create(
        plan_id=2020, slug="term", name_zh="词", name_en="term", gloss_zh="义", gloss_en="gloss"
    )
    Synonym.objects.create(word="word", means="meaning")
    seen = set()
    for kind, document in Version.objects.values_list("kind", "document"):
        assert set(document) == {*fields_of(kind), *NOT_SHOWN.get(kind, ())}
        for name in set(document) & set(ROWS):
            for row in document[name]:
                assert set(row) == set(flat(ROWS[name].lines))
        seen.add(kind)
    assert seen == set(SECTIONS) == set(Version.Kind.values)


@pytest.mark.parametrize("kind", SECTIONS)
def test_the_form_of_a_record_has_all_its_fields(kind, rf):
    own = admin.site.get_model_admin(MODELS[kind])
    request = rf.get("/")
    shown = admin.utils.flatten_fieldsets(own.get_fieldsets(request))
    declared = [name for lines in SECTIONS[kind].values() for name in flat(lines) if name not in ROWS]
    assert list(shown) == declared
