// Before all journeys: the first account of a new server becomes its operator, so this one has to be first.
// On a server that is used again the account is there already, and signs in.

import { request } from "@playwright/test";
import { Seed, type Credentials } from "./seed.ts";

export const OPERATOR: Credentials = {
  name: "Grace Hopper",
  email: "grace.hopper@example.com",
  password: "nanoseconds of wire",
};

export default async function signUpOperator(): Promise<void> {
  const context = await request.newContext();
  const seed = new Seed(context);
  await seed.signUp(OPERATOR).catch(() => seed.signIn(OPERATOR));
  await context.dispose();
}
