/** The export as JSON: `{"info": {…}, "history": [{…}]}`, of one contact. */
import type { Moment, Repair } from '../../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../../format.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonReading, type JsonUnit, jsonFrames, textOf } from '../../reading/json-units.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { Scribe } from '../../reading/scribe.ts';
import { decodeHead, readHead } from '../../reading/text.ts';
import { parseTimestamp } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { ADDRESS_SETTINGS, KINDS, networkOfModule, outcomeOf, type Sides } from './event.ts';

export const isJson = (text: string): boolean =>
  /^\s*\{\s*"info"\s*:\s*\{/u.test(text) &&
  /"history"\s*:\s*\[/u.test(text) &&
  (/"(?:iso)?time(?:stamp)?"\s*:/iu.test(text) || /"history"\s*:\s*\[\s*\]/u.test(text));

export async function* jsonExportFrames(source: Source, file: SourceFile): AsyncIterable<readonly Frame[]> {
  // Miranda NG writes m (mine) and r (read); where a file has s (sent), that letter decides.
  const head = decodeHead(await readHead(file, 65_536), file.settings.encoding);
  const mark = /"flags"\s*:\s*"[a-z]{0,8}s/u.test(head) ? 's' : 'm';
  const scribe = new Scribe();
  const clock = new LogClock(file.settings);
  const reading: JsonReading = {
    walk: (path, list) => (path.length === 0 ? 'inside' : path[0] === 'history' && list ? 'units' : 'whole'),
    units: (unit) => ({ units: 1, read: () => [outcomeOfUnit(unit)] }),
  };
  yield* jsonFrames(source, file, reading);

  function outcomeOfUnit({ value, around, place, repairs: found }: JsonUnit): Outcome {
    if (!isObject(value)) return { type: 'reject', code: 'json-shape', detail: 'not an object' };
    const repairs: Repair[] = [...found];
    const info = isObject(around.info) ? around.info : {};
    const time = timeOf(value, clock, repairs);
    if (typeof time === 'string') return { type: 'reject', code: time };
    const kind = typeof value.type === 'number' ? value.type : KINDS.message;
    const flags = textOf(value.flags) ?? '';
    const name = textOf(value.file);
    return outcomeOf(scribe, place, sidesOf(file, info, textOf(value.module)), {
      time,
      kind,
      sent: flags.includes(mark),
      text: textOf(kind === KINDS.file ? value.descr : value.body) ?? '',
      ...(name !== undefined && {
        file: {
          name,
          ...(typeof value.size === 'number' && Number.isSafeInteger(value.size) && { size: value.size }),
          reference: textOf(value.url) ?? textOf(value.localFile),
        },
      }),
      serverId: textOf(value.server_id),
      repairs,
    });
  }
}

/** Seconds since 1970: the number, else UTC as text, else the local time of old exports. */
function timeOf(
  value: JsonObject,
  clock: LogClock,
  repairs: Repair[],
): number | Moment | 'time-missing' | 'time-invalid' {
  const number = value.timestamp ?? value.timeStamp;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  const iso = parseTimestamp(textOf(value.isotime) ?? '');
  if (iso !== undefined) return Math.floor(iso.wall / 1000);
  const local = textOf(value.time);
  if (local === undefined) return value.isotime === undefined ? 'time-missing' : 'time-invalid';
  const stamp = parseTimestamp(local.replace(/^(\d{4})\D(\d{2})\D(\d{2}) /u, '$1-$2-$3 '));
  const at = stamp === undefined ? undefined : clock.moment(stamp.wall, 's', repairs);
  return at ?? 'time-invalid';
}

function sidesOf(file: SourceFile, info: JsonObject, module: string | undefined): Sides {
  const setting = (name: string): string | undefined => {
    const found = info[name];
    const value = isObject(found) ? found.value : found;
    return typeof value === 'number' ? String(value) : textOf(value);
  };
  const stated = networkOfModule(textOf(info.proto) ?? module);
  const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.json$/iu, '');
  const address = ['id', ...ADDRESS_SETTINGS].map(setting).find((each) => each !== undefined);
  const { account } = file.settings;
  return {
    network: stated ?? file.settings.network,
    self: account,
    peer: address ?? stem,
    peerName: setting('nick') ?? setting('Nick'),
    facts: {
      network: stated === undefined ? 'setting' : 'header',
      conversation: address === undefined ? 'path' : 'header',
      ...(account !== undefined && { account: 'setting' }),
    },
  };
}
