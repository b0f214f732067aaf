"""Plain text to paragraphs: where they end, which lines are sub-headings, what is furniture, and what is too long.

Offsets are in characters into the text that is handed in; they mark the span a paragraph was made from, while its own
text has runs of white space drawn together.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace

from paraglot.indexer.corpus.drafts import Block, text_of_block
from paraglot.indexer.corpus.phrases import READ_ALSO_PHRASES, SOURCE_WORDS
from paraglot.search.text.normal_form import INVISIBLE
from paraglot.search.text.sentences import all_sentences, width

MAX_CHARACTERS = 2000
"""A longer paragraph is split at sentence ends; a wide (East Asian) character counts twice."""

MIN_CHARACTERS = 30
"""A shorter paragraph that a reader found joins a neighbour under the same heading; wide characters count twice."""

MAX_HEADING_CHARACTERS = 80
MAX_READ_ALSO_CHARACTERS = 200
READ_ALSO = "read-also lines"
"""The kind (`remarks`) of links to other articles, and of what stands under a heading "See also"."""

_MOST_ATOMS = 2 * MAX_CHARACTERS
"""More sentences, words or pieces than one paragraph can hold."""

_CLOSING = tuple(".!?…:;,。！？；：，،؛؟।۔")
_AFTER_CLOSING = "”»\"'’」』)）] "
_BEFORE_READ_ALSO = "→►▶>»•-–—*[( "
_BULLET = re.compile(r"\s*([-–—*•‣▪]|\d+[.)])\s")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ESCAPE = re.compile(
    r"\x9b[0-9;?]+[A-Za-z]|"  # with numbers alone: in a text read by the wrong encoding it is a quotation mark
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>78cDEHMNOZ])"
)
"""What steers a terminal: colours, links, titles of windows, sets of characters."""

_BROKEN_WORD = re.compile(r"\u00ad[ \t]*\n[ \t]*([^\W_][^\s\u00ad]*)[ \t]*")
"""A word that a soft hyphen divides at the end of a line."""
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Text with ``\\n`` line ends, without control and invisible characters; the same number of lines."""
    if text.isascii() and text.isprintable():
        return text
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPE.sub("", text)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    if "\u00ad" in text:
        text = _BROKEN_WORD.sub(r"\1\n", text)
    return INVISIBLE.sub("", text)


def split_paragraphs(text: str, furniture: Set[str] = frozenset()) -> list[Block]:
    """The paragraphs of a body of text, sub-headings attached, "read also" lines and ``furniture`` dropped."""
    blocks: list[Block] = []
    headings: list[Block] = []
    for block in plain_blocks(text):
        if block.text in furniture or is_read_also(block.text):
            continue
        if _is_heading(block.text):
            headings.append(block)
            continue
        heading, rest = _leading_heading(block, text)
        over = [above.text for above in headings] + ([heading] if heading else [])
        blocks.append(replace(rest, heading=" / ".join(over)) if over else rest)
        headings = []
    # Short lines with nothing after them are not headings of anything: they are text.
    return blocks + headings


def given_paragraphs(text: str) -> list[Block]:
    """The paragraphs of a text that was given paragraph by paragraph: what blank lines divide, and nothing dropped."""
    return [_block(text, start, end) for start, end in _spans(re.compile(r"\n\n"), text, 0, len(text))]


def take_source(text: str) -> tuple[str, str | None]:
    """A body and the source that its last line names (``Source: …`` in any of our languages), or None."""
    stripped = text.rstrip()
    while stripped:
        body, _, last = stripped.rpartition("\n")
        if match := _SOURCE_LINE.fullmatch(last.strip()):
            return body.rstrip(), match.group(1).strip()
        if not is_read_also(last):
            break
        stripped = body.rstrip()
    return text, None


def split_long(block: Block, text: str, fits: Callable[[str], bool]) -> list[Block]:
    """A block as pieces that each satisfy ``fits``, cut at sentence ends, else at spaces, else between characters."""
    if fits(block.text):
        return [block]
    pieces: list[Block] = []
    keeps_lines = "\n" in block.text
    for start, end in _cuts(text, block.start, block.end, fits, keeps_lines):
        piece = _block(text, start, end, keeps_lines)
        if piece.text:
            pieces.append(replace(piece, heading=block.heading, language=block.language, anchor=block.anchor))
    return pieces


def join_short(blocks: Sequence[Block], fits: Callable[[str], bool]) -> list[Block]:
    """Blocks in which one that is too short is joined to the next one, the last to the one before it.

    Never across a heading or into another language, and never to more than ``fits``.
    """
    joined: list[Block] = []
    for number, block in enumerate(blocks):
        before = joined[-1] if joined else None
        if before is None or not _alike(before, block):
            joined.append(block)
            continue
        short = width(before.text) < MIN_CHARACTERS
        if not short and width(block.text) < MIN_CHARACTERS:
            short = number + 1 == len(blocks) or not _alike(blocks[number + 1], block)
        if short and fits(both := f"{before.text}{_between(before, block)}{block.text}"):
            joined[-1] = Block(both, before.start, block.end, before.heading, before.language, before.anchor)
        else:
            joined.append(block)
    return joined


def _between(block: Block, other: Block) -> str:
    return "\n" if "\n" in block.text or "\n" in other.text else " "


def _alike(block: Block, other: Block) -> bool:
    same = block.heading == other.heading and block.anchor == other.anchor
    return same and block.language == other.language


