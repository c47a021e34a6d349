import { CLIPBOARD, at, awake, clipboard, row, shownKey, tab, toast } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

test.use({ permissions: CLIPBOARD });

test("a project's keys: New API Key, Create API Key, I've stored it securely, trash can, Remove API key", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}`);
  await tab(page, "Project", "Settings").click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Project API keys" }).click();
  await at(page, "Project API keys");
  await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();

  await page.getByRole("link", { name: "New API Key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API Key" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill("billing");
  await dialog.getByRole("button", { name: "Create API Key" }).click();
  const key = await shownKey(page);
  await awake(page);
  await page.getByRole("button", { name: "Copy API key" }).click();
  await expect(page.getByRole("button", { name: "Copied API key" })).toBeVisible();
  expect(await clipboard(page)).toBe(key);
  await page.getByRole("link", { name: "I've stored it securely" }).click();

  const made = row(page, "billing");
  await expect(made).toContainText(key.slice(0, 8));
  await expect(made).toContainText(key.slice(-4));
  await expect(page.getByRole("columnheader", { name: "Action" })).toBeVisible();
  await tab(page, "Project", "Dashboard").click();
  await page.getByRole("link", { name: "Manage API keys" }).click();

  await made.getByRole("link", { name: "Remove API key billing" }).click();
  const question = page.getByRole("dialog", { name: "Remove billing?" });
  await expect(question).toContainText("This cannot be undone. Applications that use this key stop working at once.");
  await expect(question.getByRole("button", { name: "Cancel" }), "Enter destroys nothing").toBeFocused();
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(made).toBeVisible();
  await made.getByRole("link", { name: "Remove API key billing" }).click();
  await question.getByRole("button", { name: "Remove API key" }).click();
  await toast(page, "The API key billing is removed.");
  await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
});

test("a resource's keys: Create API Key, Create, Done, Delete", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project);
  await page.goto(`/resources/${resource}`);
  await tab(page, "Resource", "API Keys").click();
  await page.getByRole("link", { name: "Create API Key" }).click();
  const dialog = page.getByRole("dialog", { name: "Create API Key" });
  await dialog.getByLabel("Name").fill("staging-api");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  const key = await shownKey(page);
  await awake(page);
  await page.getByRole("button", { name: "Copy API key" }).click();
  expect(await clipboard(page)).toBe(key);
  await page.getByRole("link", { name: "Done" }).click();

  const made = row(page, "staging-api");
  await expect(made).toContainText("just now");
  await expect(made.getByRole("time").last()).toHaveAttribute("title", /\d{4}/);
  await made.getByRole("link", { name: "Delete API key staging-api" }).click();
  const question = page.getByRole("dialog", { name: "Delete staging-api?" });
  await expect(question).toContainText("This cannot be undone. Applications that use this key stop working at once.");
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await toast(page, "staging-api");
  await expect(made).toHaveCount(0);
});

test("a key's rights, expiry and addresses are chosen, shown and changed; it is disabled and enabled", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  await page.getByRole("link", { name: "New API Key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API Key" });
  await dialog.getByLabel("Name").fill("reports");
  await dialog.getByText("Rights, expiry and addresses").click();
  await dialog.getByLabel("Rights", { exact: true }).selectOption("Read only");
  await dialog.getByLabel("Expires").selectOption("In 30 days");
  await dialog.getByLabel("Allowed addresses").fill("203.0.113.0/24");
  await dialog.getByRole("button", { name: "Create API Key" }).click();
  await shownKey(page);
  await page.getByRole("link", { name: "I've stored it securely" }).click();
  await expect(row(page, /reports/)).toContainText("Read only");

  await row(page, /reports/).getByRole("link", { name: /^reports/ }).click();
  await at(page, "reports");
  await expect(page.getByLabel("Rights")).toHaveValue("read_only");
  await expect(page.getByLabel("Allowed addresses")).toHaveValue("203.0.113.0/24");
  await page.getByLabel("Allowed addresses").fill("203.0.113.0/24\n2001:db8::/32");
  await page.getByLabel("Rights").selectOption("Full access");
  await page.getByRole("button", { name: "Update" }).click();
  await toast(page, "The key is changed.");
  await expect(page.getByLabel("Allowed addresses")).toHaveValue("203.0.113.0/24\n2001:db8::/32");

  await page.getByRole("button", { name: "Disable" }).click();
  await toast(page, "The key is disabled.");
  await page.getByRole("link", { name: "All API keys" }).click();
  await expect(row(page, /reports/)).toContainText("Disabled");
  await row(page, /reports/).getByRole("link", { name: /^reports/ }).click();
  await page.getByRole("button", { name: "Enable" }).click();
  await toast(page, "The key works again.");
});

test("a rotated key that stops at once leaves the list of those that work", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  const { shownAt } = await seed.key(project, "", "worker");
  await page.goto(shownAt);
  const key = await shownKey(page);
  await page.getByRole("link", { name: "I've stored it securely" }).click();
  await row(page, "worker").getByRole("link", { name: "Rotate worker" }).click();
  await page.getByLabel("It stops at once").check();
  await page.getByRole("button", { name: "Rotate API key" }).click();
  const next = await shownKey(page);
  await page.getByRole("link", { name: "I've stored it securely" }).click();
  await expect(row(page, "worker").filter({ hasText: "Active" })).toHaveCount(1);
  await expect(row(page, "worker").filter({ hasText: "Active" })).toContainText(next.slice(-4));
  await expect(row(page, "worker").filter({ hasText: key.slice(-4) }).filter({ hasText: "Active" })).toHaveCount(0);
});
