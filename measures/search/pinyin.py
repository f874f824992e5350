"""Words of a query that can be read as pinyin: in full syllables, with tone numbers, or as initials."""

import re
from collections.abc import Iterable

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

MAX_SPELLINGS = 16  # ways to divide one word into syllables
MAX_STRINGS = 400  # Chinese strings that one spelling may stand for
MAX_SPELT_LENGTH = 60  # letters of a word that is divided into syllables
INITIALS = range(2, 11)  # letters


def spellings(word: str) -> list[tuple[str, ...]]:
    """The ways to read `word` as pinyin syllables; an apostrophe divides."""
    found: list[tuple[str, ...]] = []

    def divide(rest: str, syllables: tuple[str, ...]) -> None:
        if not rest:
            found.append(syllables)
            return
        for length in range(min(6, len(rest)), 0, -1):
            if rest[:length] in SYLLABLES and len(found) < MAX_SPELLINGS:
                divide(rest[length:].removeprefix("'"), (*syllables, rest[:length]))

    if re.fullmatch("[a-z]+('[a-z]+)*", word) and len(word) <= MAX_SPELT_LENGTH:
        divide(word, ())
    return found


def initials(word: str) -> str:
    """`word` if it can be the initials of a Chinese name; no syllable begins with i, u or v."""
    return word if re.fullmatch("[a-hj-tw-z]+", word) and len(word) in INITIALS else ""


def joined_spellings(spelt: Iterable[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """The ways to read several words, each with its own spellings, as one text."""
    whole: list[tuple[str, ...]] = [()]
    for own in spelt:
        whole = [before + syllables for before in whole for syllables in own][:MAX_SPELLINGS]
    return whole


def strings_along(steps: list[dict[str, list[str]]]) -> list[str]:
    """The strings whose neighbours are pairs of each step in turn (first character -> second characters)."""
    strings = [first + second for first, seconds in steps[0].items() for second in seconds]
    for step in steps[1:]:
        strings = [string + second for string in strings[:MAX_STRINGS] for second in step.get(string[-1], ())]
    return strings


def without_tone_numbers(text: str) -> str:
    """`text` with its words of syllables and tone numbers as plain syllables: "yi2ng" stays, "ying2 shang1" does not."""
    return re.sub(r"(?<!\S)(?:[a-z]{1,6}[1-5])+(?!\S)", _plain_syllables, text)


def _plain_syllables(match: re.Match) -> str:
    syllables = re.split("[1-5]", match[0])[:-1]
    return "'".join(syllables) if SYLLABLES.issuperset(syllables) else match[0]
