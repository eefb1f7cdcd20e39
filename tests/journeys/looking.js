// What a machine can see of a page: axe with every rule that it has, how far the page reaches, words that are cut
// in two, and targets too small for a thumb. Gives lists that are empty when all is well. Rules about colours take as long as all others together, and
// colours are the same in all languages: `colours` is "only", "none" or "too".
async (colours) => {
  const about = new Set(axe.getRules(["cat.color"]).map(({ ruleId }) => ruleId));
  const every = axe.getRules().map(({ ruleId }) => [ruleId, { enabled: colours !== (about.has(ruleId) ? "none" : "only") }]);
  const { violations } = await axe.run(document, { rules: Object.fromEntries(every), resultTypes: ["violations"] });
  // Some machines have dictionaries for hyphens and some have none: the page is looked at as without.
  const bare = new CSSStyleSheet();
  bare.replaceSync("* { hyphens: manual !important }");
  document.adoptedStyleSheets.push(bare);
  const root = document.documentElement;
  return {
    axe: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`),
    wide: root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} > ${root.clientWidth}`] : [],
    cut: cutWords(),
    small: smallTargets(),
  };

  function cutWords() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { currentNode: text } = walker;
      // Numbers to compare and names of columns may break anywhere.
      if (text.parentElement.closest("script, style, noscript, option, dl, .digits")) continue;
      for (const word of text.data.matchAll(/[^\s\p{Dash_Punctuation}/@.:…·]+/gu)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 8))).size > 1) found.push(word[0]);
      }
    }
    return found;
  }

  function smallTargets() {
    const found = [];
    for (const target of document.querySelectorAll("a, button, summary, select, textarea, input")) {
      const box = (target.closest("label") ?? target).getBoundingClientRect();
      // A link in a line of text is as high as the line.
      if (!box.width || getComputedStyle(target).display === "inline") continue;
      if (Math.round(box.width) < 44 || Math.round(box.height) < 44) found.push(`${target.outerHTML.slice(0, 90)} ${box.width}×${box.height}`);
    }
    return found;
  }
}
