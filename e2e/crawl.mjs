// Who works in the demo, and every page to which a link leads them, each kind of page once.
import assert from "node:assert/strict";
import { base } from "./demo.mjs";
import { as as signInAs, visitor } from "./visitors.mjs";

export const people = ["centre", "township", "station", "bank", "manager", "supervisor", "leader", "admin"];

/** A path without the numbers and codes of what it shows: each paper bears a code of its own. */
export function plain(path) {
  return path.replace(/\/papers\/[0-9A-Z]{4}-?[0-9A-Z]{4}(?=\/|$)/, "/papers/code").replace(/\/c\/[^/]+/, "/c/code").replace(/\d+/g, "n");
}

/** A page by what it shows, not by whose: numbers and values of its address left out. */
export function kind(href) {
  const url = new URL(href);
  const passing = ["day", "sort", "after", "before", "page"];
  const words = [...url.searchParams.keys()].sort().filter((word) => !passing.includes(word));
  return plain(url.pathname) + (words.length > 0 ? `?${words.join("&")}` : "");
}

// What one finds on these differs by who looks: everybody's links are followed.
const hubs = ["/", "/admin"];
const isHub = (href) => hubs.includes(new URL(href).pathname);

const isPage = (href) => href.startsWith(base) && !/export|\.(xlsx|csv|json|docx)|\/static\/|\/templates\//.test(href);

/** A browser window of somebody of the demo, or of nobody. */
export async function as(login) {
  const { context, page } = await visitor();
  if (login) await signInAs(page, login);
  else await page.goto(`${base}/sign-in`);
  return { context, page };
}

/**
 * Goes wherever links lead somebody and looks at each kind of page that nobody has seen; `before` is told each address
 * before it is opened.
 */
export async function walk(login, page, seen, { before = () => {}, look }) {
  const waiting = login ? [`${base}/`, `${base}/me`] : [`${base}/sign-in`];
  const own = new Set();
  while (waiting.length > 0) {
    const href = waiting.shift();
    if (own.has(kind(href)) || (seen.has(kind(href)) && !isHub(href))) continue;
    own.add(kind(href));
    const fresh = !seen.has(kind(href));
    seen.add(kind(href));
    await before(href);
    const answer = await page.goto(href);
    assert.equal(answer.status(), 200, `${login} follows a link to ${href}`);
    const links = (all) => all.map((one) => new URL(one.getAttribute("href"), document.baseURI).href.split("#")[0]);
    for (const found of await page.$$eval("a[href]", links)) if (isPage(found) && (isHub(found) || !seen.has(kind(found)))) waiting.push(found);
    if (fresh) await look(href);
  }
}
