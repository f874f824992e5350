"""Longer walks than `make test` has time for."""

import pytest

from tests.moments import test_walk


@pytest.mark.parametrize("seed", range(10, 14))
def test_an_address_says_for_ever_what_it_said(restored, monkeypatch, seed):
    monkeypatch.setattr(test_walk, "STEPS", 40)
    test_walk.test_an_address_says_for_ever_what_it_said(restored, seed)
