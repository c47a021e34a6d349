import { DATABASE, databaseWith } from "../support/environment.ts";
import { at, row, tab, toast } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

test("an environment is renamed and its connection string changed", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project, "Production", "postgres://app:hunter2hunter2@db.example.com:6543/shop");
  await page.goto(`/resources/${resource}`);
  const main = page.getByRole("main");
  await expect(main).toContainText("db.example.com:6543");
  expect(await page.content()).not.toContain("hunter2hunter2");

  await tab(page, "Resource", "Settings").click();
  expect(await page.content()).not.toContain("hunter2hunter2");
  await page.getByLabel("Environment name").fill("Live");
  await page.getByRole("button", { name: "Update" }).click();
  await toast(page, "The name is changed.");
  await expect(page.getByLabel("Environment name")).toHaveValue("Live");
  await page.getByLabel("Connection string").fill(DATABASE);
  await page.getByRole("button", { name: "Store connection string" }).click();
  await toast(page, "The connection string is stored.");
  await expect(page.getByLabel("Connection string")).toHaveValue("");
  await expect(main).toContainText(new URL(DATABASE).host);

  await tab(page, "Resource", "Overview").click();
  await at(page, "Live");
  await page.getByRole("button", { name: "Test connection" }).click();
  await toast(page, /Connected: PostgreSQL/);
});

test("a test of the connection tells apart what is wrong", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  const wrong: [string, string, RegExp][] = [
    ["Refused", databaseWith((url) => (url.port = "1")), /The connection was refused/],
    ["Unknown host", databaseWith((url) => (url.hostname = "no-such-host.invalid")), /cannot be resolved/],
    ["No database", databaseWith((url) => (url.pathname = "/no_such_database")), /There is no such database/],
    ["Denied", databaseWith((url) => (url.hostname = "169.254.169.254")), /must not be dialled/],
  ];
  for (const [name, connection, says] of wrong) {
    const resource = await seed.environment(project, name, connection);
    await page.goto(`/resources/${resource}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByRole("alert")).toContainText(says);
    await expect(page.getByRole("alert")).toBeFocused();
  }
});

test("deleting the default environment asks for the next one", async ({ person: { page, seed }, watch }) => {
  const project = await seed.project(await seed.organization());
  const production = await seed.environment(project, "Production");
  const staging = await seed.environment(project, "Staging");
  await seed.environment(project, "Preview");
  await seed.key(project, staging, "kept");
  await page.goto(`/projects/${project}`);
  await expect(row(page, /Production/)).toContainText("Default");

  await page.goto(`/resources/${production}/settings`);
  await page.getByRole("link", { name: "Delete environment" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Production?" });
  await dialog.getByLabel(/^Type .* to confirm$/).fill("Production");
  await dialog.getByRole("button", { name: "Delete environment" }).click();
  await expect(dialog.getByLabel("New default")).toHaveAccessibleDescription(/Choose which resource/);
  await expect(dialog.getByLabel(/^Type .* to confirm$/)).toHaveValue("Production");
  await dialog.getByLabel("New default").selectOption("Staging");
  await dialog.getByRole("button", { name: "Delete environment" }).click();
  await toast(page, "The environment is deleted, with its connection string and API keys.");
  await expect(row(page, /Staging/)).toContainText("Default");
  await expect(row(page, /Production/)).toHaveCount(0);

  await page.goto(`/projects/${project}/settings/keys`);
  await expect(row(page, "kept"), "the keys of another environment stay").toContainText("Staging");
  watch.expectStatus(404);
  expect((await page.goto(`/resources/${production}`))?.status()).toBe(404);
});

test("an environment that is not the default is deleted without a successor", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await seed.environment(project, "Production");
  const staging = await seed.environment(project, "Staging", "");
  await page.goto(`/resources/${staging}`);
  await expect(page.getByRole("main")).toContainText("No connection string is stored yet.");
  await expect(page.getByRole("link", { name: "Add a connection string" })).toBeVisible();
  await tab(page, "Resource", "Settings").click();
  await page.getByRole("link", { name: "Delete environment" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Staging?" });
  await expect(dialog.getByLabel("New default")).toHaveCount(0);
  await dialog.getByLabel(/^Type .* to confirm$/).fill("Staging");
  await dialog.getByRole("button", { name: "Delete environment" }).click();
  await toast(page, "The environment is deleted");
  await expect(row(page, /Production/)).toContainText("Default");
});
