/**
 * Verifiers that nobody here wrote, set up by the tests themselves outside the checkout: the EU's DSS and veraPDF from
 * Maven Central, pyHanko from PyPI, pdfsig, qpdf and OpenSSL from the system (installed with apt where we are root).
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, maven } from '../engines/artefacts.ts';
import { newestJdk } from '../engines/jdk.ts';

const run = promisify(execFile);

/** What a program said, whatever its exit code. */
export interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs a program; its exit code is an answer, that it does not exist is an error. */
export async function say(program: string, args: readonly string[], cwd?: string): Promise<Said> {
  try {
    const { stdout, stderr } = await run(program, [...args], {
      maxBuffer: 64 * 1024 * 1024,
      ...(cwd === undefined ? {} : { cwd }),
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const failed = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof failed.code !== 'number') throw error;
    return { code: failed.code, text: `${failed.stdout ?? ''}${failed.stderr ?? ''}` };
  }
}

/** Commands of Debian packages; installs what is missing where we may. */
async function commands(needed: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const [command, debian] of Object.entries(needed)) {
    if ((await say('sh', ['-c', `command -v ${command}`])).code !== 0) missing.push(debian);
  }
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`install ${missing.join(' ')}`);
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing]);
}

const DSS = '6.4';
const DSS_PARTS = [
  'dss-pades-pdfbox',
  'dss-validation',
  'dss-utils-apache-commons',
  'dss-crl-parser-x509crl',
  'dss-policy-jaxb',
  'dss-cms-object',
  'dss-cades',
];
const VERAPDF = '1.28.2';

const pom = (dependencies: readonly (readonly [string, string, string])[]): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>holdfast.test</groupId><artifactId>verifier</artifactId><version>1</version><dependencies>${dependencies
    .map(
      ([group, artifact, version]) =>
        `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
    )
    .join('\n')}</dependencies></project>\n`;

async function jars(
  name: string,
  dependencies: readonly (readonly [string, string, string])[],
): Promise<string> {
  const folder = await cached(name, async (making) => {
    await writeFile(join(making, 'pom.xml'), pom(dependencies));
    await maven(making, ['dependency:copy-dependencies', '-DoutputDirectory=lib']);
  });
  return join(folder, 'lib', '*');
}

async function java(): Promise<string> {
  const jdk = await newestJdk();
  if (jdk === undefined) throw new Error('there is no JDK');
  return join(jdk.home, 'bin', 'java');
}

/** `LEVEL INDICATION` of each signature, by the EU's Digital Signature Services. */
export async function findDss() {
  const program = await java();
  const lib = await jars(`dss-${DSS}`, [
    ...DSS_PARTS.map((part) => ['eu.europa.ec.joinup.sd-dss', part, DSS] as const),
    ['org.slf4j', 'slf4j-nop', '2.0.17'] as const,
  ]);
  return async (
    file: string,
    options: { content?: string; crl?: string; trusted: readonly string[] },
  ): Promise<string[]> => {
    const source = join(import.meta.dirname, 'AdesLevel.java');
    const { code, text } = await say(program, [
      '-cp',
      lib,
      source,
      file,
      options.content ?? '-',
      options.crl ?? '-',
      ...options.trusted,
    ]);
    if (code !== 0) throw new Error(`DSS could not judge the file: ${text.slice(0, 2000)}`);
    return text.split('\n').filter((line) => /^\S+ [A-Z_]+$/.test(line));
  };
}

/** Whether a file is PDF/A-3b, by veraPDF. */
export async function findVeraPdf() {
  const program = await java();
  const lib = await jars(`verapdf-${VERAPDF}`, [['org.verapdf.apps', 'greenfield-apps', VERAPDF]]);
  return async (file: string): Promise<boolean> => {
    const { text } = await say(program, [
      '-cp',
      lib,
      'org.verapdf.apps.GreenfieldCliWrapper',
      '-f',
      '3b',
      '--format',
      'text',
      file,
    ]);
    const verdict = /^(PASS|FAIL) /m.exec(text)?.[1];
    if (verdict === undefined) throw new Error(`veraPDF could not judge the file: ${text.slice(0, 2000)}`);
    return verdict === 'PASS';
  };
}

const PYHANKO = 'pyhanko-cli==0.6.0';

/** What pyHanko says of a PDF's signatures. */
export async function findPyHanko() {
  const folder = await cached('pyhanko-0.6.0', async (making) => {
    // A virtual environment knows its own path: it is made at its place, inside the folder that will be renamed, with
    // packages found by PYTHONPATH only.
    await mkdir(join(making, 'lib'));
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', join(making, 'lib'), PYHANKO], {
      maxBuffer: 64 * 1024 * 1024,
    });
  });
  return async (file: string, root: string): Promise<Said> =>
    await say('env', [
      `PYTHONPATH=${join(folder, 'lib')}`,
      'python3',
      '-m',
      'pyhanko',
      'sign',
      'adesverify',
      '--trust',
      root,
      '--trust-replace',
      file,
    ]);
}

/** What pdfsig says, with one trusted root. `scratch` is a folder for its key store. */
export async function findPdfsig() {
  await commands({ pdfsig: 'poppler-utils', certutil: 'libnss3-tools' });
  return async (file: string, root: string, scratch: string): Promise<string> => {
    const store = join(scratch, `nss-${process.hrtime.bigint()}`);
    await mkdir(store, { recursive: true });
    await run('certutil', ['-N', '-d', `sql:${store}`, '--empty-password']);
    await run('certutil', ['-A', '-d', `sql:${store}`, '-n', 'root', '-t', 'CT,C,C', '-i', root]);
    return (await say('pdfsig', ['-nssdir', store, file])).text;
  };
}

/** `qpdf --check`. */
export async function findQpdf() {
  await commands({ qpdf: 'qpdf' });
  return (file: string): Promise<Said> => say('qpdf', ['--check', file]);
}

/** `pdftotext`, as one text. */
export async function findPdftotext() {
  await commands({ pdftotext: 'poppler-utils' });
  return async (file: string): Promise<string> => (await say('pdftotext', ['-layout', file, '-'])).text;
}

/** OpenSSL's command line. */
export async function findOpenssl() {
  await commands({ openssl: 'openssl' });
  return (args: readonly string[], cwd: string): Promise<Said> => say('openssl', args, cwd);
}

/** `describe` for a suite that needs a verifier; without it the suite is skipped by name, or fails where required. */
export async function describeVerifier<T>(
  name: string,
  find: () => Promise<T>,
  suite: (verifier: T) => void,
): Promise<void> {
  let verifier: T;
  try {
    verifier = await find();
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    const title = `${name} (not here: ${why})`;
    const missing = (): void => {
      throw new Error(`HOLDFAST_REQUIRE_ENGINES=1, and ${title}`);
    };
    if (process.env.HOLDFAST_REQUIRE_ENGINES === '1') describe(title, () => test('is here', missing));
    else describe.skip(title, () => test('is not here', missing));
    return;
  }
  describe(name, () => suite(verifier));
}
