import { DATABASE } from "../support/environment.ts";
import { accountMenu, at, row, shownKey, tab, toast } from "../support/console.ts";
import { Seed, stranger, unique } from "../support/seed.ts";
import { invite } from "../support/scene.ts";
import { totp } from "../support/totp.ts";
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

test("what ends something asks on a page of its own without a script", async ({ newcomer, person, open, scene }) => {
  const name = unique("Acme");
  const org = await person.seed.organization(name);
  const member = await newcomer({ javaScriptEnabled: false });
  await member.page.goto(`/invitations/${await invite(person.seed, person.context.request, org, member.who.email, "viewer")}`);
  await member.page.getByRole("button", { name: "Accept invitation" }).click();
  await member.page.goto(`/orgs/${org}/members`);
  await member.page.getByRole("link", { name: "Leave organization" }).click();
  await at(member.page, `Leave ${name}?`);
  await member.page.getByRole("link", { name: "Cancel" }).click();
  await at(member.page, "Members");

  const owner = await (await open({ javaScriptEnabled: false, storageState: await person.context.storageState() })).newPage();
  await owner.goto(`/orgs/${org}/members?q=${member.who.email}`);
  await owner.getByRole("link", { name: /^Change or remove/ }).click();
  await owner.getByRole("link", { name: "Remove member" }).click();
  await at(owner, `Remove ${member.who.name}?`);
  await owner.getByRole("button", { name: "Remove member" }).click();
  await toast(owner, "The member is removed.");

  const operator = await (await open({ javaScriptEnabled: false, storageState: scene.states.operator! })).newPage();
  await operator.goto(`/admin?q=${member.who.email}`);
  await operator.getByRole("link", { name: member.who.name, exact: true }).click();
  await operator.getByRole("link", { name: "Delete account" }).click();
  await at(operator, `Delete the account of ${member.who.name}?`);
  await operator.getByLabel(/^Type .* to confirm$/).fill(member.who.email);
  await operator.getByRole("button", { name: "Delete account" }).click();
  await toast(operator, "The account is deleted.");
});

test("a second factor gets new codes and is turned off without a script", async ({ newcomer }) => {
  const { page, who } = await newcomer({ javaScriptEnabled: false });
  await page.goto("/account/security");
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Set up second factor" }).click();
  await page.getByRole("textbox", { name: "Code" }).fill(totp((await page.getByRole("main").getByRole("code").first().textContent()) ?? ""));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("link", { name: "I've stored them securely" }).click();

  await page.getByRole("link", { name: "New recovery codes" }).click();
  await at(page, "New recovery codes?");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Make new codes" }).click();
  await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/not your current password/);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Make new codes" }).click();
  await expect(page.getByRole("group", { name: "recovery codes" })).toBeVisible();
  await page.getByRole("link", { name: "I've stored them securely" }).click();

  await page.getByRole("link", { name: "Turn off" }).click();
  await at(page, "Turn the second factor off?");
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Turn off" }).click();
  await toast(page, "Signing in asks for the password alone now.");
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
