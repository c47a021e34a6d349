// Every page, in both themes and on a phone. A route without a row here is red.

import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { axe } from "../support/axe.ts";
import { CONSOLE } from "../support/environment.ts";
import { awake } from "../support/console.ts";
import { PAGES, label, type Viewer } from "../support/scene.ts";
import { expect, test } from "../support/test.ts";

test("every route has its row", () => {
  const routes = readFileSync(new URL("../../app/src/routes.rs", import.meta.url), "utf8");
  const declared = [...routes.matchAll(/path!\("([^"]*)"\)/g)].map((match) => match[1]);
  const rows = new Set(PAGES.map((page) => page.route));
  expect([...rows].sort()).toEqual(declared.sort());
});

for (const row of PAGES) {
  test(`${label(row)}: accessible in light and dark`, async ({ open, scene }) => {
    const state = scene.states[row.as ?? "operator"];
    const context = await open(state ? { storageState: state } : {});
    const page = await context.newPage();
    for (const theme of ["light", "dark"]) {
      await context.addCookies([{ name: "theme", value: theme, url: CONSOLE }]);
      const answer = await page.goto(row.path(scene));
      expect(answer?.status(), row.path(scene)).toBe(200);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      expect(await page.title()).toMatch(/.+ · Pentaprism$/);
      await awake(page);
      await axe(page, `${row.path(scene)} in ${theme}`);
    }
    const kept = await page.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      (await indexedDB.databases()).length,
      (await caches.keys()).length,
    ]);
    expect(kept, "nothing stays in the browser but cookies").toEqual([0, 0, 0, 0]);
  });
}

test("open dialogs, menus, the palette, a failed form and a shown key are accessible", async ({ open, scene }) => {
  const context = await open({ storageState: scene.states.operator! });
  const page = await context.newPage();
  for (const theme of ["light", "dark"]) {
    await context.addCookies([{ name: "theme", value: theme, url: CONSOLE }]);
    await page.goto(`/projects/${scene.project}/settings/keys`);
    await awake(page);
    await page.getByRole("link", { name: "New API Key" }).click();
    const dialog = page.getByRole("dialog", { name: "New API Key" });
    await dialog.getByText("Rights, expiry and addresses").click();
    await axe(page, `the dialog of a new key in ${theme}`);
    await dialog.getByRole("button", { name: "Create API Key" }).click();
    await expect(dialog.getByRole("alert")).toBeFocused();
    await axe(page, `a failed form in ${theme}`);
    await dialog.getByLabel("Name").fill(`shown in ${theme}`);
    await dialog.getByRole("button", { name: "Create API Key" }).click();
    await expect(page.getByRole("group", { name: "API key" })).toBeVisible();
    await axe(page, `a shown key in ${theme}`);
    await page.getByRole("link", { name: "I've stored it securely" }).click();
    await page.getByRole("link", { name: `Remove API key shown in ${theme}` }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await axe(page, `a question in ${theme}`);
    await page.getByRole("dialog").getByRole("button", { name: "Remove API key" }).click();
    await expect(page.getByRole("status").filter({ hasText: "is removed" })).toBeVisible();
    await axe(page, `a toast in ${theme}`);
    await page.getByRole("banner").getByLabel(/^Account of /).click();
    await axe(page, `the account's menu in ${theme}`);
    await page.keyboard.press("Escape");
    await awake(page);
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("option").first()).toBeVisible();
    await axe(page, `the palette in ${theme}`);
  }
});

test("pages that say what went wrong are accessible", async ({ open, scene, watch }) => {
  for (const status of [403, 404, 429]) watch.expectStatus(status);
  // Guesses are counted by network; this one is nobody else's.
  const context = await open({ storageState: scene.states.operator!, extraHTTPHeaders: { "x-forwarded-for": "198.51.100.7" } });
  const page = await context.newPage();
  for (const theme of ["light", "dark"]) {
    await context.addCookies([{ name: "theme", value: theme, url: CONSOLE }]);
    expect((await page.goto("/no-such-page"))?.status()).toBe(404);
    await axe(page, `404 in ${theme}`);
    const refused = page.waitForResponse(`${CONSOLE}/api/account/rename`);
    await page.goto("about:blank");
    await page.setContent(`<form method="post" action="${CONSOLE}/api/account/rename"><button>Send</button></form>`);
    await page.getByRole("button", { name: "Send" }).click();
    expect((await refused).status()).toBe(403);
    await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
    await axe(page, `403 in ${theme}`);
    let status: number | undefined = 404;
    for (let guess = 0; guess < 200 && status === 404; guess++) {
      status = (await page.request.get(`/reset-password/guess-${guess}`)).status();
    }
    expect((await page.goto("/reset-password/guess"))?.status()).toBe(429);
    await expect(page.getByRole("link", { name: "Try again" })).toBeVisible();
    await axe(page, `429 in ${theme}`);
  }
});

for (const width of [390, 320]) {
  test(`no page scrolls sideways at ${width} px`, async ({ open, scene }) => {
    test.slow();
    const pages = new Map<Viewer, Page>();
    for (const row of PAGES) {
      const viewer = row.as ?? "operator";
      const state = scene.states[viewer];
      let page = pages.get(viewer);
      if (!page) {
        const context = await open({ viewport: { width, height: 844 }, ...(state && { storageState: state }) });
        page = await context.newPage();
        pages.set(viewer, page);
      }
      await page.goto(row.path(scene));
      const overflow = await page.evaluate(() => {
        const wide = document.documentElement.scrollWidth;
        return wide <= innerWidth ? "" : `${wide} px wide`;
      });
      expect.soft(overflow, label(row)).toBe("");
      // What the page is for is in sight without a search: its title stands on the first screen.
      await expect.soft(page.getByRole("heading", { level: 1 }), label(row)).toBeInViewport();
    }
  });
}

test("on a phone the first key is made with the thumb", async ({ open, scene }) => {
  const context = await open({ storageState: scene.states.operator!, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(`/resources/${scene.bareResource}`);
  await page.getByLabel("Places above").tap();
  await expect(page.getByRole("link", { name: "storefront" }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("navigation", { name: "Resource" }).getByRole("link", { name: "API Keys" }).tap();
  await page.getByRole("link", { name: "Create API Key" }).tap();
  const dialog = page.getByRole("dialog", { name: "Create API Key" });
  await dialog.getByLabel("Name").fill("phone");
  await dialog.getByRole("button", { name: "Create", exact: true }).tap();
  await expect(page.getByRole("group", { name: "API key" })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole("link", { name: "Done" }).tap();
  await expect(page.getByRole("rowheader", { name: "phone" }).first()).toBeVisible();
});
