"""Names as terms of the keyword index, by their sound: so that one in another script is looked for, not only compared.

A term is `SOUND_MARK`, the script of the name and a key of `sounds.name_keys`: a query asks for those of every script
but its own, in which two names that sound alike are two names. A text has those of its names: words that
begin with a capital within a sentence, and words that the lexicon does not know where a script has no capitals, in
German, and where a sentence begins. `paraglot.search.query.unspaced_names` tells those of writing without spaces.
Names that the lexicon knows have terms by what they are in English (`paraglot.search.query.translated_names`), too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache

import regex

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.lexicon.same_name import same_name
from paraglot.search.lexicon.sounds import name_keys
from paraglot.search.query.language import scripts
from paraglot.search.query.lookup import Known
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.query.translated_names import (
    NAME_MARK,
    EnglishNames,
    english_names_of,
    translated_names,
    unprefixed,
    with_translated_names,
)
from paraglot.search.query.unspaced_names import LONGEST_HAN, LONGEST_THAI, borrowed, unspaced_names
from paraglot.search.text.analysis import Word, fold, folded_stop_words, runs
from paraglot.search.text.folding import fold_basic, word_cache
from paraglot.search.text.languages import LANGUAGES, primary, stems_of

SOUND_MARK = "~"
"""Begins the term of a name in the index, ``~Cyrl:SLNSK``: no word and no language begins so."""

OTHER_SCRIPT = "Zyyy"
"""Stands for all scripts that no language of the table is written in."""

_NAMED_SCRIPTS = frozenset(script for row in LANGUAGES.values() for script in row.scripts)

SOUND_WEIGHT = 0.8
"""What a match by sound counts beside one by the word as it is written."""

MOST_WORDS = 3
"""Words of a query that is a name and nothing else: in a longer one, what sounds alike is chance more often."""

_ALL_NOUNS = frozenset({"de", "lb"})
"""Languages that write every noun with a capital."""

_HAN = regex.compile(r"\p{Han}+")
_LONGEST = ((_HAN, LONGEST_HAN), (regex.compile(r"\p{Thai}+"), LONGEST_THAI))
"""Characters of a name in a script without spaces, at most: what has more is a question."""

_HIRAGANA = regex.compile(r"\p{Hiragana}")
_ONE_SCRIPT = regex.compile(r"[\p{Katakana}ー]+|\p{Han}+|\p{Hangul}+")
_SEEN_BEFORE = 4
_BEGIN = regex.compile(r"(?:^|[.!?…:;\n\"«„“”‘(–—-])\s*$")


def name_terms(text: str, language: str) -> Iterator[str]:
    """The terms of the names in a text of a language, each as often as it stands there."""
    for _, term in _names_in(text, language):
        yield term


def word_names(word: str, tag: str, initial: bool) -> Iterator[str]:
    """What `name_terms` gives of a word of letters; ``initial``: it stands where every word has a capital."""
    capital = word[0].isupper() and tag not in _ALL_NOUNS
    heard = _heard_of(word, True, tag, initial or not capital)
    return (term for _, term in (*heard, *translated_names(word, True, tag)))


def may_begin_after(text: str) -> bool:
    """Whether a word after a text that is no blank stands where every word has a capital."""
    return _BEGIN.search(text[-_SEEN_BEFORE:]) is not None


def names_like(query: KeywordQuery, text: str, language: str) -> list[str]:
    """The names in a text that a query looks for by their sound: as written there, each once, none around another."""
    return _wanted_names(terms_of_names(query), text, language)


def terms_of_names(query: KeywordQuery) -> frozenset[str]:
    """What stands for names in the index, of all that a query looks for: nothing else has a name of `names_like`."""
    return frozenset(term for word in query.words for term in word.terms if term.startswith(SOUND_MARK))


def _wanted_names(wanted: Set[str], text: str, language: str, small: bool = True) -> list[str]:
    if not wanted:
        return []
    scripts = {term.removeprefix(SOUND_MARK).partition(":")[0] for term in wanted if _is_sound(term)}
    named = _names_in(text, language, scripts, not all(map(_is_sound, wanted)), small)
    names = dict.fromkeys(name for name, term in named if term in wanted)
    return [name for name in names if not any(other != name and other in name for other in names)]


def _names_in(
    text: str, language: str, scripts: Set[str] | None = None, translated: bool = True, small: bool = True
) -> Iterator[tuple[str, str]]:
    """(name, term) of each name in a text, for each way to read it: by its sound those in ``scripts`` (None: in all),
    and those that are ``translated``. ``small``: also words without a capital in a script that has them.
    """
    tag = primary(language)
    if not translated and scripts is not None and scripts.isdisjoint(_scripts_in(text)):
        return
    for written, start, letters in runs(text):
        if not small and written[0].islower():
            continue
        if scripts is None or not scripts.isdisjoint(_scripts_in(written)):
            capital = letters and tag not in _ALL_NOUNS and written[0].isupper()
            initial = not capital or _BEGIN.search(text, max(0, start - _SEEN_BEFORE), start) is not None
            yield from _heard_of(written, letters, tag, initial)
        if translated:
            yield from translated_names(written, letters, tag)


def _scripts_in(text: str) -> Iterator[str]:
    """The scripts of a text's letters, as `script_of` has them."""
    return map(_script_of_letter, filter(str.isalpha, set(text)))


