// Runs every case through Accelerate and through the driver itself, and compares what it answers and the queries that the client tells of. node compare.mjs [NAME]: the cases whose name contains it.
// ACCELERATE_URL: the connection string of Accelerate, in either form. DIRECT_DATABASE_URL: a database equal to the one behind it.
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { cases } from './cases.mjs';
import { only as alone } from './only.mjs';
import { spans } from './spans.mjs';

// Each version of the client has a folder of its own, from which this runs.
const require = createRequire(`${process.cwd()}/`);
const { PrismaClient } = require('@prisma/client');
const { withAccelerate } = require('@prisma/extension-accelerate');

const { ACCELERATE_URL: accelerateUrl, DIRECT_DATABASE_URL: directUrl } = process.env;
const only = process.argv[2] ?? '';
const major = Number(require('@prisma/client/package.json').version.split('.')[0]);
const { PrismaPg } = require('@prisma/adapter-pg');
const common = { errorFormat: 'minimal', log: [{ emit: 'event', level: 'query' }] };
const direct = new PrismaClient({ adapter: new PrismaPg({ connectionString: directUrl }), ...common });
const given = major >= 7 ? { accelerateUrl } : { datasourceUrl: accelerateUrl };
// By prisma:// the extension sends invalidations to the hosted service, unless it is told otherwise, as the console tells people to.
const gateway = accelerateUrl.replace('prisma:', 'https:');
const here = { fetch: (url, init) => fetch(new URL(new URL(url).pathname, gateway), init) };
const extension = accelerateUrl.startsWith('prisma:') ? withAccelerate(here) : withAccelerate();
const behind = new PrismaClient({ ...given, ...common });
const accelerate = behind.$extends(extension);

// Statements of one query may run beside each other, and are told as they end. A duration is of the one run alone.
const told = [];
for (const client of [direct, behind]) client.$on('query', (event) => told.push(event));
const queries = () => told.splice(0).map(({ query, params, duration }) => {
  if (typeof duration !== 'number' || Number.isNaN(duration)) throw new Error(`a duration of ${duration}`);
  return { query, params: plain(drawn(JSON.parse(params))) };
}).sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

// What is made anew on each side, and what differs in kind but not in meaning: a driver's error is an object here and its JSON there.
const plain = (value) => {
  if (value instanceof Date) return { date: Number.isNaN(value.getTime()) ? 'invalid' : Math.abs(value - Date.now()) < 600000 ? 'now' : value.toISOString() };
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (ArrayBuffer.isView(value)) return { bytes: Buffer.from(value).toString('hex') };
  if (value?.constructor?.name === 'Decimal' || typeof value?.toFixed === 'function' && typeof value !== 'number') return { decimal: String(value) };
  if (typeof value === 'string' && /^c[0-9a-z]{24}$/.test(value)) return 'a cuid';
  if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value))) return { number: Object.is(value, -0) ? '-0' : String(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
};
// In the parameters of a query: what is made anew each time.
const drawn = (value) => {
  if (Array.isArray(value)) return value.map(drawn);
  if (typeof value !== 'string') return value;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value)) return 'a uuid';
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && Math.abs(new Date(value) - Date.now()) < 600000 ? 'now' : value;
};
const failure = (error) => {
  // Drivers before 7.10 name the fields of a unique constraint; the executor that Accelerate runs names the constraint.
  if (major < 7 && error.code === 'P2002') return { failed: error.name, code: error.code, model: error.meta.modelName };
  const driver = error.meta?.driverAdapterError;
  const meta = error.meta && { ...error.meta, ...(driver && { driverAdapterError: JSON.parse(JSON.stringify({ name: driver.name, cause: driver.cause })) }) };
  return { failed: error.name, code: error.code, message: error.message.replace(/\s+/g, ' '), meta: plain(meta) };
};
// With a failure from afar the client reads no events.
const outcome = async (run, db, isTold) => {
  told.length = 0;
  const ended = await run(db).then((value) => ({ value: plain(value) }), failure);
  return { ...ended, queries: isTold && !ended.failed ? queries() : [] };
};

let passed = 0, failed = 0;
for (const [name, run, isTold = true] of cases.filter(([name]) => name.includes(only))) {
  const [wanted, found] = [await outcome(run, direct, isTold), await outcome(run, accelerate, isTold)];
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify(wanted)))) {
    passed++;
  } else {
    failed++;
    console.log(`not alike: ${name}\n  directly:      ${JSON.stringify(wanted).slice(0, 3000)}\n  by Accelerate: ${JSON.stringify(found).slice(0, 3000)}`);
  }
}
for (const [name, run, wanted] of alone.filter(([name]) => name.includes(only))) {
  const found = await run(accelerate).catch(failure);
  if (isDeepStrictEqual(found, wanted)) {
    passed++;
  } else {
    failed++;
    console.log(`not as it should be: ${name}\n  wanted: ${JSON.stringify(wanted)}\n  found:  ${JSON.stringify(found)}`);
  }
}
await Promise.allSettled([direct.$disconnect(), accelerate.$disconnect()]);
for (const [name, wanted, found] of major >= 7 ? await spans(require, { accelerateUrl, directUrl }) : []) {
  if (isDeepStrictEqual(found, wanted)) {
    passed++;
  } else {
    failed++;
    console.log(`not traced alike: ${name}\n  directly:      ${JSON.stringify(wanted)}\n  by Accelerate: ${JSON.stringify(found)}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
