// What an application hears of changes by @prisma/extension-pulse, against what it knows by Prisma Client itself.
// DIRECT_DATABASE_URL: the database. ENDPOINT, API_KEY: its Pulse. OTHER_API_KEY: of a resource without.
// The line `kill the server` asks whoever runs this to kill it (-9) and to start it again.
import { createRequire } from 'node:module';
import net from 'node:net';
import { isDeepStrictEqual } from 'node:util';

// Each version of the client has a folder of its own, from which this runs.
const require = createRequire(`${process.cwd()}/`);
const { PrismaClient } = require('@prisma/client');
const { PrismaPg } = require('@prisma/adapter-pg');
const { withPulse } = require('@prisma/extension-pulse');
const { DIRECT_DATABASE_URL: connectionString, ENDPOINT, API_KEY, OTHER_API_KEY } = process.env;

const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString }), errorFormat: 'minimal' });
const endpoint = new URL(ENDPOINT);
const db = plain.$extends(withPulse({ apiKey: API_KEY, endpoint }));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const moment = (text) => new Date(text);

let [passed, failed] = [0, 0];
const shown = (value) => JSON.stringify(value, (_, inner) => typeof inner === 'bigint' ? `${inner}n` : inner);
const check = (name, found, wanted) => {
  if (isDeepStrictEqual(found, wanted)) {
    passed++;
  } else {
    failed++;
    console.log(`not as it should be: ${name}\n  wanted: ${shown(wanted)}\n  found:  ${shown(found)}`);
  }
};

async function until(holds, patience = 30000) {
  for (const end = Date.now() + patience; Date.now() < end && !holds();) await sleep(20);
  return holds();
}

// Hears events until it is stopped; whatever breaks, it asks anew, as an application would that has to go on.
function listen(open) {
  const heard = { events: [], errors: [], stopped: false, open: false };
  heard.run = (async () => {
    while (!heard.stopped) {
      try {
        heard.subscription = await open();
        heard.open = true;
        for await (const event of heard.subscription) heard.events.push(event);
      } catch (error) {
        heard.errors.push(error);
        await sleep(200);
      }
    }
  })();
  heard.stop = () => {
    heard.stopped = true;
    heard.subscription.stop();
  };
  return heard;
}

async function listening(open) {
  const heard = listen(open);
  if (!await until(() => heard.open)) throw new Error(`nobody answers: ${heard.errors.at(-1)}`);
  return heard;
}

const user = (email, more = {}) => ({
  email, name: null, role: 'READER', score: 1, big: 9007199254740993n, ratio: 0.1, price: '12.5', since: moment('2026-01-02T03:04:05.678Z'), active: true,
  data: { a: [1, null, 'ß'] }, raw: Buffer.from([0, 255, 104]), tags: ['a', 'b,c', ''], marks: [1, -2], ...more,
});
// A row as it is compared: decimals and bytes are objects of their own kind on each side.
const row = (found) => found && Object.fromEntries(Object.entries(found).map(([name, value]) => [
  name, name === 'price' ? String(value) : ArrayBuffer.isView(value) ? Buffer.from(value).toString('hex') : value,
]));

// Capture begins a moment after the server.
const first = await listening(() => db.user.subscribe());
for (let tries = 0; tries < 100 && !first.events.length; tries++) {
  const { id } = await plain.user.create({ data: user(`first-${tries}`) });
  await until(() => first.events.length, 300);
  await plain.user.delete({ where: { id } });
}
check('a first event comes', first.events.length > 0, true);
await sleep(500);
first.events.length = 0;

// Every type, by every action.
const made = await plain.user.create({ data: user('ada@x.io', { name: 'Ada' }) });
const changed = await plain.user.update({ where: { id: made.id }, data: { name: 'Straße "quoted" \\ \u{1F600}', price: '99999999999999.123456', active: false, tags: [], data: 'text' } });
await plain.user.delete({ where: { id: made.id } });
await until(() => first.events.length >= 3);
check('the actions', first.events.map(({ action }) => action), ['create', 'update', 'delete']);
check('what was created', row(first.events[0]?.created), row(made));
check('what was updated', row(first.events[1]?.after), row(changed));
check('what was deleted', row(first.events[2]?.deleted), row(changed));
check('ids go up', isDeepStrictEqual(first.events.map(({ id }) => id).sort(), first.events.map(({ id }) => id)), true);
check('another model is not heard', await (async () => {
  await plain.note.create({ data: { body: 'x' } });
  await sleep(300);
  return first.events.length;
})(), 3);

