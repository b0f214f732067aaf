"""Templates of wikis by what they do: rows of a table, no code. Names are in small letters, with spaces."""

from __future__ import annotations


def _names(*rows: str) -> frozenset[str]:
    return frozenset(name.strip() for row in rows for name in row.split("|"))


QUOTES = _names(
    "quote|blockquote|cquote|quotation|bquote|rquote|quote box|quotebox|quote frame|pull quote|pullquote",
    "block quote|centered pull quote|poemquote|poem quote|epigraph|poem|verse translation|bq|talk quote",
    "long quotation|qb|citation bloc|citation longue|début citation bloc|citation|extrait|zitat|zitat-en",
    "zitat-fr|zitat-la|cita|cita larga|cita bloque|cita destacada|caja de cita|citazione|quote1|citaat",
    "citat|citatbox|citace|citát|cytat|cytat2|ramka cytat|citação|quadro de citação|citação2|citácia",
    "idézet|idézet 2|sitaatti|sitat|alıntı|alinti|цитата|цитата2|начало цитаты|цитати|цитат|цытата|引用",
    "引用文|cquote2|인용문|인용|اقتباس|نقل قول|ציטוט|उद्धरण|คำพูด|trích dẫn|lời trích|kutipan|petikan",
    'απόφθεγμα|παράθεση|citat2|citáló|narak|citatas|citāts|tsitaat|navedek|"|„|quote2|cquotetxt',
)
"""A quotation, in a paragraph of its own."""

QUOTED_AS = ("text", "quote", "quotation", "zitat", "texte", "citation", "texto", "cita", "testo", "citazione") + (
    (
        "tekst",
        "citat",
        "citaat",
        "cytat",
        "treść",
        "цитата",
        "текст",
        "1",
        "content",
        "contenu",
        "teksti",
        "metin",
        "本文",
    )
)
SAID_BY = (
    "author",
    "autor",
    "auteur",
    "autore",
    "автор",
    "source",
    "sign",
    "cite",
    "quelle",
    "fuente",
    "источник",
    "2",
)

FIRST = _names(
    "nowrap|nobr|nobreak|no wrap|j|small|smaller|big|larger|smallcaps|small caps|sc|abbr|abbrev",
    "abbreviation|abréviation|abrev|abk|tooltip|hint|em|strong|i|b|u|italic|bold|italics|center|code|tt",
    "kbd|var|samp|mono|mvar|math|bigmath|tmath|sup|sub|smallsup|exp|ill|interlanguage link",
    "interlanguage link multi|ill2|illm|link-interwiki|lien|仮リンク|link-en|le|ilh|internal link helper",
    "interlang|ipa|api|ipa-all|chem2|ce|nombre|num|number|nts|nty|ntsh2|formatnum|fnum|nb|zahl|iwl|flag",
    "flagu|flagcountry|flagdeco|bandera2|drapeau2|flaga|bandeira|script|unicode|polytonic|grc|hebrew",
    "native name|asof|as of|ondate|not a typo|sic|typo|as written|rtl|ltr|lrm text|keypress|button|red",
    "green|blue|nihongo2|nihongo3|linktext|section link|slink|nowraplinks|no italic|noitalic|noitalics",
    "midsize|serif|sans-serif|birth year|death year|dr-make|langr|fett|kursiv|highlight|mark|vl|dfn|term",
    "val2|pron|blue-link|spell|subscript|superscript",
)
"""The first parameter is what is shown."""

LAST = _names(
    "lang|langue|lengua|idioma|lingua|taal|språk|sprog|język|язык|мова|nyelv|dil|lang2|langx|rtl-lang",
    "wikt|text lang|transl|transliteration|translit|romaji|translitération|sort|color|colour|font color",
    "fontcolor|font|resize|couleur|cor|kolor|background color|tsl|visible anchor|audio|lang-mul|dts2",
    "farbe|style|size|span|lower|raise|wikt-lang",
)
"""The last parameter is what is shown."""

ALL = _names(
    "unité|unite|unit|unità|unidad|unidade|nombre|nb|chem|formula|circa|ca|ca.|c.|vers|um|около|etwa|fl.",
    "floruit|flourished|date|datum|fecha|data|дата|dato|dátum|tarih|päivämäärä|日付|sortname|sort name",
    "respell|sort dash|simplenuclide|nuclide|sp|spaces|lunarphase|death date text|birth date text",
    "date républicaine|jma|date-|date rép|height ft|oldstyledate",
)
"""All parameters are shown, with spaces between."""

