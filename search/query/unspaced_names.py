"""What of a text without spaces between words may be a name: Han, Kana, Hangul and Thai.

Most characters there are in no word of the lexicon by chance, not because a name begins. So a name in Han characters is
one that is written as names are: foreign ones in the few hundred characters that stand for sounds, Chinese ones after a
surname. A name in Hangul has no ending but a particle, and nothing that the spelling of loanwords forbids.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import regex

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.lexicon.sounds import name_keys
from paraglot.search.text.analysis import fold

LONGEST_HAN = 7
"""Characters of a name in Chinese and Japanese, at most."""

SHORTEST_FOREIGN = 3
"""Characters of a foreign name there that stands in a text: two of them are a common word too often."""

LONGEST_THAI = 24
"""Characters of a query in Thai that is a name, at most."""

SHORTEST_THAI = 3
"""Characters of a name in Thai, at least."""

LONGEST_PIECE = 3
"""Characters of the words there that may be a piece of a name."""

SHORTEST_BEGUN, LONGEST_BEGUN = 5, 16
"""Characters of a name there that is told by where it stands."""

LONG_KEY = 4
"""Consonants of such a name, at least: of words in a row that are no name many sound like one that has fewer."""

_BEGINS = regex.compile(r"[เแโใไ]?[ก-ฮ]")
_NO_NAME = regex.compile(
    "ที่|ของ|และ|เป็น|ได้|ไม่|ให้|กับ|ว่า|นี้|นั้น|แต่|หรือ|จาก|โดย|อยู่|คือ|แล้ว|ถึง|เพื่อ|ต้อง|เมื่อ|ซึ่ง|กัน|อย่าง|ตาม|ด้วย|เพราะ|ถ้า|ทั้ง"
    "|การ|ความ|คน|วัน|เคย|จึง|ช่วย|ใน|ปี|ก่อน|หลัง|กว่า|เพียง|เรา|เขา|ใคร|พวก|ทุก|สิบ|ร้อย|พัน|หมื่น|แสน|ล้าน|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า"
    "|ประธานาธิบดี|นายกรัฐมนตรี|นาย|นาง|เมือง|กรุง|ประเทศ|คุณ"
)
"""Words of grammar, numerals, and what stands before names."""

_HAN = regex.compile(r"\p{Han}+")
_KATAKANA = regex.compile(r"[\p{Katakana}ー]{3,}")
_HANGUL = regex.compile(r"\p{Hangul}{2,}")
_THAI = regex.compile(r"[\p{Thai}--\p{Nd}]{3,}", regex.V1)

_FOREIGN = frozenset(
    "阿艾爱埃安昂奥澳巴白拜柏班邦保鲍北贝本比彼毕宾波伯勃博布查柴昌车彻茨慈措达戴丹当道德登邓狄迪蒂丁东杜敦顿多厄恩尔法凡方菲费芬丰冯佛弗福夫辅富"
    "盖甘冈高戈哥格葛根贡古瓜圭果哈海汉翰豪赫黑亨洪侯胡华怀惠霍基吉纪季加伽贾简江杰捷金津京久卡开凯坎康考柯科可克肯孔库夸昆阔"
    "拉莱赖兰郎朗劳勒雷黎里李利立丽连廉良列林琳龙隆娄卢鲁路伦罗洛吕马玛迈麦曼芒毛茂梅门蒙孟米密敏明缪摩莫默姆木穆拿纳乃奈南内尼涅宁纽农努诺欧"
    "帕派潘庞培佩彭皮平珀普奇齐契恰乔切钦琴青丘琼屈热仁荣茹儒瑞若撒萨塞赛桑森沙莎珊山尚绍舍申盛什施史士舒朔丝思斯松苏索"
    "塔泰坦唐陶特腾提田廷通图吐托陀妥瓦娃旺威韦维魏温文翁沃乌武西希锡席夏香肖谢欣辛兴休许雅亚延扬耶叶伊依因英尤于约扎泽詹张哲珍芝治朱兹佐买孜卓"
    "莉娜妮蕾薇黛莲"
)
"""Simplified characters by which Chinese writes the sounds of foreign names, as Xinhua's tables have them."""

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤习温朴俞章葛游毕柳霍欧鲁翁樊聂岑尤柯阮骆祁焦甘管纪舒屈项祝童闵裴席麦翟"
)
"""The commonest surnames, simplified, but for those that are words of grammar (于, 向)."""

_NEVER_GIVEN = frozenset(
    "的了是在有和不被也这那就都而与为上下中来去说要会能到对以从把让给又还再没两几一二三四五六七八九十百千万亿年月日时个位米用于将已曾则之其所各每该"
    "此向由或及并且但后前里外内间只多少很最更着过得地们你我他她它吗呢吧元吨度点分秒号名只条件次种些"
)
"""Characters of words and numbers that stand in no name that is given."""

_PARTICLES = (
    *("에게서", "으로서", "으로써", "이라고", "에서는", "에게는"),
    *("으로", "에서", "에게", "까지", "부터", "라고", "하고", "이나", "보다", "처럼", "마다", "한테", "이라", "에는"),
    *("은", "는", "이", "가", "을", "를", "의", "에", "와", "과", "도", "로", "만", "나", "씨"),
)
"""What Korean writes after a name."""

_VERBAL = "다"
"""What Korean sentences end with: a verb's ending."""

_LOAN_FINALS = frozenset({0, 1, 4, 8, 16, 17, 19, 21})
"""The finals of syllables in loanwords: none, ㄱ ㄴ ㄹ ㅁ ㅂ ㅅ ㅇ, by their place in Unicode's table of Hangul."""

_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS = 0xAC00, 0xD7A3, 28


