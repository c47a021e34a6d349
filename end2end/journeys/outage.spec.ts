import { axeInBothThemes } from "../support/axe.ts";
import { at, row } from "../support/console.ts";
import { Seed, stranger } from "../support/seed.ts";
import { OwnServer } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

test("what a slow or broken database does to pages is told accessibly, and ends with it", async ({ open, watch }) => {
  test.slow();
  for (const status of [500, 503]) {
    watch.expectStatus(status);
    watch.expect(new RegExp(`^response: ${status} `));
  }
  const server = await OwnServer.start();
  try {
    const context = await open({ baseURL: server.console });
    const page = await context.newPage();
    const seed = new Seed(context.request, server.console);
    await seed.signUp(stranger());
    const project = await seed.project(await seed.organization());
    await seed.environment(project);
    await seed.key(project);
    const keys = `/projects/${project}/settings/keys`;

    await test.step("a section comes late, the page does not", async () => {
      const release = await server.lock("api_key");
      const show = async () => expect((await page.goto(keys))?.status()).toBe(503);
      await axeInBothThemes(page, "a late section", show, server.console);
      await at(page, "Project API keys");
      await expect(page.getByRole("main").getByRole("alert")).toContainText("The API keys could not be loaded.");
      await release();
      await page.getByRole("main").getByRole("link", { name: "Try again" }).click();
      await expect(row(page, "production")).toContainText("Active");
    });

    await test.step("nothing can be read", async () => {
      const release = await server.lock("session");
      const show = async () => expect((await page.goto(keys))?.status()).toBe(503);
      await axeInBothThemes(page, "503", show, server.console);
      await at(page, "Not available right now");
      await release();
      await page.getByRole("main").getByRole("link", { name: "Try again" }).click();
      await expect(row(page, "production"), "nobody was signed out").toContainText("Active");
    });

    await test.step("the database is not what it should be", async () => {
      await server.sql("alter table project rename column name to title;");
      const show = async () => expect((await page.goto(`/projects/${project}`))?.status()).toBe(500);
      await axeInBothThemes(page, "500", show, server.console);
      await at(page, "Something failed");
    });
  } finally {
    await server.stop();
  }
});
