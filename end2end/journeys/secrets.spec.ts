import type { BrowserContext, Page } from "@playwright/test";
import { CONSOLE, DATABASE } from "../support/environment.ts";
import { CLIPBOARD, at, awake, row, shownKey } from "../support/console.ts";
import { Seed } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

/** The address of every request, and where each answer led. */
function addresses(context: BrowserContext): string[] {
  const seen: string[] = [];
  context.on("request", (request) => seen.push(request.url(), request.headers()["referer"] ?? ""));
  context.on("response", (response) => seen.push(response.headers()["location"] ?? ""));
  return seen;
}

async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole("link", { name: "New API Key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API Key" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create API Key" }).click();
  return shownKey(page);
}

test("a key stands in no address, is shown once and stored by no cache", async ({ person: { page, context, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  const seen = addresses(context);
  const answers: Record<string, string>[] = [];
  page.on("response", (response) => {
    if (response.url().includes("created=")) answers.push(response.headers());
  });
  const key = await makeKey(page, "worker");
  expect(answers.map((headers) => headers["cache-control"])).toEqual(["no-store"]);
  expect(answers[0]?.["referrer-policy"]).toBe("same-origin");
  const body = key.slice(4);
  expect(seen.filter((address) => address.includes(body))).toEqual([]);
  for (const cookie of await context.cookies()) expect(decodeURIComponent(cookie.value)).not.toContain(body);
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state]));
  expect(stored).not.toContain(body);

  await page.reload();
  expect(await page.content(), "shown once").not.toContain(body);
  await expect(row(page, "worker")).toBeVisible();
});

test("a browser that fetches the page ahead does not use up the one showing", async ({ person: { page, context, seed } }) => {
  const project = await seed.project(await seed.organization());
  const { shownAt } = await seed.key(project);
  const ahead = await context.request.get(`${CONSOLE}${shownAt}`, { headers: { "sec-purpose": "prefetch" } });
  expect(await ahead.text()).not.toMatch(/ppk_[0-9A-Za-z]{36}/);
  await page.goto(shownAt);
  await shownKey(page);
  await page.getByRole("link", { name: "I've stored it securely" }).click();
});

test("a key is shown to the session that made it alone", async ({ newcomer, open }) => {
  const mine = await newcomer();
  const project = await mine.seed.project(await mine.seed.organization());
  const { shownAt } = await mine.seed.key(project);
  const other = await (await open()).newPage();
  await other.goto(shownAt);
  await other.getByLabel("Email").fill(mine.who.email);
  await other.getByLabel("Password").fill(mine.who.password);
  await other.getByRole("button", { name: "Sign in" }).click();
  await at(other, "Project API keys");
  expect(await other.content()).not.toMatch(/ppk_[0-9A-Za-z]{36}/);
  await mine.page.goto(shownAt);
  await shownKey(mine.page);
});

test("leaving without copying asks once", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  await makeKey(page, "worker");
  await awake(page);
  const asked: string[] = [];
  page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await dialog.dismiss();
  });
  // A browser asks only whoever has touched the page.
  await page.getByRole("heading", { name: /API key worker created/ }).click();
  await page.evaluate(() => location.assign("/help")).catch(() => undefined);
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await shownKey(page);
  await page.goto("/help");
  await at(page, "Help");
  expect(asked, "once").toEqual(["beforeunload"]);
});

test("whoever has copied or confirmed is not asked", async ({ open, account }) => {
  const context = await open({ storageState: account.state, permissions: CLIPBOARD });
  const page = await context.newPage();
  const seed = new Seed(context.request);
  const project = await seed.project(await seed.organization());
  const asked: string[] = [];
  page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await dialog.accept();
  });
  await page.goto(`/projects/${project}/settings/keys`);
  await makeKey(page, "copied");
  await awake(page);
  await page.getByRole("button", { name: "Copy API key" }).click();
  await expect(page.getByRole("button", { name: "Copied API key" })).toBeVisible();
  await page.goto(`/projects/${project}/settings/keys`);
  await makeKey(page, "confirmed");
  await awake(page);
  await page.getByRole("link", { name: "I've stored it securely" }).click();
  await expect(page).toHaveURL(`/projects/${project}/settings/keys`);
  expect(asked).toEqual([]);
});

test("a key that was not copied is not lost to a press of Escape", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  await makeKey(page, "worker");
  await awake(page);
  await page.keyboard.press("Escape");
  // Time for the dialog to close, if it does.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  await shownKey(page);
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("no other dialog covers a key that was not stored, and its only way out is its own button", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  await makeKey(page, "worker");
  await awake(page);
  const shown = page.getByRole("dialog", { name: /API key worker created/ });
  await expect(shown.getByRole("button", { name: "Close" })).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search" })).toBeHidden();
  const stored = shown.getByRole("link", { name: "I've stored it securely" });
  await expect(stored, "the keyboard is led to the way out").toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/projects/${project}/settings/keys`);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Search" }).getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a connection string comes back in no page", async ({ person: { page, context, seed } }) => {
  const project = await seed.project(await seed.organization());
  const seen = addresses(context);
  await page.goto(`/projects/${project}`);
  await page.getByRole("link", { name: "Create environment" }).click();
  const dialog = page.getByRole("dialog", { name: "Create environment" });
  const secret = new URL(DATABASE);
  secret.password = "a-password-that-nobody-else-has";
  await dialog.getByLabel("Connection string").fill(secret.href);
  await dialog.getByRole("button", { name: "Create environment" }).click();
  await at(page, "Production");
  const resource = page.url();
  for (const path of [resource, `${resource}/settings`, `${resource}/keys`, `/projects/${project}`]) {
    await page.goto(path);
    expect(await page.content(), path).not.toContain(secret.password);
  }
  expect(seen.filter((address) => address.includes(secret.password))).toEqual([]);
});