@word_cache
def _heard_of(written: str, letters: bool, tag: str, initial: bool) -> tuple[tuple[str, str], ...]:
    forms = _names(written, letters, fold(written), tag, initial, parts=True)
    return tuple((form, _term(script_of(form), key)) for form in forms for key in name_keys(form))


def _term(script: str, key: str) -> str:
    return f"{SOUND_MARK}{script}:{key}"


def script_of(name: str) -> str:
    """The script (ISO 15924) of a name's first letter; `OTHER_SCRIPT` for one that no language of the table has.

    >>> script_of("Johnson"), script_of("ジョンソン"), script_of("Ｊohnson"), script_of("જૉનસન")
    ('Latn', 'Kana', 'Latn', 'Zyyy')
    """
    letter = next(filter(str.isalpha, unicodedata.normalize("NFKC", name)), "")
    return next(iter(scripts(letter) & _NAMED_SCRIPTS), OTHER_SCRIPT)


_script_of_letter = lru_cache(1 << 12)(script_of)


def _in_other_scripts(name: str) -> list[str]:
    """The terms by which a name is looked for."""
    others = sorted({*_NAMED_SCRIPTS, OTHER_SCRIPT} - {script_of(name)})
    return [_term(script, key) for key in name_keys(name) for script in others]


def with_names(query: KeywordQuery, words: Sequence[Word], tags: Iterable[str], known: Known) -> KeywordQuery:
    """A query that is a name, its words ``words``, which is looked for by its sound, too, where the index has it."""
    if sum(map(_words_in, words)) > MOST_WORDS:
        return query
    if any(
        sum(len(run) for word in words for run in runs_of.findall(word.written)) > most for runs_of, most in _LONGEST
    ):
        return query
    tags = list(tags) or ["und"]
    named = [english_names_of(word, tags) for word in words]
    query = with_translated_names(query, words, named)
    if not _is_name(words, tags):
        return query
    asked, forms = _sounds(words, named, tags)
    there = {term: [sound for sound in of_term if known.has(sound)] for term, of_term in asked.items()}
    return KeywordQuery(tuple(_with_sounds(word, there) for word in query.words), forms)


def have_name(query: KeywordQuery, texts: Iterable[tuple[str, str]]) -> Iterator[bool]:
    """Of each text, in a language, whether a name in it that a query looks for by its sound may be taken for the one
    that is asked for; where a script has capitals, one with a capital.
    """
    heard = frozenset(filter(_is_sound, terms_of_names(query)))
    asked = [(name, script_of(name)) for name in query.names]
    for text, language in texts:
        names = _wanted_names(heard, text, language, small=False)
        yield any(
            script != script_of(name) and same_name(asked_name, name) for name in names for asked_name, script in asked
        )


def by_letters(query: KeywordQuery) -> KeywordQuery:
    """The query without what is looked for by its sound, which two names may have by chance."""
    if not any(_is_sound(term) for word in query.words for term in word.terms):
        return query
    words = ({term: weight for term, weight in word.terms.items() if not _is_sound(term)} for word in query.words)
    return KeywordQuery(tuple(map(QueryWord, words)), query.names)