UNITS = _names(
    "convert|cvt|converter|convertir|conversion|convertit|umrechnen|convertisseur|unit convert|converti",
    "convert/2|convertir2|перевод единиц|konvertera|konverter|conv|höhe|dönüştür|chuyển đổi|換算|변환",
    "แปลง|تحويل|המרה|μετατροπή|val|value|unitval",
)
"""A number and its unit, or several with words between."""

DATES = _names(
    "dob|birth date|birth date and age|bda|birth-date|birth-date and age|death date|death date and age",
    "dda|death-date|death-date and age|start date|end date|start date and age|end date and age|start-date",
    "film date|release date|dts|date de naissance|date de décès|naissance|décès|geboren|gestorben",
    "fecha de inicio|fecha de nacimiento|nacimiento|data de nascimento|data de nascimento e idade|morte",
    "data da morte|født|død|född|död|syntymäaika|kuolinaika|дата рождения|дата смерти|дата народження",
    "urodziny|geboortedatum|dátum narodenia|datum narození|datum úmrtí|生年月日と年齢|出生日期",
    "birth based on age as of date|launch date|opening date|isodate|date table sorting|birth year and age",
)
"""Year, month and day, in this order."""

AGES = _names(
    "age|age in years|aged|âge|alter|edad|idade|età|leeftijd|wiek|ålder|alder|ikä|возраст|вік|věk|vek",
    "年齢|年龄",
)
FRACTIONS = _names(
    "frac|fraction|sfrac|bruch|fracción|fração|frazione|ułamek|дробь|brøk|bråk|tört|vulgar fraction|f",
)
LISTS = _names(
    "ubl|unbulleted list|plainlist|hlist|flatlist|plain list|horizontal list|comma separated entries",
    "cslist|bulleted list|columns-list|columnslist|multi-column list|colonnes|columns list",
)
NAMED = _names(
    "height|zh|lang-zh|cj|cjkv|korean|linktext-zh",
)
"""Shown are named parameters."""

SIGNS = {
    **dict.fromkeys(("snd", "spnd", "spaced ndash", "spaced en dash", "snds", "sndash", "tiret"), " – "),
    **dict.fromkeys(("ndash", "en dash", "–", "halbgeviertstrich"), "–"),
    **dict.fromkeys(("mdash", "em dash", "emdash", "—", "--", "spaced mdash"), "—"),
    **dict.fromkeys(("nbsp", "space", "thinsp", "hairsp", "spc", "nnbsp", "zwsp", "shy", "wbr"), " "),
    **dict.fromkeys(("·", "•", "dot", "bull", "bullet", "middot", "*", "sep", "p"), " · "),
    **{"'": "'", "'s": "'s", "...": "…"},
    **{"!!": "||", "pi": "π", "times": "×", "x": "×", "pm": "±"},
    **{
        "degree": "°",
        "deg": "°",
        "°": "°",
        "°c": "°C",
        "°f": "°F",
        "euro": "€",
        "number sign": "#",
        "%": "%",
        "minus": "−",
        "hyphen": "-",
        "~": "~",
    },
    **{
        "er": "er",
        "ère": "ère",
    },
    **{
        "e": "e",
        "av jc": "av. J.-C.",
        "av. j.-c.": "av. J.-C.",
        "ap. j.-c.": "ap. J.-C.",
        "bc": "BC",
        "ad": "AD",
        "bce": "BCE",
    },
    **{
        "ce year": "CE",
        "a.c.": "a. C.",
        "d.c.": "d. C.",
        "v. chr.": "v. Chr.",
        "n. chr.": "n. Chr.",
        "до н. э.": "до н. э.",
    },
}
"""Templates that stand for a sign."""

BEFORE = {
    **dict.fromkeys(("mme", "mmes", "mlle", "mlles", "dr", "drs", "pr", "mgr", "st", "ste", "sts", "stes"), ""),
    **dict.fromkeys(("m.", "mm.", "sr.", "sra.", "§", "§§", "no.", "nr.", "№"), ""),
    **{"n°": "n°", "nº": "nº", "n.º": "n.º", "numéro": "n°", "nro.": "n.º", "nr": "Nr.", "n.": "n."},
    **{"séc": "século", "século": "século", "siglo": "siglo", "secolo": "secolo", "euro": "€"},
}
"""What stands before the parameters, of most the template's name."""

AFTER = {
    **dict.fromkeys(("percent", "percentage", "pourcentage", "pourcent", "prozent", "percentagem", "pct"), " %"),
    **dict.fromkeys(("procent", "процент", "відсоток", "százalék", "prosent", "percentuale", "%"), " %"),
    **{"°c": " °C", "°f": " °F", "km²": " km²", "km2": " km²", "тыс": " тыс.", "тыс.": " тыс.", "млн": " млн"},
    **{"млрд": " млрд", "mln": " mln", "mld": " mld", "tys.": " tys.", "tys": " tys.", "руб": " руб.", "руб.": " руб."},
    **{"век": " век", "століття": " століття", "wiek": " wiek", "eeuw": "e eeuw"},
    **{"degré": "°", "degree": "°", "deg": "°", "°": "°"},
}
"""What stands behind a number."""

