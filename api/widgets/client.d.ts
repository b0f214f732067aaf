/** What `client.js` takes and gives. The fields are those of the HTTP interface, which `/docs` describes. */

export type Value = string | number | boolean | readonly (string | number)[] | null | undefined;
/** The fields of a request; those that are null or undefined are not sent. */
export type Params = Readonly<Record<string, Value>>;

export type SearchParams = {
  /** What to look for: words or a question, in any language. */
  q: string;
  /** Hits on the page. */
  limit?: number | string | null;
  /** Hits before the page. */
  offset?: number | string | null;
  /** Which legs search. One of hybrid, keyword, semantic. */
  mode?: string | null;
  /** Only paragraphs in these languages (BCP 47 tags; but in JSON also with commas between). */
  languages?: string | readonly string[] | null;
  /** Paragraphs in these languages come a little before equals; none is left out for it. */
  prefer_languages?: string | readonly string[] | null;
  /** Whether each hit says why it is there; it takes longer than the search itself. */
  explain?: boolean | null;
  /** The query's language (BCP 47), where it is known; else it is told by the words. */
  query_language?: string | null;
  /** What meaning counts beside words; left out: as measured best. */
  semantic_ratio?: number | string | null;
  /** Hits that are less relevant are left out. */
  min_relevance?: number | string | null;
  /** Whether a hit that has the query's words stays, however relevant it is. */
  words_suffice?: boolean | null;
  /** Whether hits of a relevance of 0.5 or more come before others where the order is by score. */
  answers_first?: boolean | null;
  /** One hit per article, with its further paragraphs in `more`. One of article. */
  group_by?: string | null;
  /** Variety before score. */
  diversity?: number | string | null;
  /** Units of the score that an article of today gains; halved every half-life. */
  recency_weight?: number | string | null;
  /** After how many days that gain is halved. */
  recency_half_life_days?: number | string | null;
  /** Only paragraphs that it lets through, by any attribute of their article: `language = de AND date >= 2024-01-01 AND source IN [a, b] AND NOT tags = opinion`, parentheses, `date EXISTS`, `NOT date EXISTS`. */
  filter?: string | null;
  /** Attributes whose values are counted over the hits of all pages. */
  facets?: string | readonly string[] | null;
  /** By date: all that matches, of the same date the better first, those without a date last. What matches has the query's words, or is not much less relevant than the best hit. One of relevance, date:desc, date:asc. */
  sort?: string | null;
  /** Paragraphs before and after each hit that are given with it. */
  context?: number | string | null;
  /** The query's vector by the model that made those of the index; left out: the index's encoder makes it. */
  vector?: string | readonly number[] | null;
};

export type ArticlesParams = {
  /** Articles on the page. */
  limit?: number | string | null;
  /** `next_cursor` of the page before, which this one goes on from; left out: the first page. */
  cursor?: string | null;
  /** By date, those without one last, or by title; what is equal stands in the order of the ids. One of date:desc, date:asc, title:asc, title:desc. */
  sort?: string | null;
  /** Only paragraphs in these languages (BCP 47 tags; but in JSON also with commas between). */
  languages?: string | readonly string[] | null;
  /** Only paragraphs that it lets through, by any attribute of their article: `language = de AND date >= 2024-01-01 AND source IN [a, b] AND NOT tags = opinion`, parentheses, `date EXISTS`, `NOT date EXISTS`. */
  filter?: string | null;
  /** Attributes whose values are counted over the articles of all pages. */
  facets?: string | readonly string[] | null;
};

export type SimilarParams = {
  /** A paragraph's id, as a hit gives it. Its own article is left out. */
  id?: string | null;
  /** A text instead of an id. */
  text?: string | null;
  /** A vector instead of both, by the model that made those of the index. */
  vector?: string | readonly number[] | null;
  /** Hits on the page. */
  limit?: number | string | null;
  /** Hits before the page. */
  offset?: number | string | null;
  /** Only paragraphs in these languages (BCP 47 tags; but in JSON also with commas between). */
  languages?: string | readonly string[] | null;
  /** Only paragraphs that it lets through, by any attribute of their article: `language = de AND date >= 2024-01-01 AND source IN [a, b] AND NOT tags = opinion`, parentheses, `date EXISTS`, `NOT date EXISTS`. */
  filter?: string | null;
  /** Paragraphs before and after each hit that are given with it. */
  context?: number | string | null;
};

export type SuggestParams = {
  /** What was typed so far; its last word may be unfinished. */
  q: string;
  /** Only paragraphs in these languages (BCP 47 tags; but in JSON also with commas between). */
  languages?: string | readonly string[] | null;
  /** Suggestions at most. */
  limit?: number | string | null;
};

