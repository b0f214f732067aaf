// A client of a Paraglot service for browsers and node (18 or newer): one ES module that needs nothing else.
// Its types are in client.d.ts.

/** @import { Call, Params } from "./client.js" */

/** The longest address that is asked by GET; a longer one becomes a POST with the same fields. */
const MAX_ADDRESS = 4000;

export class ParaglotError extends Error {
  /** @param {import("./client.js").Problem} problem */
  constructor({ status = 0, code, title = "", detail, errors = [], retryAfterS = null }) {
    super(detail);
    this.name = "ParaglotError";
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }
}

/** @type {typeof import("./client.js").client} */
export function client({ endpoint = "", key = "", fetch: send = globalThis.fetch } = {}) {
  const base = endpoint.replace(/\/+$/, "");

  /** @type {(path: string, call?: Call, fields?: object) => Promise<any>} With fields it is a POST. */
  async function ask(path, { signal } = {}, fields) {
    const headers = new Headers({ Accept: "application/json" });
    if (key) headers.set("Authorization", `Bearer ${key}`);
    if (fields) headers.set("Content-Type", "application/json");
    const [method, sent] = fields ? ["POST", JSON.stringify(fields)] : ["GET", null];
    let response;
    try {
      response = await send(base + path, { method, body: sent, headers, signal, credentials: "omit" });
    } catch (error) {
      throw signal?.aborted ? error : unreachable(base);
    }
    const body = await response.json().catch(() => null);
    signal?.throwIfAborted();
    if (!response.ok || body === null) throw refusal(response, body);
    return body;
  }

  /** @type {(path: string, params: Params, call?: Call) => Promise<any>} */
  function asked(path, params, call) {
    const [given, address] = [givenOf(params), addressOf(path, params)];
    // An address has commas between the parts of a list; a part that holds one goes as JSON.
    const parted = given.some(([, value]) => Array.isArray(value) && value.some((one) => String(one).includes(",")));
    return parted || address.length > MAX_ADDRESS ? ask(path, call, sentOf(params)) : ask(address, call);
  }

  return {
    search: (params, call) => asked("/v1/search", params, call),
    multiSearch: (searches, call) => ask("/v1/multi-search", call, { searches: searches.map(sentOf) }),
    similar: (params, call) => asked("/v1/similar", params, call),
    suggest: (params, call) => asked("/v1/suggest", params, call),
    languages: (call) => ask("/v1/languages", call),
    index: (call) => ask("/v1/index", call),
    articles: (params = {}, call) => ask(addressOf("/v1/articles", params), call),
    article: (id, call) => ask(`/v1/articles/${inPath(id)}`, call),
    paragraph: (id, { context = 0, ...call } = {}) => ask(`/v1/paragraphs/${inPath(id)}?context=${context}`, call),
  };
}

/** @type {(params: object) => [string, any][]} */
const givenOf = (params) => Object.entries(params).filter(([, value]) => value !== undefined && value !== null);

/** @type {(params: object) => object} */
const sentOf = (params) => Object.fromEntries(givenOf(params));

/** @type {(path: string, params: object) => string} */
const addressOf = (path, params) =>
  `${path}?${new URLSearchParams(givenOf(params).map(([name, value]) => [name, String(value)]))}`;

/** @type {typeof import("./client.js").search} */
export function search(params, options = {}) {
  return client(options).search(params, options);
}

/** @type {typeof import("./client.js").pieces} */
export function pieces(text, highlights = []) {
  const characters = Array.from(text); // highlights count code points, strings count UTF-16
  const cuts = [0, characters.length, ...highlights.flatMap(({ start, end }) => [start, end])]
    .filter((at) => at >= 0 && at <= characters.length)
    .sort((one, other) => one - other);
  return cuts.slice(1).flatMap((to, place) => {
    const from = cuts[place];
    if (to === from) return [];
    const over = [...highlights.keys()].filter((at) => highlights[at].start <= from && highlights[at].end >= to);
    const index = over.find((at) => highlights[at].kind === "keyword") ?? over[0] ?? -1;
    const semantic = over.some((at) => highlights[at].kind === "semantic");
    return [{ text: characters.slice(from, to).join(""), kind: highlights[index]?.kind ?? "", index, semantic }];
  });
}

/** @type {(id: string) => string} Ids may hold slashes, which are part of the path. */
const inPath = (id) => id.split("/").map(encodeURIComponent).join("/");

/** @type {(base: string) => ParaglotError} A browser does not tell a page which of the two it was. */
function unreachable(base) {
  const { origin } = globalThis.location ?? {};
  const hint = origin ? `, or does not let pages of ${origin} use it (paraglot serve --allow-origin ${origin})` : "";
  return new ParaglotError({ code: "unreachable", detail: `${base || "The service"} does not answer${hint}.` });
}

/** @type {(response: Response, body: any) => ParaglotError} */
function refusal({ status, statusText: title, headers, url }, body) {
  const retryAfterS = Number(headers.get("Retry-After")) || null;
  if (typeof body?.code === "string") return new ParaglotError({ ...body, status, retryAfterS });
  return new ParaglotError({ status, code: "no_answer", title, detail: `${url} answers ${status} ${title}`, retryAfterS });
}
