// What both elements share: attributes, words, the list of hits, events, and what was asked last.
import { ParaglotError, client } from "./client.js";
import { dress, filled, plain } from "./hits.js";
import { button, make, slot } from "./make.js";
import { sheet } from "./styles.js";
import { ENGLISH, answers, tell } from "./texts.js";

/** @import { Hit } from "./client.js" */
/** @import { Texts, Told } from "./texts.js" */

/** Where this script came from, and so the service unless an element names another. */
const HERE = import.meta.url;
const HOME = new URL(".", HERE).href; // in one line, bundlers would take it for a file of theirs
const ATTRIBUTES = [
  ...["endpoint", "collection", "key", "api-key", "languages", "filter", "limit", "mode", "heading-level"],
  ...["query", "sort", "group-by", "less-likely", "address", "suggestions", "facets", "orders", "dialog"],
  ...["article", "paragraph"],
];
const SLOW_MS = 900;
const LATE_MS = 20_000;
const LATE = new ParaglotError({ code: "timeout", detail: `The service did not answer within ${LATE_MS / 1000} s.` });
/** Codes of problems that pass by themselves. */
const BUSY = ["too_many_requests", "overloaded", "queue_full", "timeout"];

export class Results extends HTMLElement {
  static observedAttributes = [...ATTRIBUTES, "lang"];
  /** @type {HTMLElement[]} Hits made from the page's template, which stand in the page for its styles to reach. */
  #slotted = [];
  #asking = new AbortController();
  #all = make("div", "all");
  #starting = false;
  /** @type {Map<Text, keyof Texts>} */
  #words = new Map();
  /** @type {Promise<Told>} */
  spoken = Promise.resolve({ lang: "en", dir: "ltr", texts: ENGLISH });
  /** @type {Texts} */
  texts = ENGLISH;
  status = make("p", "status");
  list = make("ol", "hits");
  again = button("again button", () => this.start(), this.word("again"));

  connectedCallback() {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.status.setAttribute("role", "status");
      this.status.dir = "auto";
      this.list.setAttribute("role", "list");
      this.again.hidden = true;
      this.#all.append(...this.draw());
      root.append(this.#all);
      for (const name of ATTRIBUTES) this.#upgrade(propertyOf(name));
    }
    this.#speak();
    this.#startSoon();
  }

  disconnectedCallback() {
    this.stop();
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    this.changed(name, now);
    if (!this.isConnected) return;
    if (name === "lang" || name === "endpoint") this.#speak();
    this.#startSoon();
  }

