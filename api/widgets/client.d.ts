/** What `client.js` takes and gives. The fields are those of the HTTP interface, which `/docs` describes. */

export type Value = string | number | boolean | readonly (string | number)[] | null | undefined;
/** The fields of a request; those that are null or undefined are not sent. */
export type Params = Readonly<Record<string, Value>>;

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

export interface Client {
  search(params: Params, call?: Call): Promise<SearchResponse>;
  multiSearch(searches: readonly Params[], call?: Call): Promise<{ results: SearchResponse[] }>;
  similar(params: Params, call?: Call): Promise<SimilarResponse>;
  suggest(params: Params, call?: Call): Promise<SuggestResponse>;
  languages(call?: Call): Promise<{ languages: Record<string, unknown>[]; generation: number }>;
  index(call?: Call): Promise<Record<string, unknown>>;
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
export function search(params: Params, options?: Options & Call): Promise<SearchResponse>;
/** A text, cut where highlights begin and end. */
export function pieces(text: string, highlights?: readonly Highlight[]): Piece[];
