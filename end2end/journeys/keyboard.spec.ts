import type { Locator, Page } from "@playwright/test";
import { at, awake, row, shownKey, toast } from "../support/console.ts";
import { stranger, unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

/** Goes on with Tab until the focus is there; whoever has to press it forty times is lost. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return expectRing(target);
    await page.keyboard.press(key);
  }
  throw new Error(`forty times ${key} do not lead to ${target}`);
}

/** Whoever has the focus shows it: by a ring of its own, or by that of the frame around it. */
async function expectRing(target: Locator): Promise<void> {
  await expect
    .poll(() =>
      target.evaluate((element) => {
        for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
          const style = getComputedStyle(at);
          if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) return true;
          if (at.matches(":focus-within") && style.boxShadow !== "none" && at.contains(document.activeElement)) return true;
        }
        return false;
      }),
    )
    .toBe(true);
}

test("from sign-up to the first key and its removal with the keyboard alone", async ({ open }) => {
  const page = await (await open()).newPage();
  const { keyboard } = page;
  const [who, project] = [stranger(), unique("shop")];
  await page.goto("/sign-up");
  await expect(page.getByLabel("Name")).toBeFocused();
  await keyboard.type(who.name);
  await tabTo(page, page.getByLabel("Email"));
  await keyboard.type(who.email);
  await tabTo(page, page.getByLabel("Password"));
  await keyboard.type(who.password);
  await tabTo(page, page.getByRole("button", { name: "Create account" }));
  await keyboard.press("Enter");

  await at(page, "Create organization");
  await expect(page.getByLabel("Organization name")).toBeFocused();
  await keyboard.type(unique("Acme"));
  await keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "No projects yet" })).toBeVisible();
  // The first stop of every page leads past the bar.
  await keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  await keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  const opener = page.getByRole("link", { name: "Create your first project" });
  await tabTo(page, opener);
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Create project" });
  await expect(dialog.getByLabel("Project name")).toBeFocused();
  await keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener, "the focus returns to where it came from").toBeFocused();
  await keyboard.press("Enter");
  await expect(dialog.getByLabel("Project name")).toBeFocused();
  await keyboard.type(project);
  await keyboard.press("Enter");

  await at(page, project);
  await tabTo(page, page.getByRole("link", { name: "Create environment" }));
  await keyboard.press("Enter");
  const environment = page.getByRole("dialog", { name: "Create environment" });
  await expect(environment.getByLabel("Environment name")).toBeFocused();
  await tabTo(page, environment.getByRole("button", { name: "Create environment" }));
  await keyboard.press("Enter");

  await at(page, "Production");
  await tabTo(page, page.getByRole("navigation", { name: "Resource" }).getByRole("link", { name: "API Keys" }));
  await keyboard.press("Enter");
  await at(page, "API keys");
  await tabTo(page, page.getByRole("link", { name: "Create API Key" }));
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Create API Key" }).getByLabel("Name")).toBeFocused();
  await keyboard.type("production");
  await keyboard.press("Enter");
  await shownKey(page);
  await tabTo(page, page.getByRole("link", { name: "Done" }));
  await keyboard.press("Enter");

  const trash = row(page, "production").getByRole("link", { name: "Delete API key production" });
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await tabTo(page, trash);
  await keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Delete production?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(trash).toBeFocused();
  await keyboard.press("Enter");
  await tabTo(page, question.getByRole("button", { name: "Delete", exact: true }));
  await keyboard.press("Enter");
  await toast(page, "production");
  await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
});

test("an open dialog keeps the focus inside", async ({ person: { page, seed } }) => {
  await page.goto(`/orgs/${await seed.organization()}`);
  await page.getByRole("link", { name: "Create project" }).click();
  const dialog = page.getByRole("dialog", { name: "Create project" });
  await expect(dialog.getByLabel("Project name")).toBeFocused();
  for (let presses = 0; presses < 8; presses += 1) {
    await page.keyboard.press("Tab");
    const inside = await dialog.evaluate((element) => document.activeElement === document.body || element.contains(document.activeElement));
    expect(inside, `after ${presses + 1} times Tab`).toBe(true);
  }
});

test("menus open, close and give the focus back", async ({ person: { page, seed } }) => {
  await page.goto(`/orgs/${await seed.organization()}`);
  await awake(page);
  const button = page.getByRole("banner").getByLabel(/^Account of /);
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  const signOut = page.getByRole("button", { name: "Sign out" });
  await expect(signOut).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: "Account", exact: true }));
  await page.keyboard.press("Escape");
  await expect(signOut).toBeHidden();
  await expect(button).toBeFocused();

  await page.keyboard.press("Enter");
  await tabTo(page, signOut);
  await page.keyboard.press("Tab");
  await expect(signOut, "leaving the menu closes it").toBeHidden();
});