// A transaction, and one that is rolled back.
first.events.length = 0;
await plain.$transaction([plain.user.create({ data: user('one') }), plain.user.create({ data: user('two') })]);
await plain.$transaction(async (tx) => {
  await tx.user.create({ data: user('never') });
  throw new Error('back');
}).catch(() => null);
await plain.user.deleteMany();
await until(() => first.events.length >= 4);
check('transactions', first.events.map((event) => (event.created ?? event.deleted).email), ['one', 'two', 'one', 'two']);
first.stop();

// Filters: what they let through is what the database finds by the same words.
const rows = [
  user('ann@x.io', { name: 'Ann', score: 1, tags: ['red', 'blue'], marks: [1] }),
  user('bob@y.io', { name: 'Bob', score: 2, role: 'WRITER', big: 5n, ratio: 2.5, price: '1', active: false, tags: ['red'], marks: [], since: moment('2020-01-01T00:00:00Z') }),
  user('CARL@x.io', { name: null, score: 3, tags: [], marks: [1, 2, 3], big: -1n, price: '0.000001' }),
  user('dora@z.io', { name: 'ann', score: 4, role: 'WRITER', tags: ['blue', 'red', 'green'], marks: [2], ratio: -1 }),
];
const filters = [
  { score: 2 }, { score: { equals: 2 } }, { score: { not: 2 } }, { score: { in: [1, 3] } }, { score: { notIn: [1, 3] } }, { score: { lt: 2 } }, { score: { lte: 2 } },
  { score: { gt: 2 } }, { score: { gte: 2 } }, { score: { gt: 1, lt: 4 } }, { big: 5n }, { big: { lt: 0n } }, { big: { in: [5n, -1n] } }, { ratio: { gte: 0.1 } }, { price: '12.5' },
  { price: { lt: '1' } }, { since: { lt: moment('2021-01-01T00:00:00Z') } }, { since: moment('2026-01-02T03:04:05.678Z') }, { active: false }, { active: { not: false } },
  { role: 'WRITER' }, { role: { in: ['READER'] } }, { name: 'Ann' }, { name: { not: 'Ann' } }, { name: { contains: 'nn' } }, { name: { startsWith: 'A' } }, { name: { endsWith: 'b' } },
  { name: { equals: 'ANN', mode: 'insensitive' } }, { email: { contains: '@z' } }, { email: { startsWith: 'carl', mode: 'insensitive' } }, { email: { endsWith: 'x.io' } },
  { tags: { has: 'red' } }, { tags: { hasEvery: ['red', 'blue'] } }, { tags: { hasSome: ['green', 'blue'] } }, { marks: { has: 2 } }, { tags: { equals: ['red'] } },
  { OR: [{ score: 1 }, { score: 4 }] }, { AND: [{ role: 'WRITER' }, { score: { gt: 2 } }] }, { NOT: { role: 'WRITER' } }, { AND: [{ OR: [{ score: 1 }, { name: 'Bob' }] }], NOT: { score: 2 } },
];
const emails = (events, image) => events.map((event) => event[image].email).sort();
const byCreate = await Promise.all(filters.map((where) => listening(() => db.user.subscribe({ create: where }))));
const byUpdate = await Promise.all(filters.map((where) => listening(() => db.user.subscribe({ update: { after: where } }))));
const byDelete = await Promise.all(filters.map((where) => listening(() => db.user.subscribe({ delete: where }))));
const everything = await listening(() => db.user.subscribe({ create: {}, update: { after: {} }, delete: {} }));
for (const data of rows) await plain.user.create({ data });
const wanted = await Promise.all(filters.map(async (where) => (await plain.user.findMany({ where })).map(({ email }) => email).sort()));
for (const { email } of rows) await plain.user.update({ where: { email }, data: { raw: Buffer.from('changed') } });
await plain.user.deleteMany();
await until(() => everything.events.length >= 12);
await sleep(500);
filters.forEach((where, at) => {
  check(`create where ${shown(where)}`, emails(byCreate[at].events, 'created'), wanted[at]);
  check(`update where ${shown(where)}`, emails(byUpdate[at].events, 'after'), wanted[at]);
  check(`delete where ${shown(where)}`, emails(byDelete[at].events, 'deleted'), wanted[at]);
});
check('nothing broke', [...byCreate, ...byUpdate, ...byDelete, everything].flatMap(({ errors }) => errors.map(String)), []);
for (const heard of [...byCreate, ...byUpdate, ...byDelete, everything]) heard.stop();

