"""What an address said at a data version it says for ever: a short walk. `make audit` takes long ones."""

from .walk import check_walk


def test_an_address_says_for_ever_what_it_said(restored):
    check_walk(seed=5, steps=3)
