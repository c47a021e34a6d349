import { at, row, shownKey, tab, toast } from "../support/console.ts";
import { Seed, stranger, unique } from "../support/seed.ts";
import { invite } from "../support/scene.ts";
import { expect, test } from "../support/test.ts";

test("a member is invited by a link, signs up, is given another role and removed", async ({ person, open, watch }) => {
  const { page, seed } = person;
  const name = unique("Acme");
  const org = await seed.organization(name);
  const project = await seed.project(org);
  const who = { ...stranger(), name: "Charles Babbage" };

  const link = await test.step("invite", async () => {
    await page.goto(`/orgs/${org}`);
    await tab(page, "Organization", "Members").click();
    await page.getByRole("link", { name: "Invite member" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite member" });
    await dialog.getByLabel("Email").fill(who.email);
    await dialog.getByLabel("Viewer").check();
    await dialog.getByRole("button", { name: "Invite member" }).click();
    const box = page.getByRole("group", { name: "invitation link" });
    const text = (await box.getByRole("code").textContent()) ?? "";
    expect(text).toMatch(/^http.*\/invitations\/\S{20,}$/);
    await page.getByRole("link", { name: "Done" }).click();
    await expect(row(page, who.email)).toContainText("Viewer");
    return new URL(text).pathname;
  });

  const theirs = await (await open()).newPage();
  await test.step("accept", async () => {
    await theirs.goto(link);
    await at(theirs, `Join ${name}`);
    await expect(theirs.getByRole("main")).toContainText(who.email);
    await theirs.getByRole("link", { name: "Create an account" }).click();
    await theirs.getByLabel("Name").fill(who.name);
    await theirs.getByLabel("Email").fill(who.email);
    await theirs.getByLabel("Password").fill(who.password);
    await theirs.getByRole("button", { name: "Create account" }).click();
    await at(theirs, `Join ${name}`);
    await theirs.getByRole("button", { name: "Accept invitation" }).click();
    await toast(theirs, "Welcome to the organization.");
  });

  await test.step("a viewer looks and changes nothing", async () => {
    await expect(theirs.getByRole("link", { name: "Create project" })).toHaveCount(0);
    await theirs.goto(`/projects/${project}/settings/keys`);
    await expect(theirs.getByRole("link", { name: "New API Key" })).toHaveCount(0);
    await expect(theirs.getByRole("main")).toContainText(/role/);
    await theirs.goto(`/projects/${project}/settings/keys/new`);
    await expect(theirs.getByRole("button", { name: "Create API Key" })).toHaveCount(0);
    const same = await open({ storageState: await theirs.context().storageState() });
    await expect(new Seed(same.request).key(project)).rejects.toThrow("led to /posted-by-a-journey");
  });

  await test.step("become a developer", async () => {
    await page.goto(`/orgs/${org}/members`);
    await expect(row(page, /Charles Babbage/)).toContainText(who.email);
    await row(page, /Charles Babbage/).getByRole("link", { name: "Change or remove Charles Babbage" }).click();
    await at(page, "Charles Babbage");
    await expect(page.getByLabel("Viewer")).toBeChecked();
    await page.getByLabel("Developer").check();
    await page.getByRole("button", { name: "Update" }).click();
    await toast(page, "The role is changed.");
    await expect(row(page, /Charles Babbage/)).toContainText("Developer");
    await theirs.goto(`/projects/${project}/settings/keys`);
    await theirs.getByRole("link", { name: "New API Key" }).click();
    await theirs.getByRole("dialog").getByLabel("Name").fill("theirs");
    await theirs.getByRole("dialog").getByRole("button", { name: "Create API Key" }).click();
    await shownKey(theirs);
    await theirs.getByRole("link", { name: "I've stored it securely" }).click();
  });

  await test.step("be removed", async () => {
    await row(page, /Charles Babbage/).getByRole("link", { name: "Change or remove Charles Babbage" }).click();
    await page.getByRole("link", { name: "Remove member" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove Charles Babbage?" });
    await dialog.getByRole("button", { name: "Remove member" }).click();
    await toast(page, "The member is removed.");
    await expect(row(page, /Charles Babbage/)).toHaveCount(0);
    watch.expectStatus(404);
    expect((await theirs.goto(`/orgs/${org}`))?.status()).toBe(404);
    expect((await theirs.goto(`/projects/${project}`))?.status()).toBe(404);
  });
});

test("an invitation is for its address alone, and a revoked one for nobody", async ({ person, newcomer, watch }) => {
  const { page, seed, context } = person;
  const org = await seed.organization();
  const [invited, other] = [stranger(), await newcomer()];
  const token = await invite(seed, context.request, org, invited.email, "developer");
  await other.page.goto(`/invitations/${token}`);
  await expect(other.page.getByRole("main")).toContainText(`you are signed in as ${other.who.email}`);
  await expect(other.page.getByRole("button", { name: "Accept invitation" })).toHaveCount(0);
  await expect(other.seed.post("members/accept-invitation", { token })).rejects.toThrow();

  await page.goto(`/orgs/${org}/members`);
  await row(page, invited.email).getByRole("button", { name: /Revoke/ }).click();
  await toast(page, "The invitation is revoked.");
  await expect(row(page, invited.email)).toHaveCount(0);
  watch.expectStatus(404);
  expect((await other.page.goto(`/invitations/${token}`))?.status()).toBe(404);
});

test("the last owner can not leave, another member can", async ({ person, newcomer }) => {
  const { page, seed, context } = person;
  const name = unique("Acme");
  const org = await seed.organization(name);
  await page.goto(`/orgs/${org}/members`);
  await page.getByRole("link", { name: "Leave organization" }).click();
  await page.getByRole("dialog", { name: `Leave ${name}?` }).getByRole("button", { name: "Leave organization" }).click();
  await expect(page.getByRole("alert")).toContainText(/owner/);

  const member = await newcomer();
  const token = await invite(seed, context.request, org, member.who.email, "admin");
  await member.page.goto(`/invitations/${token}`);
  await member.page.getByRole("button", { name: "Accept invitation" }).click();
  await toast(member.page, "Welcome to the organization.");
  await tab(member.page, "Organization", "Members").click();
  await member.page.getByRole("link", { name: "Leave organization" }).click();
  await member.page.getByRole("dialog", { name: `Leave ${name}?` }).getByRole("button", { name: "Leave organization" }).click();
  await toast(member.page, "You left the organization.");
});

test("without a script a member can leave, too", async ({ newcomer, person }) => {
  const org = await person.seed.organization();
  const member = await newcomer({ javaScriptEnabled: false });
  const token = await invite(person.seed, person.context.request, org, member.who.email, "viewer");
  await member.page.goto(`/invitations/${token}`);
  await member.page.getByRole("button", { name: "Accept invitation" }).click();
  await member.page.goto(`/orgs/${org}/members`);
  await member.page.getByRole("link", { name: "Leave organization" }).click();
  await member.page.getByRole("button", { name: "Leave organization" }).click();
  await toast(member.page, "You left the organization.");
});

test("an organization is deleted once its name is typed", async ({ person: { page, seed }, watch }) => {
  const name = unique("Acme");
  const org = await seed.organization(name);
  const project = await seed.project(org);
  await page.goto(`/orgs/${org}/settings`);
  await page.getByRole("link", { name: "Delete organization" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await dialog.getByLabel(/^Type .* to confirm$/).fill(name);
  await dialog.getByRole("button", { name: "Delete organization" }).click();
  await toast(page, "The organization is deleted");
  watch.expectStatus(404);
  for (const gone of [`/orgs/${org}`, `/projects/${project}`]) expect((await page.goto(gone))?.status()).toBe(404);
});
