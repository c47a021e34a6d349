import { at, row, tab, toast } from "../support/console.ts";
import { unique } from "../support/seed.ts";
import { expect, test } from "../support/test.ts";

test("back and forward lead through pages as they were", async ({ person: { page, seed } }) => {
  const [org, name] = [await seed.organization(), unique("shop")];
  const project = await seed.project(org, name);
  await page.goto(`/orgs/${org}`);
  await row(page, name).getByRole("link", { name }).click();
  await at(page, name);
  await tab(page, "Project", "Pulse").click();
  await at(page, "Pulse");
  await expect(tab(page, "Project", "Pulse")).toHaveAttribute("aria-current", "page");
  await page.goBack();
  await at(page, name);
  await page.goBack();
  await expect(page).toHaveURL(`/orgs/${org}`);
  await page.goForward();
  await page.goForward();
  await expect(page).toHaveURL(`/projects/${project}/pulse`);
  await at(page, "Pulse");
});

test("moving between pages is a transition of the browser", async ({ person: { page, seed } }) => {
  const org = await seed.organization();
  await page.addInitScript(() => {
    addEventListener("pagereveal", (event) => sessionStorage.setItem("transition", String(Boolean(event.viewTransition))));
  });
  await page.goto(`/orgs/${org}`);
  expect(await page.evaluate(() => sessionStorage.getItem("transition")), "nothing to move from").toBe("false");
  await tab(page, "Organization", "Members").click();
  await at(page, "Members");
  expect(await page.evaluate(() => sessionStorage.getItem("transition"))).toBe("true");
});

test("a form that was sent is not sent again on the way back", async ({ person: { page, seed } }) => {
  const org = await seed.organization();
  const name = unique("shop");
  await page.goto(`/orgs/${org}/projects/new`);
  await page.getByLabel("Project name").fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await at(page, name);
  await page.reload();
  await page.goBack();
  await at(page, "Create project");
  await page.goForward();
  await at(page, name);
  await page.goto(`/orgs/${org}`);
  await expect(row(page, name)).toHaveCount(1);
});

test("a page that was fetched ahead hides nothing of what a form did since", async ({ person: { page, seed } }) => {
  const project = await seed.project(await seed.organization(), unique("shop"));
  await page.goto(`/projects/${project}/settings`);
  const ahead = page.waitForResponse((response) => response.request().headers()["sec-purpose"]?.startsWith("prefetch") ?? false);
  await tab(page, "Project", "Settings").hover();
  await ahead;
  const renamed = unique("store");
  await page.getByLabel("Project name").fill(renamed);
  await page.getByLabel("Project name").press("Enter");
  await toast(page, "The project's name is changed.");
  await expect(page.getByLabel("Project name")).toHaveValue(renamed);
});

test("a link to a page deep inside leads there once one has signed in", async ({ newcomer, open }) => {
  const { who, seed } = await newcomer();
  const org = await seed.organization();
  await seed.project(org, "apple");
  const page = await (await open()).newPage();
  await page.goto(`/orgs/${org}?q=app&page=1`);
  await at(page, "Sign in to Pentaprism");
  await page.getByLabel("Email").fill(who.email);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`/orgs/${org}?q=app&page=1`);
  await expect(page.getByRole("searchbox", { name: "Search projects" })).toHaveValue("app");
});

test("an address that leads nowhere says so and leads back", async ({ person: { page }, watch }) => {
  watch.expectStatus(404);
  for (const path of ["/no-such-page", "/orgs/wksp_00000000000000000000000000", "/projects/nonsense", "/keys/%00", "/resources/../etc"]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    await at(page, "Not found");
  }
  await page.getByRole("link", { name: "Back to the console" }).click();
  await at(page, /^(Organizations|Projects|Create organization)$/);
});

test("what belongs to somebody else answers as if it were not there", async ({ newcomer, scene, watch }) => {
  watch.expectStatus(404);
  const { page, seed } = await newcomer();
  await seed.organization();
  const { org, project, resource, key, member } = scene;
  const foreign = [
    ...["", "/usage", "/members", `/members/${member}`, "/members/invite", "/members/leave", `/members/${member}/remove`, "/settings", "/settings/delete", "/projects/new"].map((rest) => `/orgs/${org}${rest}`),
    ...["", "/accelerate", "/pulse", "/settings", "/settings/delete", "/settings/keys", "/settings/keys/new", "/resources/new"].map(
      (rest) => `/projects/${project}${rest}`,
    ),
    ...["", "/keys", "/keys/new", "/accelerate", "/pulse", "/pulse/disable", "/settings", "/settings/delete"].map((rest) => `/resources/${resource}${rest}`),
    ...["", "/remove", "/rotate"].map((rest) => `/keys/${key}${rest}`),
  ];
  const unknown = await page.goto("/orgs/wksp_00000000000000000000000000");
  expect(unknown?.status()).toBe(404);
  const text = await page.getByRole("main").innerText();
  for (const path of foreign) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    expect(await page.getByRole("main").innerText(), path).not.toContain("Analytical");
    await at(page, "Not found");
  }
  await page.goto(`/orgs/${org}`);
  expect(await page.getByRole("main").innerText(), "no telling apart").toBe(text);

  const calls: [string, Record<string, string>][] = [
    ["orgs/rename", { org, name: "mine" }],
    ["projects/create", { org, name: "mine" }],
    ["projects/rename", { project, name: "mine" }],
    ["projects/delete", { project, confirmation: "storefront" }],
    ["resources/create", { project, name: "mine", connection_string: "" }],
    ["resources/rename", { resource, name: "mine" }],
    ["resources/test-connection", { resource }],
    ["keys/create", { project, resource: "", name: "mine" }],
    ["keys/rotate", { key, overlap: "0" }],
    ["keys/remove", { key }],
    ["members/invite", { org, email: "me@example.com", role: "owner" }],
  ];
  for (const [call, form] of calls) await expect(seed.post(call, form), call).rejects.toThrow("led to /posted-by-a-journey");
});

test("the administration is there for operators alone", async ({ person: { page }, scene, watch }) => {
  watch.expectStatus(404);
  for (const path of ["/admin", "/admin/users/new", `/admin/users/${scene.member}`, `/admin/users/${scene.member}/delete`, "/admin/organizations", "/admin/settings", "/admin/waitlist"]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    expect(await page.content()).not.toContain("grace.hopper");
  }
});
