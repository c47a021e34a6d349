import type { Page } from "@playwright/test";
import { at, row, tab, toast } from "../support/console.ts";
import { OPERATOR } from "../support/operator.ts";
import { Seed, stranger, unique } from "../support/seed.ts";
import { expect, test as base } from "../support/test.ts";

// Each journey in a session of its own, so that none sees what another is shown once.
const test = base.extend<{ operator: { page: Page; seed: Seed } }>({
  operator: async ({ open }, use) => {
    const context = await open();
    const seed = new Seed(context.request);
    await seed.signIn(OPERATOR);
    await use({ page: await context.newPage(), seed });
  },
});

test("an operator makes an account and a reset link, which signs in with a new password", async ({ operator: { page }, open }) => {
  const who = { ...stranger(), name: "Joan Clarke" };
  await page.goto("/admin");
  await page.getByRole("link", { name: "Create user" }).click();
  await page.getByLabel("Name").fill(who.name);
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Create user" }).click();
  await toast(page, "The account can sign in.");
  const search = page.getByRole("searchbox", { name: "Search users" });
  await search.fill(who.email);
  await search.press("Enter");
  await row(page, /Joan Clarke/).getByRole("link", { name: /Joan Clarke/ }).click();
  await at(page, who.name);
  await page.getByRole("button", { name: "Make a reset link" }).click();
  const link = (await page.getByRole("group", { name: "reset link" }).getByRole("code").textContent()) ?? "";
  await page.getByRole("link", { name: "Done" }).click();

  const theirs = await (await open()).newPage();
  await theirs.goto(new URL(link).pathname);
  await expect(theirs.getByRole("main")).toContainText(who.email);
  await theirs.getByLabel("New password").fill("short");
  await theirs.getByRole("button", { name: "Change password" }).click();
  await expect(theirs.getByLabel("New password")).toHaveAccessibleDescription(/10 characters/);
  await theirs.getByLabel("New password").fill(`${who.password} anew`);
  await theirs.getByRole("button", { name: "Change password" }).click();
  await toast(theirs, "Your password is changed. Sign in with it.");
  await theirs.getByLabel("Email").fill(who.email);
  await theirs.getByLabel("Password").fill(`${who.password} anew`);
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await at(theirs, "Create organization");

  await search.fill(who.email);
  await search.press("Enter");
  await row(page, /Joan Clarke/).getByRole("link", { name: /Joan Clarke/ }).click();
  await page.getByRole("link", { name: "Delete account" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the account of Joan Clarke?" });
  await dialog.getByLabel(/^Type .* to confirm$/).fill(who.email);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await toast(page, "The account is deleted.");
  await theirs.reload();
  await at(theirs, "Sign in to Pentaprism");
});

test("a product is off, joined by the waitlist and granted", async ({ operator: { page }, person }) => {
  const name = unique("Waiting");
  const org = await person.seed.organization(name);
  const project = await person.seed.project(org);
  await page.goto(`/admin/organizations?q=${encodeURIComponent(name)}`);
  await page.getByLabel(`Pulse of ${name}`, { exact: true }).selectOption("Off");
  await page.getByRole("button", { name: `Set Pulse of ${name}` }).click();
  await toast(page, "The access is changed.");

  await person.page.goto(`/projects/${project}`);
  await person.page.getByRole("link", { name: "Join the waitlist" }).click();
  await at(person.page, "Pulse");
  await person.page.getByRole("button", { name: "Join the waitlist" }).click();
  await toast(person.page, "Your organization is on the waitlist for Pulse.");
  await expect(person.page.getByRole("button", { name: "Join the waitlist" })).toHaveCount(0);

  await page.goto("/admin");
  await tab(page, "Administration", "Waitlist").click();
  await row(page, name).getByRole("button", { name: `Grant Pulse to ${name}` }).click();
  await toast(page, "The access is changed.");
  await expect(row(page, name)).toHaveCount(0);
  await person.page.goto(`/projects/${project}`);
  await expect(person.page.getByRole("link", { name: "Enable Pulse" })).toBeVisible();
});

test("an operator makes a plan and sets it for a project, whose members see it", async ({ operator: { page }, person }) => {
  const [org, plan] = [unique("Planned"), unique("Team")];
  const project = await person.seed.project(await person.seed.organization(org), "Shop");
  await page.goto("/admin/plans");
  await expect(row(page, "Sandbox")).toContainText("10 queries in 10 seconds on average, 25 more wait");
  await page.getByRole("link", { name: "Create plan" }).click();
  const dialog = page.getByRole("dialog", { name: "Create plan" });
  await dialog.getByLabel("Name").fill(plan);
  await dialog.getByLabel("Queries in 10 seconds").fill("50");
  await dialog.getByRole("button", { name: "Create plan" }).click();
  await expect(dialog.getByLabel("Queries that may wait")).toHaveAccessibleDescription(/or 0 for none/);
  await dialog.getByLabel("Queries that may wait").fill("5");
  await dialog.getByRole("button", { name: "Create plan" }).click();
  await toast(page, "The plan is created. Set it for projects under Organizations.");

  await page.goto(`/admin/organizations?q=${encodeURIComponent(org)}`);
  await row(page, org).getByRole("link", { name: new RegExp(org) }).click();
  await at(page, org);
  await page.getByLabel("Plan of Shop", { exact: true }).selectOption(plan);
  await page.getByRole("button", { name: "Set plan of Shop" }).click();
  await toast(page, "The plan is set. Gateways follow within a second.");

  await page.goto("/admin/plans");
  await row(page, plan).getByRole("link", { name: new RegExp(plan) }).click();
  await at(page, plan);
  await expect(page.getByRole("main")).toContainText("Set another plan for its projects first.");
  await page.goto(`/admin/organizations?q=${encodeURIComponent(org)}`);
  await row(page, org).getByRole("link", { name: new RegExp(org) }).click();
  await page.getByLabel("Plan of Shop", { exact: true }).selectOption("Unlimited");
  await page.getByRole("button", { name: "Set plan of Shop" }).click();
  await toast(page, "The plan is set. Gateways follow within a second.");
  await page.goto("/admin/plans");
  await row(page, plan).getByRole("link", { name: new RegExp(plan) }).click();
  await page.getByRole("link", { name: "Delete plan" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete plan" }).click();
  await toast(page, "The plan is deleted.");
  await expect(row(page, plan)).toHaveCount(0);

  await person.seed.environment(project, "Production", "postgres://user:password@127.0.0.1:1/app");
  await person.seed.environment(project, "Staging", "postgres://user:password@127.0.0.1:1/app");
  await person.page.goto(`/projects/${project}/accelerate`);
  await expect(person.page.getByRole("main")).toContainText("Plan of the project: Unlimited: no limits");
});

test("an operator denies a range of addresses, and takes it back", async ({ operator: { page }, person }) => {
  // Documentation's own range: nobody else dials it.
  const project = await person.seed.project(await person.seed.organization());
  const resource = await person.seed.environment(project, "Production", "postgres://user:password@198.51.100.7/app?connect_timeout=2");
  await page.goto("/admin/settings");
  await expect(page.getByRole("main")).toContainText("identity.sign_up");
  const before = await page.getByRole("textbox", { name: /^Ranges/ }).inputValue();
  await page.getByRole("textbox", { name: /^Ranges/ }).fill(`${before}\n198.51.100.0/24`.trim());
  await page.getByRole("textbox", { name: /^Ranges/ }).press("Tab");
  await page.keyboard.press("Enter");
  await toast(page, "The setting is changed.");
  await person.page.goto(`/resources/${resource}`);
  await expect(async () => {
    await person.page.getByRole("button", { name: "Test connection" }).click();
    await expect(person.page.getByRole("alert")).toContainText(/must not be dialled/);
  }).toPass();
  await page.getByRole("button", { name: /^Use the configuration's value of network/ }).click();
  await toast(page, "The configuration's value counts again.");
});
