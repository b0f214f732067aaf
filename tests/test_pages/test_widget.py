"""The components in a page of another origin, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import index_corpus
from paraglot.indexer.readers.inputs import Options
from tests.blog import Blog
from tests.browsers import Open, Show
from tests.conftest import ROOT
from tests.servers import service

pytestmark = pytest.mark.slow

NIGHT = "trains de nuit en Europe"
NOT_HERE = "The search cannot be used on this page at the moment."
PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)><b onmouseover='alert(3)'>bread</b>"


def policy(service_at: str) -> str:
    """As strict as a page can be that uses the components: no inline script or style, no markup from strings."""
    return (
        f"default-src 'none'; script-src 'self' {service_at}; connect-src {service_at}; style-src 'none'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_both_on_a_foreign_page_under_a_strict_policy(show: Show, paraglot: str) -> None:
    page = show(
        f"""<paraglot-search id="all" query="{NIGHT}" lang="fr" less-likely></paraglot-search>
        <paraglot-search id="german" less-likely languages="de, zh" query="{NIGHT}" endpoint="{paraglot}/" limit="3"></paraglot-search>
        <paraglot-similar id="like" article="lunar-ru" languages="en,de,fr" limit="2"></paraglot-similar>""",
        policy(paraglot),
    )
    every, german, like = (page.locator(f"#{name}") for name in ("all", "german", "like"))
    expect(every.locator("li")).to_have_count(10)
    expect(german.locator("li")).to_have_count(3)
    expect(like.locator("li")).to_have_count(2)
    expect(every.get_by_role("status")).to_have_text(re.compile(r"Résultats : \d+"))
    languages = german.locator("[part=text]").evaluate_all("texts => texts.map(text => text.lang)")
    assert set(languages) <= {"de", "zh"}
    assert every.locator("mark.semantic").count() > 0
    assert every.locator("mark.keyword").count() > 0
    titles = like.locator("[part=title]").all_inner_texts()
    assert len(set(titles)) == 2
    told = page.evaluate("told")
    assert sorted(told) == [["paraglot-results", name] for name in ("all", "german", "like")]
    clean(page)
    page.emulate_media(color_scheme="dark")
    clean(page)


def test_typing_and_the_keyboard_alone(show: Show) -> None:
    page = show('<paraglot-search id="own" limit="2" languages="de" group-by="none" less-likely></paraglot-search>')
    field = page.get_by_role("combobox", name="Search in any language")
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.type("Nachtzug nach Genua")
    expect(page.locator("li")).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("[part=link]").first).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("told.at(-1)") == ["paraglot-select", "own"]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="More results")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("li")).to_have_count(4)
    expect(page.locator("[part=link]").nth(2)).to_be_focused()
    field.fill("")
    expect(page.locator("li")).to_have_count(0)


def test_a_page_gives_its_own_template_slots_and_colours(show: Show, site: Blog, paraglot: str) -> None:
    site.files["/blog.css"] = """
        paraglot-search { --paraglot-keyword: rgb(1, 2, 3); --paraglot-keyword-color: white; }
        paraglot-search::part(input) { border-top-width: 7px; }
        .card { border-left: 5px solid; }
    """
    page = show(
        """<paraglot-search query="reef" languages="en" limit="1">
             <template><div class="card"><a data-field="title link"></a><i data-field="language"></i>
               <p data-field="text"></p><b data-field="relevance"></b></div></template>
             <span slot="label">Our archive</span><p slot="after">By Paraglot</p>
             <a href="/search">without scripts</a>
           </paraglot-search>
           <paraglot-search query="reef" limit="1" languages="en" id="plain"></paraglot-search>
           <paraglot-search query="zzqx" limit="1" filter="language = none"><b slot="empty">Nothing, sorry</b></paraglot-search>""",
        head='<link rel="stylesheet" href="/blog.css">',
    )
    card = page.locator(".card")
    expect(card.locator("i")).to_have_text("English")
    expect(card.locator("p")).to_have_attribute("lang", "en")
    expect(card.locator("b")).to_have_text(re.compile(r"^\d+%$"))
    expect(card).to_have_css("border-left-width", "5px")
    expect(page.get_by_role("combobox", name="Our archive")).to_have_css("border-top-width", "7px")
    expect(page.get_by_text("By Paraglot")).to_be_visible()
    expect(page.get_by_text("without scripts")).to_be_hidden()
    expect(page.get_by_text("Nothing, sorry")).to_be_visible()
    expect(page.locator("#plain mark.keyword").first).to_have_css("background-color", "rgb(1, 2, 3)")
    page.get_by_role("combobox", name="Our archive").fill("")
    expect(card).to_have_count(0)


def test_errors_are_shown_and_told(show: Show) -> None:
    page = show(
        """<paraglot-search id="faulty" query="reef" limit="0"></paraglot-search>
        <paraglot-similar id="nobody" article="nobody"></paraglot-similar>""",
        statuses=(404, 422),
    )
    for name in ("faulty", "nobody"):
        expect(page.locator(f"#{name} [role=status]")).to_have_text(NOT_HERE)
    assert sorted(page.evaluate("told")) == [["paraglot-error", "faulty"], ["paraglot-error", "nobody"]]


def test_the_two_lines_of_the_readme(site: Blog, browse: Open, paraglot: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = re.findall(r"^    (<(?:script|paraglot-search).*)$", readme, re.MULTILINE)
    assert len(lines) == 2
    there = paraglot.partition("://")[2]
    site.files["/static.html"] = "\n".join(lines).replace("127.0.0.1:8000", there)
    site.policy = ""
    page = browse(site.origin, hosts=(there,)).new_page()
    page.goto("/static.html")
    page.get_by_role("combobox").fill(NIGHT)
    expect(page.locator("[part=hit]").first).to_contain_text("la nuit")


def test_a_hundred_hostile_results_are_text(
    tmp_path: Path, show: Show, site: Blog, request: pytest.FixtureRequest
) -> None:
    articles = [
        {"id": f"{PAYLOAD}{number}", "title": PAYLOAD, "source": PAYLOAD, "language": "en",
         "url": ("javascript:alert(4)", 'https://x.example/"onclick="alert(5)')[number % 2],
         "text": " ".join([PAYLOAD, *(f"w{number}x{place}" for place in range(30))])}
        for number in range(100)
    ]  # fmt: skip
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, articles)), "utf-8")
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake", options=Options(text="plain"))
    with service(tmp_path / "index", "--allow-origin", site.origin) as running:
        at = str(running.client.base_url).rstrip("/")
        page = show(
            """<paraglot-search query="bread" limit="100" less-likely id="plain"></paraglot-search>
            <paraglot-search query="bread" limit="100" less-likely><template><p data-field="title"></p><a data-field="link">x</a>
              <p data-field="text"></p><p data-field="source"></p></template></paraglot-search>""",
            at=at,
        )
        expect(page.locator("#plain [part~=hit]")).to_have_count(100)
        expect(page.locator("[slot^=hit-]")).to_have_count(100)
        for part in ("title", "source"):
            assert set(page.locator(f"#plain [part={part}]").all_inner_texts()) == {PAYLOAD}
        assert all(PAYLOAD in text for text in page.locator("#plain [part=text]").all_inner_texts())
        page.locator("#plain [part=text]").first.hover()
        assert page.locator("main img, main b, main script").count() == 0
        links = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        own = [link for link in links if not link.startswith("https://x.example/")]
        assert len(own) == 100, "in either list half of the articles have no page on the web"
        assert all("/article/" in link for link in own)


def test_a_key_and_its_filter_hold(tmp_path: Path, show: Show, site: Blog) -> None:
    articles = [
        {"id": "open", "title": "Open", "text": "Bread for all.", "source": "a", "language": "en"},
        {"id": "shut", "title": "Shut", "text": "Bread for some.", "source": "b", "language": "en"},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, articles)), "utf-8")
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake")
    _, token = KeyFile(ServiceFolder(tmp_path / "index").keys).create("search", filter="source = a")
    with service(tmp_path / "index", "--allow-origin", site.origin) as running:
        at = str(running.client.base_url).rstrip("/")
        page = show(
            f"""<paraglot-search id="keyed" query="bread" key="{token}"></paraglot-search>
            <paraglot-search id="keyless" query="bread"></paraglot-search>
            <iframe src="{at}/embed?q=bread&amp;key={token}" title="Search"></iframe>""",
            at=at,
            statuses=(401,),
        )
        expect(page.locator("#keyed [part=title]")).to_have_text(["Open"])
        expect(page.locator("#keyless [role=status]")).to_have_text(NOT_HERE)
        expect(page.frame_locator("iframe").locator("[part=title]")).to_have_text(["Open"])
        page.close()  # before its service ends, or what it still loads is lost


def test_the_frame(show: Show, browse: Open, paraglot: str, site: Blog) -> None:
    query = f"q={NIGHT}&languages=de&languages=zh&lang=de&limit=3&less_likely=1".replace(" ", "%20")
    page = show(f'<iframe src="{paraglot}/embed?{query}" title="Suche" width="600" height="500"></iframe>')
    frame = page.frame_locator("iframe")
    expect(frame.locator("li")).to_have_count(3)
    expect(frame.get_by_role("button", name="Suchen")).to_be_visible()
    languages = frame.locator("[part=text]").evaluate_all("texts => texts.map(text => text.lang)")
    assert set(languages) <= {"de", "zh"}
    alone = browse(paraglot).new_page()
    alone.goto(f"/embed?{query}")
    expect(alone.locator("li")).to_have_count(3)
    assert alone.title() == f"{NIGHT} – Paraglot"
    clean(alone)
