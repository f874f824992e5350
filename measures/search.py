"""How a query becomes conditions, and where a match stands in a text. No database here: see `querysets.Search`.

A query is words, separated by spaces, that must all occur; "quotes" keep words together. What a word can stand for is a
tree of `All`, `Any` and `Literal`: the word itself, or the Chinese text that it spells in pinyin or by its initials. Such
text is found by following `pairs`: characters that stand side by side somewhere on the site.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

HAN = "㐀-䶿一-鿿〇𠀀-𳑿"
MARKS = re.compile("[\u0300-\u036f]")
TOKEN = re.compile(r'"([^"]*)"|([^\s",;、。!?]+)')
PLAIN = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ“”‘’", "abcdefghijklmnopqrstuvwxyz\"\"''")
SYLLABLES = frozenset(
    """a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce
    cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun
    chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu
    dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng fiao fo fou fu ga gai gan gang gao
    ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou
    hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai
    kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei len
    leng li lia lian liang liao lie lin ling liu lo long lou lu luan lue lun luo lv lve ma mai man mang mao
    me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nia nian
    niang niao nie nin ning niu nong nou nu nuan nue nun nuo nv nve o ou pa pai pan pang pao pei pen peng pi
    pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang
    rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang
    shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun
    suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang
    wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi
    yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe
    zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo""".split()  # noqa: SIM905
)
MOST_SPELLINGS = 16  # ways to divide one word into syllables
MOST_STRINGS = 400  # Chinese strings that one spelling may stand for
INITIALS = range(2, 11)
IN_TITLE = "^"  # before a lexeme


@cache
def converters() -> tuple[opencc.OpenCC, ...]:
    return tuple(opencc.OpenCC(name) for name in ("hk2s", "tw2s", "t2s"))


def normalized(text: str) -> str:
    """The same as measures_normalized() in migration 0002."""
    return MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(PLAIN)


@lru_cache(maxsize=10_000)
def _normalized_length(character: str) -> int:
    return len(normalized(character))


def simplified(text: str) -> str:
    """From whichever traditional forms: Hong Kong, Taiwan or the standard's."""
    for converter in converters():
        text = converter.convert(text)
    return text


@dataclass(frozen=True)
class Literal:
    """A text that must occur as it stands; a single Latin word may also occur in another form of its stem."""

    text: str
    stems: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # the words of the site with the stem of a single Latin word
    spelt: bool = False  # found by way of its pinyin

    @property
    def lexemes(self) -> list[str]:
        """All of them are in every row that the text occurs in."""
        runs = re.findall(f"[{HAN}]+", self.text)
        pairs = [run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1))]
        return list(dict.fromkeys([*pairs, *self.stems]))

    @property
    def is_lexeme(self) -> bool:
        """Whether the lexeme alone decides, without a look at the text."""
        return re.fullmatch(f"[{HAN}]{{1,2}}|[a-z0-9]+", self.text) is not None

    @cached_property
    def pattern(self) -> re.Pattern:
        """Finds the text in a normalised text."""
        if not re.fullmatch("[a-z0-9]+", self.text):
            return re.compile(re.escape(self.text))
        words = sorted({self.text, *self.forms}, key=len, reverse=True)
        return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9])")

    def tsquery(self, mark: str = "") -> str:
        # Lexemes are Chinese characters, letters and digits, so quoting them is enough.
        return "(" + "&".join(f"'{mark}{lexeme}'" for lexeme in self.lexemes) + ")"


@dataclass(frozen=True)
class Any:
    """One of these texts occurs."""

    literals: tuple[Literal, ...]


@dataclass(frozen=True)
class Join:
    """Both or either, `all_of` the parts."""

    parts: tuple["Any | Join", ...]
    all_of: bool


def in_title(tree: Any | Join) -> str:
    """The tsquery for the rows with the lexemes of all that is asked for in their title."""
    if isinstance(tree, Any):
        parts, operator = [literal.tsquery(IN_TITLE) for literal in tree.literals], "|"
    else:
        parts, operator = [in_title(part) for part in tree.parts], "&" if tree.all_of else "|"
    return "(" + (operator.join(parts) or f"'{IN_TITLE}'") + ")"  # the mark alone stands nowhere


def groups(tree: Any | Join) -> Iterator[Any]:
    """The leaves of the tree."""
    if isinstance(tree, Any):
        yield tree
    else:
        for part in tree.parts:
            yield from groups(part)


def spellings(word: str) -> list[tuple[str, ...]]:
    """The ways to read `word` as pinyin syllables; an apostrophe divides."""
    found: list[tuple[str, ...]] = []

    def divide(rest: str, syllables: tuple[str, ...]):
        if not rest:
            found.append(syllables)
            return
        for length in range(min(6, len(rest)), 0, -1):
            if rest[:length] in SYLLABLES and len(found) < MOST_SPELLINGS:
                divide(rest[length:].removeprefix("'"), (*syllables, rest[:length]))

    if re.fullmatch("[a-z]+('[a-z]+)*", word) and len(word) <= 60:
        divide(word, ())
    return found


