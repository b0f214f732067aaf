// What the elements say. English stands here; the service tells the same texts in the languages of its own page.

/** @typedef {typeof ENGLISH} Texts */
/** @typedef {{ lang: string, dir: string, texts: Texts, away?: string }} Told `away`: the language of `failed` alone */

const PATIENCE_MS = 4000;

/** The names and texts of api/pages/texts/en.toml that the elements use. */
export const ENGLISH = {
  anywhere: "Search in any language",
  search: "Search",
  results_count: "Results: {count}",
  nothing: "Nothing found.",
  no_answer: "Nothing here clearly answers this.",
  show_less_likely: "Show less likely results ({count})",
  hide_less_likely: "Hide less likely results",
  less_likely: "less likely",
  did_you_mean: "Did you mean",
  more: "More of this article: {count}",
  more_results: "More results",
  same_subject: "On the same subject",
  searching: "Searching…",
  again: "Try again",
  failed: "The service did not answer. Try again.",
  error_busy: "There are too many searches at the moment. Try again in a little while.",
  not_here: "The search cannot be used on this page at the moment.",
  suggestions: "Suggestions",
  sort: "Order",
  relevance_first: "best first",
  newest_first: "newest first",
  oldest_first: "oldest first",
  filters: "Filters",
  languages: "Language",
  sources: "Source",
  years: "Year",
  more_values: "More ({count})",
  remove_filters: "Remove all filters",
  close: "Close",
};

/** @type {Map<string, Promise<Told>>} */
const told = new Map();

/** @type {(home: URL, wanted: string) => Promise<Told>} The texts in a language, or in English where the service has no such. */
export function tell(home, wanted) {
  const [short] = wanted.toLowerCase().split("-");
  if (short === "en") return Promise.resolve({ lang: wanted, dir: "ltr", texts: ENGLISH });
  const at = new URL(`widget.json?lang=${encodeURIComponent(wanted)}`, home).href;
  const known = told.get(at);
  if (known) return known;
  const asked = fetch(at, { credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) })
    .then((response) => response.json())
    .then(({ lang, dir, texts }) => ({ lang, dir, texts: { ...ENGLISH, ...texts } }))
    .catch(async () => {
      told.delete(at); // asked again when the service may be back
      /** @type {Record<string, string>} */
      const FAILED = await import("./failed.js").then((module) => module.FAILED, () => ({}));
      return { lang: "en", dir: "ltr", texts: { ...ENGLISH, failed: FAILED[short] ?? ENGLISH.failed }, away: short };
    });
  told.set(at, asked);
  return asked;
}

/** @type {(home: URL) => Promise<boolean>} Whether the service is there, which tells every page its texts. */
export const answers = (home) =>
  fetch(new URL("widget.json", home), { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) })
    .then((response) => response.ok)
    .catch(() => false);
