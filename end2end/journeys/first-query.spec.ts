import { DATABASE } from "../support/environment.ts";
import { awake, shownKey, toast } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

test("the page of Accelerate waits for the first query and turns green by itself", async ({ person: { context, page, seed }, open }) => {
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project, "Production", DATABASE);
  const { shownAt } = await seed.key(project, resource);
  const shown = await context.newPage();
  await shown.goto(shownAt);
  const key = await shownKey(shown);
  await shown.close();

  await page.goto(`/resources/${resource}/accelerate`);
  await page.getByRole("button", { name: "Configure Accelerate" }).click();
  await toast(page, /Accelerate is configured/);
  await awake(page);
  const status = page.getByRole("status").filter({ hasText: /first query/i });
  await expect(status).toHaveText("Waiting for the first query");
  await expect(page.getByRole("link", { name: "Check again" })).toBeVisible();
  const before = await status.boundingBox();

  const line = (await page.getByRole("code").filter({ hasText: "ACCELERATE_URL=" }).first().textContent()) ?? "";
  const host = /:\/\/([^/]+)\//.exec(line)?.[1] ?? "";
  const plan = { type: "query", args: { type: "rawSql", sql: "select 1 as a", args: [], argTypes: [] } };
  const answer = await (await open()).request.post(`http://${host}/query`, {
    headers: { authorization: `Bearer ${key}` },
    data: { operation: "queryRaw", plan, params: {} },
  });
  expect(answer.status(), await answer.text()).toBe(200);

  await expect(status).toHaveText(/^First query received (just now|\d+ s ago)$/);
  await expect(page.getByRole("link", { name: "Check again" })).toBeHidden();
  expect((await status.boundingBox())?.y, "nothing has moved").toBe(before?.y);
});

test("without a script the page says the same, and a link asks again", async ({ person: { context, seed }, open }) => {
  const resource = await seed.environment(await seed.project(await seed.organization()), "Production", DATABASE);
  const page = await (await open({ javaScriptEnabled: false, storageState: await context.storageState() })).newPage();
  await page.goto(`/resources/${resource}/accelerate`);
  await page.getByRole("button", { name: "Configure Accelerate" }).click();
  await expect(page.getByRole("main")).toContainText("Waiting for the first query");
  await page.getByRole("link", { name: "Check again" }).click();
  await expect(page).toHaveURL(new RegExp(`/resources/${resource}/accelerate$`));
  await expect(page.getByRole("main")).toContainText("Waiting for the first query");
});
