// Makes what a journey needs before it begins, through the console's own forms but without a browser's pages.

import type { APIRequestContext } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { CONSOLE, DATABASE } from "./environment.ts";

/** A name that nobody else has. */
export function unique(word: string): string {
  return `${word} ${randomUUID().slice(0, 8)}`;
}

export interface Credentials {
  name: string;
  email: string;
  password: string;
}

/** An account that does not exist yet. */
export function stranger(): Credentials {
  const id = randomUUID().slice(0, 12);
  return { name: "Ada Lovelace", email: `ada-${id}@example.com`, password: `looms and engines ${id}` };
}

/** The cookies of somebody who is signed in. */
export type State = Awaited<ReturnType<APIRequestContext["storageState"]>>;

export interface NewKey {
  id: string;
  /** The page that shows it once. */
  shownAt: string;
}

/** The forms of the console, posted as a browser without scripts does. */
export class Seed {
  constructor(
    private readonly request: APIRequestContext,
    private readonly console = CONSOLE,
  ) {}

  async signUp(who: Credentials): Promise<void> {
    await this.post("identity/sign-up", { ...who });
  }

  async signIn(who: Credentials): Promise<void> {
    await this.post("identity/sign-in", { email: who.email, password: who.password });
  }

  async organization(name = unique("Acme")): Promise<string> {
    return last(await this.post("orgs/create", { name }));
  }

  async project(org: string, name = unique("shop")): Promise<string> {
    return last(await this.post("projects/create", { org, name }));
  }

  async environment(project: string, name = "Production", connection = DATABASE): Promise<string> {
    return last(await this.post("resources/create", { project, name, connection_string: connection }));
  }

  /** A key of the project, or of one of its resources. */
  async key(project: string, resource = "", name = "production"): Promise<NewKey> {
    const shownAt = await this.post("keys/create", { project, resource, name });
    const id = new URL(shownAt, this.console).searchParams.get("created");
    if (!id) throw new Error(`a new key leads to ${shownAt}, which does not name it`);
    return { id, shownAt };
  }

  /** Posts a form and answers where it leads; a form that comes back to where it was has failed. */
  async post(call: string, form: Record<string, string>): Promise<string> {
    const from = "/posted-by-a-journey";
    const answer = await this.request.post(`${this.console}/api/${call}`, {
      form: { _form: call, ...form },
      headers: { accept: "text/html", "sec-fetch-site": "same-origin", referer: `${this.console}${from}` },
      maxRedirects: 0,
    });
    const location = answer.headers()["location"];
    if (answer.status() !== 303 || !location || location === from) {
      throw new Error(`${call} answered ${answer.status()} and led to ${location}`);
    }
    return location;
  }
}

function last(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