export interface Options {
  /** The service's address; without one, that of the page. */
  endpoint?: string;
  /** A key of scope search. Whoever sees the page can read it. */
  key?: string;
  /** What sends the requests. */
  fetch?: typeof globalThis.fetch;
}

export interface Call {
  signal?: AbortSignal;
}

/** Counted in Unicode code points, end exclusive. */
export interface Highlight {
  start: number;
  end: number;
  kind: string;
}

export interface Article {
  id: string;
  title: string;
  url: string | null;
  language: string;
  date: string | null;
  source: string | null;
}

export interface Paragraph {
  id: string;
  article: Article;
  position: number;
  text: string;
  heading: string;
  language: string;
  start: number;
  end: number;
}

export interface Neighbour {
  id: string;
  position: number;
  text: string;
  heading: string;
  language: string;
  start: number;
  end: number;
}

export interface CitedParagraph extends Paragraph {
  /** `url` leads a browser to the quote and is always http or https. */
  citation: {
    url: string | null;
    quote: string;
    title: string;
    source: string | null;
    date: string | null;
    language: string;
  };
  context: { before: Neighbour[]; after: Neighbour[] } | null;
}

export interface Leg {
  rank: number | null;
  score: number;
}

export interface Explain {
  keyword: Leg | null;
  semantic: Leg | null;
  rerank: Leg | null;
  matched_terms: string[];
  sounds_like: string[];
  synonyms: { written: string; synonym: string }[];
  alignments: { query_start: number; query_end: number; start: number; end: number; similarity: number }[];
}

export interface Hit extends CitedParagraph {
  score: number;
  relevance: number;
  pinned: boolean;
  highlights: Highlight[];
  also_in: { id: string; article_id: string; title: string; language: string }[];
  more: Hit[];
  explain: Explain | null;
}

export interface SimilarResponse {
  hits: Hit[];
  limit: number;
  offset: number;
  estimated_total_hits: number;
  took_ms: number;
  warnings: string[];
  generation: number;
}

export interface SearchResponse extends SimilarResponse {
  query: string;
  query_analysis: {
    languages: { language: string; probability: number }[];
    tokens: string[];
    synonyms: { written: string; synonym: string }[];
  };
  did_you_mean: string | null;
  less_likely: number;
  facet_distribution: Record<string, { counts: Record<string, number>; missing: number }>;
  timings_ms: Record<string, number>;
  confidence: "high" | "medium" | "low" | "none";
}

export interface SuggestResponse {
  query: string;
  suggestions: { text: string; kind: string; language: string; count: number; article_id: string | null }[];
  complete: boolean;
  took_ms: number;
  generation: number;
}

export interface ArticlesResponse {
  articles: Article[];
  total: number;
  next_cursor: string | null;
  facet_distribution: Record<string, { counts: Record<string, number>; missing: number }>;
  warnings: string[];
  generation: number;
}

export interface Client {
  search(params: SearchParams, call?: Call): Promise<SearchResponse>;
  multiSearch(searches: readonly SearchParams[], call?: Call): Promise<{ results: SearchResponse[] }>;
  similar(params: SimilarParams, call?: Call): Promise<SimilarResponse>;
  suggest(params: SuggestParams, call?: Call): Promise<SuggestResponse>;
  languages(call?: Call): Promise<{ languages: Record<string, unknown>[]; generation: number }>;
  index(call?: Call): Promise<Record<string, unknown>>;
  articles(params?: ArticlesParams, call?: Call): Promise<ArticlesResponse>;
  article(id: string, call?: Call): Promise<Article & { text: string; paragraphs: Paragraph[] }>;
  paragraph(id: string, options?: Call & { context?: number }): Promise<CitedParagraph>;
}

export interface Problem {
  status?: number;
  code: string;
  title?: string;
  detail: string;
  errors?: { pointer: string; detail: string }[];
  retryAfterS?: number | null;
}

/** What went wrong, as the service's problem document tells it (`/problems/CODE`); `code` "unreachable": no answer. */
export class ParaglotError extends Error {
  constructor(problem: Problem);
  status: number;
  code: string;
  title: string;
  detail: string;
  errors: { pointer: string; detail: string }[];
  retryAfterS: number | null;
}

export interface Piece {
  text: string;
  /** Of the highlight that the piece lies in, "" without one; "keyword" goes before others. */
  kind: string;
  /** Place of that highlight in the list, or -1. */
  index: number;
  /** Whether the piece is of the best sentence, also where it is a keyword. */
  semantic: boolean;
}

/** A client of one service. */
export function client(options?: Options): Client;
/** One search: `search({ q: "Brot", languages: ["en"] }, { endpoint: "https://search.example.org" })`. */
export function search(params: SearchParams, options?: Options & Call): Promise<SearchResponse>;
/** A text, cut where highlights begin and end. */
export function pieces(text: string, highlights?: readonly Highlight[]): Piece[];
