import { at, row, tab, toast } from "../support/console.ts";
import { unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("a project is renamed", async ({ person: { page, seed } }) => {
  const [org, before, after] = [await seed.organization(), unique("shop"), unique("store")];
  const project = await seed.project(org, before);
  await page.goto(`/projects/${project}`);
  await tab(page, "Project", "Settings").click();
  await page.getByLabel("Project name").fill(after);
  await page.getByRole("button", { name: "Update" }).click();
  await toast(page, "The project's name is changed.");
  await expect(page.getByLabel("Project name")).toHaveValue(after);
  await expect(page.getByRole("navigation", { name: "Place" }).getByRole("link", { name: after }).first()).toBeVisible();
  await page.goto(`/orgs/${org}`);
  await expect(row(page, after)).toBeVisible();
  await expect(row(page, before)).toHaveCount(0);
});

test("a project is deleted once its name is typed, and its keys and environments with it", async ({ person: { page, seed }, watch }) => {
  const [org, name] = [await seed.organization(), unique("shop")];
  const project = await seed.project(org, name);
  const resource = await seed.environment(project);
  const { id: key } = await seed.key(project, resource);
  await page.goto(`/projects/${project}/settings`);
  await page.getByRole("link", { name: "Delete project" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(dialog).toContainText("This cannot be undone.");
  await dialog.getByLabel(/^Type .* to confirm$/).fill("something else");
  await dialog.getByRole("button", { name: "Delete project" }).click();
  await expect(dialog.getByLabel(/^Type .* to confirm$/)).toHaveAccessibleDescription(/not the project's name/);
  await expect(dialog.getByLabel(/^Type .* to confirm$/)).toHaveValue("something else");
  await dialog.getByLabel(/^Type .* to confirm$/).fill(name);
  await dialog.getByRole("button", { name: "Delete project" }).click();
  await toast(page, "The project is deleted, with its connection strings and API keys.");
  await expect(page).toHaveURL(`/orgs/${org}`);
  await expect(page.getByRole("heading", { name: "No projects yet" })).toBeVisible();

  watch.expectStatus(404);
  for (const gone of [`/projects/${project}`, `/resources/${resource}`, `/keys/${key}`]) {
    expect((await page.goto(gone))?.status(), gone).toBe(404);
    await at(page, "Not found");
  }
});

test("projects are searched and paged in the URL", async ({ person: { page, seed } }) => {
  const org = await seed.organization();
  for (const name of ["apple", "banana", "cherry"]) await seed.project(org, name);
  await page.goto(`/orgs/${org}`);
  const search = page.getByRole("searchbox", { name: "Search projects" });
  await search.fill("ban");
  await search.press("Enter");
  await expect(page).toHaveURL(`/orgs/${org}?q=ban`);
  await expect(row(page, "banana")).toBeVisible();
  await expect(row(page, "apple")).toHaveCount(0);
  await search.fill("nothing like it");
  await search.press("Enter");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("link", { name: "Show all projects" }).click();
  await expect(row(page, "cherry")).toBeVisible();
});

test("an organization is renamed, and switched to from the breadcrumb", async ({ person: { page, seed } }) => {
  const [first, second, renamed] = [unique("Acme"), unique("Umbrella"), unique("Globex")];
  const org = await seed.organization(first);
  await seed.organization(second);
  await page.goto(`/orgs/${org}/settings`);
  await page.getByLabel("Organization name").fill(renamed);
  await page.getByRole("button", { name: "Update" }).click();
  await toast(page, "The name is changed.");
  const place = page.getByRole("navigation", { name: "Place" });
  await expect(place.getByRole("link", { name: renamed }).first()).toBeVisible();
  await place.getByLabel("Switch organization").click();
  await place.getByRole("link", { name: second }).click();
  await expect(page).toHaveTitle(`${second} · Pentaprism`);
});
