import type { Options, SearchParams } from "../client.js";

/** One search of InstantSearch. */
export interface Asked {
  indexName?: string;
  params?: Record<string, unknown>;
}

/** A `searchClient` for InstantSearch. `fields` go with every search; a filter among them holds beside those of the widgets. */
export function searchClient(options?: Options & { fields?: Partial<SearchParams> }): {
  search(requests: readonly Asked[]): Promise<{ results: any[] }>;
  searchForFacetValues(requests: readonly Asked[]): Promise<any[]>;
};