POWERS = {"e": "×10^", "x10^": "×10^", "x10": "×10^", "×10^": "×10^", "10^": "10^", "e-sp": "×10^"}
ROOTS = {"sqrt": "√", "radic": "√", "surd": "√"}
SHIPS = _names(
    "hms|uss|ss|ms|mv|mt|my|sy|rms|rmv|hmas|hmcs|hmnzs|hmsas|sms|ins|usns|uscgc|usat|usrc|usav|css|hnlms",
    "hnoms|hdms|hswms|hmpns|pns|bns|lé|orp|roks|jds|js|kri|bap|bam|ara|arm|arc|uscs|rrs|rv|ps|tss|tsmv|gts|nms",
)
"""The prefix of a ship, which is the template's name."""

CURRENCIES = {
    **{
        "us$": "US$",
        "usd": "US$",
        "a$": "A$",
        "aud": "A$",
        "nz$": "NZ$",
        "ca$": "CA$",
        "c$": "CA$",
        "cad": "CA$",
        "hk$": "HK$",
    },
    **{
        "gbp": "£",
        "pound sterling": "£",
        "£": "£",
        "eur": "€",
        "€": "€",
        "jpy": "¥",
        "¥": "¥",
        "cny": "CN¥",
        "inr": "₹",
    },
    **{
        "indian rupee": "₹",
        "₹": "₹",
        "us dollar": "US$",
        "krw": "₩",
        "₩": "₩",
        "php": "₱",
        "rub": "₽",
        "₽": "₽",
        "chf": "CHF ",
    },
    **{
        "ils": "₪",
        "₪": "₪",
        "try": "₺",
        "₺": "₺",
        "uah": "₴",
        "brl": "R$",
        "r$": "R$",
        "myr": "RM",
        "idr": "Rp",
        "₫": "₫",
    },
}

NOTE_FAMILIES: tuple[str, ...] = (
    "cite",
    "citar",
    "cytuj",
    "sfn",
    "harv",
    "infobox",
    "navbox",
    "taxobox",
    "coord",
    "ipac",
    "flagicon",
)
NOTE_FAMILIES += ("refn", "reflist", "ref-", "#tag:ref", "webarchive", "r|")
NOTES = (
    (
        "cite",
        "citar",
        "cita ",
        "citace ",
        "cytuj",
        "literatur",
        "internetquelle",
        "ouvrage",
        "article",
        "lien web",
        "bibl",
    )
    + (
        "sfn",
        "harv",
        "efn",
        "refn",
        "ref",
        "#tag:ref",
        "note",
        "rp",
        "r ",
        "webarchive",
        "dead link",
        "isbn",
        "doi",
        "issn",
    )
    + (
        "citation needed",
        "cn",
        "fact",
        "when",
        "who",
        "which",
        "clarify",
        "by whom",
        "dubious",
        "better source",
        "page needed",
    )
    + (
        "update",
        "full citation",
        "according to whom",
        "verify",
        "failed",
        "opinion",
        "référence",
        "réf",
        "refsou",
        "quoi",
    )
    + (
        "qui",
        "quand",
        "pas clair",
        "beleg",
        "belege",
        "einzelnachweis",
        "источник",
        "нет аи",
        "cita requerida",
        "sem fontes",
    )
    + (
        "senza fonte",
        "bron",
        "källa",
        "kilde",
        "lähde",
        "forrás",
        "kaynak",
        "要出典",
        "来源",
        "출처",
        "cbignore",
        "anchor",
        "coord",
    )
    + (
        "koord",
        "coordinate",
        "coor",
        "flagicon",
        "icon",
        "ipac",
        "refbegin",
        "refend",
        "reflist",
        "références",
        "portal",
    )
    + (
        "commons",
        "wikisource",
        "wiktionary",
        "main",
        "see also",
        "further",
        "hauptartikel",
        "article détaillé",
        "toc",
        "clear",
    )
    + (
        "short description",
        "use ",
        "engvarb",
        "about",
        "for",
        "redirect",
        "distinguish",
        "authority control",
        "normdaten",
    )
    + ("defaultsort", "sortierung", "navbox", "infobox", "taxobox", "hidden", "hs", "ntsh", "dtsh", "inflation")
)
"""How names of templates begin that are no text: references, notes, maintenance, links to other places."""
