"""Where migration 0001 finds the validator of Chinese text."""

from measures.language.chinese import validate_simplified

__all__ = ["validate_simplified"]
