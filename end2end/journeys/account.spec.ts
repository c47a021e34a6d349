import type { Page } from "@playwright/test";
import { axeInBothThemes } from "../support/axe.ts";
import { accountMenu, at, row, toast } from "../support/console.ts";
import type { Credentials } from "../support/seed.ts";
import { totp } from "../support/totp.ts";
import { expect, test } from "../support/test.ts";

async function signIn(page: Page, who: Credentials): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a second factor is set up, asked for, replaced by a recovery code and turned off", async ({ newcomer, open }) => {
  const { page, who } = await newcomer();
  let codes: string[] = [];
  await test.step("set up", async () => {
    await page.goto("/account/security");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Set up second factor" }).click();
    await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/not your current password/);
    await page.getByLabel("Password", { exact: true }).fill(who.password);
    await page.getByRole("button", { name: "Set up second factor" }).click();
    await at(page, "Set up a second factor");
    await expect(page.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
    const secret = (await page.getByRole("main").getByRole("code").first().textContent()) ?? "";
    await page.getByRole("textbox", { name: "Code" }).fill("000000");
    await page.getByRole("button", { name: "Turn on" }).click();
    await expect(page.getByRole("textbox", { name: "Code" })).toHaveAccessibleDescription(/not the app's code/);
    await page.getByRole("textbox", { name: "Code" }).fill(totp(secret));
    await page.getByRole("button", { name: "Turn on" }).click();
    const box = page.getByRole("group", { name: "recovery codes" });
    codes = ((await box.getByRole("code").textContent()) ?? "").trim().split(/\s+/);
    expect(codes.length).toBeGreaterThanOrEqual(8);
    await page.getByRole("link", { name: "I've stored them securely" }).click();
    await expect(page.getByRole("main")).toContainText(`with ${codes.length} recovery codes left`);
    await axeInBothThemes(page, "a second factor that is on", () => page.reload());
    expect(await page.content()).not.toContain(codes[0]);
  });

  const other = await (await open()).newPage();
  await test.step("asked for at sign-in", async () => {
    await signIn(other, who);
    await at(other, "Enter your code");
    await other.goto("/orgs");
    await at(other, "Sign in to Pentaprism");
    await signIn(other, who);
    await other.getByRole("textbox", { name: "Code" }).fill("000000");
    await other.getByRole("button", { name: "Sign in" }).click();
    await expect(other.getByRole("alert")).toBeFocused();
    await other.getByRole("textbox", { name: "Code" }).fill(codes[0] ?? "");
    await other.getByRole("button", { name: "Sign in" }).click();
    await at(other, "Create organization");
  });

  await test.step("a recovery code works once", async () => {
    await (await accountMenu(other)).getByRole("button", { name: "Sign out" }).click();
    await at(other, "Sign in to Pentaprism");
    await signIn(other, who);
    await other.getByRole("textbox", { name: "Code" }).fill(codes[0] ?? "");
    await other.getByRole("button", { name: "Sign in" }).click();
    await expect(other.getByRole("alert")).toBeFocused();
  });

  await test.step("turn off", async () => {
    await page.goto("/account/security");
    await expect(page.getByRole("main")).toContainText(`with ${codes.length - 1} recovery codes left`);
    await page.getByRole("link", { name: "Turn off" }).click();
    const dialog = page.getByRole("dialog", { name: "Turn the second factor off?" });
    await dialog.getByLabel("Password").fill(who.password);
    await dialog.getByRole("button", { name: "Turn off" }).click();
    await toast(page, "Signing in asks for the password alone now.");
    await signIn(other, who);
    await at(other, "Create organization");
  });
});

test("one other session is signed out by its row", async ({ newcomer, open }) => {
  const { page, who } = await newcomer();
  const other = await (await open()).newPage();
  await signIn(other, who);
  await at(other, "Create organization");
  await page.goto("/account/security");
  await page.getByRole("table", { name: "Active sessions" }).getByRole("button", { name: /^Sign out/ }).click();
  await toast(page, "The session was signed out.");
  await expect(row(page, /This browser/)).toHaveCount(1);
  await other.reload();
  await at(other, "Sign in to Pentaprism");
});

test("an account is renamed, and deleted with its password", async ({ newcomer }) => {
  const { page, who } = await newcomer();
  await page.goto("/account");
  await page.getByLabel("Name").fill("Ada King");
  await page.getByRole("button", { name: "Update" }).click();
  await toast(page, "Your name is changed.");
  await expect(page.getByRole("banner").getByLabel("Account of Ada King")).toBeVisible();

  await page.getByRole("link", { name: "Delete account" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await expect(dialog.getByLabel("Password")).toHaveAccessibleDescription(/not your current password/);
  await dialog.getByLabel("Password").fill(who.password);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await toast(page, "Your account is deleted.");
  await signIn(page, who);
  await expect(page.getByRole("alert")).toContainText("The address or the password is wrong.");
});
