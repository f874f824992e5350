"""One data version as readers see it: vocabulary, register of bitmaps, records."""

from .catalogue import Catalogue
from .register import Register
from .vocabulary import Vocabulary

__all__ = ["Catalogue", "Register", "Vocabulary"]
