"""Every sign around, within and between words, on each of the queries that `make test` takes in turn."""

import pytest

from tests.search.test_reading import (
    BETWEEN,
    DIVIDED,
    NOT_SEEN,
    ROUND,
    SEEN_ROUND,
    UNSEEN_IN,
    check_same,
)


@pytest.mark.parametrize("q", UNSEEN_IN)
def test_what_is_not_seen_changes_nothing(client, q):
    for sign in NOT_SEEN:
        check_same(client, f"{q[:2]}{sign}{q[2:]}", q)


@pytest.mark.parametrize("q", SEEN_ROUND)
def test_signs_around_a_word_change_nothing(client, q):
    for form in ROUND:
        check_same(client, form.format(q), q)


@pytest.mark.parametrize("both", DIVIDED)
def test_signs_between_words_divide(client, both):
    for form in BETWEEN:
        check_same(client, form.format(*both), " ".join(both))