def unspaced_names(written: str, tag: str, parts: bool) -> Iterator[str]:
    """What of a run without spaces may be a name; ``parts``: also what may be one with others beside it."""
    lexicon = open_lexicon()
    for run in _KATAKANA.findall(written):
        if not lexicon.has(fold(run), tag) or borrowed(run, tag):
            yield run
    for run in _HANGUL.findall(written):
        yield from _korean_names(run, tag, parts)
    for run in _HAN.findall(written):
        yield from _han_names(run, tag, parts)
    for run in _THAI.findall(written):
        yield from _thai_names(run, tag, parts)


@lru_cache(maxsize=20_000)
def borrowed(written: str, tag: str) -> bool:
    """Whether a word that the lexicon has sounds as in English: it is a name, or a word that went round the world."""
    keys = frozenset(name_keys(written))
    return bool(keys) and any(keys.intersection(name_keys(word)) for word in open_lexicon().translations(written, tag))


def _korean_names(run: str, tag: str, parts: bool) -> Iterator[str]:
    """A word, in a text also without its particle; where the lexicon has one of them, those that it borrowed."""
    if parts and run.endswith(_VERBAL) and not borrowed(run, tag):
        return
    forms = without_particle(run) if parts else [run]
    known = any(open_lexicon().has(fold(form), tag) for form in forms)
    yield from (form for form in forms if (borrowed(form, tag) if known else all(map(_in_loanwords, form))))


def without_particle(run: str) -> list[str]:
    """A Korean word, and what it is without what may be a particle."""
    ends = [particle for particle in _PARTICLES if run.endswith(particle) and len(run) - len(particle) >= 2]
    return [run, *(run.removesuffix(particle) for particle in ends)]


def _in_loanwords(syllable: str) -> bool:
    code = ord(unicodedata.normalize("NFC", syllable))
    return not _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE or (code - _FIRST_SYLLABLE) % _FINALS in _LOAN_FINALS


def _thai_names(run: str, tag: str, parts: bool) -> Iterator[str]:
    """What stands between the words that the lexicon has, and those of them that are names; of a query all of it.

    By chance the lexicon has pieces of a name as short words: a long name is also what follows a word of grammar.
    """
    known = open_lexicon().parts(fold(run), tag)
    if not parts:
        if sum(length for _, length in known) < len(run) or len(known) > 1 or borrowed(run, tag):
            yield run
        return
    end = 0
    for start, length in [*((start, length) for start, length in known if length > 1), (len(run), 0)]:
        if start - end >= SHORTEST_THAI:
            yield run[end:start]
        end = start + length
        if length >= SHORTEST_THAI and borrowed(run[start:end], tag):
            yield run[start:end]
    for stretch in _NO_NAME.split(fold(run)):
        yield from _begun(stretch, tag)


def _begun(stretch: str, tag: str) -> Iterator[str]:
    """What behind a word of grammar may be a name, up to where the lexicon has a word, or to the end of the stretch."""
    first_word = open_lexicon().first_word
    if len(stretch) < SHORTEST_BEGUN or not _BEGINS.match(stretch) or first_word(stretch, tag) > LONGEST_PIECE:
        return
    for end in range(SHORTEST_BEGUN, min(len(stretch), LONGEST_BEGUN) + 1):
        goes_on = end < len(stretch)
        if goes_on and not (_BEGINS.match(stretch, end) and first_word(stretch[end:], tag) >= LONGEST_PIECE):
            continue
        if any(len(key) >= LONG_KEY for key in name_keys(stretch[:end])):
            yield stretch[:end]


def _han_names(run: str, tag: str, parts: bool) -> Iterator[str]:
    """Parts of a run of characters between the words that the lexicon has."""
    form = fold(run)
    known = [(start, start + length) for start, length in open_lexicon().parts(form, tag) if length > 1]
    for start, end in known:
        if (parts or end - start == len(run)) and borrowed(run[start:end], tag):
            yield run[start:end]
    inside = {at for start, end in known if not _may_be_pieces(form[start:end]) for at in range(start, end)}
    free = "".join(" " if at in inside else character for at, character in enumerate(run))
    for part in free.split():
        if parts:
            yield from _foreign_in(part)
            yield from _given_in(part)
        elif part == run and len(run) <= LONGEST_HAN and (_is_foreign(part) or _is_given(part)):
            yield run


def _may_be_pieces(word: str) -> bool:
    """Whether a word of the lexicon may be there by chance: characters of foreign names, or one with a particle."""
    return _FOREIGN.issuperset(word) or (len(word) == len("平的") and word[-1] in _NEVER_GIVEN)


def _foreign_in(part: str) -> Iterator[str]:
    """What may be a foreign name: some characters in a row that stand for sounds."""
    sounding = "".join(written if _is_foreign(written) else " " for written in part)
    for stretch in sounding.split():
        for length in range(SHORTEST_FOREIGN, min(LONGEST_HAN, len(stretch)) + 1):
            yield from (stretch[start : start + length] for start in range(len(stretch) - length + 1))


def _given_in(part: str) -> Iterator[str]:
    """What may be a Chinese name: a surname and one or two characters."""
    for start in range(len(part) - 1):
        for length in (2, 3):
            name = part[start : start + length]
            if len(name) == length and _is_given(name) and not (length >= SHORTEST_FOREIGN and _is_foreign(name)):
                yield name


def _is_foreign(name: str) -> bool:
    return _FOREIGN.issuperset(fold(name))


def _is_given(name: str) -> bool:
    plain = fold(name)
    return len(plain) in (2, 3) and plain[0] in _SURNAMES and not _NEVER_GIVEN.intersection(plain[1:])
