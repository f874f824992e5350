"""The validator of Chinese text under the name by which migration 0001 imports it."""

from measures.language.chinese import validate_simplified

__all__ = ["validate_simplified"]
