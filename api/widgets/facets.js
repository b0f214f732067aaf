// Filters by attributes of articles, with how often each value occurs among what was found.
import { languageName } from "./hits.js";
import { button, make } from "./make.js";

/** @import { SearchResponse } from "./client.js" */
/** @import { Texts } from "./texts.js" */

/** Values of an attribute that are offered at once; the others stand behind a fold. */
const AT_ONCE = 8;

/** @type {(text: string) => string} */
const quoted = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

export class Facets {
  /** @type {Map<string, Set<string>>} */
  #chosen = new Map();
  /** @type {Record<string, string>} What each attribute is called, where the page says so. */
  #labels = {};
  /** @type {string[]} */
  names = [];
  element = make("details", "filters");

  /** @param {() => void} changed Called when something is chosen. */
  constructor(changed) {
    this.element.hidden = true;
    this.element.addEventListener("change", ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return;
      const values = this.#chosen.get(target.name) ?? new Set();
      values[target.checked ? "add" : "delete"](target.value);
      this.#chosen.set(target.name, values);
      changed();
    });
    this.reset = () => {
      this.#chosen.clear();
      changed();
    };
  }

  /** @param {string} told The names of attributes, with what each is called: `language, tags=Topic`. */
  offer(told) {
    const given = told.split(",").map((one) => one.split("=").map((part) => part.trim()));
    this.names = given.map(([name]) => name).filter(Boolean);
    this.#labels = Object.fromEntries(given.filter(([, label]) => label));
    for (const name of this.#chosen.keys()) if (!this.names.includes(name)) this.#chosen.delete(name);
    if (!this.names.length) this.element.hidden = true;
  }

  /** The attributes of which something is chosen. */
  get on() {
    return this.names.filter((name) => this.#chosen.get(name)?.size);
  }

  /** @param {string | null} own The page's filter. @param {string} [but] An attribute whose choices do not count. */
  filter(own, but) {
    const chosen = this.on.filter((name) => name !== but);
    const parts = chosen.map((name) => `${name} IN [${[...(this.#chosen.get(name) ?? [])].map(quoted).join(", ")}]`);
    return [...(own ? [`(${own})`] : []), ...parts].join(" AND ") || null;
  }

  /** @param {SearchResponse["facet_distribution"]} counts @param {Texts} texts @param {string} ui */
  show(counts, texts, ui) {
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    const held = root.activeElement instanceof HTMLInputElement ? root.activeElement : null;
    const open = new Set([...this.element.querySelectorAll("details[open]")].map((one) => one.id));
    const groups = this.names.map((name) => this.#group(name, counts[name]?.counts ?? {}, texts, ui));
    const all = this.on.reduce((sum, name) => sum + (this.#chosen.get(name)?.size ?? 0), 0);
    const summary = make("summary", "", all ? `${texts.filters} (${all.toLocaleString(ui)})` : texts.filters);
    this.element.replaceChildren(summary, ...groups, ...(all ? [button("reset button", this.reset, texts.remove_filters)] : []));
    this.element.hidden = !groups.some((group) => group.querySelector("input"));
    for (const one of this.element.querySelectorAll("details")) one.open = open.has(one.id);
    for (const one of this.element.querySelectorAll("input")) if (one.name === held?.name && one.value === held.value) one.focus();
  }

  /** @type {(name: string, given: Record<string, number>, texts: Texts, ui: string) => HTMLElement} */
  #group(name, given, texts, ui) {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const [value, count] of Object.entries(given)) {
      const own = name === "date" ? value.slice(0, 4) : value;
      counts[own] = (counts[own] ?? 0) + count;
    }
    const chosen = this.#chosen.get(name) ?? new Set();
    const often = [...new Set([...Object.keys(counts), ...chosen])].sort((one, other) =>
      name === "date" ? other.localeCompare(one) : (counts[other] ?? 0) - (counts[one] ?? 0));
    const shown = often.filter((value, place) => place < AT_ONCE || chosen.has(value));
    const further = often.filter((value) => !shown.includes(value));
    const choice = (/** @type {string} */ value) => {
      const box = make("input", "checkbox");
      Object.assign(box, { type: "checkbox", name, value, checked: chosen.has(value) });
      const label = make("bdi", "", name === "language" ? languageName(value, ui) : value);
      return make("label", "choice", box, label, make("span", "count", (counts[value] ?? 0).toLocaleString(ui)));
    };
    const usual = { language: texts.languages, source: texts.sources, date: texts.years };
    const legend = this.#labels[name] || usual[/** @type {keyof usual} */ (name)] || name;
    const group = make("fieldset", "filter", make("legend", "", legend), ...shown.map(choice));
    if (further.length) {
      const title = texts.more_values.replace("{count}", further.length.toLocaleString(ui));
      const fold = make("details", "", make("summary", "", title), ...further.map(choice));
      fold.id = `more-${name}`;
      group.append(fold);
    }
    group.hidden = !often.length;
    return group;
  }
}
