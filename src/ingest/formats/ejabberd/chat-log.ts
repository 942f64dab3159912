/**
 * Logs that ejabberd's contributed modules write as text: `mod_log_chat` (text and HTML, one file a day and pair) and
 * `mod_message_log` (who wrote to whom, without what). Grammar: their sources in processone/ejabberd-contrib.
 */
import type { Repair } from '../../../core/event.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog } from '../../reading/entries.ts';
import { htmlText } from '../../reading/html.ts';
import { LogClock } from '../../reading/log-clock.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, type Scribe, to } from '../../reading/scribe.ts';
import { numberOf, wallMs } from '../../reading/time.ts';
import { NETWORK, person } from '../xmpp/people.ts';

const STAMP = '(\\d{4})-(\\d{2})-(\\d{2}) (\\d{2}):(\\d{2}):(\\d{2})';
const JID = '([^\\s<>/]{1,1024}@[^\\s<>/]{1,1024}|[^\\s<>/]{1,1024})(?:/(.{0,1023}?))?';
const TEXT = new RegExp(`^${STAMP} ${JID} -> ${JID}$`, 'u');
const LOGGED = new RegExp(`^${STAMP} \\[(\\w+), (\\w+)\\] ${JID} -> ${JID}$`, 'u');
const HTML = new RegExp(
  `^<div class="message[12]"><span class="date">${STAMP}</span> <span class="jid">([^<]*)</span>/<span class="ressource">([^<]*)</span> -&gt; <span class="jid">([^<]*)</span>/<span class="ressource">([^<]*)</span>`,
  'u',
);

/** What a text is a log of, by its first lines. */
export function chatLogKind(text: string): 'text' | 'html' | 'logged' | undefined {
  const lines = text.slice(0, 8192).split(/\r?\n/u);
  if (lines.some((line) => /^Messages log between \S+ and \S+ on \d/u.test(line))) return 'text';
  if (/<h1>Messages log between \S+ and \S+ on \d/u.test(text.slice(0, 8192))) return 'html';
  if (lines.some((line) => LOGGED.test(line))) return 'logged';
  return lines.some((line, i) => TEXT.test(line) && /^[<>] /u.test(lines[i + 1] ?? '')) ? 'text' : undefined;
}

/** The log of one file as entries. */
export function chatLog(file: SourceFile, kind: 'text' | 'html' | 'logged', scribe: Scribe): EntryLog {
  const clock = new LogClock(file.settings);
  const start = kind === 'text' ? TEXT : kind === 'html' ? HTML : LOGGED;
  return {
    role(line) {
      if (start.test(line)) return 'entry';
      if (line.trim() === '') return kind === 'text' ? 'more' : 'blank';
      if (kind === 'logged') return 'unknown';
      if (/^(?:Messages log between |-{10,}\s*$|---- End ----\s*$)/u.test(line)) return 'heading';
      if (
        kind === 'html' &&
        /^(?:<!DOCTYPE|<html|<\/?(?:body|head)|<h1|<!--|\/\/-->|<\/style|<style|\.|h1 )/iu.test(line)
      )
        return 'heading';
      return 'more';
    },
    read: (entry, place, repairs) => read(entry, place, repairs, kind, start, clock, scribe),
  };
}

function read(
  entry: string,
  place: Place,
  repairs: Repair[],
  kind: 'text' | 'html' | 'logged',
  start: RegExp,
  clock: LogClock,
  scribe: Scribe,
): Outcome {
  const end = entry.indexOf('\n');
  const head = end === -1 ? entry : entry.slice(0, end);
  const match = start.exec(head);
  if (match === null) return { type: 'reject', code: 'line-unknown' };
  const [year, month, day, hour, minute, second, ...rest] = match.slice(1);
  const wall = wallMs({
    year: numberOf(year),
    month: numberOf(month),
    day: numberOf(day),
    hour: numberOf(hour),
    minute: numberOf(minute),
    second: numberOf(second),
  });
  const at = wall === undefined ? undefined : clock.moment(wall, 's', repairs);
  if (at === undefined) return { type: 'reject', code: 'time-invalid' };
  const logged = kind === 'logged' ? rest.splice(0, 2) : [];
  const plain = (text: string | undefined): string =>
    kind === 'html' ? htmlText(text ?? '', repairs) : (text ?? '');
  const [from = '', fromDevice, target = '', toDevice] = rest.map(plain);
  const device = (jid: string, resource: string | undefined): string =>
    resource === undefined || resource === '' ? jid : `${jid}/${resource}`;
  const sender = person(device(from, fromDevice));
  const recipient = person(device(target, toDevice));
  const body = end === -1 ? '' : entry.slice(end + 1);
  const { text, subject } = kind === 'html' ? fromHtml(body, repairs) : fromText(body);
  const written = scribe.write(place, {
    network: NETWORK,
    conversation: direct(sender.address, recipient.address),
    at,
    sender,
    recipients: to(recipient),
    text: kind === 'logged' ? undefined : text,
    repairs,
    extra: {
      ...(subject !== undefined && { subject }),
      ...(logged[0] !== undefined && { direction: logged[0], type: logged[1] ?? '' }),
    },
  });
  return { type: 'event', event: { ...written, kind: 'message' } };
}

/** The mark of the direction stands before the first line alone; some versions repeat it. */
function fromText(body: string): { text: string; subject?: string } {
  const lines = body.replace(/\n+$/u, '').split('\n');
  const mark = /^([<>]) /u.exec(lines[0] ?? '')?.[0];
  const all = mark !== undefined && lines.every((line) => line.startsWith(mark));
  const text = lines
    .map((line, i) => (mark !== undefined && (i === 0 || all) ? line.slice(mark.length) : line))
    .join('\n');
  const subject = /^Subject: ([^\n]*)\n?/u.exec(text);
  return subject?.[1] === undefined ? { text } : { text: text.slice(subject[0].length), subject: subject[1] };
}

function fromHtml(body: string, repairs: Repair[]): { text: string; subject?: string } {
  const inner = /<span class="messagetext">([\s\S]*?)<\/span><\/div>\s*(?:<\/body>\s*<\/html>\s*)?$/u.exec(
    body,
  )?.[1];
  const source = inner ?? body.replace(/^<span class="messagetext">/u, '');
  const subject = /^<div class="subject"><span>Subject:<\/span> ([\s\S]*?)<\/div>/u.exec(source);
  if (inner === undefined) repairs.push({ code: 'unclosed-markup' });
  const text = htmlText(source.slice(subject?.[0].length ?? 0), repairs);
  return subject?.[1] === undefined ? { text } : { text, subject: htmlText(subject[1], repairs) };
}