def plain_blocks(text: str) -> Iterator[Block]:
    """All blocks of plain text: runs of lines between blank lines; where no blank line divides the text, its lines."""
    if "\n" not in text:
        if not text.isspace() and text:
            yield _block(text, 0, len(text))
        return
    separator = r"\n[^\S\n]*\n\s*" if re.search(r"\S[^\S\n]*\n[^\S\n]*\n\s*\S", text) else r"\n\s*"
    start = 0
    for match in re.finditer(rf"{separator}|\Z", text):
        block = _block(text, start, match.start())
        if block.text:
            yield block
        start = match.end()


def _block(text: str, start: int, end: int, keeps_lines: bool = False) -> Block:
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    raw = raw.strip()
    shown = text_of_block(raw, keeps_lines=True) if keeps_lines else " ".join(raw.split())
    return Block(shown, start, start + len(raw))


def _is_heading(text: str) -> bool:
    return width(text) <= MAX_HEADING_CHARACTERS and not is_closed(text) and not _BULLET.match(text)


def is_closed(text: str) -> bool:
    """Whether a text ends as a sentence does, with or without a quotation mark or bracket after it."""
    return text.rstrip(_AFTER_CLOSING)[-1:] in _CLOSING


def _leading_heading(block: Block, text: str) -> tuple[str, Block]:
    """A heading line that stands directly on its paragraph, and the rest.

    Only where the next line is too long to be one of a hard-wrapped text, whose first line looks like a heading too.
    """
    first, _, rest = text[block.start : block.end].partition("\n")
    following = rest.partition("\n")[0]
    if rest and _is_heading(first.strip()) and width(following) > MAX_HEADING_CHARACTERS + 40:
        return first.strip(), _block(text, block.start + len(first), block.end)
    return "", block


def is_read_also(text: str) -> bool:
    """Whether a text is a link to another article that was copied along."""
    line = text.strip().lstrip(_BEFORE_READ_ALSO).rstrip()
    if len(line) > MAX_READ_ALSO_CHARACTERS or not (match := _READ_ALSO.match(line)):
        return False
    rest = line[match.end() :].lstrip()
    return not rest or rest[0] in ":：|–—-»>→" or not is_closed(rest)


def read_also_lines(text: str) -> list[str]:
    """The paragraphs of a plain text that are left out as links to other articles."""
    if not _READ_ALSO_LINE.search(text):
        return []
    return [block.text for block in plain_blocks(text) if is_read_also(block.text)]


def _cuts(text: str, start: int, end: int, fits: Callable[[str], bool], keeps_lines: bool) -> Iterator[tuple[int, int]]:
    """Spans that fit, each as many whole atoms as fit together."""
    atoms = list(_atoms(text, start, end, fits, keeps_lines))
    done = 0
    while done < len(atoms):
        first = atoms[done][0]
        ends = [last for _, last in atoms[done : done + _MOST_ATOMS]]
        count = _longest(ends, lambda last: fits(text[first:last]))  # noqa: B023 (called at once)
        yield first, ends[count - 1]
        done += count


def _atoms(
    text: str, start: int, end: int, fits: Callable[[str], bool], keeps_lines: bool
) -> Iterator[tuple[int, int]]:
    """Sentences or lines; one that does not fit as words; a word that does not fit as pieces of a word."""
    for first, last in _lines(text, start, end) if keeps_lines else _all_sentences(text, start, end):
        if fits(text[first:last]):
            yield first, last
            continue
        for word_start, word_end in _spans(_SPACE, text, first, last):
            while word_start < word_end:
                ends = range(word_start + 1, word_end + 1)
                count = _longest(ends, lambda last: fits(text[word_start:last]))  # noqa: B023 (called at once)
                piece_end = _before_marks(text, word_start, word_start + count, word_end)
                yield word_start, piece_end
                word_start = piece_end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return _spans(re.compile(r"\n"), text, start, end)


def _all_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    # The line ends of hard-wrapped text do not end sentences.
    for first, last in all_sentences(text[start:end].replace("\n", " ")):
        yield first + start, last + start


def _longest(ends: Sequence[int], fits: Callable[[int], bool]) -> int:
    """How many of the ascending ``ends`` fit: those up to some one do and those beyond it do not; at least 1."""
    low, step = 1, 1
    while low + step <= len(ends) and fits(ends[low + step - 1]):
        low += step
        step *= 2
    return bisect_left(ends, True, low, min(low + step - 1, len(ends)), key=lambda end: not fits(end))


def _before_marks(text: str, start: int, cut: int, end: int) -> int:
    """A cut moved back so that no combining mark is parted from its letter."""
    moved = cut
    while start + 1 < moved < end and unicodedata.category(text[moved])[0] == "M":
        moved -= 1
    return moved if moved > start + 1 or cut == start + 1 else cut


def _spans(separator: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in separator.finditer(text, start, end):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _any_of(table: dict[str, tuple[str, ...]]) -> str:
    phrases = sorted({phrase for row in table.values() for phrase in row}, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase) for phrase in phrases)


_SOURCE_LINE = re.compile(rf"(?:{_any_of(SOURCE_WORDS)})\s*[:：]\s*(\S.*)", re.IGNORECASE)
_READ_ALSO = re.compile(rf"(?:{_any_of(READ_ALSO_PHRASES)})(?!\w)", re.IGNORECASE)
_READ_ALSO_LINE = re.compile(
    rf"(?m)^(?:[{re.escape(_BEFORE_READ_ALSO)}]|[^\S\n])*+(?:{_any_of(READ_ALSO_PHRASES)})(?!\w)", re.IGNORECASE
)
