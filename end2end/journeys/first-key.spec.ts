import { DATABASE } from "../support/environment.ts";
import { CLIPBOARD, KEY, at, awake, clipboard, row, shownKey, tab, toast } from "../support/console.ts";
import { stranger, unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("from the first sign-up to the first key, its successor and its end", async ({ open }) => {
  const context = await open({ permissions: CLIPBOARD });
  const page = await context.newPage();
  const who = stranger();

  await test.step("sign up", async () => {
    await page.goto("/");
    await at(page, "Sign in to Pentaprism");
    await page.getByRole("link", { name: "Create an account" }).click();
    await at(page, "Create your account");
    await expect(page.getByLabel("Name")).toBeFocused();
    await page.getByLabel("Name").fill(who.name);
    await page.getByLabel("Email").fill(who.email);
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Create account" }).click();
  });

  await test.step("create an organization", async () => {
    await at(page, "Create organization");
    await page.getByLabel("Organization name").fill(unique("Acme"));
    await page.getByRole("button", { name: "Create organization" }).click();
    await toast(page, "The organization is ready.");
    await expect(page.getByRole("heading", { name: "No projects yet" })).toBeVisible();
  });

  const project = unique("shop");
  await test.step("create a project", async () => {
    await page.getByRole("link", { name: "Create your first project" }).click();
    const dialog = page.getByRole("dialog", { name: "Create project" });
    await dialog.getByLabel("Project name").fill(project);
    await dialog.getByRole("button", { name: "Create project" }).click();
    await at(page, project);
    for (const label of ["Dashboard", "Accelerate", "Pulse", "Settings"]) await expect(tab(page, "Project", label)).toBeVisible();
    await expect(page.getByRole("heading", { name: "Get Started" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Manage API keys" }), "there is no key yet").toBeHidden();
  });

  await test.step("create an environment on a real database", async () => {
    await page.getByRole("link", { name: "Create environment" }).click();
    const dialog = page.getByRole("dialog", { name: "Create environment" });
    await expect(dialog.getByLabel("Environment name"), "the first one's name").toHaveValue("Production");
    await dialog.getByLabel("Connection string").fill(DATABASE);
    await dialog.getByRole("button", { name: "Create environment" }).click();
    await at(page, "Production");
    await expect(page.getByRole("main")).toContainText("Default");
    const password = new URL(DATABASE).password;
    if (password.length > 3) await expect(page.getByRole("main"), "the password is not shown").not.toContainText(password);
  });

  await test.step("test the connection", async () => {
    await page.getByRole("button", { name: "Test connection" }).click();
    await toast(page, /Connected: PostgreSQL \d+.*, with(out)? TLS, round trip \d+\.\d ms/);
  });

  let key = "";
  await test.step("create the first key and copy it", async () => {
    await tab(page, "Resource", "API Keys").click();
    await page.getByRole("link", { name: "Create API Key" }).click();
    const dialog = page.getByRole("dialog", { name: "Create API Key" });
    await dialog.getByLabel("Name").fill("production");
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    key = await shownKey(page);
    await awake(page);
    await page.getByRole("button", { name: "Copy API key" }).click();
    await expect(page.getByRole("button", { name: "Copied API key" })).toBeVisible();
    expect(await clipboard(page)).toBe(key);
    await page.getByRole("button", { name: "Copy .env" }).click();
    await expect(page.getByRole("button", { name: "Copied .env" })).toBeVisible();
    expect(await clipboard(page)).toContain(`PRISMA_API_KEY="${key}"`);
    await page.getByRole("link", { name: "Done" }).click();
    await expect(row(page, "production")).toContainText("Active");
    await expect(page.getByRole("main")).not.toContainText(key);
  });

  await test.step("rotate it", async () => {
    await row(page, "production").getByRole("link", { name: "Rotate production" }).click();
    await at(page, "Rotate production");
    await page.getByLabel("For 1 hour").check();
    await page.getByRole("button", { name: "Rotate API key" }).click();
    const next = await shownKey(page);
    expect(next).toMatch(KEY);
    expect(next).not.toBe(key);
    await page.getByRole("link", { name: "Done" }).click();
    await expect(row(page, "production")).toHaveCount(2);
    await expect(row(page, "production").filter({ hasText: key.slice(-4) }), "the old one works for an hour").toContainText(/Rotated|Active/);
  });

  await test.step("remove both", async () => {
    for (const left of [1, 0]) {
      await row(page, "production").first().getByRole("link", { name: "Delete API key production" }).click();
      const dialog = page.getByRole("dialog", { name: "Delete production?" });
      await dialog.getByRole("button", { name: "Delete", exact: true }).click();
      await toast(page, "The API key production is removed.");
      await expect(row(page, "production")).toHaveCount(left);
    }
    await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
  });
});
