/**
 * `npm run demo`: the whole path once, through the command line, in a fresh temporary folder. Every step says what
 * happened and where the files are; `--clean` removes them at the end.
 */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeOneByte, largestFile } from './demo/change.ts';
import { answers, type Expected, holdfast } from './demo/holdfast.ts';
import { settle } from './demo/house.ts';

const STORY = '(NMGR OR Northmere OR TVFD OR "Tarn Valley") since:2016-04-04 until:2016-04-11';

/** What the letter asks for. */
const ASKED = `(custodian:E103 OR custodian:E102 OR custodian:E107) ${STORY}`;

const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
const data = join(folder, 'archive');
const report = join(folder, 'report');
let steps = 0;

step('Make an archive: a folder, its keys, its first sealed entries');
await show(['init', '--data', data]);

step('Take in four weeks of two trading desks, over twelve networks; one file is damaged');
await show(['ingest', 'examples/transcripts', '--data', data]);

step('Take in the same again: nothing is sealed twice');
await show(['ingest', 'examples/transcripts', '--data', data], { quiet: true });

step('Search');
const queries: readonly (readonly [string, string])[] = [
  ['both words, in any order', 'rumours stop'],
  ['a phrase', '"around 50"'],
  ['two words near each other', 'bid NEAR/6 TVFD'],
  ['Japanese, character by character', 'ターンバレー'],
  ['a Greek word, accents or not', 'προσφορα'],
  ['an emoji', '👀'],
  ['an order on a screen name that belonged to somebody else in 2006', 'from:harborbid since:2016-01-01'],
];
for (const [what, query] of queries) {
  say(`  ${what}:`);
  await show(['search', query, '--limit', '3', '--data', data]);
}

step('Look at the rumour that was deleted from the channel two minutes later');
const rumour = await nameOf('"about to bid"');
await show(['show', rumour, '--data', data], { most: 60 });

step('Prove that this record is in the archive: a file that public tools check offline');
await show(['proof', rumour, '--out', join(folder, 'rumour.tlog-proof'), '--data', data]);

step('A letter comes: the board asks about two issuers');
const letter = await readFile(new URL('request-letter.txt', import.meta.url), 'utf8');
for (const line of letter.split('\n').slice(4, 21)) say(`    ${line}`);

step('Say whose addresses these are: the directory, from HR');
await show([
  'custodian',
  'import',
  'examples/directory.csv',
  '--domain',
  'callowaybrink.example',
  '--data',
  data,
]);
await show(['custodian', 'unmatched', '--data', data], { most: 4 });

step('Give four colleagues accounts; a role that shows what people wrote takes two to give');
const passwords = join(folder, 'passwords');
await mkdir(passwords, { mode: 0o700 });
const as = await settle(data, passwords);
await show(['account', 'list', '--data', data]);

step('Counsel opens a matter: an internal name, and the reference that leaves the house');
const matter = ['--reference', 'BMO-2016-0417', '--zone', 'America/New_York'];
const members = ['--member', 'maren', '--member', 'jonas'];
await show(['matter', 'open', 'grocers', ...matter, ...members, ...as('maren'), '--data', data]);

step('See what a hold would cover, before it is placed');
await show(['hold', 'preview', '--matter', 'grocers', '--scope', STORY, ...as('maren'), '--data', data]);

step('Place the hold: from now on, also on what is captured tomorrow');
const grounds = ['--authority', 'letter of 18 April 2016', '--reason', 'request 1 of the board'];
const scope = ['--matter', 'grocers', '--scope', STORY];
await show(['hold', 'place', 'grocers-1', ...scope, ...grounds, ...as('maren'), '--data', data]);

step('Look at the people whom the letter names');
await show(['search', ASKED, '--limit', '3', '--data', data]);

step('Fix the production: selection, terms and a number for each page, for ever');
const terms = ['--volume', 'VOL001', '--prefix', 'CBL-', '--request', 'BMO-2016-0417/1', '--item', '2'];
const parties = ['--recipient', 'Board of Market Oversight', '--preparer', 'Maren Holt, Counsel'];
const produced = ['--matter', 'grocers', '--query', ASKED, ...terms, ...parties];
await show(['production', 'create', 'board-1', ...produced, ...as('maren'), '--data', data]);

step('Render it: a signed report with Bates numbers, and everything that proves it');
await show(['production', 'render', 'board-1', '--out', report, ...as('maren'), '--data', data]);

step('Verify the archive: every byte against the ledger');
await show(['verify', '--data', data]);

step('Verify the report, as the one who receives it would: without the archive');
await show(['verify', report]);

step('Change one byte in a copy of the report');
const copiedReport = join(folder, 'changed-report');
await cp(report, copiedReport, { recursive: true });
say(`  byte ${await changeOneByte(join(copiedReport, 'records.ndjson'))} of ${copiedReport}/records.ndjson`);
await show(['verify', copiedReport], { expected: 3 });

step('Change one byte in a copy of the archive');
const copied = join(folder, 'changed-archive');
await cp(data, copied, { recursive: true });
const segment = await largestFile(join(copied, 'vault', 'segments'));
say(`  byte ${await changeOneByte(segment)} of ${segment}`);
await show(['verify', '--data', copied], { expected: 3 });

step('The inquiry ends. Who asks for the release of a hold cannot approve it');
await show(['hold', 'request-release', 'grocers-1', '--reason', 'closed', ...as('maren'), '--data', data]);
await show(['hold', 'approve-release', 'grocers-1', '--confirm', ...as('maren'), '--data', data], {
  expected: 1,
});

step('Who did what: every act is an entry of the ledger');
await show(['audit', 'list', '--matter', 'grocers', '--data', data], { most: 8 });

step('Done');
if (process.argv.includes('--clean')) {
  await rm(folder, { recursive: true, force: true });
  say(`  removed ${folder}`);
} else {
  say(`  the report      ${join(report, 'report.pdf')}`);
  say(`  its proofs      ${report}`);
  say(`  the archive     ${data}`);
  say(`  try             bin/holdfast search 'WhatsApp' --data ${data}`);
  say(
    `  look around     npm start -- --data ${data}   (http://127.0.0.1:8420/docs; passwords in ${passwords})`,
  );
  say(`  remove all      rm -r ${folder}`);
}

/** Runs a command as a reader would type it, and prints at most `most` lines of its answer. */
async function show(args: readonly string[], options: Expected & { most?: number } = {}): Promise<void> {
  const { most = 12, expected = 0 } = options;
  say(`  $ holdfast ${args.map(quoted).join(' ')}`);
  const { lines } = await holdfast(args, options);
  for (const line of lines.slice(0, most)) say(`    ${line}`);
  if (lines.length > most) say(`    … ${lines.length - most} more lines`);
  if (expected !== 0) say(`    (exit code ${expected})`);
}

/** `LOG/LEAF` of the first record that a query finds. */
async function nameOf(query: string): Promise<string> {
  const [first] = await answers(['search', query, '--limit', '1', '--data', data]);
  if (typeof first !== 'object' || first === null || !('log' in first) || !('leaf' in first)) {
    throw new Error(`Nothing was found for ${query}.`);
  }
  return `${String(first.log)}/${String(first.leaf)}`;
}

function step(title: string): void {
  steps += 1;
  say(`\n${steps}. ${title}`);
}

function say(line: string): void {
  console.log(line);
}

function quoted(argument: string): string {
  return /^[\w./:=-]+$/u.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
