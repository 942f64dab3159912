import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newestJdk } from './jdk.ts';

const run = promisify(execFile);

/** A certificate for 127.0.0.1 that signs itself, with its key: what Java and Node both take. */
export interface Certificate {
  /** PKCS #12. */
  readonly file: string;
  readonly pfx: Buffer;
  readonly passphrase: string;
  /** The certificate, PEM: what a client trusts. */
  readonly ca: string;
  dispose(): Promise<void>;
}

/** Made by the JDK's keytool: where an engine is, a JDK is. */
export async function makeCertificate(): Promise<Certificate> {
  const jdk = await newestJdk();
  if (jdk === undefined) throw new Error('a certificate needs a JDK');
  const keytool = join(jdk.home, 'bin', 'keytool');
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-certificate-'));
  const file = join(folder, 'server.p12');
  const passphrase = 'only-for-tests';
  const store = ['-alias', 'server', '-keystore', file, '-storetype', 'PKCS12', '-storepass', passphrase];
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-ext', 'bc=ca:true'];
  await run(keytool, ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', ...subject, ...store]);
  const { stdout } = await run(keytool, ['-exportcert', '-rfc', ...store]);
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return { file, pfx: await readFile(file), passphrase, ca: stdout, dispose };
}
