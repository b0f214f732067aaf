"""Lines that recur over many articles, and paragraphs too short to stand alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.indexer.corpus.assemble import assemble
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Block, Draft, Place
from paraglot.indexer.corpus.furniture import MIN_ARTICLES, WINDOW_ARTICLES, without_furniture
from paraglot.indexer.corpus.paragraphs import join_short
from paraglot.indexer.readers.inputs import Options

HERE = Place(Path("a"))
SHARE = "Share this story on the networks of your choice."
OWN = "Paragraph number {} tells something that no other article of this paper tells in these words."


def articles(count: int, furnished: int, folder: str = "paper") -> list[Draft]:
    """Articles of one folder, of which the first ``furnished`` end with the same line."""
    return [
        Draft(HERE, f"{folder}/{n}", "T", f"{OWN.format(n)}{tail}", plain=True, scraped=True)
        for n in range(count)
        for tail in ["\n\n" + SHARE if n < furnished else ""]
    ]


def texts(drafts: list[Draft]) -> list[list[str]]:
    """The paragraphs of the articles, in the order of the articles."""
    found = [one for one in without_furniture(drafts) if isinstance(one, Draft)]
    assert [one.id for one in found] == [one.id for one in drafts]
    return [[one.text for one in assemble(draft, lambda text: len(text) < 2000).paragraphs] for draft in found]


def test_a_line_in_many_articles_is_left_out_of_all() -> None:
    assert texts(articles(30, MIN_ARTICLES)) == [[OWN.format(n)] for n in range(30)]


def test_a_line_in_a_few_articles_stays() -> None:
    assert [len(one) for one in texts(articles(30, MIN_ARTICLES - 1))] == [2] * (MIN_ARTICLES - 1) + [1] * 21


def test_a_line_in_less_than_a_tenth_of_the_articles_stays() -> None:
    assert len(texts(articles(200, 19))[0]) == 2
    assert len(texts(articles(200, 20))[0]) == 1


def test_each_source_is_counted_by_itself() -> None:
    mixed = articles(9, 9, "one") + articles(9, 9, "two")
    assert [len(one) for one in texts(mixed)] == [2] * 18


def test_what_was_found_is_known_in_later_windows() -> None:
    later = articles(WINDOW_ARTICLES + 3, 20)
    later[-1] = articles(1, 1)[0]
    assert len(texts(later)[-1]) == 2  # 20 of the first 500 are less than a tenth
    later = articles(WINDOW_ARTICLES + 3, 60)
    later[-1] = articles(1, 1)[0]
    assert len(texts(later)[-1]) == 1


def test_an_article_is_never_left_empty_and_programs_are_believed() -> None:
    only = [Draft(HERE, f"a/{n}", "T", SHARE, plain=True, scraped=True) for n in range(20)]
    assert texts(only) == [[SHARE]] * 20
    given = [Draft(HERE, f"a/{n}", "T", f"{OWN.format(n)}\n\n{SHARE}", plain=True) for n in range(20)]
    assert texts(given)[0] == [OWN.format(0), SHARE]


def test_furniture_changes_the_hash_and_the_same_corpus_gives_the_same(tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n}.txt").write_text(f"Title {n}\n\n{OWN.format(n)}\n\n{SHARE}\n\n{OWN.format(-n - 1)}")
    first, again = ([one for one in read_corpus([tmp_path]) if isinstance(one, Draft)] for _ in range(2))
    assert [one.furniture for one in first] == [frozenset({SHARE})] * 12
    assert [one.input_hash("r") for one in first] == [one.input_hash("r") for one in again]
    [alone] = read_corpus([tmp_path / "0.txt"])
    assert isinstance(alone, Draft)
    assert alone.input_hash("r") != next(one for one in first if one.id == "0.txt").input_hash("r")


def blocks(*given: tuple[str, str]) -> list[Block]:
    made, at = [], 0
    for heading, text in given:
        made.append(Block(text, at, at + len(text), heading))
        at += len(text) + 2
    return made


LONG = "A paragraph that is long enough to stand by itself."


def test_short_paragraphs_join_a_neighbour_under_the_same_heading() -> None:
    joined = join_short(blocks(("", "Yes."), ("", LONG), ("", "No."), ("A", "Alone."), ("B", LONG)), lambda _: True)
    assert [(one.heading, one.text) for one in joined] == [("", f"Yes. {LONG} No."), ("A", "Alone."), ("B", LONG)]
    assert (joined[0].start, joined[0].end) == (0, 4 + 2 + len(LONG) + 2 + 3)


def test_short_paragraphs_do_not_join_to_more_than_fits() -> None:
    joined = join_short(blocks(("", "Yes."), ("", LONG)), lambda text: len(text) <= len(LONG))
    assert [one.text for one in joined] == ["Yes.", LONG]


@pytest.mark.parametrize(
    "footer",
    [
        "The post {} appeared first on Valley Post.",
        "Der Beitrag {} erschien zuerst auf Valley Post.",
        "{} 最先出现在 Valley Post。",
        "You have read {}. More from VALLEY POST in our app!",
    ],
)
def test_a_footer_with_the_title_and_the_source_in_it_is_furniture(footer: str) -> None:
    def ended(count: int) -> list[Draft]:
        made = (f"{OWN.format(n)}\n\n{footer.format(f'Town {n}')}" for n in range(count))
        return [
            Draft(HERE, f"p/{n}", f"Town {n}", text, source="Valley Post", plain=True, scraped=True)
            for n, text in enumerate(made)
        ]

    assert texts(ended(MIN_ARTICLES)) == [[OWN.format(n)] for n in range(MIN_ARTICLES)]
    assert [len(one) for one in texts(ended(MIN_ARTICLES - 1))] == [2] * (MIN_ARTICLES - 1)


def test_a_last_paragraph_that_names_the_title_is_none() -> None:
    towns = [
        Draft(
            HERE,
            f"w/{n}",
            f"Town {n}",
            f"{OWN.format(n)}\n\nTown {n} is a town in the valley.",
            scraped=True,
            plain=True,
        )
        for n in range(20)
    ]
    assert [len(one) for one in texts(towns)] == [2] * 20


LONG_PROSE = (
    "Anybody who needs shelter may go to the sports hall in Mill Lane, where the Red Cross has made up eighty beds."
)


def test_long_prose_is_furniture_only_where_it_is_everywhere() -> None:
    def shared(count: int) -> list[Draft]:
        return [
            Draft(HERE, f"p/{n}", "T", f"{OWN.format(n)}\n\n{LONG_PROSE}", plain=True, scraped=True)
            for n in range(count)
        ]

    assert [len(one) for one in texts(shared(49))] == [2] * 49
    assert [len(one) for one in texts(shared(50))] == [1] * 50


def test_furniture_can_be_kept(tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n}.txt").write_text(f"Title {n}\n\n{OWN.format(n)}\n\n{SHARE}")
    kept = [one for one in read_corpus([tmp_path], Options(keep_furniture=True)) if isinstance(one, Draft)]
    assert all(one.text.endswith(SHARE) and one.furniture is None for one in kept)
    assert Options(keep_furniture=True).rules() != Options().rules()  # a corpus that was left out from is read anew
    result = CliRunner().invoke(app, ["index", str(tmp_path), "--dry-run", "--json"])
    assert json.loads(result.stdout)["left_out"] == {"repeated lines": 12}
    result = CliRunner().invoke(app, ["index", str(tmp_path), "--dry-run", "--json", "--keep-furniture"])
    assert json.loads(result.stdout)["left_out"] == {}
