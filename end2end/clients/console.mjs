// The console as a visitor reads it: what it shows is what suites run.
// CONSOLE, EMAIL, PASSWORD: where, and who.
const { CONSOLE, EMAIL, PASSWORD } = process.env;

const plain = (html) => html
  .replace(/<!--.*?-->|<[^>]*>/gs, '')
  .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&amp;/g, '&');

// Answers a function that fetches a page of the console.
export async function signIn() {
  const answer = await fetch(`${CONSOLE}/api/identity/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', referer: `${CONSOLE}/sign-in` },
    body: new URLSearchParams({ email: EMAIL, password: PASSWORD }),
  });
  const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
  if (!cookie) throw new Error(`signing in answered ${answer.status}`);
  return async (path) => (await fetch(CONSOLE + path, { headers: { cookie } })).text();
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
    for (const [name, , found] of wrong) console.log(`not as the console says: ${name}\n  found: ${found}`);
    console.log(`${this.#checks.length - wrong.length} passed, ${wrong.length} failed`);
    process.exit(wrong.length === 0 ? 0 : 1);
  }
}