def initials(word: str) -> str:
    """`word` if it can be the initials of a Chinese name; no syllable begins with i, u or v."""
    return word if re.fullmatch("[a-hj-tw-z]+", word) and len(word) in INITIALS else ""


def strings_along(steps: list[dict[str, list[str]]]) -> list[str]:
    """The strings whose neighbours are pairs of each step in turn (first character -> second characters)."""
    strings = [first + second for first, seconds in steps[0].items() for second in seconds]
    for step in steps[1:]:
        strings = [
            string + second for string in strings[:MOST_STRINGS] for second in step.get(string[-1], ())
        ]
    return strings


def _without_tone_numbers(match: re.Match) -> str:
    syllables = re.split("[1-5]", match[0])[:-1]
    return "'".join(syllables) if SYLLABLES.issuperset(syllables) else match[0]


def tokens(query: str) -> list[tuple[str, bool]]:
    """The words of a query, and whether each was quoted; without those in which there is nothing to look for."""
    text = simplified(normalized(query))
    text = re.sub(r"(?<!\S)(?:[a-z]{1,6}[1-5])+(?!\S)", _without_tone_numbers, text)
    found = [(" ".join((quoted or bare).split()), bool(quoted)) for quoted, bare in TOKEN.findall(text)]
    found = [(word, quoted) for word, quoted in found if re.search(f"[{HAN}a-z0-9]", word)]
    # Said twice is said once; but syllables may well repeat: "ren ren".
    return [word for at, word in enumerate(found) if word not in found[:at] or spellings(word[0])]


@dataclass
class Lexicon:
    """What the database knows of the words of one query."""

    stems: dict[str, str]
    forms: dict[str, tuple[str, ...]]  # stem -> words of the site
    read_as: Callable[[Iterable[tuple[str, ...]]], dict[tuple[str, ...], list[str]]]
    abbreviated: Callable[[str], list[str]]

    def literal(self, text: str) -> Literal:
        words = re.findall("[a-z0-9]+", text)
        stems = tuple(self.stems[word] for word in words)
        forms = self.forms.get(stems[0], ()) if re.fullmatch("[a-z0-9]+", text) else ()
        return Literal(text, stems, forms)


def words_of(query: str) -> set[str]:
    """The Latin words whose stems a tree for `query` needs."""
    return {word for token, _quoted in tokens(query) for word in re.findall("[a-z0-9]+", token)}


def tree(query: str, lexicon: Lexicon) -> Join | None:
    """What `query` asks for; None where there is nothing in it to look for."""
    parts: list[Any | Join] = []
    run: list[tuple[str, list[tuple[str, ...]]]] = []
    for token, quoted in [*tokens(query), ("", True)]:
        spelt = [] if quoted else spellings(token)
        if spelt:
            run.append((token, spelt))
            continue
        parts.extend(_run(run, lexicon))
        run = []
        if token:
            parts.append(_word(token, [], lexicon, quoted))
    return Join(tuple(parts), all_of=True) if parts else None


def _word(token: str, spelt: list[tuple[str, ...]], lexicon: Lexicon, quoted: bool = False) -> Any:
    """The word itself, what it spells, and what it abbreviates. A word of the site is not taken for an abbreviation."""
    exact = lexicon.literal(token)
    texts: list[str] = []
    texts += _read(spelt if not exact.forms else [s for s in spelt if len(s) > 1], lexicon)
    if not quoted and not exact.forms and initials(token):
        texts += lexicon.abbreviated(token)
    return Any((exact, *(Literal(text, spelt=True) for text in dict.fromkeys(texts))))


def _read(spelt: Iterable[tuple[str, ...]], lexicon: Lexicon) -> list[str]:
    strings = lexicon.read_as(spelt)
    return [text for syllables in spelt for text in strings[syllables]]


def _run(run: list[tuple[str, list[tuple[str, ...]]]], lexicon: Lexicon) -> Iterator[Any | Join]:
    """Words that can all be pinyin: as one text ("ying shang huan jing"), or each for itself ("jinrong keji")."""
    if not run:
        return
    groups: list[list[tuple[str, list[tuple[str, ...]]]]] = []
    for token, spelt in run:
        single = any(len(syllables) == 1 for syllables in spelt)
        if single and groups and any(len(syllables) == 1 for syllables in groups[-1][-1][1]):
            groups[-1].append((token, spelt))
        else:
            groups.append([(token, spelt)])
    parts = tuple(
        _word(*group[0], lexicon) if len(group) == 1 else _joined(group, lexicon) for group in groups
    )
    each = Join(parts, all_of=True)
    yield Join((_together(run, lexicon), each), all_of=False) if len(groups) > 1 else parts[0]


