"""What a template of a wiki shows: by a table of families, and one rule for all others that stand within a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from paraglot.indexer.readers.dates.month_names import is_of_days, months_named
from paraglot.indexer.readers.wiki import template_names as names

_PARAMETER = re.compile(r"\s*([^\W_][\w .-]{0,30}?)\s*=(?!=)")
_NUMBER = re.compile(r"[-+−]?[\d.,\u00a0  ]*\d[\d.,/⁄]*(?:e[-+]?\d+)?", re.IGNORECASE)
_BETWEEN = {
    "to": "to",
    "-": "–",
    "–": "–",
    "and": "and",
    "or": "or",
    "by": "by",
    "x": "×",
    "×": "×",
    "+": "+",
    "to(-)": "to",
}
_BETWEEN |= {
    "±": "±",
    "+/-": "±",
    "*": "×",
    "/": "/",
    ",": ",",
    "até": "até",
    "a": "a",
    "à": "à",
    "bis": "bis",
    "до": "до",
}
_UNITS = {
    "c": "°C",
    "f": "°F",
    "sqmi": "sq mi",
    "sqkm": "km²",
    "km2": "km²",
    "m2": "m²",
    "km3": "km³",
    "m3": "m³",
    "sqft": "sq ft",
}
_UNITS |= {"cuft": "cu ft", "m/s": "m/s", "mph": "mph", "km/h": "km/h", "lbs": "lb", "acre": "acres", "usgal": "US gal"}
_FOREIGN = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?")
_ORDINAL = re.compile(
    r"(?:\d{1,3}|[ivxlcdm]+)(?:er|ère|re|e|ème|nd|th|st|rd|o|a)?(?: siècle| century)?(?: av\. j\.-c\.)?", re.IGNORECASE
)
_ROMAN = re.compile(r"[IVXLCDM]{1,8}")
_CENTURIES = {"s": "siècle", "s-": "siècle", "-s": "siècle", "-s-": "siècle", "sp": "siècles", "sp-": "siècles"}
_CENTURIES |= {"-sp": "siècles", "-sp-": "siècles"}
_READINGS = ("読み仮名", "読み仮名 ruby不使用", "ふりがな", "読み")
_UNIT_NAMES = frozenset(
    ("км", "м", "см", "мм", "кг", "г", "т", "га", "км²", "м²", "чел.", "чел", "руб.", "млн", "млрд", "тыс.")
)
_PREFIX = re.compile(
    r"(?:template|vorlage|modèle|plantilla|шаблон|szablon|sjabloon|safesubst|subst)\s*:\s*", re.IGNORECASE
)
_NOTE = re.compile(
    rf"(?:{'|'.join(map(re.escape, names.NOTE_FAMILIES))})|(?:{'|'.join(map(re.escape, names.NOTES))})(?![^\W\d_])"
)
_FUNCTIONS = {"formatnum", "lc", "uc", "lcfirst", "ucfirst", "nowrap"}
BAR, EQUALS = "\x02", "\x03"
"""Stand for signs that are text and divide no parameters, until all templates are read."""

_LONGEST = 20_000
_MOST_NAMED = 3


@dataclass(slots=True)
class Context:
    """Where templates stand: on a page of this title, last written at this date (``2024-05-31…``, "" if not known)."""

    title: str = ""
    written: str = ""
    leave_out: Callable[[str, str], None] = lambda _kind, _text: None


@dataclass(slots=True)
class _Call:
    written: str
    name: str
    given: list[str]
    named: dict[str, str]

    def first(self, *keys: str) -> str:
        return next((self.named[key] for key in keys if self.named.get(key)), "")


def shown(inner: str, before: str, after: str, context: Context) -> str:
    """What a template shows, of which ``inner`` is what stands in its braces, and what is beside it; "" for nothing."""
    if len(inner) <= _LONGEST:
        call = _call(inner)
        if call.name == "sup" and before[-1:].isdecimal() and call.given and _NUMBER.fullmatch(call.given[0]):
            return f"^{call.given[0]}"
        text = _by_family(call, after, context)
        if text is None and _in_sentence(call, inner, before, after):
            text = _general(call)
        if text is not None:
            return text
        is_note = _NOTE.match(call.name) and "box" not in call.name
        kind = "references and notes" if is_note else "templates"
    else:
        kind = "templates"
    context.leave_out(kind, f"{{{{{inner}}}}}")
    return ""


def _call(inner: str) -> _Call:
    name, *parts = inner.split("|")
    name = " ".join(name.replace("_", " ").split())
    written = _PREFIX.sub("", name)
    call = _Call(written, written.lower(), [], {})
    for part in parts:
        if found := _PARAMETER.match(part):
            key, value = found.group(1).lower(), part[found.end() :].strip()
            call.named[key] = value
        else:
            call.given.append(part.strip())
    for number in range(1, 10):
        if str(number) in call.named:
            call.given += [""] * (number - len(call.given))
            call.given[number - 1] = call.named.pop(str(number))
    return call


def _by_family(call: _Call, after: str, context: Context) -> str | None:
    name, arguments = call.name, call.given
    function, colon, argument = call.written.partition(":")
    function = function.lower()
    if colon and function in _FUNCTIONS:
        return argument
    if colon and function == "#if":
        return "".join(arguments[:1] if argument.strip() else arguments[1:2])
    if colon and function == "plural" and arguments:
        return arguments[0] if argument.strip() == "1" else arguments[-1]
    if name in ("!", "="):
        return BAR if name == "!" else EQUALS
    if name in names.POWERS and arguments:
        return names.POWERS[name] + arguments[0]
    if name in names.ROOTS and arguments:
        return names.ROOTS[name] + arguments[0]
    if (text := _beside(call)) is not None:
        return text
    if name in names.SIGNS:
        return names.SIGNS[name] if not arguments or name != "p" else None
    if name in names.CURRENCIES and arguments:
        return names.CURRENCIES[name] + arguments[0]
    if name in names.QUOTES:
        return _quote(call)
    if name in names.UNITS:
        return _measured(arguments) + _unit_of(call)
    if name in names.AGES:
        return _age(arguments, context.written)
    if name in names.DATES:
        return _date(arguments)
    if name in names.FRACTIONS:
        return f"{arguments[0]} {arguments[1]}/{arguments[2]}" if len(arguments) > 2 else "/".join(arguments)
    if name in names.LISTS:
        return (
            ", ".join(entry for entry in arguments if entry)
            if len(arguments) > 1
            else re.sub(r"\A\s*(?=[*#])", "\n", "".join(arguments))
        )
    if (text := _ship(call)) is not None:
        return text
    return _dressed(call, after, context)


def _dressed(call: _Call, after: str, context: Context) -> str | None:
    """What only gives a text another look, another language, or a link."""
    name, arguments = call.name, [argument for argument in call.given if argument]
    if (text := _french(call, after)) is not None:
        return text
    if name in _READINGS and arguments:
        return f"{arguments[0]}（{arguments[1]}）" if len(arguments) > 1 else arguments[0]
    if name in _UNIT_NAMES and arguments and _NUMBER.fullmatch(arguments[0]):
        return f"{arguments[0]} {call.written}"
    if name in ("reign", "r.") and arguments:
        return f"r. {'–'.join(arguments[:2])}"
    if name == "heure" and arguments:
        return " ".join([arguments[0], "h", *arguments[1:2]])
    if name == "bd" and len(arguments) > 1:
        return "".join(arguments[:2]) + "－" * (len(arguments) > 2) + "".join(arguments[2:4])
    if name == "as of" and arguments:
        return f"As of {_date(arguments)}"
    if name in ("ipa", "ipa-all", "api") and len(arguments) > 1 and _FOREIGN.fullmatch(arguments[0]):
        return arguments[1]
    if name.startswith("ipac-") and arguments:
        return f"/{''.join(argument for argument in arguments if argument not in _IPA_WORDS)}/"
    if name in names.ALL and arguments:
        joined = ("" if name in ("chem", "formula") else " ").join(arguments)
        return f"{name} {joined}" if name in _AROUND else joined
    if name in ("pagename", "fullpagename", "subjectpagename"):
        return context.title
    if (name.startswith("nihongo") or name in ("일본어", "日語", "日语", "jap")) and arguments:
        return f"{arguments[0]} ({', '.join(arguments[1:3])})" if len(arguments) > 1 else arguments[0]
    if name in ("не переведено", "не переведено 5", "нп5", "нп3", "нп4", "нп") and arguments:
        return (call.given[1] if len(call.given) > 1 else "") or arguments[0]
    if name in names.NAMED and call.named:
        return ", ".join(
            f"{value} {key}" if name == "height" else value for key, value in call.named.items() if len(key) < 3
        )
    if name.startswith(("lang-", "langue-", "ipa-")) and arguments:
        return arguments[0]
    if name in names.LAST and len(arguments) < 2 and (text := call.first("text", "texte", "texto", "testo")):
        return text
    if name in names.LAST and (arguments or call.named):
        return arguments[-1] if arguments else call.first("text", "texte")
    if name in names.FIRST and (arguments or call.named):
        return call.first("lt", "texte", "text", "display") or (arguments[0] if arguments else call.first("fr"))
    return call.written if not arguments and not call.named and _ORDINAL.fullmatch(name) else None


def _beside(call: _Call) -> str | None:
    """``{{Mme|Dupont}}``, ``{{n°|12}}``, ``{{percent|35}}``, ``{{век|XIX}}``, and those of a title without a name."""
    name, arguments = call.name, [argument for argument in call.given if argument]
    numbers = arguments and (_NUMBER.fullmatch(arguments[0]) or _ROMAN.fullmatch(arguments[0]))
    if name in names.AFTER and numbers and len(arguments) == 1:
        return arguments[0] + names.AFTER[name]
    if name in names.BEFORE and (arguments or not names.BEFORE[name]):
        return " ".join([names.BEFORE[name] or call.written, *arguments])
    return None


def _ship(call: _Call) -> str | None:
    """``{{HMS|Hood|51}}``, ``{{ship|HMS|Beagle}}`` and ``{{sclass|Nimitz|carrier}}``."""
    name, arguments = call.name, call.given
    if name in ("sclass", "sclass-", "sclass2", "sclass2-") and arguments:
        return " ".join([f"{arguments[0]}-class", *arguments[1:2]])
    prefix, arguments = (
        (arguments[0], arguments[1:]) if name == "ship" and len(arguments) > 1 else (call.written, arguments)
    )
    if (name != "ship" and name not in names.SHIPS) or not arguments or not arguments[0]:
        return None
    number = f" ({arguments[1]})" if len(arguments) == 2 and arguments[1] else ""
    return f"{prefix} {arguments[0]}{number}".strip()


_AROUND = ("circa", "ca", "ca.", "c.", "vers", "um", "около", "etwa", "fl.", "floruit")


_IPA_WORDS = ("lang", "pron", "uk", "us", "also", "local", "uklang", "uslang", "en")


def _french(call: _Call, after: str) -> str | None:
    """Dates, ordinals and centuries of French wikis: ``{{1er janvier|1911}}``, ``{{s-|XIX}}``, ``{{j|12|km}}``."""
    name, arguments = call.name, [argument for argument in call.given if argument]
    if name in _CENTURIES and arguments and _ROMAN.fullmatch(arguments[0]):
        text = ""
        for argument in arguments if "p" in name else arguments[:2]:
            text += argument if argument in ("e", "er", "re") else f" {argument}"
        text = text.strip() + ("e" if len(arguments) == 1 else "")
        before_christ = " av. J.-C." if name.startswith("-") else ""
        return text + ("" if after.lstrip().startswith("siècle") else f" {_CENTURIES[name]}{before_christ}")
    if (
        arguments
        and arguments[0].isdecimal()
        and len(arguments[0]) <= 4
        and len(words := name.split()) <= 3
        and name not in names.FIRST
    ):
        days = [word for word in words[:-1] if not is_of_days(word)]
        if months_named(words[-1], None) and all(re.fullmatch(r"\d{1,2}(?:er|\.|º)?", day) for day in days):
            return f"{call.written} {arguments[0]}"
    if arguments and (name == "j" or (_ORDINAL.fullmatch(name) and months_named(arguments[0].lower(), None))):
        return " ".join(arguments if name == "j" else [call.written, *arguments])
    return None


def _quote(call: _Call) -> str | None:
    text = call.first(*names.QUOTED_AS) or next(iter(call.given), "")
    if not text:
        return None
    author = call.first(*names.SAID_BY) or next(iter(call.given[1:]), "")
    return f"\n\n{text} — {author}\n\n" if author else f"\n\n{text}\n\n"


def _measured(arguments: list[str]) -> str:
    """Numbers, words between them, and the unit; a second number with its own unit where one follows."""
    words: list[str] = []
    at = 0
    while at < len(arguments) and _NUMBER.fullmatch(arguments[at]):
        words.append(arguments[at])
        at += 1
        while at + 1 < len(arguments) and arguments[at].lower() in _BETWEEN and _NUMBER.fullmatch(arguments[at + 1]):
            words += [_BETWEEN[arguments[at].lower()], arguments[at + 1]]
            at += 2
        if (
            at < len(arguments)
            and arguments[at]
            and not _NUMBER.fullmatch(arguments[at])
            and not arguments[at].startswith(("DE-", "CH-", "AT"))
        ):
            words.append(_UNITS.get(arguments[at].lower(), arguments[at]))
            at += 1
            if (
                at + 1 < len(arguments)
                and _NUMBER.fullmatch(arguments[at])
                and not _NUMBER.fullmatch(arguments[at + 1])
                and arguments[at + 1]
            ):
                continue
        elif at < len(arguments) and arguments[at].startswith(("DE-", "CH-", "AT")):
            words.append("m")
        break
    return " ".join(words)


def _unit_of(call: _Call) -> str:
    unit = call.first("u", "ul", "up", "upl", "unit", "einheit")
    return f" {unit}" if unit else ""


def _date(arguments: list[str]) -> str | None:
    """A date of which year, month and day are given as numbers; what is said in words is taken as it is."""
    numbers = [entry for entry in arguments if entry]
    if not numbers:
        return None
    if not numbers[0].isdigit():
        return numbers[0]
    parts = []
    for number, most in zip(numbers, (9999, 12, 31), strict=False):
        if not number.isdigit() or int(number) > most:
            break
        parts.append(number.zfill(2))
    if parts and int(parts[0]) <= 31 and len(numbers) > 2:
        return " ".join(numbers[:3])  # the day first
    return "-".join(parts) or numbers[0]


def _age(arguments: list[str], written: str) -> str | None:
    """Full years between two dates, or until the page was written."""
    numbers = [int(entry) for entry in arguments if entry.isdigit()]
    until = [int(digits) for digits in re.findall(r"\d+", written[:10])]
    born, then = numbers[:3], numbers[3:6] or until[:3]
    if len(born) < 3 or len(then) < 3:
        return None
    return str(then[0] - born[0] - (tuple(then[1:]) < tuple(born[1:])))


def _in_sentence(call: _Call, inner: str, before: str, after: str) -> bool:
    """Whether a template stands amid the words of a sentence, as text does, and not behind it or alone, as notes do."""
    if "\n" in inner or len(call.named) > _MOST_NAMED or call.name.startswith("#") or _NOTE.match(call.name):
        return False
    line_before, line_after = before.rpartition("\n")[2], after.partition("\n")[0]
    if not line_before.strip() or not call.given or not any(call.given):
        return False
    ended = line_before.rstrip()[-1:] in ".!?。！？।" and not line_before[-1:].isalnum()
    return not (ended and (not line_after.strip() or line_after[:1].isspace()))


def _general(call: _Call) -> str:
    """The text of a template that no table knows: its first words, or all its numbers."""
    arguments = [argument for argument in call.given if argument]
    if len(arguments) > 1 and _FOREIGN.fullmatch(arguments[0]) and not _FOREIGN.fullmatch(arguments[1]):
        return arguments[1]
    if _NUMBER.fullmatch(arguments[0]):
        return " ".join(arguments[:4]) + _unit_of(call)
    return arguments[0]
