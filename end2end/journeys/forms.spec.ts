import { readFileSync } from "node:fs";
import { at, awake, row, toast } from "../support/console.ts";
import { stranger, unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("a sign-up that fails comes back with its input, without the password, and leads to each field", async ({ open }) => {
  const page = await (await open()).newPage();
  const who = stranger();
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(who.name);
  await page.getByLabel("Email").fill("no address");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  const summary = page.getByRole("alert");
  await expect(summary).toBeFocused();
  await expect(page.getByLabel("Name")).toHaveValue(who.name);
  await expect(page.getByLabel("Email")).toHaveValue("no address");
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(/email address/);
  await expect(page.getByLabel("Password"), "a secret does not come back").toHaveValue("");
  await summary.getByRole("link", { name: /email address/ }).click();
  await expect(page.getByLabel("Email")).toBeFocused();

  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/10 characters/);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await at(page, "Create organization");
});

test("a wrong password at sign-in keeps the address and says nothing of the account", async ({ newcomer, open }) => {
  const { who } = await newcomer();
  const page = await (await open()).newPage();
  const answers: string[] = [];
  for (const email of [who.email, stranger().email]) {
    await page.goto("/sign-in");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByLabel("Email")).toHaveValue(email);
    await expect(page.getByLabel("Password")).toHaveValue("");
    answers.push((await page.getByRole("alert").textContent()) ?? "");
  }
  expect(answers[0]).toBe(answers[1]);
});

test("the dialog of a failed form is open again with its input", async ({ person: { page, seed } }) => {
  const org = await seed.organization();
  const taken = unique("shop");
  await seed.project(org, taken);
  await page.goto(`/orgs/${org}`);
  await page.getByRole("link", { name: "Create project" }).click();
  const dialog = page.getByRole("dialog", { name: "Create project" });
  await dialog.getByRole("button", { name: "Create project" }).click();
  await expect(dialog.getByLabel("Project name")).toHaveAccessibleDescription("Enter a name.");
  await dialog.getByLabel("Project name").fill(taken);
  await dialog.getByRole("button", { name: "Create project" }).click();
  await expect(dialog.getByLabel("Project name")).toHaveAccessibleDescription(/already/);
  await expect(dialog.getByLabel("Project name")).toHaveValue(taken);
  await expect(dialog.getByRole("alert")).toBeFocused();

  // The failure is told once: the page itself has no memory of it.
  await page.reload();
  await expect(dialog).toBeHidden();
});

