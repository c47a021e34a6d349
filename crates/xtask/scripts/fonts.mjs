// fonts.mjs INTER MONO: cuts the two fonts of the console down and writes them as woff2. Runs in style/.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Packages are those of style/, not of the folder that this script lies in.
const subset = createRequire(join(process.cwd(), 'package.json'))('subset-font');
const [inter, mono] = process.argv.slice(2);

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('');
const text = range(0x20, 0x7e) + range(0xa0, 0xff) + '–—‘’‚“”„†•…‹›€™←↑→↓−';

// The weights of the design; a narrower axis is a smaller font.
const variationAxes = { wght: { min: 400, max: 600 } };
const shaping = ['ccmp', 'kern', 'locl', 'mark', 'mkmk'];

const fonts = [
  // Tabular figures for tables, case-sensitive forms for labels beside capitals, contextual arrows and colons.
  { from: 'inter/files/inter-latin-wght-normal.woff2', to: inter, features: [...shaping, 'calt', 'case', 'tnum'] },
  // No ligatures: keys and SQL are to be read letter by letter.
  { from: 'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2', to: mono, features: [...shaping, 'zero'] },
];

for (const { from, to, features } of fonts) {
  const original = await readFile(join('node_modules/@fontsource-variable', from));
  const font = await subset(original, text, { targetFormat: 'woff2', keepFeatures: features, variationAxes });
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, font);
  console.log(`${to}: ${font.length} bytes`);
}
