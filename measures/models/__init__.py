"""The content that staff edit, its versions and its search index.

Content is held in simplified Chinese and English, as column pairs `name_zh`, `name_en`. What the database can hold as a
rule is a constraint here or, where it spans tables, in the migrations, which also own the triggers that write `Version`,
`DataVersion` and the search rows. Nothing is computed in `save()`.
"""

from .fields import ChineseField, PlanYearField
from .glossary import Synonym, Term
from .locking import locked
from .measure import Measure
from .parts import Action, CentreLink, DistrictRole
from .plan import Category, Plan, SourceParagraph
from .search_index import CharacterPair, FacetSet, Reading, SearchName, SearchRow, Word
from .versions import DataVersion, PublicVersion, Version
from .vocabulary import Audience, Centre, District

#: What the role of public pages may read: the public versions, and what lists and searches are made from.
PUBLIC_MODELS = (
    CharacterPair,
    DataVersion,
    FacetSet,
    PublicVersion,
    Reading,
    SearchName,
    SearchRow,
    Word,
)
