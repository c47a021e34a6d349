import type { Locator, Page } from "@playwright/test";
import { axeAsItStands, axeInBothThemes } from "../support/axe.ts";
import { CLIPBOARD, at, awake, clipboard, row, tab, toast } from "../support/console.ts";
import { Database } from "../support/database.ts";
import { openStream } from "../support/subscriber.ts";
import { expect, test } from "../support/test.ts";

const TABLES = `create table users (id int primary key, name text); alter table users replica identity full; create table notes (body text)`;
const CAPTURED = "1 read, 1 kept, 1 published";
const GONE = "0 read, 0 kept, 0 published";

/** A statement that the page shows under this label. */
async function statement(within: Page | Locator, label: string): Promise<string> {
  const block = within.getByRole("figure").filter({ hasText: label });
  return (await block.locator("pre").first().textContent()) ?? "";
}

test("a database is prepared, enabled, heard, paused and left as it was", async ({ person: { context, page, seed } }) => {
  test.slow();
  await context.grantPermissions(CLIPBOARD);
  const database = await Database.create(TABLES);
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project, "Production", database.url);
  await page.goto(`/resources/${resource}`);
  await tab(page, "Resource", "Pulse").click();

  await test.step("the list says what to run, and sees that it was run", async () => {
    const list = page.getByRole("list", { name: "What Pulse needs" });
    await expect(list.getByRole("listitem").filter({ hasText: "wal_level is logical" })).toContainText("Ready");
    const missing = list.getByRole("listitem").filter({ hasText: "Missing" });
    await expect(missing).toContainText("public.notes (DEFAULT without a primary key)");
    await expect(page.getByRole("list", { name: "Databases" })).toContainText("MySQLcoming soon");
    await awake(page);
    await missing.getByRole("button", { name: /^Copy/ }).click();
    await expect(missing.getByRole("button", { name: /^Copied/ })).toBeVisible();
    await axeInBothThemes(page, "the list of what is missing", () => page.reload());
    await page.getByLabel("All tables").check();
    await page.getByRole("button", { name: "Enable Pulse" }).click();
    await expect(page.getByRole("alert")).toContainText("The table public.notes has no replica identity");
    await axeAsItStands(page, "a form that was refused");
    expect(await database.kept()).toBe(GONE);
    await awake(page);
    await missing.getByRole("button", { name: /^Copy/ }).click();
    await database.query(await clipboard(page));
    await page.getByRole("link", { name: "Check again" }).click();
    await expect(page.getByText("The database is prepared.")).toBeVisible();
  });

  await test.step("some tables are chosen, and the statements shown where they are wanted", async () => {
    await expect(page.getByLabel("public.users")).toBeHidden();
    await page.getByLabel("Chosen tables", { exact: true }).check();
    await page.getByLabel("public.users").check();
    await expect(page.getByText("Show the statements").last()).toBeHidden();
    await page.getByLabel("Automatic setup for replication").uncheck();
    await expect(page.getByText("Show the statements").last()).toBeVisible();
    await page.getByLabel("Automatic setup for replication").check();
    await page.getByRole("button", { name: "Enable Pulse" }).click();
    await toast(page, "Pulse is enabled.");
    await expect.poll(() => database.kept()).toBe(CAPTURED);
  });

  await test.step("the instructions can be copied", async () => {
    await awake(page);
    expect(await statement(page, ".env")).toBe('PRISMA_API_KEY="YOUR_API_KEY"');
    expect(await statement(page, "Prisma Client")).toMatch(/apiKey: process\.env\.PRISMA_API_KEY,\n    endpoint: new URL\('ws:\/\/localhost:\d+'\)/);
    await page.getByRole("button", { name: "Copy First stream" }).click();
    expect(await clipboard(page)).toContain("prisma.user.stream({ name: 'all-users' })");
    await page.getByRole("link", { name: "Create API Key" }).click();
    await at(page, "New API Key");
    await page.goBack();
  });

  await test.step("the first event is seen as it comes", async () => {
    await awake(page);
    const status = page.getByRole("status").filter({ hasText: /event/ });
    await expect(status).toHaveText("Waiting for the first event");
    await database.query("insert into users values (7, 'Ada')");
    await expect(status).toHaveText(/^Last event received at \d\d:\d\d:\d\d UTC$/);
    const events = page.getByRole("list", { name: "Events" }).getByRole("listitem");
    await expect(events).toHaveCount(1);
    await expect(events).toContainText('{"id": 7, "name": "Ada"}');
    await database.query("update users set name = 'Bea'; delete from users; insert into notes values ('not published')");
    await expect(events).toHaveCount(3);
    await expect(events.first()).toContainText("delete");
    await axeInBothThemes(page, "Pulse that is enabled", () => page.reload());
    await expect(page.getByText("Running").filter({ visible: true })).toBeVisible();
  });

  await test.step("capture is paused and resumed, and misses nothing", async () => {
    await page.getByRole("button", { name: "Pause capture" }).first().click();
    await toast(page, "Capture is paused.");
    await expect.poll(() => database.kept()).toBe("0 read, 1 kept, 1 published");
    await database.query("insert into users values (8, 'Carl')");
    await page.getByRole("button", { name: "Resume" }).first().click();
    await toast(page, "Capture is resumed.");
    await expect(page.getByRole("list", { name: "Events" }).getByRole("listitem").first()).toContainText("Carl");
  });

  await test.step("the dialog leads through the end, and changes nothing by itself", async () => {
    await page.getByRole("link", { name: "Disable Pulse" }).click();
    const dialog = page.getByRole("dialog", { name: "Disable Pulse of Production?" });
    await expect(dialog).toContainText("Nothing has changed yet.");
    await page.keyboard.press("Escape");
    await expect.poll(() => database.kept()).toBe(CAPTURED);
    await page.reload();
    await page.getByRole("link", { name: "Disable Pulse" }).click();
    await axeAsItStands(page, "the dialog");
    await dialog.getByRole("button", { name: "Pause capture" }).click();
    await expect(dialog).toContainText("Paused");
    await expect.poll(() => database.kept()).toBe("0 read, 1 kept, 1 published");
    await database.query(await statement(dialog, "Drop the replication slot"));
    await dialog.getByRole("link", { name: "Check again" }).click();
    await expect(dialog.getByText("Drop the replication slot")).toHaveCount(0);
    await dialog.getByRole("button", { name: "Pause and remove them for me" }).click();
    await expect(dialog).toContainText("The slot and the publication are gone.");
    expect(await database.kept()).toBe(GONE);
    await axeAsItStands(page, "the dialog at its end");
    await dialog.getByRole("button", { name: "Disable Pulse" }).click();
    await toast(page, "Pulse is disabled.");
    await expect(page.getByRole("button", { name: "Enable Pulse" })).toBeVisible();
    expect(await database.kept()).toBe(GONE);
  });
});

