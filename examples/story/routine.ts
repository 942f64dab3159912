import { readFileSync } from 'node:fs';
import { type Chance, chance } from './chance.ts';
import { clockTime } from './clock.ts';
import type { Line, Scene } from './read.ts';

/** Where everyday talk happens, and how much of it on a day. */
interface Place {
  readonly heading: string;
  readonly network: string;
  readonly place: string;
  readonly desk: readonly string[];
  readonly dialogues: readonly [number, number];
  /** Hours of the day in which it happens. */
  readonly hours: readonly [number, number];
  /** Days off. */
  readonly closed: readonly string[];
}

const PLACES: readonly Place[] = [
  {
    heading: 'flow',
    network: 'slack',
    place: '#equities-flow',
    desk: ['ruth', 'tom', 'mei', 'arjun', 'bea'],
    dialogues: [13, 18],
    hours: [8, 16],
    closed: ['2016-03-25'],
  },
  {
    heading: 'random',
    network: 'slack',
    place: '#random',
    desk: ['tom', 'mei', 'arjun', 'bea', 'priya'],
    dialogues: [6, 10],
    hours: [8, 17],
    closed: ['2016-03-25'],
  },
  {
    heading: 'credit',
    network: 'mattermost',
    place: 'credit-colour',
    desk: ['nikos', 'oksana', 'yael', 'kenji', 'layla'],
    dialogues: [10, 15],
    hours: [8, 17],
    closed: ['2016-03-25', '2016-03-28'],
  },
  {
    heading: 'client',
    network: 'pidgin/aim',
    place: 'mei>greg',
    desk: ['mei', 'greg'],
    dialogues: [3, 6],
    hours: [9, 16],
    closed: ['2016-03-25'],
  },
];

/** Monday 21 March to Friday 15 April 2016. */
const DAYS: readonly string[] = Array.from({ length: 26 }, (_, index) =>
  new Date(Date.UTC(2016, 2, 21 + index)).toISOString().slice(0, 10),
).filter((date) => ![0, 6].includes(new Date(date).getUTCDay()));

/** Everyday scenes for the weeks around the story; they keep out of the way of the scenes that matter. */
export function routine(story: readonly Scene[]): Scene[] {
  const dialogues = readDialogues(new URL('routine.txt', import.meta.url));
  return PLACES.flatMap((place) =>
    DAYS.filter((date) => !place.closed.includes(date)).map((date) => {
      const taken = story.find((scene) => scene.place === place.place && scene.date === date);
      return day(place, date, dialogues.get(place.heading) ?? [], taken);
    }),
  );
}

type Dialogue = readonly { readonly role: string; readonly text: string }[];

function readDialogues(path: URL): Map<string, Dialogue[]> {
  const [, ...parts] = readFileSync(path, 'utf8').split(/^== /mu);
  return new Map(
    parts.map((part) => {
      const [heading = '', ...blocks] = part.trim().split(/\n\n|(?<=^\w+)\n/u);
      return [heading.trim(), blocks.map(readDialogue)];
    }),
  );
}

const readDialogue = (block: string): Dialogue =>
  block
    .trim()
    .split('\n')
    .map((line) => ({ role: line.slice(0, 1), text: line.slice(3) }));

function day(place: Place, date: string, dialogues: readonly Dialogue[], story: Scene | undefined): Scene {
  const random = chance(`${place.place} ${date}`);
  const [least, most] = place.dialogues;
  const count = random.between(least, most);
  const [from, to] = place.hours;
  const step = Math.floor(((to - from) * 3600) / count);
  const chosen = random.shuffle([...dialogues, ...dialogues]).slice(0, count);
  const lines = chosen.flatMap((dialogue, index) =>
    play(dialogue, from * 3600 + index * step + random.between(0, Math.floor(step / 3)), place, random),
  );
  return { network: place.network, place: place.place, date, lines: besides(lines, story) };
}

/** Without what would fall between the lines of the story. */
function besides(lines: readonly Line[], story: Scene | undefined): Line[] {
  const first = story?.lines.at(0)?.time ?? '24:00:00';
  const last = story?.lines.at(-1)?.time ?? '00:00:00';
  return lines.filter(({ time }) => time < first || time > last);
}

function play(dialogue: Dialogue, start: number, place: Place, random: Chance): Line[] {
  const cast = place.heading === 'client' ? place.desk : random.shuffle(place.desk);
  const fill = slots(random, place.heading);
  let at = start;
  return dialogue.map(({ role, text }) => {
    const line = {
      time: clockTime(at),
      who: cast['abc'.indexOf(role)] ?? cast[0] ?? '',
      type: 'says' as const,
      text: text.replaceAll(/\{(\w)\}/gu, (_, slot: string) => fill[slot] ?? ''),
    };
    at += random.between(8, 75);
    return line;
  });
}

/** Invented issuers and where their shares trade that spring, in cents. */
const TICKERS: readonly (readonly [string, number])[] = [
  ['QVIO', 4740],
  ['HBRK', 2215],
  ['PLMT', 3620],
  ['CLVX', 5890],
  ['SDGE', 1985],
];

function slots(random: Chance, heading: string): { readonly [slot: string]: string } {
  const [ticker, level] = random.pick(TICKERS);
  const price = heading === 'credit' ? random.between(9600, 10400) : level + random.between(-90, 90);
  const spread = heading === 'credit' ? random.pick([25, 50]) : random.between(2, 9);
  const decimals = (cents: number) => (cents / 100).toFixed(2);
  return {
    t: ticker,
    n: `${random.pick([2, 5, 8, 10, 12, 15, 20, 25, 40])}k`,
    p: decimals(price),
    q: decimals(price + spread),
    h: String(random.between(9, 12)),
    f: random.pick(['dumplings', 'falafel', 'ramen', 'pizza', 'dosa', 'tacos', 'souvlaki']),
    i: random.pick(['HBRK 5.5% 2022', 'PLMT 4.75% 2024', 'QVIO 5% 2020', 'CLVX 6% 2023']),
    y: `${random.between(1, 12)}bp`,
  };
}
