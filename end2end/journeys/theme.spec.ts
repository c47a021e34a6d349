import { CONSOLE } from "../support/environment.ts";
import { accountMenu, at, awake } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

const ground = (): string => getComputedStyle(document.documentElement).backgroundColor;

test("the chosen theme is there from the first byte", async ({ newcomer }) => {
  const { page, context } = await newcomer({ colorScheme: "light" });
  await page.goto("/help");
  await awake(page);
  const light = await page.evaluate(ground);
  const first = async (): Promise<string> => (await (await context.request.get(`${CONSOLE}/help`)).text()).slice(0, 200);
  expect(await first()).toContain('data-theme="system"');

  const menu = await accountMenu(page);
  await menu.getByRole("button", { name: "Dark theme" }).click();
  await expect(menu.getByRole("button", { name: "Dark theme" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => page.evaluate(ground)).not.toBe(light);
  const dark = await page.evaluate(ground);
  expect(await first(), "the server knows it before anything is painted").toContain('data-theme="dark"');
  await page.goto("/account");
  await at(page, "Account");
  expect(await page.evaluate(ground)).toBe(dark);

  await (await accountMenu(page)).getByRole("button", { name: "Light theme" }).click();
  await expect.poll(() => page.evaluate(ground)).toBe(light);
  expect(await first()).toContain('data-theme="light"');
  await page.emulateMedia({ colorScheme: "dark" });
  await page.reload();
  expect(await page.evaluate(ground), "the choice wins over the system").toBe(light);

  await awake(page);
  await (await accountMenu(page)).getByRole("button", { name: "System theme" }).click();
  await expect.poll(() => page.evaluate(ground)).toBe(dark);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => page.evaluate(ground)).toBe(light);
});

test("no frame of a page has another ground than its theme's", async ({ account, open }) => {
  const context = await open({ storageState: account.state, colorScheme: "light" });
  await context.addCookies([{ name: "theme", value: "dark", url: CONSOLE }]);
  await context.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = (): void => {
      // Until the stylesheet is there nothing is painted.
      const sheet = document.querySelector<HTMLLinkElement>("link[rel=stylesheet]");
      if (document.body && sheet?.sheet) seen.push(getComputedStyle(document.documentElement).backgroundColor);
      if (seen.length < 60) requestAnimationFrame(look);
    };
    look();
  });
  const page = await context.newPage();
  await page.goto("/help");
  await awake(page);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen.length).toBeGreaterThan(0);
  expect([...new Set(seen)]).toEqual([await page.evaluate(ground)]);
});
