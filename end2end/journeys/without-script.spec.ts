import { DATABASE } from "../support/environment.ts";
import { accountMenu, at, row, shownKey, tab, toast } from "../support/console.ts";
import { Seed, stranger, unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("from sign-up to a resource's key without a script", async ({ open }) => {
  const page = await (await open({ javaScriptEnabled: false })).newPage();
  const [who, project] = [stranger(), unique("shop")];
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(who.name);
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await at(page, "Create organization");
  await page.getByLabel("Organization name").fill(unique("Acme"));
  await page.getByRole("button", { name: "Create organization" }).click();

  // A link that opens a dialog leads to a page with the same form instead.
  await page.getByRole("link", { name: "Create your first project" }).click();
  await at(page, "Create project");
  await page.getByLabel("Project name").fill(project);
  await page.getByRole("button", { name: "Create project" }).click();
  await at(page, project);
  await page.getByRole("link", { name: "Create environment" }).click();
  await at(page, "Create environment");
  await page.getByLabel("Connection string").fill(DATABASE);
  await page.getByRole("button", { name: "Create environment" }).click();
  await at(page, "Production");
  await page.getByRole("button", { name: "Test connection" }).click();
  await toast(page, /Connected: PostgreSQL/);

  await tab(page, "Resource", "API Keys").click();
  await page.getByRole("link", { name: "Create API Key" }).click();
  await at(page, "Create API Key");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByLabel("Name")).toHaveAccessibleDescription("Enter a name.");
  await page.getByLabel("Name").fill("staging-api");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const key = await shownKey(page);
  expect(page.url()).not.toContain(key);
  await page.reload();
  expect(await page.content(), "the key is shown once").not.toContain(key);
  await expect(row(page, "staging-api")).toContainText("Active");

  await row(page, "staging-api").getByRole("link", { name: "Delete API key staging-api" }).click();
  await at(page, "Delete staging-api?");
  await page.getByRole("link", { name: "Cancel" }).click();
  await at(page, "staging-api");
  await page.getByRole("link", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await toast(page, "staging-api");
  await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();

  await (await accountMenu(page)).getByRole("button", { name: "Sign out" }).click();
  await at(page, "Sign in to Pentaprism");
});

test("a project's key without a script: shown once, rotated, removed", async ({ account, open }) => {
  const context = await open({ javaScriptEnabled: false, storageState: account.state });
  const page = await context.newPage();
  const seed = new Seed(context.request);
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  await page.getByRole("link", { name: "New API Key" }).click();
  await at(page, "New API Key");
  await page.getByLabel("Name").fill("worker");
  await page.getByRole("button", { name: "Create API Key" }).click();
  const key = await shownKey(page);
  await expect(page.getByRole("button", { name: "Copy API key" }), "nothing to press that does nothing").toBeHidden();
  await page.getByRole("link", { name: "I've stored it securely" }).click();
  await expect(page.getByRole("group", { name: "API key" })).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole("main")).toBeVisible();
  expect(await page.content(), "not on the way back either").not.toContain(key);

  await page.goto(`/projects/${project}/settings/keys`);
  await row(page, "worker").getByRole("link", { name: "Rotate worker" }).click();
  await page.getByLabel("It stops at once").check();
  await page.getByRole("button", { name: "Rotate API key" }).click();
  expect(await shownKey(page)).not.toBe(key);
  await page.getByRole("link", { name: "I've stored it securely" }).click();
  await row(page, "worker").filter({ hasText: "Active" }).getByRole("link", { name: "Remove API key worker" }).click();
  await at(page, "Remove worker?");
  await page.getByRole("button", { name: "Remove API key" }).click();
  await toast(page, "The API key worker is removed.");
});

test("a project is deleted and the theme chosen without a script", async ({ account, open }) => {
  const context = await open({ javaScriptEnabled: false, storageState: account.state });
  const page = await context.newPage();
  const seed = new Seed(context.request);
  const name = unique("shop");
  const project = await seed.project(await seed.organization(), name);
  await page.goto(`/projects/${project}/settings`);
  await (await accountMenu(page)).getByRole("button", { name: "Dark theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page).toHaveURL(`/projects/${project}/settings`);

  await page.getByRole("link", { name: "Delete project" }).click();
  await at(page, `Delete ${name}?`);
  await page.getByLabel(/^Type .* to confirm$/).fill(name);
  await page.getByRole("button", { name: "Delete project" }).click();
  await toast(page, "The project is deleted");
});