test("without a script Pulse is enabled, heard and disabled by pages", async ({ person: { context, seed }, open }) => {
  const database = await Database.create("create table users (id int primary key, name text)");
  const resource = await seed.environment(await seed.project(await seed.organization()), "Production", "");
  const page = await (await open({ javaScriptEnabled: false, storageState: await context.storageState() })).newPage();
  await page.goto(`/resources/${resource}/pulse`);
  await page.getByLabel("Connection string").first().fill(database.url);
  await page.getByRole("button", { name: "Check database" }).click();
  await expect(page.getByText("The database is prepared.")).toBeVisible();
  await page.getByRole("button", { name: "Enable Pulse" }).click();
  await toast(page, "Pulse is enabled.");
  await expect.poll(() => database.kept()).toBe(CAPTURED);
  await expect(page.getByRole("main")).toContainText("Waiting for the first event");
  await database.query("insert into users values (1, 'Ada')");
  await expect(async () => {
    await page.getByRole("link", { name: "Check again" }).first().click();
    await expect(page.getByRole("list", { name: "Events" })).toContainText('{"id": 1, "name": "Ada"}', { timeout: 500 });
  }).toPass();

  await page.getByRole("link", { name: "Disable Pulse" }).click();
  await at(page, "Disable Pulse of Production?");
  await page.getByRole("button", { name: "Pause capture" }).click();
  await at(page, "Disable Pulse of Production?");
  await expect(page.getByRole("main")).toContainText("Paused");
  await page.getByRole("button", { name: "Pause and remove them for me" }).click();
  await expect(page.getByRole("main")).toContainText("The slot and the publication are gone.");
  expect(await database.kept()).toBe(GONE);
  await page.getByRole("button", { name: "Disable Pulse" }).click();
  await toast(page, "Pulse is disabled.");
});

test("a stream is seen, replayed and deleted", async ({ person: { context, page, seed } }) => {
  const database = await Database.create("create table users (id int primary key, name text)");
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project, "Production", database.url);
  await seed.post("pulse/enable", { resource, which: "all", automatic: "on", persistence: "on", retention_hours: "72" });
  await expect.poll(() => database.kept()).toBe(CAPTURED);
  await page.goto(`/resources/${resource}/pulse`);
  await expect(page.getByRole("heading", { name: "No streams yet" })).toBeVisible();
  const endpoint = /new URL\('(.*)'\)/.exec(await statement(page, "Prisma Client"))?.[1] ?? "";
  const { shownAt } = await seed.key(project, resource);
  const html = await (await context.request.get(shownAt)).text();
  const key = /ppk_[0-9A-Za-z]{36}/.exec(html)?.[0] ?? "";
  const model = { dbName: "users", fields: [{ name: "id", kind: "scalar", type: "Int" }] };
  await openStream(endpoint, key, { modelName: "User", model, where: {} }, "all users");
  await database.query("insert into users values (1, 'Ada'), (2, 'Bea')");
  await expect(async () => {
    await page.goto(`/resources/${resource}/pulse`);
    await expect(row(page, "all users").getByRole("cell").first()).toHaveText("2", { timeout: 500 });
  }).toPass();
  await row(page, "all users").getByRole("link", { name: "Replay all users" }).click();
  await at(page, "Replay the stream all users?");
  await page.getByLabel("After the event").fill("the first one");
  await page.getByRole("button", { name: "Replay stream" }).click();
  await expect(page.getByLabel("After the event")).toHaveAccessibleDescription(/not the id of an event/);
  await axeAsItStands(page, "a replay that was refused");
  await page.getByLabel("After the event").fill("");
  await page.getByRole("button", { name: "Replay stream" }).click();
  await toast(page, "is told again");
  await row(page, "all users").getByRole("link", { name: "Delete all users" }).click();
  await at(page, "Delete the stream all users?");
  await axeInBothThemes(page, "the end of a stream", () => page.reload());
  await page.getByRole("button", { name: "Delete stream" }).click();
  await toast(page, "The stream all users is deleted.");
  await expect(page.getByRole("heading", { name: "No streams yet" })).toBeVisible();
  await seed.post("pulse/remove-slot", { resource, from: "page" });
  expect(await database.kept()).toBe(GONE);
  await seed.post("pulse/disable", { resource });
});
