// <paraglot-search> and <paraglot-similar>: results of a Paraglot service in any page. docs/embed.md tells how.
import { Results, make, slot } from "./results.js";

/** @import { Params, SearchResponse, SimilarResponse } from "./client.js" */

const TYPING_PAUSE_MS = 300;
/** Characters of an article that tell what it is about. */
const BEGINNING = 1000;

/** A field to type in, and the paragraphs that answer. */
class ParaglotSearch extends Results {
  #field = make("input", "input");
  #mean = make("p", "mean");
  #more = make("button", "more button");
  #typing = 0;
  #asked = "";

  draw() {
    const { label, search, more } = this.texts;
    this.#field.type = "search";
    this.#field.dir = "auto";
    this.#field.id = "q";
    this.#field.autocomplete = "off";
    const named = make("label", "label", slot("label", label));
    named.htmlFor = "q";
    const form = make("form", "form", named, this.#field, make("button", "button", slot("button", search)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    this.#field.addEventListener("input", (event) => {
      clearTimeout(this.#typing);
      if (!(event instanceof InputEvent && event.isComposing)) this.#typing = setTimeout(() => this.#run(), TYPING_PAUSE_MS);
    });
    this.#field.addEventListener("compositionend", () => this.#run());
    this.#more.type = "button";
    this.#more.append(more);
    this.#more.addEventListener("click", () => this.#next());
    this.#more.hidden = this.#mean.hidden = true;
    return [slot("before"), form, this.status, this.#mean, this.list, this.#more, slot("after")];
  }

  start() {
    const query = this.getAttribute("query") ?? "";
    if (query !== this.#asked) {
      this.#asked = query;
      this.#field.value = query;
    }
    this.#run();
  }

  /** @param {number} [offset] */
  #params(offset = 0) {
    return { q: this.#field.value, ...this.scope, mode: this.getAttribute("mode") || null, offset };
  }

  #run() {
    clearTimeout(this.#typing);
    if (this.#field.value.trim()) {
      const params = this.#params();
      this.ask((signal) => this.client.search(params, { signal }), (answer) => this.#show(answer));
      return;
    }
    this.stop();
    this.clear();
    this.#more.hidden = this.#mean.hidden = true;
    this.status.replaceChildren();
  }

  clear() {
    super.clear();
    this.#more.hidden = this.#mean.hidden = true;
  }

  #next() {
    const before = this.list.children.length;
    const params = this.#params(before);
    this.ask((signal) => this.client.search(params, { signal }), (answer) => {
      this.add(answer.hits);
      this.#more.hidden = !answer.hits.length || this.list.children.length >= answer.estimated_total_hits;
      this.#focus(before);
    });
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
    const { found, none, unsure, mean } = this.texts;
    this.clear();
    this.add(answer.hits);
    this.#more.hidden = answer.hits.length >= answer.estimated_total_hits || !answer.hits.length;
    const all = answer.estimated_total_hits.toLocaleString(this.ui);
    if (!answer.hits.length) this.status.replaceChildren(slot("empty", none));
    else this.status.replaceChildren(answer.confidence === "none" ? unsure : `${found} ${all}`);
    if (!answer.did_you_mean) return;
    const mended = make("button", "button", answer.did_you_mean);
    mended.dir = "auto";
    mended.addEventListener("click", () => {
      this.#field.value = mended.textContent ?? "";
      this.#field.focus();
      this.#run();
    });
    this.#mean.replaceChildren(`${mean} `, mended);
    this.#mean.hidden = false;
  }
}

/** What other articles say of the same, each by its nearest paragraph. */
class ParaglotSimilar extends Results {
  draw() {
    return [make("p", "heading", slot("heading", this.texts.similar)), this.status, this.list, slot("after")];
  }

  start() {
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
        this.status.replaceChildren(...(hits.length ? [] : [slot("empty", this.texts.none)]));
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
