// The console as these suites use it: without scripts, as a browser would.

/** The cookies of somebody who has signed in. */
export async function signIn(origin, email, password) {
  const answer = await post(origin, '/sign-in', 'identity/sign-in', { email, password });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  if (!cookies.length) throw new Error(`signing in answered ${answer.status}`);
  return cookies.join('; ');
}

/** Sends a form of the page `from`; the answer leads to the next page. */
export function post(origin, from, form, fields, cookie = '') {
  return fetch(`${origin}/api/${form}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', referer: `${origin}${from}`, ...(cookie && { cookie }) },
    body: new URLSearchParams(fields),
  });
}

/** The text of a piece of a page. */
export const plain = (html) => html
  .replace(/<!--.*?-->|<[^>]*>/gs, '')
  .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&amp;/g, '&');

/** Prints what did not hold and the line of figures, and ends: `[name, holds, found]` each. */
export function tell(checks, expected) {
  const failed = checks.filter(([, holds]) => !holds);
  for (const [name, , found] of failed) console.log(`not as ${expected}: ${name}\n  found: ${found}`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  process.exit(failed.length === 0 ? 0 : 1);
}