// Several subscribers.
const several = await Promise.all(Array.from({ length: 10 }, () => listening(() => db.user.subscribe())));
await plain.user.createMany({ data: Array.from({ length: 20 }, (_, at) => user(`several-${at}`)) });
await until(() => several.every(({ events }) => events.length >= 20));
check('all of them hear the same', several.every(({ events }) => isDeepStrictEqual(events, several[0].events)) && several[0].events.length, 20);
for (const heard of several) heard.stop();

// A stream goes on by its name: whatever ends, nothing is missing, nothing is out of order, and what comes twice has the same id.
const open = () => db.user.stream({ name: 'users-in-order', create: {} });
let count = 0;
const create = async (many) => {
  for (const end = count + many; count < end; count++) await plain.user.create({ data: user(`stream-${count}`) });
};
const numbers = (events) => [...new Map(events.map((event) => [event.id, Number(event.created.email.split('-')[1])])).values()];
const upTo = (end, from = 0) => Array.from({ length: end - from }, (_, at) => from + at);
let stream = await listening(open);
await create(10);
await until(() => stream.events.length >= 10);
check('a stream hears', numbers(stream.events), upTo(10));
await sleep(500);
stream.stop();
await create(10);
stream = await listening(open);
await until(() => stream.events.length >= 10);
await sleep(300);
check('it goes on after its client was stopped', [numbers(stream.events), stream.events.length], [upTo(20, 10), 10]);

const closed = (port) => new Promise((done) => net.connect(port, endpoint.hostname).on('close', done).on('error', done).resume());
const gone = closed(Number(endpoint.port));
console.log('kill the server');
await gone;
await create(10);
await until(() => numbers(stream.events).length >= 20, 60000);
check('it goes on after the server was killed', numbers(stream.events), upTo(30, 10));

// Both databases are of this cluster, which comes up again by itself.
const begun = async () => (await plain.$queryRaw`select pg_postmaster_start_time()::text as at`)[0].at;
const [{ pid }] = await plain.$queryRaw`select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int as pid`;
const before = await begun();
process.kill(pid, 'SIGKILL');
// What it had started answers for a moment longer.
for (let tries = 0; tries < 300 && [before, ''].includes(await begun().catch(() => '')); tries++) await sleep(100);
await create(10);
await until(() => numbers(stream.events).length >= 30, 60000);
check('it goes on after Postgres was killed', numbers(stream.events), upTo(40, 10));
check('it stayed in order', isDeepStrictEqual(numbers(stream.events), numbers(stream.events).toSorted((a, b) => a - b)), true);
stream.stop();

// Errors, as the client shows them, once the server has read its keys again.
(await listening(() => db.user.subscribe())).stop();
const failure = async (client, ask) => {
  try {
    (await ask(client)).stop();
    return 'no failure';
  } catch (error) {
    return [error.name, error.code, error.requestId?.length > 8, String(error.message).startsWith(error.code)];
  }
};
const by = (apiKey) => plain.$extends(withPulse({ apiKey, endpoint }));
check('a key that is none', await failure(by('nonsense'), (client) => client.user.subscribe()), ['Unauthorized', 'P6102', true, true]);
check('a resource without Pulse', await failure(by(OTHER_API_KEY), (client) => client.user.stream({ name: 'x' })), ['ProjectDisabledError', 'P6103', true, true]);
check('a stream without a name', await failure(db, (client) => client.user.stream({})), ['ServerError', 'P6100', true, true]);
check('a filter that is none', await failure(db, (client) => client.user.subscribe({ create: { score: { contains: 'x' } } })), ['ServerError', 'P6100', true, true]);

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
