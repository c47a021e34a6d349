// Keys that work no more, or not for this: what the client says of each.
// CONSOLE, EMAIL, PASSWORD, PROJECT, RESOURCE: where, who, and for what. ACCELERATE_URL: the connection string of a key that works.
import { createRequire } from 'node:module';
import { Checks, signIn } from '../console.mjs';

const require = createRequire(`${process.cwd()}/`);
const { PrismaClient } = require('@prisma/client');
const { withAccelerate } = require('@prisma/extension-accelerate');
const major = Number(require('@prisma/client/package.json').version.split('.')[0]);

const { CONSOLE, PROJECT, RESOURCE, ACCELERATE_URL } = process.env;
const { page, submit } = await signIn();
// The list shows the beginnings of others.
const KEY = new RegExp(`\\bppk_[0-9A-Za-z]{${new URL(ACCELERATE_URL).searchParams.get('api_key').length - 4}}\\b`);

// By prisma:// the extension asks on its own behalf too, and listens to no refusal.
process.on('unhandledRejection', (refusal) => {
  if (!/^P60(02|10)$/.test(refusal?.code)) throw refusal;
});

/** Makes a key and reads it off the page that shows it once. */
async function made(fields, resource = RESOURCE) {
  const list = `/resources/${resource}/keys`;
  const next = await submit(list, 'keys/create', { project: PROJECT, resource, ...fields });
  return { id: new URL(next, CONSOLE).searchParams.get('created'), text: KEY.exec(await page(next))[0], list };
}

/** What the client answers, or its error. */
async function outcome(key, run = (db) => db.user.count()) {
  const url = new URL(ACCELERATE_URL);
  url.searchParams.set('api_key', key);
  const given = major >= 7 ? { accelerateUrl: url.href } : { datasourceUrl: url.href };
  const db = new PrismaClient({ ...given, errorFormat: 'minimal' }).$extends(withAccelerate());
  try {
    return { value: await run(db) };
  } catch ({ code, message }) {
    return { code, message };
  } finally {
    // Who was never let in has nothing to end, and is told once more why.
    await db.$disconnect().catch(() => {});
  }
}

const checks = new Checks();
/** The change is believed within a second. */
async function refuses(name, key, code, says, run) {
  let found;
  for (let tries = 0; tries < 20; tries++) {
    found = await outcome(key, run);
    if (found.code) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  checks.add(name, found.code === code && found.message.includes(says), JSON.stringify(found));
}
const INVALID = 'The API key in the Accelerate connection string is invalid. ';

const kept = await made({ name: 'kept' });
const counted = await outcome(kept.text);
checks.add('a key works', typeof counted.value === 'number', JSON.stringify(counted));

const disabled = await made({ name: 'disabled' });
await submit(disabled.list, 'keys/set-enabled', { key: disabled.id, enabled: 'false' });
await refuses('a disabled key', disabled.text, 'P6002', `${INVALID}This API key is disabled.`);

const removed = await made({ name: 'removed' });
await submit(`/keys/${removed.id}/remove`, 'keys/remove', { key: removed.id });
await refuses('a removed key', removed.text, 'P6002', `${INVALID}There is no such API key.`);

const rotated = await made({ name: 'rotated' });
await submit(`/keys/${rotated.id}/rotate`, 'keys/rotate', { key: rotated.id, overlap: '0' });
await refuses('a key that was rotated without an overlap', rotated.text, 'P6002', INVALID);

const elsewhere = await made({ name: 'elsewhere', allowed_ranges: '203.0.113.0/24' });
await refuses('a key of other addresses', elsewhere.text, 'P6002', `${INVALID}This API key may not be used from this address.`);

const last = kept.text.at(-1) === '0' ? '1' : '0';
await refuses('a key with a wrong checksum', kept.text.slice(0, -1) + last, 'P6002', INVALID);
await refuses('what is no key', 'nonsense', 'P6002', INVALID);

const reader = await made({ name: 'reader', rights: 'read_only' });
const read = await outcome(reader.text);
checks.add('a key that only reads reads', typeof read.value === 'number', JSON.stringify(read));
await refuses('a key that only reads writes', reader.text, 'P6002', 'This API key is read-only', (db) => db.tag.create({ data: { name: 'never' } }));

const bare = (await submit(`/projects/${PROJECT}/resources/new`, 'resources/create', { project: PROJECT, name: 'Without' })).split('/').at(-1);
const unconfigured = await made({ name: 'unconfigured' }, bare);
await refuses('a key of an environment without Accelerate', unconfigured.text, 'P6010', 'Accelerate');

checks.tell();
