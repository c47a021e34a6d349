// The console as a visitor reads it: what it shows is what suites run.
// CONSOLE, EMAIL, PASSWORD: where, and who.
const { CONSOLE, EMAIL, PASSWORD } = process.env;

const plain = (html) => html
  .replace(/<!--.*?-->|<[^>]*>/gs, '')
  .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&amp;/g, '&');

// Sends a form of the page `from`; the answer leads to the next page.
const post = (from, form, fields, cookie) => fetch(`${CONSOLE}/api/${form}`, {
  method: 'POST',
  redirect: 'manual',
  headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', referer: `${CONSOLE}${from}`, ...(cookie && { cookie }) },
  body: new URLSearchParams(fields),
});

// Answers what fetches a page of the console, and what sends a form of one and answers where it leads.
export async function signIn() {
  const answer = await post('/sign-in', 'identity/sign-in', { email: EMAIL, password: PASSWORD });
  const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
  if (!cookie) throw new Error(`signing in answered ${answer.status}`);
  const page = async (path) => (await fetch(CONSOLE + path, { headers: { cookie } })).text();
  const submit = async (from, form, fields) => {
    const { status, headers } = await post(from, form, fields, cookie);
    const next = headers.get('location');
    if (status !== 303 || !next || next === from) throw new Error(`${form} answered ${status}, ${next}`);
    return next;
  };
  return { page, submit };
}

// What a page says.
export const text = plain;

// The code of a page, by its label.
export const blocks = (html) => new Map(
  [...html.matchAll(/<figure class="code">.*?<figcaption[^>]*><span>(.*?)<\/span>.*?<pre[^>]*><code>(.*?)<\/code>/gs)].map(([, label, code]) => [plain(label), plain(code)]),
);

// Collects checks, and tells them at the end as suites are counted.
export class Checks {
  #checks = [];

  add(name, holds, found) {
    this.#checks.push([name, holds, found]);
  }

  tell() {
    const wrong = this.#checks.filter(([, holds]) => !holds);
    for (const [name, , found] of wrong) console.log(`not as it should be: ${name}\n  found: ${found}`);
    console.log(`${this.#checks.length - wrong.length} passed, ${wrong.length} failed`);
    process.exit(wrong.length === 0 ? 0 : 1);
  }
}
