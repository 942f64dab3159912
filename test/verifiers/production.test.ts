/** A production, with families withheld and redacted, as verifiers see it that nobody here wrote. */
import { join } from 'node:path';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { directoryOf } from '../core/directory/directories.ts';
import { type Exporting, openExporting } from '../export/exported.ts';
import { busyRoom, manyScripts, Story } from '../export/story.ts';
import { describeVerifier, findDss, findPdfsig, findPdftotext, findPyHanko, findVeraPdf } from './tools.ts';

const FIRST = 4711;
let exporting: Exporting;
let bundle: string;
let report: string;
let root: string;
let pages: number;

beforeAll(async () => {
  const story = new Story({ id: 'legal', name: 'legal' }, '2026-03-04T14:00:00.000Z');
  story.say('maria@example.com', 'the quokka clause is out');
  story.say('omar@example.org', 'the kumquat diagnosis came');
  exporting = await openExporting([...story.events, ...busyRoom(), ...manyScripts()]);
  const reader = await openReader(exporting.workshop.vault);
  const made = await exporting.export('bundle', {
    heads: await Promise.all((await reader.logs()).map((log) => reader.head(log))),
    directory: directoryOf(
      [
        {
          id: 'E1',
          names: ['Maria Keller'],
          entity: 'Example Securities LLC',
          desk: 'Rates',
          addresses: [{ address: 'maria@example.com', from: '2020-01-01' }],
        },
      ],
      ['example.com'],
    ),
    settings: {
      firm: { name: 'Example Securities LLC', crd: '123456' },
      legend: 'Confidential treatment requested',
      recipient: 'Division of Enforcement',
      request: '3',
      item: '3(b)',
      matter: 'HO-12345',
      preparer: 'Ingrid Solberg, Counsel',
    },
    closings: [
      { record: 'm0/0', is: 'withheld', reason: 'Attorney-client privilege' },
      { record: 'm0/1', is: 'redacted', reason: 'Personal data' },
    ],
    production: {
      volume: 'VOL001',
      bates: { prefix: 'EX', width: 7, first: FIRST },
      last: FIRST + 11,
      created: Date.parse('2026-11-21T08:00:00.000Z'),
    },
  });
  ({ dir: bundle, pages } = made);
  report = join(bundle, 'report.pdf');
  root = join(bundle, 'chain/root.pem');
});
afterAll(() => exporting.workshop.dispose());

await describeVerifier('DSS', findDss, (levels) => {
  test('finds the report TOTAL_PASSED at PAdES-BASELINE-B', async () => {
    const options = { crl: join(bundle, 'chain/seal.crl'), trusted: [join(bundle, 'chain/root.crt')] };
    expect(await levels(report, options)).toEqual(['PAdES-BASELINE-B TOTAL_PASSED']);
  });
});

await describeVerifier('pdfsig', findPdfsig, (pdfsig) => {
  test('finds the signature valid, its certificate trusted and the whole document signed', async () => {
    const said = await pdfsig(report, root, exporting.workshop.folder);
    for (const words of ['Signature is Valid', 'Certificate is Trusted', 'Total document signed'])
      expect(said).toContain(words);
  });
});

await describeVerifier('pyHanko', findPyHanko, (pyhanko) => {
  test('finds the report INTACT:TRUSTED,UNTOUCHED', async () => {
    const said = await pyhanko(report, root);
    expect(said.text).toContain('INTACT:TRUSTED,UNTOUCHED');
    expect(said.code).toBe(0);
  });
});

await describeVerifier('veraPDF', findVeraPdf, (isPdfA3b) => {
  test('finds the report to be PDF/A-3b', async () => {
    expect(await isPdfA3b(report)).toBe(true);
  });
});

await describeVerifier('pdftotext', findPdftotext, (textOf) => {
  let text: string;
  let sheets: string[];
  beforeAll(async () => {
    text = await textOf(report);
    sheets = text.split('\f').slice(0, -1);
  });

  test('finds on each page its own number, and no other', () => {
    expect(sheets).toHaveLength(pages);
    for (const [index, sheet] of sheets.entries()) {
      const own = `EX${String(FIRST + index).padStart(7, '0')}`;
      const found = sheet.match(/EX\d{7}/g) ?? [];
      // The cover states the range as well.
      expect(index === 0 ? found.slice(-1) : found).toEqual([own]);
      expect(sheet).toContain(`Page ${index + 1} of ${pages}`);
      expect(sheet).toContain('Confidential treatment requested');
    }
    expect(text).not.toContain('DRAFT');
  });

  test('finds what the cover must say', () => {
    for (const words of [
      'Example Securities LLC',
      'CRD 123456',
      'Division of Enforcement',
      '3(b)',
      'HO-12345',
      'VOL001',
      'Ingrid Solberg, Counsel',
      'records withheld',
      'records redacted',
    ])
      expect(sheets[0]).toContain(words);
  });

  test('finds placeholders with their reasons, and nothing of what is not shown', () => {
    expect(text).toContain('[WITHHELD – Attorney-client privilege]');
    expect(text).toContain('[REDACTED – Personal data]');
    expect(text).toContain('Omar Haddad');
    for (const word of ['quokka', 'kumquat']) expect(text).not.toContain(word);
  });

  test('finds people by the directory: employer, addresses with their dates, external, unknown', () => {
    expect(text).toContain('Maria Keller (maria@example.com)');
    expect(text).toMatch(/Omar Haddad \(omar@example\.org\) +EXT/);
    expect(text).toMatch(/Jun Tanaka \(jun@example\.com\) +\(unknown\)/);
    expect(text).toMatch(/Maria Keller +Example Securities LLC, Rates +maria@example\.com, from 2020-01-01/);
    expect(text).toContain('directory: E1');
  });

  test('finds "None" where there is nothing to say', () => {
    for (const what of ['Disposals in the period', 'Gaps in these sources'])
      expect(text).toMatch(new RegExp(`${what} +None recorded`));
    expect(text).toMatch(/Missing originals +(?:None|\d)/);
  });
});
