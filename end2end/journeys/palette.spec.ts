import { at, awake } from "../support/console.ts";
import { unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("Ctrl and K reaches a project, a resource, a page and an action", async ({ person: { page, seed } }) => {
  const [org, name] = [await seed.organization(), unique("quixotic")];
  const project = await seed.project(org, name);
  const resource = await seed.environment(project, unique("zephyr"));
  const places: [string, string | RegExp][] = [
    [name, `/projects/${project}`],
    ["zephyr", `/resources/${resource}`],
    ["sessions", "/account/security"],
    ["create organization", "/orgs/new"],
  ];
  await page.goto("/help");
  for (const [typed, leads] of places) {
    await awake(page);
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Search" });
    const field = palette.getByRole("combobox");
    await expect(field).toBeFocused();
    await expect(palette.getByRole("option").first()).toBeVisible();
    await page.keyboard.type(typed);
    await expect(palette.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
    await expect(palette.getByRole("status")).toHaveText(/^(The first )?\d+ results?$/);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(leads);
  }
});

test("the arrows move through the results and Escape gives the focus back", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization(), unique("arrow"));
  await page.goto(`/projects/${project}`);
  await awake(page);
  const button = page.getByRole("button", { name: "Search" });
  await button.click();
  const palette = page.getByRole("dialog", { name: "Search" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("arrow");
  const options = palette.getByRole("option");
  await expect(options.nth(1)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  await expect(palette.getByRole("combobox")).toHaveAttribute("aria-activedescendant", (await options.nth(1).getAttribute("id")) ?? "none");
  await page.keyboard.press("ArrowUp");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(options.last(), "from the first to the last").toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(button).toBeFocused();

  await page.keyboard.press("Control+k");
  await palette.getByRole("combobox").fill("nothing is called so");
  await expect(palette.getByRole("status")).toHaveText("Nothing matches. Try fewer letters.");
  await page.keyboard.press("Control+k");
  await expect(palette).toBeHidden();
});

test("signing out is found as well", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/help");
  await awake(page);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search" });
  await expect(palette.getByRole("combobox")).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.type("sign out");
  await expect(palette.getByRole("option").first()).toContainText("Sign out");
  await page.keyboard.press("Enter");
  await at(page, "Sign in to Pentaprism");
});

test("what is typed before the script is there counts", async ({ person: { page, seed } }) => {
  const name = unique("early");
  const project = await seed.project(await seed.organization(), name);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/help");
  await page.keyboard.press("Control+k");
  await page.keyboard.type(name);
  release();
  const palette = page.getByRole("dialog", { name: "Search" });
  await expect(palette.getByRole("option", { name }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await at(page, name);
  await expect(page).toHaveURL(`/projects/${project}`);
});
