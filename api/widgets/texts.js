// What the elements say, in each language that they know.

/** @typedef {Record<"label" | "search" | "found" | "none" | "unsure" | "mean" | "more" | "similar", string>} Texts */
/** @type {Record<string, Texts>} The first is taken where a language is missing. */
export const TEXTS = {
  en: { label: "Search in any language", search: "Search", found: "Results:", none: "Nothing found.", unsure: "No sure answer; the nearest paragraphs:", mean: "Did you mean:", more: "More results", similar: "On the same subject" },
  fr: { label: "Rechercher dans toutes les langues", search: "Rechercher", found: "Résultats :", none: "Aucun résultat.", unsure: "Pas de réponse sûre ; les paragraphes les plus proches :", mean: "Vouliez-vous dire :", more: "Plus de résultats", similar: "Sur le même sujet" },
  de: { label: "In allen Sprachen suchen", search: "Suchen", found: "Ergebnisse:", none: "Nichts gefunden.", unsure: "Keine sichere Antwort; die nächsten Absätze:", mean: "Meinten Sie:", more: "Weitere Ergebnisse", similar: "Zum selben Thema" },
  es: { label: "Buscar en todos los idiomas", search: "Buscar", found: "Resultados:", none: "No se encontró nada.", unsure: "Sin respuesta segura; los párrafos más cercanos:", mean: "Quizás quiso decir:", more: "Más resultados", similar: "Sobre el mismo tema" },
  ar: { label: "ابحث بأي لغة", search: "بحث", found: "النتائج:", none: "لم يُعثر على شيء.", unsure: "لا توجد إجابة مؤكدة؛ أقرب الفقرات:", mean: "هل تقصد:", more: "المزيد من النتائج", similar: "في الموضوع نفسه" },
  zh: { label: "用任何语言搜索", search: "搜索", found: "结果：", none: "没有找到结果。", unsure: "没有确定的答案；最接近的段落：", mean: "您是不是要找：", more: "更多结果", similar: "相同主题" },
  ja: { label: "どの言語でも検索", search: "検索", found: "検索結果：", none: "見つかりませんでした。", unsure: "確かな答えはありません。近い段落：", mean: "もしかして：", more: "さらに表示", similar: "同じ話題" },
};
export const RIGHT_TO_LEFT = ["ar"];
