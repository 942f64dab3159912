/** A timestamp authority for tests: OpenSSL behind a small HTTP server, with a certificate of its own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findOpenssl } from './tools.ts';

export interface Authority {
  readonly url: string;
  /** Its certificate, PEM; it is its own root. */
  readonly certificate: string;
  close(): Promise<void>;
}

const CONFIGURATION = `
[req]
distinguished_name = name
x509_extensions = tsa
prompt = no
[name]
O = Example Time
CN = Example Timestamp Authority
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
[tsa_config]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** Starts the authority on a free port of this machine; its files go into `folder`. */
export async function startAuthority(folder: string): Promise<Authority> {
  const openssl = await findOpenssl();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tsa.cnf'), CONFIGURATION);
  await writeFile(join(folder, 'serial'), '01\n');
  const made = await openssl(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -config tsa.cnf -keyout tsa.key -out tsa.pem'.split(
      ' ',
    ),
    folder,
  );
  if (made.code !== 0) throw new Error(made.text);
  let asked = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const number = asked++;
      answer(number, Buffer.concat(chunks)).then(
        (bytes) => response.setHeader('content-type', 'application/timestamp-reply').end(bytes),
        () => response.writeHead(500).end(),
      );
    });
  });
  async function answer(number: number, query: Buffer): Promise<Buffer> {
    await writeFile(join(folder, `${number}.tsq`), query);
    const args =
      `ts -reply -queryfile ${number}.tsq -config tsa.cnf -section tsa_config -out ${number}.tsr`.split(' ');
    const said = await openssl(args, folder);
    if (said.code !== 0) throw new Error(said.text);
    return await readFile(join(folder, `${number}.tsr`));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    certificate: join(folder, 'tsa.pem'),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
