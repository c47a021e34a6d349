import { accountMenu, at, row, tab, toast } from "../support/console.ts";
import { expect, test } from "../support/test.ts";

test("signing out ends the session, and signing in leads back to where one wanted to go", async ({ newcomer }) => {
  const { page, who, seed } = await newcomer();
  const org = await seed.organization();
  await page.goto(`/orgs/${org}`);
  await (await accountMenu(page)).getByRole("button", { name: "Sign out" }).click();
  await toast(page, "You are signed out.");
  await at(page, "Sign in to Pentaprism");

  await page.goto(`/orgs/${org}/settings`);
  await at(page, "Sign in to Pentaprism");
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`/orgs/${org}/settings`);

  // The page that was left behind holds nothing for whoever comes after.
  await (await accountMenu(page)).getByRole("button", { name: "Sign out" }).click();
  await at(page, "Sign in to Pentaprism");
  await page.goBack();
  await at(page, "Sign in to Pentaprism");
});

test("a path of another site is nowhere to return to", async ({ newcomer, open }) => {
  const { who } = await newcomer();
  const page = await (await open()).newPage();
  for (const next of ["//evil.example/x", "https://evil.example", "/\\evil.example"]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel("Email").fill(who.email);
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await at(page, "Create organization");
    await (await accountMenu(page)).getByRole("button", { name: "Sign out" }).click();
    await at(page, "Sign in to Pentaprism");
  }
});

test("sign out everywhere else leaves this browser alone signed in", async ({ newcomer, open }) => {
  const here = await newcomer();
  const there = await (await open()).newPage();
  await there.goto("/sign-in");
  await there.getByLabel("Email").fill(here.who.email);
  await there.getByLabel("Password").fill(here.who.password);
  await there.getByRole("button", { name: "Sign in" }).click();
  await at(there, "Create organization");

  const { page } = here;
  await page.goto("/account");
  await tab(page, "Account", "Security and sessions").click();
  const sessions = page.getByRole("table", { name: "Active sessions" });
  await expect(sessions.getByRole("rowheader")).toHaveCount(2);
  await expect(row(page, /This browser/)).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await toast(page, "You are signed out everywhere else.");
  await expect(sessions.getByRole("rowheader")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Sign out everywhere else" }), "a sign-in may wait for its code").toBeVisible();

  await there.reload();
  await at(there, "Sign in to Pentaprism");
  await page.reload();
  await at(page, "Security and sessions");
});

test("a changed password opens, the old one does not, and other browsers are signed out", async ({ newcomer, open }) => {
  const { page, who } = await newcomer();
  const other = await (await open()).newPage();
  await other.goto("/sign-in");
  const signIn = async (password: string): Promise<void> => {
    await other.getByLabel("Email").fill(who.email);
    await other.getByLabel("Password").fill(password);
    await other.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn(who.password);
  await at(other, "Create organization");

  const next = `${who.password} anew`;
  await page.goto("/account/security");
  await page.getByLabel("Current password").first().fill("not the password");
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password").first()).toHaveAccessibleDescription(/not your current password/);
  await expect(page.getByLabel("Current password").first()).toHaveValue("");
  await expect(page.getByLabel("New password")).toHaveValue("");
  await page.getByLabel("Current password").first().fill(who.password);
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
  await toast(page, "Your password is changed.");

  await other.reload();
  await at(other, "Sign in to Pentaprism");
  await signIn(who.password);
  await expect(other.getByRole("alert")).toContainText("The address or the password is wrong.");
  await signIn(next);
  await at(other, "Create organization");
});
