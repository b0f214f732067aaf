// How a hit is shown: as the elements would, or by the page's template.
import { pieces } from "./client.js";
import { make } from "./make.js";
import { slottedSheet } from "./styles.js";

/** @import { Hit } from "./client.js" */
/** @import { Texts } from "./texts.js" */
/** @typedef {{ texts: Texts, ui: string, level: number, address: string, unlikely: boolean }} Look */

/** @type {(hit: Hit, unlikely: boolean) => (Node | string)[]} What hardly answers has no sentence that is nearest in meaning. */
function marked({ text, highlights }, unlikely) {
  const shown = highlights.filter((one) => !unlikely || one.kind === "keyword");
  return pieces(text, shown).map((piece) => {
    if (!piece.kind) return piece.text;
    const kinds = piece.semantic && piece.kind !== "semantic" ? `${piece.kind} semantic` : piece.kind;
    const mark = make("mark", kinds, piece.text);
    mark.className = kinds;
    return mark;
  });
}

/** @type {(tag: string, ui: string) => string} */
export function languageName(tag, ui) {
  try {
    return new Intl.DisplayNames([ui], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** @type {(date: string | null, ui: string) => string} Whole days as the reader's country writes them in the language, others as they came. */
function dateText(date, ui) {
  const day = new Date(/^\d{4}-\d\d-\d\d/.test(date ?? "") ? `${date?.slice(0, 10)}T00:00Z` : NaN);
  return Number.isNaN(day.getTime()) ? (date ?? "") : day.toLocaleDateString(navigator.languages.find((tag) => tag.startsWith(`${ui}-`)) ?? ui, { dateStyle: "medium", timeZone: "UTC" });
}

/** @type {(hit: Hit, unlikely: boolean) => HTMLElement} */
function paragraph(hit, unlikely) {
  const text = make("p", "text", ...marked(hit, unlikely));
  [text.lang, text.dir] = [hit.language, "auto"];
  return text;
}

/** @type {(hit: Hit, look: Look) => Record<string, (Node | string)[]>} */
function valuesOf(hit, { ui, unlikely }) {
  const { article } = hit;
  return {
    title: [article.title || article.id],
    text: marked(hit, unlikely),
    quote: [hit.citation.quote],
    heading: [hit.heading],
    language: [languageName(hit.language, ui)],
    date: [dateText(article.date, ui)],
    source: [article.source ?? ""],
    relevance: [hit.relevance.toLocaleString(ui, { style: "percent" })],
    more: hit.more.map((further) => paragraph(further, unlikely)),
  };
}

/** @type {(hit: Hit, look: Look) => Node[]} */
export function plain(hit, look) {
  const { texts, level, address, unlikely } = look;
  const values = valuesOf(hit, look);
  const link = make("a", "link", ...values.title);
  link.href = address;
  const title = make(/** @type {"h2"} */ (`h${level}`), "title", link);
  [title.lang, title.dir] = [hit.article.language, "auto"];
  const about = ["source", "date", "language"].filter((name) => values[name].some(Boolean));
  const said = about.map((name) => make("span", name, ...values[name]));
  if (unlikely) said.push(make("strong", "doubt", texts.less_likely));
  const shown = [title, paragraph(hit, unlikely), make("p", "about", ...said)];
  if (!hit.more.length) return shown;
  const summary = make("summary", "", texts.more.replace("{count}", hit.more.length.toLocaleString(look.ui)));
  return [...shown, make("details", "more-paragraphs", summary, ...values.more)];
}

/** @type {(template: HTMLTemplateElement, hit: Hit, look: Look) => HTMLElement} */
export function filled(template, hit, look) {
  const values = valuesOf(hit, look);
  const made = make("div", "");
  made.append(template.content.cloneNode(true));
  for (const place of made.querySelectorAll("[data-field]")) {
    for (const name of (place.getAttribute("data-field") ?? "").split(/\s+/)) {
      if (name === "link") {
        place.setAttribute("href", look.address);
      } else if (values[name]) {
        place.replaceChildren(...values[name].map((one) => (typeof one === "string" ? one : one.cloneNode(true))));
        place.setAttribute("dir", "auto");
        if (name === "text" || name === "quote") place.setAttribute("lang", hit.language);
        if (name === "title") place.setAttribute("lang", hit.article.language);
      }
    }
  }
  return made;
}

/** @type {(root: Node) => void} Marks in a template's hits look as others do. */
export function dress(root) {
  if (!(root instanceof Document || root instanceof ShadowRoot) || root.adoptedStyleSheets.includes(slottedSheet)) return;
  root.adoptedStyleSheets.push(slottedSheet);
}
