"""Text in one plain form and one script, in Python and in the database."""

import opencc
import pytest
from django.db import connection

from measures.language.chinese import simplified
from measures.language.normalising import normalized

from .queries import everything_searched


@pytest.mark.parametrize("standard", ["s2t", "s2hk", "s2tw"])
def test_traditional_characters_of_each_standard_lead_to_the_content(databases, standard):
    convert = opencc.OpenCC(standard).convert
    for _code, own in everything_searched():
        for text in own:
            assert simplified(convert(text)) == text


def test_normalisation_is_the_same_in_the_database(databases):
    samples = ["Ｆｕｔián “１＋Ｎ”", "lǜsè", "ÉCOLE’S", "㈱ﬁ", "教育\t改革", "İı", "한국", "𠀀〇"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measures_normalized(t) FROM unnest(%s::text[]) WITH ORDINALITY u (t, i) ORDER BY i",
            [samples],
        )
        assert [text for (text,) in cursor.fetchall()] == [normalized(text) for text in samples]
