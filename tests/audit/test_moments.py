"""Longer walks than `make test` has time for."""

import pytest

from tests.moments.walk import check_walk


@pytest.mark.parametrize(("seed", "steps"), [(5, 8), *((seed, 40) for seed in range(10, 14))])
def test_an_address_says_for_ever_what_it_said(restored, seed, steps):
    check_walk(seed, steps)
