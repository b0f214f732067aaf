// <paraglot-search> and <paraglot-similar>: results of a Paraglot service in any page. docs/embed.md tells how.
import { button, make, slot } from "./make.js";
import { pauses } from "./pauses.js";
import { Results } from "./results.js";

/** @import { Hit, Params, SearchResponse, SimilarResponse } from "./client.js" */

/** From this relevance on a hit is an answer. */
const ANSWER = 0.5;
/** Characters of an article that tell what it is about. */
const BEGINNING = 1000;

/** A field to type in, and the articles that answer. */
class ParaglotSearch extends Results {
  #field = make("input", "input");
  #mean = make("p", "mean");
  #more = button("more button", () => this.#next(), this.word("more_results"));
  #fold = button("fold button", () => this.#unfold());
  #typing = pauses();
  #less = false;

  draw() {
    this.#field.type = "search";
    this.#field.dir = "auto";
    this.#field.id = "q";
    this.#field.autocomplete = "off";
    const named = make("label", "label", slot("label", this.word("anywhere")));
    named.htmlFor = "q";
    const box = make("div", "box", this.#field);
    const form = make("form", "form", named, box, make("button", "button", slot("button", this.word("search"))));
    form.setAttribute("role", "search");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    this.#field.addEventListener("input", (event) => {
      this.#typing.end();
      if (!(event instanceof InputEvent && event.isComposing)) this.#typing.after(() => this.#run());
    });
    this.#field.addEventListener("compositionend", () => this.#run());
    this.#field.value = this.#kept || this.#field.value;
    this.clear();
    return [slot("before"), form, this.status, this.again, this.#mean, this.list, this.#more, this.#fold, slot("after")];
  }

  /** @param {string} name @param {string | null} now */
  changed(name, now) {
    if (name === "query") this.#field.value = now ?? "";
  }

  /** The query in the page's address. */
  get #kept() {
    const name = this.getAttribute("address");
    return name && new URLSearchParams(location.search).get(name);
  }

  start() {
    this.#run();
  }

  /** @param {Hit} hit */
  unlikely(hit) {
    return hit.relevance < ANSWER && !hit.pinned;
  }

  /** @param {number} [offset] */
  #params(offset = 0) {
    const grouped = (this.getAttribute("group-by") || "article") === "article";
    return {
      q: this.#field.value,
      ...this.scope,
      mode: this.getAttribute("mode") || null,
      sort: this.getAttribute("sort") || null,
      group_by: grouped ? "article" : null,
      min_relevance: this.#less ? null : ANSWER,
      answers_first: true,
      offset,
    };
  }

  #run() {
    this.#typing.end();
    this.#keep();
    this.#less = this.hasAttribute("less-likely");
    if (this.#field.value.trim()) {
      const params = this.#params();
      this.ask((signal) => this.client.search(params, { signal }), (answer) => this.#show(answer));
      return;
    }
    this.stop();
    this.clear();
    this.again.hidden = true;
    this.status.replaceChildren();
  }

  /** What was asked stays in the page's address, where the page wants that. */
  #keep() {
    const name = this.getAttribute("address");
    if (!name || (this.#kept ?? "") === this.#field.value) return;
    const at = new URL(location.href);
    if (this.#field.value) at.searchParams.set(name, this.#field.value);
    else at.searchParams.delete(name);
    history.replaceState(history.state, "", at);
  }

  clear() {
    super.clear();
    this.#more.hidden = this.#mean.hidden = this.#fold.hidden = true;
  }

  /** The hits after those that are shown. */
  #next() {
    const before = this.list.children.length;
    const params = this.#params(before);
    this.ask((signal) => this.client.search(params, { signal }), (answer) => {
      this.#add(answer);
      this.#focus(before);
    }, true);
  }

  /** The less likely follow the answers, or go. */
  #unfold() {
    if (this.#less) return this.#run();
    this.#less = true;
    this.#next();
  }

  /** @param {number} place Those who go by keyboard go on with the first new hit. */
  #focus(place) {
    const item = this.list.children[place];
    const within = item?.querySelector("slot")?.assignedElements()[0] ?? item;
    const target = within?.querySelector("a, button");
    if (target instanceof HTMLElement) target.focus();
  }

  /** @param {SearchResponse} answer */
  #show(answer) {
    this.clear();
    this.#add(answer);
    if (!answer.did_you_mean) return;
    const mended = button("button", () => {
      this.#field.value = mended.textContent ?? "";
      this.#field.focus();
      this.#run();
    }, answer.did_you_mean);
    mended.dir = "auto";
    this.#mean.replaceChildren(`${this.texts.did_you_mean} `, mended);
    this.#mean.hidden = false;
  }

  /** @param {SearchResponse} answer */
  #add({ hits, estimated_total_hits: all, less_likely, confidence }) {
    const { results_count, no_answer, nothing, show_less_likely, hide_less_likely } = this.texts;
    this.add(hits);
    const shown = this.list.children.length;
    const counted = (/** @type {string} */ text, /** @type {number} */ count) =>
      text.replace("{count}", count.toLocaleString(this.ui));
    if (!shown) this.status.replaceChildren(slot("empty", less_likely ? no_answer : nothing));
    else this.status.replaceChildren(confidence === "none" ? no_answer : counted(results_count, all));
    this.#more.hidden = !hits.length || shown >= all;
    const opened = this.#less && !this.hasAttribute("less-likely");
    this.#fold.hidden = !opened && (!less_likely || !this.#more.hidden);
    this.#fold.replaceChildren(opened ? hide_less_likely : counted(show_less_likely, less_likely));
  }
}

