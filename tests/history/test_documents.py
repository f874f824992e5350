"""A document as people read it."""

from measures.history.documents import whole
from measures.history.names import saved_names
from measures.models import Version


def test_a_version_shows_the_whole_record():
    version = Version.objects.of("measure", "2020-01").get()
    shown = "\n".join(entry.text for entry in whole("measure", version.document, saved_names()))
    document = version.document
    for name in ("title_zh", "title_en", "summary_zh", "summary_en", "note_zh", "note_en", "slug"):
        assert document[name] in shown
    for row in [*document["actions"], *document["centres"], *document["districts"]]:
        for name in ("text_zh", "text_en", "reason_zh", "reason_en", "note_zh", "note_en"):
            assert row.get(name, "") in shown
