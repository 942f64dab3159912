import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { IDENTITY_NAME } from '../../archive/read/identity.ts';
import { type OutsideCheckpoint, readOutsideCheckpoints } from '../../archive/verify/against.ts';
import type { VerifyProgress } from '../../archive/verify/context.ts';
import { verifyArchive } from '../../archive/verify/verify.ts';
import { MANIFEST } from '../../core/bundle/layout.ts';
import { verifyBundle } from '../../core/bundle/verify.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { Verification } from '../../core/faults.ts';
import { folderBundle } from '../../export/bundle/folder.ts';
import type { CommandSpec } from '../command.ts';
import { type Context, print } from '../context.ts';
import { printable } from '../io.ts';
import { Progress } from '../progress.ts';
import { verifyProofFile, verifyReportFile } from '../verify-file.ts';

const FAULT = 3;
const SHOWN = 50;

/** Recomputes an archive, a bundle, a report or a proof, and names everything that does not fit. */
export const verify: CommandSpec = {
  name: 'verify',
  summary: 'recompute an archive, an exported bundle, a report or a proof, and name what does not fit',
  needs: 'files',
  configure(command) {
    command
      .argument(
        '[path]',
        'folder of an archive or bundle, a report (.pdf) or a proof (.tlog-proof); default: the archive',
      )
      .option('--against <path>', 'what an outsider holds: an earlier bundle, a checkpoint or a proof')
      .option('--root <fingerprint>', 'SHA-256 fingerprint that the root certificate of a bundle must have');
  },
  async run(context, [path], options) {
    const against =
      options.against === undefined
        ? undefined
        : await readOutsideCheckpoints(resolve(context.cwd, String(options.against)));
    const root = options.root === undefined ? undefined : String(options.root);
    const target = path === undefined ? undefined : resolve(context.cwd, String(path));
    const progress = new Progress(context.io, context.clock);
    const found = await verifyTarget(context, target, { against, root }, progress);
    progress.done();
    print(context, found, () => prose(found));
    return found.ok ? 0 : FAULT;
  },
};

interface Wanted {
  readonly against: readonly OutsideCheckpoint[] | undefined;
  readonly root: string | undefined;
}

async function verifyTarget(
  context: Context,
  target: string | undefined,
  wanted: Wanted,
  progress: Progress,
): Promise<Verification> {
  if (target === undefined) return await verifyOwn(context, wanted, progress);
  const info = statSync(target, { throwIfNoEntry: false });
  if (info === undefined) {
    throw new HoldfastError('bad-usage', `${target} does not exist.`, {
      hint: 'Name an archive, a bundle, a report or a proof.',
    });
  }
  if (info.isFile()) {
    return target.endsWith('.pdf') ? await verifyReportFile(target) : await verifyProofFile(context, target);
  }
  if (existsSync(join(target, MANIFEST))) {
    refuse(wanted.against !== undefined, '--against goes with an archive: a bundle is checked by itself.');
    return await verifyBundle(folderBundle(target), {
      ...(wanted.root === undefined ? {} : { root: wanted.root }),
      progress: (what, done, total) => progress.show(`${what}: ${done} of ${total}`),
    });
  }
  const vault = [join(target, 'vault'), target].find((folder) => existsSync(join(folder, IDENTITY_NAME)));
  if (vault === undefined) {
    throw new HoldfastError('bad-usage', `${target} is neither an archive nor a bundle.`, {
      hint: `An archive has ${IDENTITY_NAME} in it or in its vault, a bundle ${MANIFEST}.`,
    });
  }
  if (basename(vault) === 'vault' && existsSync(join(dirname(vault), 'index'))) {
    return await verifyOwn(context, wanted, progress, dirname(vault));
  }
  return await verifyArchive({ vault: context.deployment.vaultAt(vault), ...tools(wanted, progress) });
}

/** The archive of the settings, or an embedded one in `data`: vault and index. */
async function verifyOwn(
  context: Context,
  wanted: Wanted,
  progress: Progress,
  data?: string,
): Promise<Verification> {
  refuse(wanted.root !== undefined, '--root goes with a bundle.');
  const settings = data === undefined ? context.settings() : context.settingsFor(data);
  const { vault, index, close } = await context.deployment.inspect(settings, context.io);
  try {
    return await verifyArchive({ vault, ...(index && { index }), ...tools(wanted, progress) });
  } finally {
    await close();
  }
}

function tools({ against }: Wanted, progress: Progress) {
  return { ...(against && { against }), progress: (at: VerifyProgress) => progress.show(words(at)) };
}

const words = (at: VerifyProgress): string =>
  'log' in at ? `${at.log}: ${at.commits} commits, ${at.leaves} records` : `${at.files}: ${at.done}`;

function refuse(wrong: boolean, why: string): void {
  if (wrong)
    throw new HoldfastError('bad-usage', why, { hint: "'holdfast help verify' shows how it is used." });
}

function prose(found: Verification): readonly string[] {
  const checked = Object.entries(found.checked).map(
    ([what, number]) => `${number.toLocaleString('en')} ${what}`,
  );
  return [
    found.ok
      ? 'ok: everything fits'
      : `${found.faults.length} ${found.faults.length === 1 ? 'fault' : 'faults'} found`,
    `checked: ${checked.join(', ') || 'nothing'}`,
    ...found.faults
      .slice(0, SHOWN)
      .map(({ code, where, what }) => printable(`  [${code}] ${where}: ${what}`)),
    ...(found.faults.length > SHOWN ? [`  … and ${found.faults.length - SHOWN} more; --json lists all`] : []),
  ];
}
