import { readFileSync } from 'node:fs';

/** One thing that happens in a scene. `text` of a message may hold line breaks. */
export type Action =
  | { readonly type: 'says'; readonly text: string; readonly label?: string; readonly inReplyTo?: string }
  | { readonly type: 'auto'; readonly text: string }
  | { readonly type: 'edits'; readonly target: string; readonly text: string }
  | { readonly type: 'deletes'; readonly target: string }
  | { readonly type: 'deletes-file'; readonly file: string }
  | { readonly type: 'reacts' | 'unreacts'; readonly target: string; readonly emoji: string }
  | { readonly type: 'sends'; readonly file: string; readonly size: number; readonly label?: string }
  | { readonly type: 'topic'; readonly text: string }
  | { readonly type: 'joins' | 'leaves' };

/** A line of a scene: when, on the wall clock of the place, who, and what. */
export type Line = { readonly time: string; readonly who: string } & Action;

export interface Scene {
  /** `slack`, `mattermost`, `facetime`, `pidgin/<protocol>`, `bridge`. */
  readonly network: string;
  /** Room, or `owner>peer` of a person's own log. */
  readonly place: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly lines: readonly Line[];
}

/** Reads the scenes of a story file; its head explains how they are written. Throws on a line it cannot read. */
export function readScenes(path: URL): Scene[] {
  const [, ...scenes] = readFileSync(path, 'utf8').split(/^== /mu);
  return scenes.map((scene) => {
    const [heading = '', ...lines] = scene.split('\n').filter((line) => line.trim() !== '');
    const [network = '', place = '', date = ''] = heading.split(' ');
    return { network, place, date, lines: lines.map(readLine) };
  });
}

const LINE = /^(\d\d:\d\d(?::\d\d)?) (\S+?)(?: \[(\S+)\])?(?:: | (\S+?)(?:: | |$))(.*)$/u;

function readLine(line: string): Line {
  const match = LINE.exec(line);
  if (match === null) throw new Error(`This line of the story cannot be read: ${line}`);
  const [, time = '', who = '', label, verb, rest = ''] = match;
  return { time: time.length === 5 ? `${time}:00` : time, who, ...action(verb, rest, label) };
}

function action(verb: string | undefined, rest: string, label: string | undefined): Action {
  const text = rest.replaceAll('\\n', '\n');
  const named = label === undefined ? {} : { label };
  const [first = '', second = ''] = rest.split(' ');
  switch (verb) {
    case undefined:
      return { type: 'says', text, ...named };
    case 'auto':
      return { type: 'auto', text };
    case 'topic':
      return { type: 'topic', text };
    case 'replies':
      return { type: 'says', inReplyTo: first.slice(0, -1), text: text.slice(first.length + 1), ...named };
    case 'edits':
      return { type: 'edits', target: first.slice(0, -1), text: text.slice(first.length + 1) };
    case 'deletes':
      return { type: 'deletes', target: first };
    case 'deletes-file':
      return { type: 'deletes-file', file: first };
    case 'reacts':
    case 'unreacts':
      return { type: verb, target: first, emoji: second };
    case 'sends':
      return { type: 'sends', file: first, size: Number(second), ...named };
    case 'joins':
    case 'leaves':
      return { type: verb };
    default:
      throw new Error(`Nobody in the story can do this: ${verb}`);
  }
}
