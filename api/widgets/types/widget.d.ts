/** The elements `<paraglot-search>` and `<paraglot-similar>`: importing the package defines them in a browser. */

import type { Hit, ParaglotError, SearchResponse, SimilarResponse } from "../client.js";

export type * from "../client.js";

/** The attributes that both elements have. */
export interface SharedAttributes {
  /** The service's address. */
  endpoint?: string;
  /** The name of a collection of the service; left out: the default one. */
  collection?: string;
  /** An access key of scope search. Whoever sees the page can read it. */
  "api-key"?: string;
  /** BCP 47 tags, with commas between. */
  languages?: string;
  /** A filter in the grammar of `/v1/search`. */
  filter?: string;
  /** Results at once. */
  limit?: number | string;
  /** Level of the first heading, 1 to 6; 2 if left out. */
  "heading-level"?: number | string;
  /** The language of the element's own words. */
  lang?: string;
}

/** The attributes of `<paraglot-search>`. */
export interface SearchAttributes extends SharedAttributes {
  query?: string;
  mode?: "hybrid" | "keyword" | "semantic";
  sort?: "relevance" | "date:desc" | "date:asc";
  /** Readers choose the order. */
  orders?: boolean | "";
  "group-by"?: "article" | "none";
  /** Shows from the start what hardly answers. */
  "less-likely"?: boolean | "";
  /** The name of a parameter of the page's address that keeps the query. */
  address?: string;
  suggestions?: "off";
  /** Attributes to filter by, each with what it is called: `language, tags=Topic`. */
  facets?: string;
  /** A button and Ctrl-K (⌘K) open the search in a dialog. */
  dialog?: boolean | "";
}

/** The attributes of `<paraglot-similar>`; one of the first two is needed. */
export interface SimilarAttributes extends SharedAttributes {
  /** The id of an article. */
  article?: string;
  /** The id of a paragraph, which goes before the article. */
  paragraph?: string;
}

export interface SearchEventMap {
  "paraglot-results": CustomEvent<SearchResponse>;
  /** A hit's link was pressed; `preventDefault()` keeps the browser where it is. */
  "paraglot-select": CustomEvent<{ hit: Hit }>;
  "paraglot-error": CustomEvent<ParaglotError>;
}

export interface SimilarEventMap extends Omit<SearchEventMap, "paraglot-results"> {
  "paraglot-results": CustomEvent<SimilarResponse>;
}

/** The events as they arrive at the page. */
export interface ParaglotEventMap extends Omit<SearchEventMap, "paraglot-results"> {
  "paraglot-results": CustomEvent<SearchResponse | SimilarResponse>;
}

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;

/** Each attribute as a property: read as a text, "" where there is none; null or false take it away. */
export type Properties<Attributes> = {
  [Name in keyof Attributes as Name extends "lang" ? never : Camel<Name & string>]-?: Property;
};

/** TypeScript has one type for reading and writing a mapped property. */
export type Property = string | number | boolean | null;

interface Listening<Events> {
  addEventListener<Name extends keyof Events>(
    type: Name,
    listener: (event: Events[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export type ParaglotSearchElement = Listening<SearchEventMap> &
  HTMLElement &
  Properties<SearchAttributes> & {
    /** Open the dialog. */
    open(): void;
    close(): void;
  };

export type ParaglotSimilarElement = Listening<SimilarEventMap> & HTMLElement & Properties<SimilarAttributes>;

declare global {
  interface HTMLElementTagNameMap {
    "paraglot-search": ParaglotSearchElement;
    "paraglot-similar": ParaglotSimilarElement;
  }
  interface HTMLElementEventMap extends ParaglotEventMap {}
  interface DocumentEventMap extends ParaglotEventMap {}
  interface WindowEventMap extends ParaglotEventMap {}
}
