"""What the import writes is what its preview showed: 500 random sheets through XLSX, CSV and ODS."""

import pytest

from measures.models import Action
from tests.admin.desk import signed_in
from tests.admin.sheets import check_random_sheets

pytestmark = pytest.mark.usefixtures("restored")


def test_what_is_written_is_what_was_shown():
    Action.objects.filter(measure__number__in=(5, 7, 12), position__in=(1, 3)).update(text_en="")
    ended = check_random_sheets(signed_in("lin", "editor"), 500, seed=19)
    print(ended)
    assert ended["written"] > 150
    assert ended["refused"] > 50
