// An organization with something of everything in it, and the list of all pages over it.

import type { APIRequestContext } from "@playwright/test";
import { CONSOLE } from "./environment.ts";
import { OPERATOR } from "./operator.ts";
import { Database } from "./database.ts";
import { openStream } from "./subscriber.ts";
import { Seed, stranger, unique, type Credentials, type State } from "./seed.ts";

/** Who looks at a page. */
export type Viewer = "operator" | "member" | "nobody";

export interface Scene {
  org: string;
  emptyOrg: string;
  project: string;
  emptyProject: string;
  resource: string;
  bareResource: string;
  streaming: string;
  key: string;
  member: string;
  plan: string;
  reset: string;
  invitation: string;
  who: Credentials;
  states: Record<Viewer, State | undefined>;
}

export interface Row {
  /** As in `app/src/routes.rs`. */
  route: string;
  /** Tells apart the states of one page. */
  state?: string;
  as?: Viewer;
  path: (scene: Scene) => string;
}

const at = (route: string, path: (scene: Scene) => string, more: Partial<Row> = {}): Row => ({ route, path, ...more });
const plain = (route: string, more: Partial<Row> = {}): Row => at(route, () => `/${route}`, more);

/** Every page of the console; some in several states. */
export const PAGES: Row[] = [
  plain("sign-in", { as: "nobody" }),
  plain("sign-in/code", { as: "nobody" }),
  plain("sign-up", { as: "nobody" }),
  plain("check-mail", { as: "nobody" }),
  plain("forgot-password", { as: "nobody" }),
  at("reset-password/:token", (scene) => `/reset-password/${scene.reset}`, { as: "nobody" }),
  at("verify-email/:token", () => "/verify-email/a-token-of-a-mail", { as: "nobody" }),
  at("invitations/:token", (scene) => `/invitations/${scene.invitation}`, { as: "nobody" }),
  at("invitations/:token", (scene) => `/invitations/${scene.invitation}`, { as: "member", state: "for another address" }),
  plain("account"),
  plain("account/delete"),
  plain("account/security"),
  plain("account/second-factor", { state: "nothing begun" }),
  plain("account/second-factor", { as: "member", state: "begun" }),
  plain("account/second-factor/codes", { state: "nothing on" }),
  plain("account/second-factor/off", { state: "nothing on" }),
  plain("admin"),
  at("admin", () => "/admin?q=nobody-is-called-so", { state: "nothing found" }),
  plain("admin/users/new"),
  at("admin/users/:user", (scene) => `/admin/users/${scene.member}`),
  at("admin/users/:user/delete", (scene) => `/admin/users/${scene.member}/delete`),
  plain("admin/organizations"),
  at("admin/organizations/:org", (scene) => `/admin/organizations/${scene.org}`),
  plain("admin/plans"),
  plain("admin/plans/new"),
  at("admin/plans/:plan", (scene) => `/admin/plans/${scene.plan}`),
  at("admin/plans/:plan/delete", (scene) => `/admin/plans/${scene.plan}/delete`),
  plain("admin/settings"),
  plain("admin/waitlist"),
  plain("help"),
  plain("orgs"),
  plain("orgs/new"),
  at("orgs/:org", (scene) => `/orgs/${scene.org}`),
  at("orgs/:org", (scene) => `/orgs/${scene.emptyOrg}`, { state: "empty" }),
  at("orgs/:org", (scene) => `/orgs/${scene.org}?q=nothing+is+called+so`, { state: "nothing found" }),
  at("orgs/:org", (scene) => `/orgs/${scene.org}`, { state: "as a viewer", as: "member" }),
  at("orgs/:org/usage", (scene) => `/orgs/${scene.org}/usage`),
  at("orgs/:org/members", (scene) => `/orgs/${scene.org}/members`),
  at("orgs/:org/members", (scene) => `/orgs/${scene.org}/members`, { state: "as a viewer", as: "member" }),
  at("orgs/:org/members/invite", (scene) => `/orgs/${scene.org}/members/invite`),
  at("orgs/:org/members/leave", (scene) => `/orgs/${scene.org}/members/leave`),
  at("orgs/:org/members/:user/remove", (scene) => `/orgs/${scene.org}/members/${scene.member}/remove`),
  at("orgs/:org/members/:user", (scene) => `/orgs/${scene.org}/members/${scene.member}`),
  at("orgs/:org/settings", (scene) => `/orgs/${scene.org}/settings`),
  at("orgs/:org/settings", (scene) => `/orgs/${scene.org}/settings`, { state: "as a viewer", as: "member" }),
  at("orgs/:org/settings/delete", (scene) => `/orgs/${scene.org}/settings/delete`),
  at("orgs/:org/projects/new", (scene) => `/orgs/${scene.org}/projects/new`),
  at("projects/:project", (scene) => `/projects/${scene.project}`),
  at("projects/:project", (scene) => `/projects/${scene.emptyProject}`, { state: "empty" }),
  at("projects/:project/accelerate", (scene) => `/projects/${scene.project}/accelerate`),
  at("projects/:project/pulse", (scene) => `/projects/${scene.project}/pulse`),
  at("projects/:project/pulse", (scene) => `/projects/${scene.emptyProject}/pulse`, { state: "empty" }),
  at("projects/:project/settings", (scene) => `/projects/${scene.project}/settings`),
  at("projects/:project/settings/delete", (scene) => `/projects/${scene.project}/settings/delete`),
  at("projects/:project/settings/keys", (scene) => `/projects/${scene.project}/settings/keys`),
  at("projects/:project/settings/keys", (scene) => `/projects/${scene.emptyProject}/settings/keys`, { state: "empty" }),
  at("projects/:project/settings/keys/new", (scene) => `/projects/${scene.project}/settings/keys/new`),
  at("projects/:project/resources/new", (scene) => `/projects/${scene.project}/resources/new`),
  at("resources/:resource", (scene) => `/resources/${scene.resource}`),
  at("resources/:resource", (scene) => `/resources/${scene.bareResource}`, { state: "no connection string" }),
  at("resources/:resource/keys", (scene) => `/resources/${scene.resource}/keys`),
  at("resources/:resource/keys/new", (scene) => `/resources/${scene.resource}/keys/new`),
  at("resources/:resource/accelerate", (scene) => `/resources/${scene.resource}/accelerate`, { state: "configured" }),
  at("resources/:resource/accelerate", (scene) => `/resources/${scene.bareResource}/accelerate`, { state: "not configured" }),
  at("resources/:resource/accelerate/disable", (scene) => `/resources/${scene.resource}/accelerate/disable`),
  at("resources/:resource/pulse", (scene) => `/resources/${scene.streaming}/pulse`, { state: "enabled" }),
  at("resources/:resource/pulse", (scene) => `/resources/${scene.streaming}/pulse`, { state: "as a viewer", as: "member" }),
  at("resources/:resource/pulse", (scene) => `/resources/${scene.resource}/pulse`, { state: "to be enabled" }),
  at("resources/:resource/pulse", (scene) => `/resources/${scene.bareResource}/pulse`, { state: "no connection string" }),
  at("resources/:resource/pulse/disable", (scene) => `/resources/${scene.streaming}/pulse/disable`),
  at("resources/:resource/pulse/delete-stream", (scene) => `/resources/${scene.streaming}/pulse/delete-stream?name=all-users`),
  at("resources/:resource/pulse/replay-stream", (scene) => `/resources/${scene.streaming}/pulse/replay-stream?name=all-users`),
  at("resources/:resource/settings", (scene) => `/resources/${scene.resource}/settings`),
  at("resources/:resource/settings/delete", (scene) => `/resources/${scene.resource}/settings/delete`),
  at("keys/:key", (scene) => `/keys/${scene.key}`),
  at("keys/:key/remove", (scene) => `/keys/${scene.key}/remove`),
  at("keys/:key/rotate", (scene) => `/keys/${scene.key}/rotate`),
];

