// <paraglot-search> and <paraglot-similar>: results of a Paraglot service in any page. docs/embed.md tells how.
import { modal } from "./dialog.js";
import { Facets } from "./facets.js";
import { button, make, slot } from "./make.js";
import { pauses } from "./pauses.js";
import { Results } from "./results.js";
import { suggestions } from "./suggestions.js";

/** @import { Hit, Params, SearchResponse, SimilarResponse } from "./client.js" */
/** @import { Texts } from "./texts.js" */

/** From this relevance on a hit is an answer. */
const ANSWER = 0.5;
/** Characters of an article that tell what it is about. */
const BEGINNING = 1000;
const MOST_SUGGESTIONS = 6;
/** @type {Record<string, keyof Texts>} */
const ORDERS = { relevance: "relevance_first", "date:desc": "newest_first", "date:asc": "oldest_first" };

/** A field to type in, and the articles that answer. */
class ParaglotSearch extends Results {
  #field = make("input", "input");
  #mean = make("p", "mean");
  #more = button("more button", () => this.#next(), this.word("more_results"));
  #fold = button("fold button", () => this.#unfold());
  #typing = pauses();
  #suggested = make("ul", "suggestions");
  #suggestions = suggestions(this.#field, this.#suggested, (signal) => this.#suggest(signal), () => this.#run());
  #facets = new Facets(() => this.#run());
  #order = make("select", "order");
  #ordering = make("label", "choice", this.word("sort"), this.#order);
  #modal = modal(this.word("search"), this.word("close"), () => this.#opened());
  #body = make("div", "body");
  #less = false;

  draw() {
    this.#field.type = "search";
    this.#field.dir = "auto";
    this.#field.id = "q";
    this.#field.autocomplete = "off";
    const named = make("label", "label", slot("label", this.word("anywhere")));
    [named.id, named.htmlFor] = ["label", "q"];
    this.#suggested.setAttribute("aria-labelledby", "label");
    const box = make("div", "box", this.#field, this.#suggested);
    const form = make("form", "form", named, box, make("button", "button", slot("button", this.word("search"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#suggestions.close();
      this.#run();
    });
    this.#field.addEventListener("input", (event) => {
      this.#typing.end();
      if (!(event instanceof InputEvent && event.isComposing)) this.#typing.after(() => this.#typed());
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !this.#modal.dialog.open) return;
      event.preventDefault(); // at first it would clear the field
      this.close();
    });
    this.#field.addEventListener("compositionend", () => this.#typing.after(() => this.#typed()));
    this.#field.value = this.#kept || this.#field.value;
    for (const value in ORDERS) {
      this.#order.append(Object.assign(make("option", "", this.word(ORDERS[value])), { value }));
    }
    this.#order.addEventListener("change", () => this.setAttribute("sort", this.#order.value));
    this.clear();
    const found = [this.status, this.again, this.#mean, this.#ordering, this.#facets.element, this.list, this.#more, this.#fold];
    this.#body.append(slot("before"), form, ...found, slot("after"));
    return [this.#modal.opener, this.#modal.dialog, this.#body];
  }

  connectedCallback() {
    super.connectedCallback();
    this.#frame();
    document.addEventListener("keydown", this.#pressed);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#typing.end();
    document.removeEventListener("keydown", this.#pressed);
  }

  /** @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (this.hasAttribute("dialog")) this.#modal.key(event);
  };

  /** In a dialog, or where the element stands. */
  #frame() {
    const { dialog, sheet, opener, closer } = this.#modal;
    const modal = this.hasAttribute("dialog");
    opener.hidden = !modal;
    if (modal) sheet.append(closer, this.#body);
    else dialog.after(this.#body);
    if (!modal) dialog.close();
  }

  /** Open the dialog. */
  open() {
    this.#modal.show();
  }

  /** Close it. */
  close() {
    this.#modal.dialog.close();
  }

  left() {
    this.close();
  }

  #opened() {
    this.#field.focus();
    this.#field.select();
    if (!this.list.children.length) this.#run();
  }

  #typed() {
    this.#run();
    if (this.getAttribute("suggestions") !== "off") this.#suggestions.suggest();
  }

  /** @param {AbortSignal} signal */
  async #suggest(signal) {
    const { languages } = this.scope;
    const answer = await this.client.suggest({ q: this.#field.value, languages, limit: MOST_SUGGESTIONS }, { signal });
    return answer.suggestions.map((one) => one.text);
  }

  /** @param {string} name @param {string | null} now */
  changed(name, now) {
    if (name === "query") this.#field.value = now ?? "";
    if (name === "facets") this.#facets.offer(now ?? "");
    if (name === "dialog" && this.shadowRoot) this.#frame();
  }

  /** The query in the page's address. */
  get #kept() {
    const name = this.getAttribute("address");
    return name && new URLSearchParams(location.search).get(name);
  }

  start() {
    if (!this.hasAttribute("dialog") || this.#modal.dialog.open) this.#run();
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
      filter: this.#facets.filter(this.scope.filter),
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
    const asked = this.#field.value.trim();
    this.#ordering.hidden = !asked || !this.hasAttribute("orders");
    this.#order.value = this.getAttribute("sort") || "relevance";
    if (asked) {
      this.ask((signal) => this.#asked(signal), (answer) => this.#show(answer));
      return;
    }
    this.stop();
    this.clear();
    this.again.hidden = true;
    this.status.replaceChildren();
    this.#facets.element.hidden = true;
  }

  /** @param {AbortSignal} signal What is chosen of an attribute does not count for its own numbers: what else there is, is told. */
  async #asked(signal) {
    const { names, on } = this.#facets;
    const params = { ...this.#params(), facets: names };
    if (!on.length) return this.client.search(params, { signal });
    // The second hit is asked for: what statistics count is whoever asks for the first.
    const others = on.map((name) => ({
      ...params, limit: 1, offset: 1, facets: [name], filter: this.#facets.filter(this.scope.filter, name),
    }));
    const { results } = await this.client.multiSearch([params, ...others], { signal });
    const [answer, ...wider] = results;
    const counted = Object.assign({}, ...wider.map((one) => one.facet_distribution));
    return { ...answer, facet_distribution: { ...answer.facet_distribution, ...counted } };
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
    if (this.#facets.names.length) this.#facets.show(answer.facet_distribution, this.texts, this.ui);
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
    else this.status.replaceChildren(confidence === "none" && !hits[0]?.pinned ? no_answer : counted(results_count, all));
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