test("a connection string that cannot be used keeps the name and drops itself", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}`);
  await page.getByRole("link", { name: "Create environment" }).click();
  const dialog = page.getByRole("dialog", { name: "Create environment" });
  const wrong: [string, RegExp][] = [
    ["mysql://user:hunter2@db.example.com/app", /not supported yet/],
    ["postgres://user:hunter2@db.example.com:99999/app", /port is not a number from 1 to 65535/],
    ["hunter2", /must begin with postgresql:\/\//],
  ];
  for (const [connection, says] of wrong) {
    await dialog.getByLabel("Environment name").fill("Staging");
    await dialog.getByLabel("Connection string").fill(connection);
    await dialog.getByRole("button", { name: "Create environment" }).click();
    await expect(dialog.getByLabel("Connection string")).toHaveAccessibleDescription(says);
    await expect(dialog.getByLabel("Environment name")).toHaveValue("Staging");
    await expect(dialog.getByLabel("Connection string")).toHaveValue("");
    expect(await page.content()).not.toContain("hunter2");
  }
});

test("a key's form keeps what was typed, its chosen rights included", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  await page.goto(`/projects/${project}/settings/keys`);
  await page.getByRole("link", { name: "New API Key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API Key" });
  await dialog.getByText("Rights, expiry and addresses").click();
  await dialog.getByLabel("Name").fill("reports");
  await dialog.getByLabel("Rights", { exact: true }).selectOption("Read only");
  await dialog.getByLabel("Allowed addresses").fill("nowhere");
  await dialog.getByRole("button", { name: "Create API Key" }).click();
  await expect(dialog.getByRole("alert")).toBeFocused();
  await expect(dialog.getByLabel("Name")).toHaveValue("reports");
  await expect(dialog.getByLabel("Allowed addresses"), "the wrong field is in sight").toBeVisible();
  await expect(dialog.getByLabel("Allowed addresses")).toHaveValue("nowhere");
  await expect(dialog.getByLabel("Rights", { exact: true })).toHaveValue("read_only");
});

test("a form is not sent twice", async ({ person: { page, seed } }) => {
  const org = await seed.organization();
  await page.goto(`/orgs/${org}/projects/new`);
  await awake(page);
  const name = unique("shop");
  await page.getByLabel("Project name").fill(name);
  await page.getByRole("button", { name: "Create project" }).dblclick();
  await at(page, name);
  await page.goto(`/orgs/${org}`);
  await expect(row(page, name)).toHaveCount(1);
});

test("a form whose answer was stopped can be sent again", async ({ person: { page, seed } }) => {
  const org = await seed.organization();
  await page.clock.install();
  await page.goto(`/orgs/${org}/projects/new`);
  const name = unique("shop");
  await page.getByLabel("Project name").fill(name);
  const button = page.getByRole("button", { name: "Create project" });
  // As if the browser's Stop were pressed while the server is slow: the page stays, and no event tells of it.
  await page.route("**/api/projects/create", (route) => route.abort("aborted"), { times: 1 });
  await button.click();
  await expect(button).toHaveAttribute("aria-busy", "true");
  await page.clock.fastForward(10_000);
  await expect(button).not.toHaveAttribute("aria-busy");
  await button.click();
  await at(page, name);
});

test("a button whose call fails says why", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization());
  const { id: key } = await seed.key(project);
  await page.goto(`/keys/${key}`);
  await page.locator("input[name=key]").evaluateAll((fields) => fields.forEach((field) => ((field as HTMLInputElement).value = "key_0000000000000000000000000")));
  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no such API key");
  await expect(page.getByRole("alert")).toBeFocused();
});

test("two hundred scripts as names run nowhere", async ({ person: { page, seed } }) => {
  test.setTimeout(600_000);
  const asked: string[] = [];
  page.on("dialog", async (dialog) => {
    asked.push(dialog.message());
    await dialog.dismiss();
  });
  const [org, names] = [await seed.organization(), payloads()];
  expect(names).toHaveLength(200);
  const projects: string[] = [];
  for (const name of names) projects.push(await seed.project(org, name));
  for (let list = 1; list <= 8; list += 1) {
    await page.goto(`/orgs/${org}?page=${list}`);
    await expect(page.getByRole("rowheader")).toHaveCount(25);
  }
  // The title of each, its breadcrumb and its form.
  for (const [n, project] of projects.entries()) {
    await page.goto(`/projects/${project}/settings`);
    await expect(page.getByLabel("Project name")).toHaveValue(names[n] ?? "");
    expect(await page.title()).toBe(`Settings of ${(names[n] ?? "").replace(/\s+/g, " ")} · Pentaprism`);
  }
  await page.goto(`/projects/${projects[0]}`);
  await awake(page);
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search" });
  await expect(palette.getByRole("option").first()).toBeVisible();
  for (const name of names) {
    await palette.getByRole("combobox").fill(name);
    await expect(palette.getByRole("option").filter({ hasText: name }).first()).toBeVisible();
  }
  expect(await page.locator("img, iframe, math, base, form[action*=e\\.example]").count()).toBe(0);
  expect(asked).toEqual([]);
});

/** As in `tests/it/xss.rs`, which shows that none becomes an element: here none runs. */
function payloads(): string[] {
  const source = readFileSync(new URL("../../tests/it/xss.rs", import.meta.url), "utf8");
  const texts = (name: string): string[] => {
    const list = new RegExp(`const ${name}: [^=]*=\\s*\\[([\\s\\S]*?)\\n?\\];`).exec(source)?.[1] ?? "";
    return [...list.matchAll(/"(?:[^"\\]|\\.)*"/g)].map((match) => JSON.parse(match[0]) as string);
  };
  return texts("CONTEXTS").flatMap((context) => texts("ATTACKS").map((attack) => `${context}${attack}`));
}

test("a name is only text, whatever it holds", async ({ person: { page, seed } }) => {
  const name = `<img src=x onerror=alert(1)>"'&`;
  const org = await seed.organization();
  const project = await seed.project(org, name);
  await page.goto(`/projects/${project}/settings`);
  await expect(page.getByLabel("Project name")).toHaveValue(name);
  await page.getByRole("button", { name: "Update" }).click();
  await toast(page, "The project's name is changed.");
  await page.goto(`/orgs/${org}`);
  await page.getByRole("link", { name, exact: true }).first().click();
  await at(page, name);
});