def _is_sound(term: str) -> bool:
    return term.startswith(SOUND_MARK) and not term.startswith(NAME_MARK)


def _is_small(word: Word) -> bool:
    """Whether it is no name by its letters: without a capital in a script that has them, with hiragana in Japanese."""
    return word.written[:1].islower() if word.letters else _HIRAGANA.search(word.written) is not None


def _is_name(words: Sequence[Word], tags: Sequence[str]) -> bool:
    """Whether a query is a name by its letters, or by its words: people write names small where they search."""
    small = [word for word in words if _is_small(word)]
    unheard = [word for word in small if _is_unheard(word, tags)]
    short = [word for word in small if word.letters and len(word.written) < len("xi ") and word not in unheard]
    return not small or (bool(unheard) and len(unheard) + len(short) == len(small))


def _is_unheard(word: Word, tags: Sequence[str]) -> bool:
    """Whether no language that a word may be in has it, nor English."""
    return word.letters and not any(_has_whole(word, tag) for tag in dict.fromkeys((*tags, "en")))


def _has_whole(word: Word, tag: str) -> bool:
    """Whether a language has a word, by more than the first letters that are the stem of a few."""
    lexicon, folded = open_lexicon(), word.terms[0].term
    if stems_of(tag) == "light":
        return folded in folded_stop_words(tag) or lexicon.has(fold_basic(word.written), tag)
    return lexicon.has_word(word.written, folded, tag)


def _words_in(word: Word) -> int:
    """One; of a run without spaces its parts in one script each."""
    return 1 if word.letters else max(1, len(_ONE_SCRIPT.findall(word.written)))


def _with_sounds(word: QueryWord, there: Mapping[str, Sequence[str]]) -> QueryWord:
    added = {sound: SOUND_WEIGHT for term in word.terms for sound in there.get(term, ())}
    return QueryWord({**word.terms, **added}) if added else word


def _sounds(
    words: Sequence[Word], named: Sequence[EnglishNames], tags: Sequence[str]
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Surface form → the terms of the names that it is part of; and those names. By ``named`` have the sound languages
    that lack it here."""
    titled = all(word.written[:1].isupper() or word.written.lower() == word.written.upper() for word in words)
    names = [
        {form for tag in tags for form in _names(word.written, word.letters, word.terms[0].term, tag, begins)}
        for word, begins in zip(words, (not place and not titled for place in range(len(words))), strict=True)
    ]
    spaced = [word.letters and bool(forms) for word, forms in zip(words, names, strict=True)]
    together: list[set[str]] = [set() for _ in words]  # a name that is one word in one script is several in another
    for first in range(len(words)):
        for last in range(first + 2, len(words) + 1):
            if all(spaced[first:last]):
                for joined in together[first:last]:
                    joined.add("".join(word.written for word in words[first:last]))
    english = [{name for of_form in by_form.values() for name in of_form} for by_form in named]
    names = [forms | joined | also for forms, joined, also in zip(names, together, english, strict=True)]
    sounds: dict[str, list[str]] = {}
    for word, forms in zip(words, names, strict=True):
        asked = dict.fromkeys(term for form in sorted(forms) for term in _in_other_scripts(form))
        for token in word.terms:
            sounds.setdefault(token.term, []).extend(asked)
    return sounds, tuple(sorted(set().union(*names)))


def _names(written: str, letters: bool, folded: str, tag: str, initial: bool, parts: bool = False) -> Iterator[str]:
    """What of a word may be a name. ``letters`` as in `Word`.

    ``initial``: it stands where every word has a capital; ``parts``: also what may be one with others beside it, where
    no spaces divide words.
    """
    if not letters:
        yield from unspaced_names(written, tag, parts)
        return
    if folded in folded_stop_words(tag) or any(map(str.isdigit, written)) or (parts and written[0].islower()):
        return
    capital = written[0].isupper() and not initial and tag not in _ALL_NOUNS
    without_case = written[0].lower() == written[0].upper()
    forms = unprefixed(written, tag) if parts else [written]
    unknown = capital or not open_lexicon().has_word(written, folded, tag)
    yield from (form for form in forms if unknown or (without_case and borrowed(form, tag)))