/** What other articles say of the same, each by its nearest paragraph. */
class ParaglotSimilar extends Results {
  #heading = make("span", "", this.word("same_subject"));

  draw() {
    this.#heading.role = "heading";
    return [make("div", "heading", slot("heading", this.#heading)), this.status, this.again, this.list, slot("after")];
  }

  get level() {
    return Math.min(super.level + 1, 6);
  }

  start() {
    this.#heading.ariaLevel = String(super.level);
    if (!this.getAttribute("paragraph") && !this.getAttribute("article")) return;
    const { limit, ...scope } = this.scope;
    // Several paragraphs of an article may be near, and one is shown of each.
    const wanted = { ...scope, limit: typeof limit === "number" ? Math.min(4 * limit, 100) : limit || 20 };
    this.ask(
      (signal) => this.#asked(wanted, signal),
      ({ hits }) => {
        const articles = hits.map((hit) => hit.article.id);
        const nearest = hits.filter((hit, place) => articles.indexOf(hit.article.id) === place);
        this.clear();
        this.add(nearest.slice(0, Number(limit) || 5));
        this.status.replaceChildren(...(hits.length ? [] : [slot("empty", this.texts.nothing)]));
      },
    );
  }

  /** @param {Params} wanted @param {AbortSignal} signal @returns {Promise<SimilarResponse>} */
  async #asked(wanted, signal) {
    const [own, paragraph, article] = [this.client, this.getAttribute("paragraph"), this.getAttribute("article") ?? ""];
    if (paragraph) return own.similar({ id: paragraph, ...wanted }, { signal });
    const { title, text } = await own.article(article, { signal });
    const begins = Array.from(`${title}\n${text}`).slice(0, BEGINNING).join("");
    const others = `NOT id = "${article.replace(/["\\]/g, "\\$&")}"`;
    const filter = wanted.filter ? `(${wanted.filter}) AND ${others}` : others;
    return own.similar({ text: begins, ...wanted, filter }, { signal });
  }
}

for (const [name, element] of Object.entries({ "paraglot-search": ParaglotSearch, "paraglot-similar": ParaglotSimilar })) {
  if (!customElements.get(name)) customElements.define(name, element);
}
