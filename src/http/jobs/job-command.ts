import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Vault } from '../../core/ports/vault.ts';
import type { Work } from './job.ts';

/** Addresses that a report on the directory lists; how many there are is said. */
const MOST_ADDRESSES = 10_000;

/** Where one run of a job reads and writes. */
export interface RunFolders {
  readonly input: string;
  readonly output: string;
}

/**
 * The command line that does a job: what a person would type. Values stand behind `=` or `--`, so that none is read as
 * an option. What the command reads is put in place first.
 */
export async function commandOf(
  work: Work,
  { input, output }: RunFolders,
  vault: Pick<Vault, 'read'>,
): Promise<string[]> {
  switch (work.kind) {
    case 'export':
      return [
        'export',
        `--query=${work.query}`,
        ...(work.grants ?? []).map((grant) => `--grant=${grant}`),
        `--out=${output}`,
        '--json',
        ...(work.hitsOnly ? ['--hits-only'] : []),
        ...(work.printQuery ? ['--print-query'] : []),
      ];
    case 'production':
      return productionCommand(work);
    case 'rendering':
      return ['production', 'render', `--out=${output}`, '--json', '--', work.production];
    case 'verification':
      return ['verify', '--json'];
    case 'index-rebuild':
      return ['rebuild-index', '--json'];
    case 'hold-preview': {
      const matter = work.matter === undefined ? [] : [`--matter=${work.matter}`];
      return ['hold', 'preview', '--json', `--scope=${work.scope}`, ...matter];
    }
    case 'hold-coverage':
      return ['hold', 'coverage', '--json', '--', work.hold];
    case 'hold-effect':
      return ['hold', 'effect', '--json', '--', work.hold];
    case 'retention-forecast':
      return ['retention', 'forecast', '--json'];
    case 'directory-report':
      return ['custodian', 'unmatched', '--json', `--limit=${MOST_ADDRESSES}`];
    case 'ingest': {
      await mkdir(input, { recursive: true, mode: 0o700 });
      const path = join(input, work.name);
      // The copy is read by its command only: what counts lies in the vault already.
      const temporary = `${path}.${process.pid}`;
      await pipeline(vault.read(`captures/${work.capture}`), createWriteStream(temporary, { mode: 0o600 }));
      await rename(temporary, path);
      return [
        'ingest',
        '--json',
        `--format=${work.format}`,
        ...option('network', work.network),
        ...option('zone', work.zone),
        ...option('account', work.account),
        '--',
        path,
      ];
    }
  }
}

function productionCommand(work: Work & { readonly kind: 'production' }): string[] {
  return [
    'production',
    'create',
    '--json',
    `--matter=${work.matter}`,
    `--query=${work.query}`,
    `--volume=${work.volume}`,
    `--prefix=${work.prefix}`,
    `--width=${work.width}`,
    `--attempt=${work.attempt}`,
    ...(work.hitsOnly ? ['--hits-only'] : []),
    ...(work.printQuery ? ['--print-query'] : []),
    ...option('first', work.first?.toString()),
    ...option('recipient', work.recipient),
    ...option('request', work.request),
    ...option('item', work.item),
    ...option('legend', work.legend),
    ...option('preparer', work.preparer),
    ...work.withheld.map(({ record, reason }) => `--withhold=${record}=${reason}`),
    ...work.redacted.map(({ record, reason }) => `--redact=${record}=${reason}`),
    '--',
    work.production,
  ];
}

const option = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`--${name}=${value}`];
