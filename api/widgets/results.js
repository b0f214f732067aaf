// What both elements share: how a hit is shown, events, and what was asked last. What comes from the service becomes text,
// never markup; styles are constructed, so no policy has to allow inline ones.
import { client, pieces } from "./client.js";
import { RIGHT_TO_LEFT, TEXTS } from "./texts.js";

/** @import { Highlight, Hit } from "./client.js" */

/** Where this script came from, and so the service unless an element names another. */
const HOME = new URL(".", import.meta.url).href;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { display: block; font: var(--paraglot-font, inherit); color: var(--paraglot-color, inherit); }
[hidden] { display: none !important; }
form { display: flex; flex-wrap: wrap; gap: .5em; }
label { flex: 1 0 100%; }
input { flex: 1 1 12em; min-width: 0; }
input, button {
  font: inherit; padding: .5em .75em; border: 1px solid var(--paraglot-border, GrayText);
  border-radius: var(--paraglot-radius, .375em);
}
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--paraglot-focus, Highlight); outline-offset: 2px; }
p, ol { margin: .75em 0; padding: 0; }
ol { list-style: none; }
li { margin: 0 0 var(--paraglot-gap, 1.25em); overflow-wrap: anywhere; }
li p { margin: .25em 0; }
[part~=title] { font-weight: 600; }
a { color: var(--paraglot-link, inherit); }
[part~=about] { font-size: .875em; display: flex; flex-wrap: wrap; gap: 0 1em; }
mark { background: none; color: inherit; }
mark.semantic {
  background: var(--paraglot-semantic, light-dark(#d3ecff, #15405f));
  color: var(--paraglot-semantic-color, light-dark(#111, #fff));
}
mark.keyword {
  background: var(--paraglot-keyword, light-dark(#ffe28a, #6b5200));
  color: var(--paraglot-keyword-color, light-dark(#111, #fff)); font-weight: 600;
}
`);

/** @type {<T extends keyof HTMLElementTagNameMap>(name: T, part: string, ...within: (Node | string)[]) => HTMLElementTagNameMap[T]} */
export function make(name, part, ...within) {
  const element = document.createElement(name);
  if (part) element.setAttribute("part", part);
  element.append(...within);
  return element;
}

/** @type {(name: string, ...within: (Node | string)[]) => HTMLSlotElement} A place that the page may fill. */
export function slot(name, ...within) {
  const element = make("slot", "", ...within);
  element.name = name;
  return element;
}

/** @type {(text: string, highlights: Highlight[]) => (Node | string)[]} */
function marked(text, highlights) {
  return pieces(text, highlights).map((piece) => {
    if (!piece.kind) return piece.text;
    const kinds = piece.semantic && piece.kind !== "semantic" ? `${piece.kind} semantic` : piece.kind;
    const mark = make("mark", kinds, piece.text);
    mark.className = kinds;
    return mark;
  });
}

/** @type {(tag: string, ui: string) => string} */
function languageName(tag, ui) {
  try {
    return new Intl.DisplayNames([ui], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** @type {(date: string | null, ui: string) => string} Whole days are written as the language does, others as they came. */
function dateText(date, ui) {
  const day = new Date(/^\d{4}-\d\d-\d\d/.test(date ?? "") ? `${date?.slice(0, 10)}T00:00Z` : NaN);
  return Number.isNaN(day.getTime()) ? (date ?? "") : day.toLocaleDateString(ui, { dateStyle: "medium", timeZone: "UTC" });
}

/** What both elements share: the service, the list of hits, events, and what was asked last. */
export class Results extends HTMLElement {
  static observedAttributes = ["endpoint", "key", "languages", "filter", "limit", "mode", "query", "article", "paragraph"];
  /** @type {HTMLElement[]} Hits made from the page's template, which stand in the page for its styles to reach. */
  #slotted = [];
  #asking = new AbortController();
  #drawn = false;
  #starting = false;
  status = make("p", "status");
  list = make("ol", "hits");

  connectedCallback() {
    if (!this.#drawn) {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.status.setAttribute("role", "status");
      this.list.setAttribute("role", "list");
      const all = make("div", "all", ...this.draw());
      all.lang = this.ui;
      all.dir = RIGHT_TO_LEFT.includes(this.ui) ? "rtl" : "ltr";
      root.append(all);
      this.#drawn = true;
    }
    this.#startSoon();
  }

  disconnectedCallback() {
    this.#asking.abort();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#startSoon();
  }

  /** Attributes that are set one after the other ask once. */
  #startSoon() {
    if (this.#starting) return;
    this.#starting = true;
    queueMicrotask(() => {
      this.#starting = false;
      if (this.#drawn && this.isConnected) this.start();
    });
  }

  /** @returns {(Node | string)[]} What stands in the element, made once. */
  draw() {
    return [];
  }

  /** Ask for what the attributes say. */
  start() {}

  get ui() {
    const wanted = this.closest("[lang]")?.getAttribute("lang") || navigator.language;
    const [short] = wanted.toLowerCase().split("-");
    return short in TEXTS ? short : "en";
  }

  get texts() {
    return TEXTS[this.ui];
  }

  get client() {
    return client({ endpoint: this.getAttribute("endpoint") || HOME, key: this.getAttribute("key") ?? "" });
  }

  /** The fields that both ways of asking have. */
  get scope() {
    const limit = this.getAttribute("limit") || null;
    return {
      languages: (this.getAttribute("languages") ?? "").split(/[\s,]+/).filter(Boolean),
      filter: this.getAttribute("filter") || null,
      limit: Number(limit) || limit,
    };
  }

  /**
   * Ask, unless something newer is asked before the answer comes.
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} question
   * @param {(answer: T) => void} show
   */
  async ask(question, show) {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    this.list.ariaBusy = "true";
    try {
      const answer = await question(signal);
      if (signal.aborted) return;
      this.status.setAttribute("part", "status");
      show(answer);
      this.tell("paraglot-results", answer);
    } catch (error) {
      if (signal.aborted) return;
      this.clear();
      this.status.setAttribute("part", "status error");
      this.status.textContent = error instanceof Error ? error.message : String(error);
      this.tell("paraglot-error", error);
    }
    this.list.ariaBusy = null;
  }

  /** Ask no more, and forget what is on its way. */
  stop() {
    this.#asking.abort();
    this.list.ariaBusy = null;
  }

  /** @param {string} name @param {unknown} detail @returns {boolean} Whether the page lets happen what follows. */
  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  clear() {
    this.list.replaceChildren();
    for (const one of this.#slotted.splice(0)) one.remove();
  }

  /** @param {Hit[]} hits */
  add(hits) {
    const template = this.querySelector(":scope > template");
    for (const hit of hits) {
      const item = make("li", "hit");
      if (template instanceof HTMLTemplateElement) item.append(slot(this.#fill(template, hit)));
      else item.append(...this.#plain(hit));
      item.addEventListener("click", (event) => {
        const pressed = event.composedPath().find((one) => one instanceof Element && one.matches("a, button"));
        if (pressed && !this.tell("paraglot-select", { hit })) event.preventDefault();
      });
      this.list.append(item);
    }
  }

  /** @param {Hit} hit @returns {Record<string, (Node | string)[]>} */
  #values(hit) {
    const { article } = hit;
    return {
      title: [article.title || article.id],
      text: marked(hit.text, hit.highlights),
      quote: [hit.citation.quote],
      heading: [hit.heading],
      language: [languageName(hit.language, this.ui)],
      date: [dateText(article.date, this.ui)],
      source: [article.source ?? ""],
      relevance: [hit.relevance.toLocaleString(this.ui, { style: "percent" })],
    };
  }

  /** @param {Hit} hit Its quote on the web; of an article that is not there its paragraph in the service's own page. */
  #address({ citation, article, id }) {
    if (citation.url) return citation.url;
    const path = article.id.split("/").map(encodeURIComponent).join("/");
    const key = this.getAttribute("key");
    const own = id.startsWith(`${article.id}~`) ? id.slice(article.id.length + 1) : id;
    const query = key ? `?${new URLSearchParams({ key })}` : "";
    return new URL(`article/${path}${query}#${encodeURIComponent(own)}`, this.#home).href;
  }

  get #home() {
    return new URL((this.getAttribute("endpoint") || HOME).replace(/\/*$/, "/"), document.baseURI);
  }

  /** @param {Hit} hit */
  #plain(hit) {
    const values = this.#values(hit);
    const link = make("a", "link", ...values.title);
    link.href = this.#address(hit);
    const title = make("p", "title", link);
    const text = make("p", "text", ...values.text);
    for (const one of [title, text]) one.dir = "auto";
    [title.lang, text.lang] = [hit.article.language, hit.language];
    const about = ["source", "date", "language", "relevance"].filter((name) => values[name].some(Boolean));
    return [title, text, make("p", "about", ...about.map((name) => make("span", name, ...values[name])))];
  }

  /** @param {HTMLTemplateElement} template @param {Hit} hit @returns {string} The name of the slot for what was made. */
  #fill(template, hit) {
    const values = this.#values(hit);
    const made = document.createElement("div");
    made.slot = `hit-${this.#slotted.length + 1}`;
    made.append(template.content.cloneNode(true));
    for (const place of made.querySelectorAll("[data-field]")) {
      for (const name of (place.getAttribute("data-field") ?? "").split(/\s+/)) {
        if (name === "link") {
          place.setAttribute("href", this.#address(hit));
        } else if (values[name]) {
          place.replaceChildren(...values[name].map((one) => (typeof one === "string" ? one : one.cloneNode(true))));
          place.setAttribute("dir", "auto");
          if (name === "text" || name === "quote") place.setAttribute("lang", hit.language);
          if (name === "title") place.setAttribute("lang", hit.article.language);
        }
      }
    }
    this.#slotted.push(made);
    this.append(made);
    return made.slot;
  }
}