export function label(page: Row): string {
  return page.state ? `${page.route} (${page.state})` : page.route;
}

interface Requests {
  newContext(): Promise<APIRequestContext>;
}

/** Makes the scene: two accounts, one organization with two projects, and an empty one. */
export async function makeScene(requests: Requests): Promise<Scene> {
  const [mine, theirs] = [await requests.newContext(), await requests.newContext()];
  const [seed, other] = [new Seed(mine), new Seed(theirs)];
  // A session of its own: what a session is shown once belongs to whoever asks first.
  await seed.signIn(OPERATOR);
  const who = { ...stranger(), name: "Charles Babbage" };
  await other.signUp(who);

  const org = await seed.organization("Analytical Engines");
  const emptyOrg = await seed.organization("Difference Engines");
  const project = await seed.project(org, "storefront");
  const emptyProject = await seed.project(org, unique("a-project-whose-name-is-as-long-as-names-may-be"));
  const resource = await seed.environment(project, "Production");
  const bareResource = await seed.environment(project, "Staging", "");
  const { id: key } = await seed.key(project, "", "production");
  await seed.key(project, resource, "staging-api");
  const streaming = await streamed(seed, mine, project);
  const { id: disabled } = await seed.key(project, bareResource, "disabled");
  await seed.post("keys/set-enabled", { key: disabled, enabled: "false" });
  await seed.post("keys/create", { project, resource: "", name: "reports", rights: "read_only", expires_in_days: "30" });

  await seed.post("accelerate/configure", { resource, region: "nearest" });
  const name = unique("Team");
  const plans = await seed.post("admin/create-plan", { name, requests: "50", queued: "100" });
  const plan = await found(mine, plans, new RegExp(`/admin/plans/(plan_[0-9a-z]+)"[^>]*>${name}<`));

  const joined = await invite(seed, mine, org, who.email, "viewer");
  await other.post("members/accept-invitation", { token: joined });
  const member = await found(mine, `/orgs/${org}/members`, new RegExp(`/orgs/${org}/members/(user_[0-9a-z]+)`));
  const invitation = await invite(seed, mine, org, stranger().email, "developer");
  await other.post("account/enroll-second-factor", { password: who.password });
  const reset = await found(mine, await seed.post("admin/reset-link", { user: member }), /\/reset-password\/([^"<\s]+)/);

  const states = { operator: await mine.storageState(), member: await theirs.storageState(), nobody: undefined };
  await Promise.all([mine.dispose(), theirs.dispose()]);
  return { org, emptyOrg, project, emptyProject, resource, bareResource, streaming, key, member, plan, reset, invitation, who, states };
}

/** An environment with Pulse, a stream that is behind, and events. */
async function streamed(seed: Seed, request: APIRequestContext, project: string): Promise<string> {
  const database = await Database.create(`create table users (id int primary key, name text, joined timestamptz default now()); create table orders (id int primary key, total numeric)`);
  const resource = await seed.environment(project, "Preview", database.url);
  await seed.post("pulse/enable", { resource, which: "all", automatic: "on", persistence: "on", retention_hours: "72" });
  for (const end = Date.now() + 20_000; (await database.kept()) !== "1 read, 1 kept, 1 published"; ) {
    if (Date.now() > end) throw new Error("nobody captures");
    await new Promise((done) => setTimeout(done, 100));
  }
  const { shownAt } = await seed.key(project, resource, "preview");
  const key = await found(request, shownAt, /(ppk_[0-9A-Za-z]{36})/);
  const endpoint = await found(request, `/resources/${resource}/pulse`, /new URL\((?:'|&#x27;|&#39;)(wss?:[^'&]*)/);
  const model = { dbName: "users", fields: [{ name: "id", kind: "scalar", type: "Int" }] };
  await openStream(endpoint, key, { modelName: "User", model, where: {} }, "all-users");
  await database.query("insert into users values (1, 'Ada'), (2, 'Bea'); update users set name = 'Cid' where id = 2; insert into orders values (1, 19.90); delete from users where id = 1");
  return resource;
}

/** Invites an address and answers the token of the link. */
export async function invite(seed: Seed, request: APIRequestContext, org: string, email: string, role: string): Promise<string> {
  return found(request, await seed.post("members/invite", { org, email, role }), /\/invitations\/([^"<\s]+)/);
}

async function found(request: APIRequestContext, path: string, pattern: RegExp): Promise<string> {
  const text = await (await request.get(new URL(path, CONSOLE).href)).text();
  const match = pattern.exec(text)?.[1];
  if (!match) throw new Error(`${path} holds nothing like ${pattern}`);
  return match;
}
