"""Search: reading a query (`query`, `pinyin`), finding it (`search`, `index`), showing where (`matching`, `snippets`), and what
is like it where nothing fits (`closest`)."""

from .search import Search

__all__ = ["Search"]
