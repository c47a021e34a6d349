// Does what the console says under Accelerate, step by step, with the very code that it shows.
// CONSOLE, EMAIL, PASSWORD, RESOURCE, API_KEY: where, who, and for what.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Checks, blocks, signIn, text } from '../console.mjs';

const { RESOURCE, API_KEY } = process.env;
const path = `/resources/${RESOURCE}/accelerate`;
const { page: fetchPage } = await signIn();
const page = () => fetchPage(path);
const checks = new Checks();
const check = (name, holds, found) => checks.add(name, holds, found);

const code = blocks(await page());
const own = JSON.parse(readFileSync('package.json', 'utf8'));
const major = own.dependencies['@prisma/client'].split('.')[0];
const [named, value] = /^(\w+)="(.*)"$/.exec(code.get('.env') ?? '')?.slice(1) ?? [];
check('the line for .env names ACCELERATE_URL', named === 'ACCELERATE_URL', code.get('.env'));
const url = (value ?? '').replace('YOUR_API_KEY', API_KEY);
const wanted = (code.get('Terminal') ?? '').replace('npm install ', '').split(' ');
check('what it installs is what this client has', wanted.length > 1 && wanted.every((name) => name in own.dependencies), code.get('Terminal'));

let client = code.get(`Prisma Client ${major}`) ?? '';

const invalidations = code.get('Invalidations');
check('it leads invalidations here where the extension does not', Boolean(invalidations) === url.startsWith('prisma://'), url.split('?')[0]);
if (invalidations) {
  const [before, call] = invalidations.split('// In the place of withAccelerate():');
  client = client.replace('const prisma', `${before}\nconst prisma`).replace('withAccelerate()', call.trim());
}
const end = 'await prisma.$accelerate.invalidateAll()';
const file = 'instructions.generated.mjs';
writeFileSync(file, `${client}\n${code.get('First cached query')}\n${end}\nconsole.log(JSON.stringify(Array.isArray(users)))\nawait prisma.$disconnect()\n`);
let printed = '';
try {
  printed = execFileSync(process.execPath, [file], { env: { ...process.env, ACCELERATE_URL: url }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
} catch (error) {
  printed = error.stderr.slice(-2000);
} finally {
  rmSync(file);
}
check('the code for the client, its first query and an invalidation run', printed.trim() === 'true', printed);
let seen = '';
for (let tries = 0; tries < 50 && !seen.includes('First query received'); tries++) {
  await new Promise((done) => setTimeout(done, 100));
  seen = text(await page());
}
check('the console has seen the first query', seen.includes('First query received'), path);
checks.tell();
