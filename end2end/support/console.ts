// What journeys do again and again, said in the console's own labels.

import { expect, type Locator, type Page } from "@playwright/test";

/** A key as a customer gets it. */
export const KEY = /^ppk_[0-9A-Za-z]{36}$/;

/** The page's one title. */
export async function at(page: Page, title: string | RegExp): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
}

/** What the last form said of its success. */
export async function toast(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();
}

/** The one showing of a new key: answers the key. */
export async function shownKey(page: Page): Promise<string> {
  const box = page.getByRole("group", { name: "API key" });
  const text = (await box.getByRole("code").textContent()) ?? "";
  expect(text).toMatch(KEY);
  await expect(box).toContainText("It is shown only once.");
  return text;
}

/** The islands of the page react from now on. */
export async function awake(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset["hydrated"] !== undefined);
  // An island that the bundle does not know is passed over in silence, and its button does nothing.
  const unknown = await page.evaluate(async () => {
    const script = [...document.scripts].map((each) => /import\("([^"]+)"\)/.exec(each.text)?.[1]).find(Boolean);
    const bundle = (await import(script ?? "")) as Record<string, unknown>;
    const islands = [...document.querySelectorAll<HTMLElement>("leptos-island")].map((island) => island.dataset["component"] ?? "");
    return islands.filter((island) => !(island in bundle));
  });
  expect(unknown, "islands of the page that the bundle does not have").toEqual([]);
}

/** The row of a table that this name heads. */
export function row(page: Page, name: string | RegExp): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
}

/** What the clipboard holds; the context needs the permissions of `CLIPBOARD`. */
export async function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

export const CLIPBOARD = ["clipboard-read", "clipboard-write"];

/** Opens the menu of the account in the top bar. */
export async function accountMenu(page: Page): Promise<Locator> {
  const bar = page.getByRole("banner");
  await bar.getByLabel(/^Account of /).click();
  return bar;
}

/** The labels of all tabs, of which one is current. */
export function tab(page: Page, of: string, name: string): Locator {
  return page.getByRole("navigation", { name: of }).getByRole("link", { name, exact: true });
}
