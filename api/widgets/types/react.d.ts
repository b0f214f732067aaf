/** The elements in JSX of React 19 or newer. */

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type {
  ParaglotSearchElement,
  ParaglotSimilarElement,
  SearchAttributes,
  SearchEventMap,
  SimilarAttributes,
  SimilarEventMap,
} from "./widget.js";

/** React calls a listener `on` and the event's name. */
type Listeners<Events> = { [Name in keyof Events as `on${Name & string}`]?: (event: Events[Name]) => void };

type Tag<Attributes, Events, Own> = DetailedHTMLProps<Omit<HTMLAttributes<Own>, keyof Attributes>, Own> &
  Attributes &
  Listeners<Events>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "paraglot-search": Tag<SearchAttributes, SearchEventMap, ParaglotSearchElement>;
      "paraglot-similar": Tag<SimilarAttributes, SimilarEventMap, ParaglotSimilarElement>;
    }
  }
}
