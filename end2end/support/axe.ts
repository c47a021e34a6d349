// Accessibility as a machine can judge it.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { CONSOLE } from "./environment.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The page as it is violates nothing of WCAG 2.2 AA. */
export async function axe(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).setLegacyMode().analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(told, what).toEqual([]);
}

/** What `show` leads to, in both themes. */
export async function axeInBothThemes(page: Page, what: string, show: () => Promise<unknown>, origin = CONSOLE): Promise<void> {
  for (const theme of ["light", "dark"]) {
    await page.context().addCookies([{ name: "theme", value: theme, url: origin }]);
    await show();
    await axe(page, `${what} in ${theme}`);
  }
}

/** The page as it stands, in both themes, without asking for it again: a failed form is shown once. */
export async function axeAsItStands(page: Page, what: string): Promise<void> {
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
    await axe(page, `${what} in ${theme}`);
  }
}