  /** A property that was set before the script came hides that of the class. @param {string} name */
  #upgrade(name) {
    const own = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this));
    if (!Object.hasOwn(own, name)) return;
    const value = own[name];
    delete own[name];
    own[name] = value;
  }

  /** Attributes that are set one after the other ask once. */
  #startSoon() {
    if (this.#starting) return;
    this.#starting = true;
    queueMicrotask(() => {
      this.#starting = false;
      if (this.shadowRoot && this.isConnected) this.start();
    });
  }

  async #speak() {
    const spoken = (this.spoken = tell(this.home, this.closest("[lang]")?.getAttribute("lang") || navigator.language));
    const { lang, dir, texts } = await spoken;
    if (spoken !== this.spoken) return;
    this.texts = texts;
    [this.#all.lang, this.#all.dir] = [lang, dir];
    for (const [node, name] of this.#words) node.data = texts[name];
  }

  /** @param {keyof Texts} name @returns {Text} A text that follows the language. */
  word(name) {
    const node = document.createTextNode(this.texts[name]);
    this.#words.set(node, name);
    return node;
  }

  /** @returns {(Node | string)[]} What stands in the element, made once. */
  draw() {
    return [];
  }

  /** Ask for what the attributes say. */
  start() {}

  /** @param {string} name @param {string | null} now Heed an attribute beyond asking anew. */
  changed(name, now) {}

  /** The page went on by itself to a hit. */
  left() {}

  /** @param {Hit} hit Whether it hardly answers. */
  unlikely(hit) {
    return false;
  }

  get ui() {
    return this.#all.lang || "en";
  }

  get #key() {
    return this.getAttribute("key") || this.getAttribute("api-key") || "";
  }

  get home() {
    return new URL((this.getAttribute("endpoint") || HOME).replace(/\/*$/, "/"), document.baseURI);
  }

  /** Where the collection is. */
  get #place() {
    const name = this.getAttribute("collection");
    return name ? new URL(`v1/collections/${encodeURIComponent(name)}/`, this.home) : this.home;
  }

  get client() {
    return client({ endpoint: this.#place.href, key: this.#key });
  }

  get level() {
    const level = Number(this.getAttribute("heading-level"));
    return level >= 1 && level <= 6 ? Math.floor(level) : 2;
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
   * @param {boolean} [further] Whether what is shown goes on.
   */
  async ask(question, show, further = false) {
    this.stop();
    const asking = (this.#asking = new AbortController());
    const { signal } = asking;
    const slow = setTimeout(() => this.#wait(further), SLOW_MS);
    const late = setTimeout(() => asking.abort(LATE), LATE_MS);
    const settled = () => [slow, late].forEach(clearTimeout);
    signal.addEventListener("abort", settled);
    this.list.ariaBusy = "true";
    try {
      const [answer] = await Promise.all([question(signal), this.spoken]);
      signal.throwIfAborted();
      settled();
      this.status.setAttribute("part", "status");
      this.status.lang = this.ui;
      this.again.hidden = true;
      show(answer);
      this.tell("paraglot-results", answer);
    } catch (error) {
      settled();
      if (!signal.aborted || signal.reason === LATE) await this.#fail(error, asking, further);
    }
    if (asking === this.#asking) this.list.ariaBusy = null;
  }

  /** @param {boolean} further What was found before is no answer to what is asked now. */
  #wait(further) {
    if (!further) this.clear();
    this.again.hidden = true;
    this.status.replaceChildren(this.texts.searching);
  }

  /**
   * Readers are told in their words, developers by event and console.
   * @param {unknown} error
   * @param {AbortController} asking
   * @param {boolean} further
   */
  async #fail(error, asking, further) {
    const { code, status } = error instanceof ParaglotError ? error : { code: "", status: 0 };
    if (!further) this.clear();
    const silent = code === "unreachable" && !(await answers(this.home));
    const { texts, away } = await this.spoken;
    if (asking !== this.#asking) return;
    const busy = status === 429 || (BUSY.includes(code) && error !== LATE);
    const passes = busy || silent || status >= 500 || error === LATE;
    this.status.setAttribute("part", "status error");
    if (away && passes && !busy) this.status.lang = away;
    this.status.textContent = busy ? texts.error_busy : passes ? texts.failed : texts.not_here;
    this.again.hidden = !passes;
    console.warn(error);
    this.tell("paraglot-error", error);
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
      const unlikely = this.unlikely(hit);
      const look = { texts: this.texts, ui: this.ui, level: this.level, address: this.#address(hit), unlikely };
      const item = make("li", unlikely ? "hit unlikely" : "hit");
      if (template instanceof HTMLTemplateElement) item.append(this.#slotFor(filled(template, hit, look)));
      else item.append(...plain(hit, look));
      item.addEventListener("click", (event) => {
        const pressed = event.composedPath().find((one) => one instanceof Element && one.matches("a, button"));
        if (!pressed || this.tell("paraglot-select", { hit })) return;
        event.preventDefault();
        this.left();
      });
      this.list.append(item);
    }
  }

  /** @param {HTMLElement} made A hit from the template. @returns {HTMLSlotElement} */
  #slotFor(made) {
    made.slot = `hit-${this.#slotted.length + 1}`;
    this.#slotted.push(made);
    this.append(made);
    dress(this.getRootNode());
    return slot(made.slot);
  }

  /** @param {Hit} hit Its quote on the web; of an article that is not there its paragraph in the service's own page. */
  #address({ citation, article, id }) {
    if (citation.url) return citation.url;
    // By ./ and ../ in an address a browser climbs.
    const path = encodeURIComponent(article.id).replace(/%2F/g, /^\.|\/\./.test(article.id) ? "$&" : "/");
    const own = id.startsWith(`${article.id}~`) ? id.slice(article.id.length + 1) : id;
    const query = this.#key ? `?${new URLSearchParams({ key: this.#key })}` : "";
    return new URL(`article/${path}${query}#${encodeURIComponent(own)}`, this.#place).href;
  }
}

/** @type {(attribute: string) => string} */
function propertyOf(attribute) {
  return attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

// Each attribute is a property, too: a text, "" where there is none. Frameworks set properties.
for (const name of ATTRIBUTES) {
  Object.defineProperty(Results.prototype, propertyOf(name), {
    configurable: true,
    enumerable: true,
    /** @this {Element} */
    get() {
      return this.getAttribute(name) ?? "";
    },
    /** @this {Element} @param {unknown} value */
    set(value) {
      if (value === null || value === undefined || value === false) this.removeAttribute(name);
      else this.setAttribute(name, value === true ? "" : String(value));
    },
  });
}
