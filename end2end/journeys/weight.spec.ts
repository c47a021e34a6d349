import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import { at, awake } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

interface Load {
  url: string;
  type: string;
  /** What crossed the network, headers included. */
  bytes: number;
  cached: boolean;
  cacheControl: string;
  encoding: string;
}

/** Everything that a page loads from now on. */
async function loads(context: BrowserContext, page: Page): Promise<Map<string, Load>> {
  const session: CDPSession = await context.newCDPSession(page);
  const seen = new Map<string, Load>();
  await session.send("Network.enable");
  session.on("Network.responseReceived", ({ requestId, response, type }) => {
    const header = (name: string): string => Object.entries(response.headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
    const cached = Boolean(response.fromDiskCache || response.fromPrefetchCache);
    seen.set(requestId, { url: response.url, type, bytes: 0, cached, cacheControl: header("cache-control"), encoding: header("content-encoding") });
  });
  session.on("Network.requestServedFromCache", ({ requestId }) => {
    const load = seen.get(requestId);
    if (load) load.cached = true;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const load = seen.get(requestId);
    if (load) load.bytes = encodedDataLength;
  });
  return seen;
}

function sum(all: Load[]): number {
  return all.reduce((bytes, load) => bytes + load.bytes, 0);
}

const told = (all: Load[]): string => all.map((load) => `${load.bytes} ${load.type} ${load.encoding || "plain"} ${load.url}`).join("\n");

test("a first load weighs little, and a second one fetches no asset again", async ({ open, scene }) => {
  const context = await open({ storageState: scene.states.operator! });
  const page = await context.newPage();
  const seen = await loads(context, page);
  await page.goto(`/projects/${scene.project}/settings/keys`);
  await awake(page);
  await page.waitForLoadState("networkidle");
  const first = [...seen.values()];
  const written = first.filter((load) => load.type === "Document" || load.type === "Stylesheet");
  expect(sum(written), told(written)).toBeLessThanOrEqual(50_000);
  expect(sum(first), told(first)).toBeLessThanOrEqual(250_000);
  expect(new Set(first.map((load) => new URL(load.url).origin)).size, "nothing from elsewhere").toBe(1);

  const assets = first.filter((load) => ["Stylesheet", "Script", "Font"].includes(load.type) || load.url.endsWith(".wasm"));
  expect(assets.length).toBeGreaterThanOrEqual(4);
  for (const load of assets) {
    expect(load.cacheControl, load.url).toBe("public, max-age=31536000, immutable");
    expect(load.url, "its name changes with its content").toMatch(/\.[0-9a-f]{16}\./);
  }

  seen.clear();
  await page.goto(`/orgs/${scene.org}`);
  await awake(page);
  await page.waitForLoadState("networkidle");
  const fetched = [...seen.values()].filter((load) => load.bytes > 0 && !load.cached && load.type !== "Document");
  expect(told(fetched)).toBe("");
});

test("a page with as many rows as a page may have is no heavier", async ({ person: { page, context, seed } }) => {
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project);
  for (let number = 1; number <= 50; number += 1) await seed.key(project, resource, `worker number ${number}`);
  const seen = await loads(context, page);
  await page.goto(`/projects/${project}/settings/keys`);
  await at(page, "Project API keys");
  await page.waitForLoadState("networkidle");
  const written = [...seen.values()].filter((load) => load.type === "Document" || load.type === "Stylesheet");
  expect(sum(written), told(written)).toBeLessThanOrEqual(50_000);
});

test("a page is usable before the wasm is there", async ({ open, scene }) => {
  const context = await open({ storageState: scene.states.operator! });
  const page = await context.newPage();
  await page.route(/\.wasm$/, () => undefined);
  await page.goto(`/orgs/${scene.org}`, { waitUntil: "commit" });
  await page.getByRole("link", { name: "Create project" }).click();
  const dialog = page.getByRole("dialog", { name: "Create project" });
  await expect(dialog.getByLabel("Project name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.getByRole("rowheader", { name: "storefront" }).getByRole("link").click();
  await at(page, "storefront");
});
