// What the journeys are told of the server they run against. `cargo x test e2e` sets all of it.

function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the journeys with \`cargo x test e2e\``);
  return value;
}

/** The console's address, without a slash at its end. */
export const CONSOLE = told("PENTAPRISM_E2E_CONSOLE").replace(/\/$/, "");

/** A real Postgres that environments may point at. */
export const DATABASE = told("PENTAPRISM_E2E_DATABASE");

/** The browser. */
export const CHROMIUM = told("PENTAPRISM_E2E_CHROMIUM");

/** The server's program, for journeys that start one of their own. */
export const BINARY = told("PENTAPRISM_E2E_BINARY");

/** `DATABASE` with a part exchanged: another port, another name. */
export function databaseWith(change: (url: URL) => void): string {
  const url = new URL(DATABASE);
  change(url);
  return url.href;
}
