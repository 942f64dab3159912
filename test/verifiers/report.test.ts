import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { httpTimestamper } from '../../src/export/timestamp.ts';
import { type Exporting, openExporting, random } from '../export/exported.ts';
import { busyRoom, chatter, manyScripts } from '../export/story.ts';
import { type Authority, startAuthority } from './authority.ts';
import {
  describeVerifier,
  findDss,
  findOpenssl,
  findPdfsig,
  findPdftotext,
  findPyHanko,
  findQpdf,
  findVeraPdf,
} from './tools.ts';

let exporting: Exporting;
/** Folder of the bundle. */
let bundle: string;
let report: string;
/** The report with one byte of a page changed. */
let spoilt: string;
let root: string;

beforeAll(async () => {
  exporting = await openExporting([...busyRoom(), ...manyScripts(), ...chatter(60, 2)]);
  bundle = (await exporting.export('bundle')).dir;
  report = join(bundle, 'report.pdf');
  root = join(bundle, 'chain/root.pem');
  spoilt = join(exporting.workshop.folder, 'spoilt.pdf');
  const bytes = await readFile(report);
  const place = bytes.indexOf('stream\n') + 40;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(spoilt, bytes);
});
afterAll(() => exporting.workshop.dispose());

await describeVerifier('DSS', findDss, (levels) => {
  const options = () => ({ crl: join(bundle, 'chain/seal.crl'), trusted: [join(bundle, 'chain/root.crt')] });

  test('finds the report TOTAL_PASSED at PAdES-BASELINE-B, and a changed byte', async () => {
    expect(await levels(report, options())).toEqual(['PAdES-BASELINE-B TOTAL_PASSED']);
    expect(await levels(spoilt, options())).toEqual(['PAdES-BASELINE-B TOTAL_FAILED']);
  });

  test('finds the signature of the manifest TOTAL_PASSED at CAdES-BASELINE-B, and a changed byte', async () => {
    const signature = join(bundle, 'manifest.json.p7s');
    const content = join(bundle, 'manifest.json');
    expect(await levels(signature, { ...options(), content })).toEqual(['CAdES-BASELINE-B TOTAL_PASSED']);
    const changed = join(exporting.workshop.folder, 'manifest.json');
    await writeFile(changed, (await readFile(content, 'utf8')).replace('"v": 1', '"v": 2'));
    expect(await levels(signature, { ...options(), content: changed })).toEqual([
      'CAdES-BASELINE-B TOTAL_FAILED',
    ]);
  });

  describe('with a timestamp authority', () => {
    let authority: Authority;
    beforeAll(async () => {
      authority = await startAuthority(join(exporting.workshop.folder, 'authority'));
    });
    afterAll(() => authority.close());

    test('finds the report TOTAL_PASSED at PAdES-BASELINE-T', async () => {
      const { dir } = await exporting.export('timestamped', {
        timestamper: httpTimestamper(authority.url, random),
      });
      const trusted = [...options().trusted, authority.certificate];
      expect(await levels(join(dir, 'report.pdf'), { ...options(), trusted })).toEqual([
        'PAdES-BASELINE-T TOTAL_PASSED',
      ]);
      expect((await verifyBundle(folderBundle(dir))).faults).toEqual([]);
    });
  });
});

await describeVerifier('pdfsig', findPdfsig, (pdfsig) => {
  test('finds the signature valid, its certificate trusted and the whole document signed', async () => {
    const said = await pdfsig(report, root, exporting.workshop.folder);
    expect(said).toContain('Signature is Valid');
    expect(said).toContain('Certificate is Trusted');
    expect(said).toContain('Total document signed');
  });

  test('finds a changed byte, and bytes behind the end', async () => {
    expect(await pdfsig(spoilt, root, exporting.workshop.folder)).toContain('Digest Mismatch');
    const longer = join(exporting.workshop.folder, 'longer.pdf');
    await copyFile(report, longer);
    await writeFile(longer, '\n% more\n', { flag: 'a' });
    expect(await pdfsig(longer, root, exporting.workshop.folder)).toContain('Not total document signed');
  });
});

await describeVerifier('pyHanko', findPyHanko, (pyhanko) => {
  test('finds the report INTACT:TRUSTED,UNTOUCHED, and a changed byte', async () => {
    const said = await pyhanko(report, root);
    expect(said.text).toContain('INTACT:TRUSTED,UNTOUCHED');
    expect(said.code).toBe(0);
    const changed = await pyhanko(spoilt, root);
    expect(changed.text).not.toContain('INTACT');
    expect(changed.code).not.toBe(0);
  });
});

await describeVerifier('veraPDF', findVeraPdf, (isPdfA3b) => {
  test('finds the report to be PDF/A-3b, and one without its colour profile not', async () => {
    expect(await isPdfA3b(report)).toBe(true);
    const bare = join(exporting.workshop.folder, 'bare.pdf');
    const text = await readFile(report, 'latin1');
    await writeFile(bare, text.replace('/OutputIntents', '/OutputIntentz'), 'latin1');
    expect(await isPdfA3b(bare)).toBe(false);
  });
});

await describeVerifier('qpdf', findQpdf, (qpdf) => {
  test('finds no error in the report, and finds a broken table of objects', async () => {
    const said = await qpdf(report);
    expect(said.text).toContain('No syntax or stream encoding errors found');
    expect(said.code).toBe(0);
    const broken = join(exporting.workshop.folder, 'broken.pdf');
    const text = await readFile(report, 'latin1');
    await writeFile(broken, text.replace(/startxref\n\d+/, 'startxref\n17'), 'latin1');
    expect((await qpdf(broken)).code).not.toBe(0);
  });
});

await describeVerifier('OpenSSL', findOpenssl, (openssl) => {
  test('verifies the manifest with the command that the README names, and finds a changed byte', async () => {
    const command =
      'cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile chain/root.pem -purpose any -out /dev/null';
    expect(await readFile(join(bundle, 'README.txt'), 'utf8')).toContain(
      'openssl cms -verify -binary -inform DER',
    );
    const said = await openssl(command.split(' '), bundle);
    expect(said.text).toContain('Verification successful');
    const changed = join(exporting.workshop.folder, 'changed.json');
    await writeFile(
      changed,
      (await readFile(join(bundle, 'manifest.json'), 'utf8')).replace('"v": 1', '"v": 2'),
    );
    const other = await openssl(
      command.replace('-content manifest.json', `-content ${changed}`).split(' '),
      bundle,
    );
    expect(other.code).not.toBe(0);
  });

  test('reads the certificates and the revocation list, and finds the leaf issued and not revoked', async () => {
    const said = await openssl(
      'verify -crl_check -CRLfile chain/seal.crl.pem -CAfile chain/root.pem chain/seal.pem'.split(' '),
      bundle,
    );
    expect(said.text).toContain('chain/seal.pem: OK');
  });
});

await describeVerifier('pdftotext', findPdftotext, (textOf) => {
  test('extracts every text of the transcript, in its script', async () => {
    const text = await textOf(report);
    for (const words of [
      'Client wants 25 on the offer',
      'Client wants 35 on the offer',
      '[EDITED',
      '[DELETED',
      'Call me on my mobile, not here.',
      'in reply to no.',
      'русский',
      'Ελληνικά',
      '日本語のメッセージです',
      '请确认价格',
      '한국어 메시지입니다',
      'สวัสดีครับ',
      '[U+202E]evil',
      'DRAFT',
    ]) {
      expect(text).toContain(words);
    }
  });
});
