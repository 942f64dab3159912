/**
 * RSMF, Relativity's short message format, versions 1 and 2: a mail with an `rsmf.zip`, or that zip or its folder alone.
 * In it a manifest of participants, conversations and events, and the files that events name. Field meanings: the
 * published JSON schema of version 2.0.0 and the vendor's documentation.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { jsonFrames } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { openMail } from './rsmf/mail.ts';
import { RsmfManifest } from './rsmf/manifest.ts';
import { outcomesOf, unitsOf } from './rsmf/message.ts';

const MANIFEST = 'rsmf_manifest.json';

export const rsmf: Format = {
  name: 'rsmf',
  title: 'RSMF (Relativity short message format)',
  networks: ['any'],
  systems: [{ name: 'RSMF 1 and 2', proven: 'real sample' }],
  unit: 'An event of the manifest, each of its edits, each person of each of its reactions, each of its read receipts; the mail around it; each file beside it.',
  limits: [
    'A conversation whose id is shorter than six characters is named by its display name too, since such ids count from one in every manifest.',
    'A time without a zone is read in the zone that the settings state, else as UTC.',
    'The preview text of the mail repeats the manifest and is no event.',
  ],
  detect({ name, text }) {
    if (/^X-RSMF-(?:Version|Generator|EventCount)\s*:/imu.test(text.slice(0, 16_384)))
      return { confidence: 0.95, reason: 'a mail with X-RSMF headers' };
    if (!/^\s*\{/u.test(text)) return undefined;
    const named = name.endsWith(MANIFEST);
    const shaped = /"participants"\s*:\s*\[/u.test(text) && /"conversations"\s*:\s*\[/u.test(text);
    return (named || /"events"\s*:\s*\[/u.test(text)) && shaped
      ? {
          confidence: named ? 0.95 : 0.7,
          reason: 'an RSMF manifest: JSON with participants, conversations and events',
        }
      : undefined;
  },
  folder: {
    marks: (name) => name === MANIFEST,
    groups: (names) =>
      names
        .filter((name) => name === MANIFEST || name.endsWith(`/${MANIFEST}`))
        .map((manifest) => {
          const root = manifest.slice(0, -MANIFEST.length);
          // Files lie beside the manifest, never below it.
          return names.filter((name) => name.startsWith(root) && !name.slice(root.length).includes('/'));
        }),
  },
  async *frames(source) {
    const manifests = source.files.filter((file) => !isMail(file) && nameOf(file).endsWith('.json'));
    const mails = source.files.filter((file) => isMail(file));
    for (const mail of mails) yield* mailFrames(source, mail);
    const rest = new Set(source.files.filter((file) => !mails.includes(file) && !manifests.includes(file)));
    for (const manifest of manifests) {
      const root = nameOf(manifest).slice(0, nameOf(manifest).lastIndexOf('/') + 1);
      const beside = new Map<string, SourceFile>();
      for (const file of rest)
        if (nameOf(file).startsWith(root)) beside.set(nameOf(file).slice(root.length), file);
      yield* manifestFrames(source, manifest, beside, undefined);
      for (const file of beside.values()) rest.delete(file);
    }
    for (const file of rest) yield [whole(file, 'file-unnamed')];
  },
};

const isMail = (file: SourceFile): boolean => /\.(?:rsmf|eml)$/iu.test(nameOf(file));

async function* mailFrames(source: Source, mail: SourceFile): AsyncIterable<readonly Frame[]> {
  const opened = await openMail(mail);
  if ('code' in opened) {
    yield [
      { file: mail, offset: 0, length: mail.size, units: 1, read: () => [{ type: 'reject', ...opened }] },
    ];
    return;
  }
  yield [whole(mail, 'bookkeeping')];
  yield* manifestFrames(source, opened.manifest, opened.files, opened.stated);
}

async function* manifestFrames(
  source: Source,
  file: SourceFile,
  beside: ReadonlyMap<string, SourceFile>,
  stated: number | undefined,
): AsyncIterable<readonly Frame[]> {
  const manifest = await RsmfManifest.read(file, beside);
  let events = 0;
  yield* jsonFrames(source, file, {
    walk: (path) => (path.length === 0 ? 'inside' : path[0] === 'events' ? 'units' : 'whole'),
    units: (unit) => {
      events++;
      return { units: unitsOf(unit.value), read: () => outcomesOf(unit, manifest) };
    },
  });
  if (stated !== undefined) source.state({ what: 'events of the manifest', stated, found: events });
  for (const [name, each] of beside)
    yield [whole(each, manifest.isNamed(name) ? 'attachment-file' : 'file-unnamed')];
}

const whole = (file: SourceFile, reason: 'bookkeeping' | 'attachment-file' | 'file-unnamed'): Frame => ({
  file,
  offset: 0,
  length: file.size,
  units: 1,
  read: () => [{ type: 'excluded', reason }],
});
