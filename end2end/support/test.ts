// The fixtures of every journey.

import { test as base, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { makeScene, type Scene } from "./scene.ts";
import { Seed, stranger, type Credentials, type State } from "./seed.ts";
import { Watch } from "./watch.ts";

/** Somebody at a browser of their own. */
export interface Person {
  who: Credentials;
  context: BrowserContext;
  page: Page;
  /** Makes things in this person's name. */
  seed: Seed;
}

interface Account {
  who: Credentials;
  state: State;
}

interface Fixtures {
  /** What the browsers of this journey complain about. */
  watch: Watch;
  /** Opens one more browser that nobody is signed in to. */
  open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** Signed in; shares the account with other journeys, so it makes an organization of its own and leaves sessions and password alone. */
  person: Person;
  /** Signed in to a new account: may change its password and end its sessions. */
  newcomer: (options?: BrowserContextOptions) => Promise<Person>;
}

interface WorkerFixtures {
  /** One account of each worker: the server allows sixty sign-ups a minute from one address. */
  account: Account;
  /** The operator's organization with something of everything; only to be looked at. */
  scene: Scene;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  account: [
    async ({ playwright }, use) => {
      const request = await playwright.request.newContext();
      const who = stranger();
      await new Seed(request).signUp(who);
      await use({ who, state: await request.storageState() });
      await request.dispose();
    },
    { scope: "worker" },
  ],

  scene: [
    async ({ playwright }, use) => {
      await use(await makeScene(playwright.request));
    },
    { scope: "worker" },
  ],

  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    base.expect(watch.complaints(), "the browser complained").toEqual([]);
  },

  open: async ({ browser, watch, contextOptions, baseURL, locale, timezoneId }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const defaults = { ...contextOptions, ...(baseURL && { baseURL }), ...(locale && { locale }), ...(timezoneId && { timezoneId }) };
      const context = await browser.newContext({ ...defaults, ...options });
      contexts.push(context);
      await watch.follow(context, options.javaScriptEnabled ?? true);
      return context;
    });
    for (const context of contexts) await context.close();
  },

  person: async ({ account, open }, use) => {
    const context = await open({ storageState: account.state });
    await use(await person(account.who, context));
  },

  newcomer: async ({ open }, use) => {
    await use(async (options) => {
      const context = await open(options);
      const made = await person(stranger(), context);
      await made.seed.signUp(made.who);
      return made;
    });
  },
});

async function person(who: Credentials, context: BrowserContext): Promise<Person> {
  return { who, context, page: await context.newPage(), seed: new Seed(context.request) };
}

export const expect = test.expect;
