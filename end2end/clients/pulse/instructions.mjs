// Does what the console says under Pulse, step by step, with the very code that it shows.
// CONSOLE, EMAIL, PASSWORD, RESOURCE, API_KEY, DIRECT_DATABASE_URL: where, who, and for what.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Checks, blocks, signIn, text } from '../console.mjs';

const { RESOURCE, API_KEY, DIRECT_DATABASE_URL } = process.env;
const require = createRequire(`${process.cwd()}/`);
const { PrismaClient } = require('@prisma/client');
const { PrismaPg } = require('@prisma/adapter-pg');
const path = `/resources/${RESOURCE}/pulse`;
const { page: fetchPage } = await signIn();
const checks = new Checks();
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const code = blocks(await fetchPage(path));
const own = JSON.parse(readFileSync('package.json', 'utf8'));
const [named, value] = /^(\w+)="(.*)"$/.exec(code.get('.env') ?? '')?.slice(1) ?? [];
checks.add('the line for .env names PRISMA_API_KEY', named === 'PRISMA_API_KEY', code.get('.env'));
const wanted = (code.get('Terminal') ?? '').replace('npm install ', '').split(' ');
checks.add('what it installs is what this client has', wanted.length > 2 && wanted.every((name) => name in own.dependencies), code.get('Terminal'));

// The code runs until it is ended; meanwhile another client makes a row.
const file = 'instructions.generated.mjs';
writeFileSync(file, `${code.get('Prisma Client')}\n\n${code.get('First stream')}\n`);
const env = { ...process.env, DATABASE_URL: DIRECT_DATABASE_URL, PRISMA_API_KEY: (value ?? '').replace('YOUR_API_KEY', API_KEY) };
const running = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
let [printed, failed] = ['', ''];
running.stdout.on('data', (data) => (printed += data));
running.stderr.on('data', (data) => (failed += data));
const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: DIRECT_DATABASE_URL }) });
const row = (email) => ({ email, role: 'READER', score: 1, big: 1n, ratio: 1, price: '1', since: new Date(), active: true, data: {}, raw: Buffer.from('a'), tags: [], marks: [] });
let count = 0;
// A stream begins with the next event, and nobody says when it has.
for (const end = Date.now() + 30000; Date.now() < end && !printed.includes("action: 'create'") && running.exitCode === null;) {
  await db.user.create({ data: row(`instructions-${count++}@x.io`) });
  await sleep(250);
}
checks.add('the code for the client and its first stream hears an event', /email: 'instructions-\d+@x\.io'/.test(printed), printed || failed.slice(-2000));
running.kill();
rmSync(file);
let seen = '';
for (let tries = 0; tries < 50 && !seen.includes(`instructions-${count - 1}@x.io`); tries++) {
  await sleep(100);
  seen = text(await fetchPage(path));
}
checks.add('the console shows the event', seen.includes(`"email": "instructions-${count - 1}@x.io"`), path);
checks.add('and the stream', seen.includes('all-users'), path);
await db.user.deleteMany();
await db.$disconnect();
checks.tell();