def _joined(group: list[tuple[str, list[tuple[str, ...]]]], lexicon: Lexicon) -> Join:
    """Single syllables side by side: the text they spell, or all of them as words of another language."""
    words = Join(
        tuple(Any((lexicon.literal(token),)) for token in dict.fromkeys(token for token, _spelt in group)),
        all_of=True,
    )
    return Join((_together(group, lexicon), words), all_of=False)


def _together(run: list[tuple[str, list[tuple[str, ...]]]], lexicon: Lexicon) -> Any:
    whole: list[tuple[str, ...]] = [()]
    for _token, spelt in run:
        whole = [before + syllables for before in whole for syllables in spelt][:MOST_SPELLINGS]
    return Any(tuple(Literal(text, spelt=True) for text in dict.fromkeys(_read(whole, lexicon))))


# --- Where a match stands ---


@dataclass(frozen=True)
class Match:
    literal: Literal
    start: int  # in the text as it stands
    end: int


def find(group: Any, text: str) -> Match | None:
    """The first match of the group in `text`."""
    plain = normalized(text)
    for literal in group.literals:
        if match := literal.pattern.search(plain):
            lengths = map(_normalized_length, text)
            edges = [0]
            for length in lengths:
                edges.append(edges[-1] + length)
            start = max(at for at, edge in enumerate(edges[:-1]) if edge <= match.start())
            end = min(at for at, edge in enumerate(edges) if edge >= match.end())
            return Match(literal, start, end)
    return None


def marked(text: str, matches: Iterable[Match], around: int | None = None) -> SafeString:
    """`text`, escaped, with the matches in <mark>; cut to `around` characters on both sides of the first of them."""
    spans: list[list[int]] = []
    for match in sorted(matches, key=lambda match: match.start):
        if spans and match.start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], match.end)
        else:
            spans.append([match.start, match.end])
    begin, stop = 0, len(text)
    if around is not None and spans:
        begin, stop = _window(text, spans[0], around)
    pieces, at = [], begin
    for start, end in spans:
        if begin <= start and end <= stop:
            pieces += [
                conditional_escape(str(text[at:start])),
                format_html("<mark>{}</mark>", str(text[start:end])),
            ]
            at = end
    pieces.append(conditional_escape(str(text[at:stop])))
    return mark_safe(("…" if begin else "") + "".join(pieces) + ("…" if stop < len(text) else ""))  # noqa: S308


def _window(text: str, span: list[int], around: int) -> tuple[int, int]:
    """The characters to show; Latin words take more room and are not cut."""
    begin, stop = max(0, span[0] - around), min(len(text), span[1] + around)
    if re.search("[A-Za-z]", text[span[0] : span[1]]) or not re.search(f"[{HAN}]", text):
        begin, stop = max(0, span[0] - 2 * around), min(len(text), span[1] + 2 * around)
    while begin and re.match(r"[A-Za-z0-9]{2}", text[begin - 1 : begin + 1]):
        begin -= 1
    while stop < len(text) and re.match(r"[A-Za-z0-9]{2}", text[stop - 1 : stop + 1]):
        stop += 1
    return begin, stop


# --- Close to a text ---


def one_character_off(text: str, pairs: dict[tuple[str, str], bool]) -> list[str]:
    """The Chinese strings along `pairs` that differ from `text` in one character: another, one more or one less.

    Likely ones first: those that stand in names (`pairs` says so), and replacements before additions and omissions.
    """
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for first, second in pairs:
        after.setdefault(first, []).append(second)
        before.setdefault(second, []).append(first)

    def between(left: str, right: str) -> Iterable[str]:
        if left and right:
            return [character for character in after.get(left, ()) if (character, right) in pairs]
        return after.get(left, ()) if left else before.get(right, ())

    found: list[str] = []
    for at in range(len(text)):
        left, right = text[at - 1 : at], text[at + 1 : at + 2]
        found += [text[:at] + character + text[at + 1 :] for character in between(left, right)]
    for at in range(len(text) + 1):
        found += [
            text[:at] + character + text[at:] for character in between(text[at - 1 : at], text[at : at + 1])
        ]
    if len(text) > 2:
        found += [text[:at] + text[at + 1 :] for at in range(len(text))]

    def steps(string: str) -> list[tuple[str, str]]:
        return list(zip(string, string[1:], strict=False))

    along = [
        string for string in dict.fromkeys(found) if string != text and all(s in pairs for s in steps(string))
    ]
    return sorted(along, key=lambda string: not all(pairs[step] for step in steps(string)))


def one_letter_off(word: str, other: str) -> bool:
    """Whether the words differ in one letter: another, one more, one less, or two that changed places."""
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    short, long = sorted((word, other), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    rest, other_rest = short[start:], long[start:]
    return rest[1:] == other_rest[1:] or (rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:])
