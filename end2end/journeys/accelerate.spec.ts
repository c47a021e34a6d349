import { DATABASE } from "../support/environment.ts";
import { shownKey, tab, toast } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

test("Accelerate is configured where the nearest gateway runs, and disabled again", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  const resource = await seed.environment(project, "Production", DATABASE);
  await page.goto(`/resources/${resource}`);
  await tab(page, "Resource", "Accelerate").click();
  const region = page.getByLabel("Region");
  await expect(region).toHaveValue("nearest");
  await expect(region).toHaveAccessibleDescription(/round trip to the stored database/);
  await expect(region.locator("option", { hasText: /^us-east-1, [0-9.]+ ms, recommended$/ })).toHaveCount(1);
  await expect(region.locator("option[disabled]", { hasText: "eu-west-3, no gateway" })).toHaveCount(1);
  await page.getByRole("button", { name: "Configure Accelerate" }).click();
  await toast(page, /Accelerate is configured in us-east-1, the nearest gateway: [0-9.]+ ms from the database\./);
  await expect(page.getByRole("main")).toContainText("prisma+postgres://localhost:");

  await test.step("a new key comes with the connection string", async () => {
    await page.goto(`/resources/${resource}/keys/new`);
    await page.getByLabel("Name").fill("production");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    const key = await shownKey(page);
    await expect(page.getByRole("dialog")).toContainText(`ACCELERATE_URL="prisma+postgres://localhost:`);
    await expect(page.getByRole("dialog")).toContainText(`/?api_key=${key}"`);
    await page.getByRole("link", { name: "Done" }).click();
  });

  await page.goto(`/resources/${resource}/accelerate`);
  await page.getByRole("link", { name: "Disable Accelerate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable Accelerate" }).click();
  await toast(page, "Accelerate is disabled.");
  await expect(page.getByLabel("Region")).toHaveValue("nearest");
});
