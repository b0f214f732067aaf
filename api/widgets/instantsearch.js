// A `searchClient` for InstantSearch: its widgets over a Paraglot service. docs/embed.md tells how.
import { client, pieces } from "./client.js";

/** @import { Hit, Options, SearchResponse } from "./client.js" */
/** @typedef {{ indexName?: string, params?: Record<string, any> }} Asked */

const SORTS = ["date:desc", "date:asc"];

/**
 * `fields` go with every search: `{ min_relevance: 0.5 }`; a filter among them holds beside those of the widgets.
 * @param {Options & { fields?: Record<string, any> }} [options]
 */
export function searchClient({ fields = {}, ...options } = {}) {
  const paraglot = client(options);

  /** @type {(requests: readonly Asked[]) => Promise<(SearchResponse | undefined)[]>} Of an empty query: nothing. */
  async function answers(requests) {
    const searches = requests.map((one) => searchOf(one, fields));
    const asked = searches.filter(({ q }) => q);
    const { results } = asked.length ? await paraglot.multiSearch(asked) : { results: [] };
    const left = results.values();
    return searches.map(({ q }) => (q ? left.next().value : undefined));
  }

  return {
    /** @param {readonly Asked[]} requests */
    async search(requests) {
      const found = await answers(requests);
      return { results: requests.map((one, place) => resultOf(one, found[place])) };
    },
    /** @param {readonly Asked[]} requests */
    async searchForFacetValues(requests) {
      const found = await answers(requests.map((one) => facetsOf(one)));
      return requests.map(({ params = {} }, place) => {
        const counts = Object.entries(found[place]?.facet_distribution[params.facetName]?.counts ?? {});
        const wanted = (params.facetQuery ?? "").toLocaleLowerCase();
        const facetHits = counts
          .filter(([value]) => value.toLocaleLowerCase().includes(wanted))
          .slice(0, params.maxFacetHits ?? 10)
          .map(([value, count]) => ({ value, highlighted: value, count }));
        return { facetHits, exhaustiveFacetsCount: true };
      });
    },
  };
}

/** @type {(asked: Asked) => Asked} */
function facetsOf({ indexName, params = {} }) {
  return { indexName, params: { ...params, facets: [params.facetName], hitsPerPage: 0 } };
}

/** @type {(asked: Asked, fields: Record<string, any>) => Record<string, any> & { q: string }} What `/v1/search` takes. */
function searchOf({ indexName = "", params = {} }, fields) {
  const { query = "", page = 0, hitsPerPage = 20, facets = [], filters = "", facetFilters, numericFilters } = params;
  const given = [fields.filter, filters].filter(Boolean).map((filter) => `(${filter})`);
  const parts = [...given, every(facetFilters, facetFilter), every(numericFilters, (text) => text)];
  return {
    explain: true, // which words matched
    ...fields,
    q: query.trim(),
    limit: Math.max(1, Math.min(hitsPerPage, 100)), // there is no page without hits
    offset: page * hitsPerPage,
    filter: parts.filter(Boolean).join(" AND "),
    facets: [facets].flat().filter((name) => name !== "*"),
    sort: SORTS.includes(indexName) ? indexName : "relevance",
  };
}

/** @type {(given: any, one: (text: string) => string) => string} All of a list, of whose inner lists any one will do. */
function every(given, one) {
  const all = given === undefined ? [] : [given].flat();
  return all
    .map((/** @type {any} */ any) => (Array.isArray(any) ? `(${any.map(one).join(" OR ")})` : one(any)))
    .join(" AND ");
}

/** @type {(text: string) => string} `name:value`, or `name:-value` for those without it. */
function facetFilter(text) {
  const [, name, not, value] = /^([^:]*):(-?)(.*)$/s.exec(text) ?? ["", text, "", ""];
  return `${not ? "NOT " : ""}${name} = "${value.replace(/["\\]/g, "\\$&")}"`;
}

/** @type {(asked: Asked, found?: SearchResponse) => Record<string, any>} */
function resultOf({ indexName, params = {} }, found) {
  const { query = "", page = 0, hitsPerPage = 20 } = params;
  const total = found?.estimated_total_hits ?? 0;
  const facets = Object.entries(found?.facet_distribution ?? {}).map(([name, { counts }]) => [name, counts]);
  return {
    index: indexName,
    query,
    params: "",
    hits: hitsPerPage ? (found?.hits ?? []).map((hit) => hitOf(hit, params)) : [],
    nbHits: total,
    page,
    hitsPerPage,
    nbPages: hitsPerPage ? Math.ceil(total / hitsPerPage) : 0,
    facets: Object.fromEntries(facets),
    exhaustiveNbHits: false,
    exhaustiveFacetsCount: true,
    processingTimeMS: Math.round(found?.took_ms ?? 0),
  };
}

/** @type {(hit: Hit, params: Record<string, any>) => Record<string, any>} Marks are placeholders: InstantSearch escapes first. */
function hitOf(hit, { highlightPreTag: pre = "__ais-highlight__", highlightPostTag: post = "__/ais-highlight__" }) {
  const { title, language, date, source } = hit.article;
  const parts = pieces(hit.text, hit.highlights);
  const kind = parts.some((piece) => piece.kind === "keyword") ? "keyword" : "semantic";
  const sentence = parts.filter((piece) => piece.semantic);
  /** @param {typeof parts} some */
  const marked = (some) => ({
    value: some.map(({ text, kind: own }) => (own === kind ? pre + text + post : text)).join(""),
    matchLevel: kind === "keyword" ? "partial" : "none",
    matchedWords: hit.explain?.matched_terms ?? [],
  });
  return {
    ...hit,
    objectID: hit.id,
    title: title || hit.article.id,
    url: hit.citation.url,
    article_language: language,
    date,
    source,
    _highlightResult: { text: marked(parts), title: { value: title || hit.article.id, matchLevel: "none", matchedWords: [] } },
    _snippetResult: { text: marked(sentence.length ? sentence : parts) },
  };
}
