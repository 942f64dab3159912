/** The lines of a body, each as what it says. */
import { HEAD_LINE, LINES, type LineForm, SPOKEN_LINE, STAMP_LINE, STAMPED } from './profiles.ts';
import { blockAt, columnsOf, rowOf } from './rows.ts';
import { dayLine, type Groups, hasDate, isSound } from './stamps.ts';

export interface Line {
  /** `notice`: nobody in particular says it. */
  readonly kind: LineForm['kind'] | 'notice';
  readonly groups: Groups;
}

/** A line that gives the day of those after it. */
export interface DayLine {
  readonly kind: 'day';
  readonly groups: Groups;
}

/** `aside`: it belongs to the line before, or names columns. Undefined: what was said goes on. */
export type Read = Line | DayLine | 'aside' | undefined;

export const isSaid = (line: Read): line is Line =>
  line !== undefined && line !== 'aside' && line.kind !== 'day';

/** Reads the lines; `names`: names of people, in small letters. */
export function linesOf(lines: readonly string[], names: ReadonlySet<string>): Read[] {
  const found: Read[] = [];
  let columns: ReturnType<typeof columnsOf>;
  for (let i = 0; i < lines.length; i++) {
    const text = (lines[i] ?? '').trimEnd();
    const named = text.includes('\t') ? columnsOf(text) : undefined;
    if (named !== undefined) {
      columns = named;
      found.push('aside');
      continue;
    }
    const row = columns === undefined ? undefined : rowOf(text, columns);
    const block = row === undefined ? (timedAt(lines, i, names) ?? blockFrom(lines, i)) : undefined;
    if (block !== undefined) {
      found.push({ kind: 'message', groups: block.groups });
      for (let n = 1; n < block.count; n++) found.push('aside');
      i += block.count - 1;
    } else if (row !== undefined) found.push({ kind: 'message', groups: row });
    else found.push(lineOf(text, names));
  }
  return withDays(lines, withNotices(lines, found));
}

/** A line that gives its time as lines do that somebody said, and names nobody, is what the gateway says. */
function withNotices(lines: readonly string[], found: readonly Read[]): Read[] {
  const shapes = new Set<string>();
  for (const [i, line] of found.entries())
    if (isSaid(line)) shapes.add(shapeOf(STAMPED.exec(lines[i] ?? '')?.groups?.stamp));
  shapes.delete('');
  return found.map((line, i) => {
    const text = lines[i]?.trimEnd() ?? '';
    if (line !== undefined || text.length > 1000 || !/\d:\d/u.test(text.slice(0, 100))) return line;
    const groups = STAMPED.exec(text)?.groups;
    return groups !== undefined && isSound(groups) && shapes.has(shapeOf(groups.stamp))
      ? { kind: 'notice', groups }
      : undefined;
  });
}

/** How a stamp is written, whatever time it gives. */
const shapeOf = (stamp: string | undefined): string =>
  (stamp ?? '')
    .trim()
    .replaceAll(/\d+/gu, '0')
    .replaceAll(/\p{L}+/gu, 'a');

const blockFrom = (lines: readonly string[], i: number): ReturnType<typeof blockAt> =>
  /^[A-Za-z]/u.test(lines[i] ?? '') ? blockAt(lines, i) : undefined;

/** A time alone, and below it what one of the people said. */
function timedAt(
  lines: readonly string[],
  i: number,
  names: ReadonlySet<string>,
): { readonly groups: Groups; readonly count: number } | undefined {
  const line = lines[i] ?? '';
  if (line.length > 100 || !/\d:\d/u.test(line)) return undefined;
  const stamp = STAMP_LINE.exec(line.trim())?.groups;
  const spoken = stamp === undefined ? undefined : SPOKEN_LINE.exec(lines[i + 1]?.trim() ?? '')?.groups;
  return stamp === undefined || spoken === undefined || !isSound(stamp) || !isNamed(spoken.who, names)
    ? undefined
    : { groups: { ...stamp, who: spoken.who, text: spoken.text ?? '' }, count: 2 };
}

const isNamed = (who: string | undefined, names: ReadonlySet<string>): boolean =>
  who !== undefined && (names.has(who.toLowerCase()) || /^\S+@\S+$/u.test(who));

function lineOf(line: string, names: ReadonlySet<string>): Line | undefined {
  if (line.length > 100_000 || !/\d:\d/u.test(line.slice(0, 300))) return undefined;
  for (const { kind, pattern } of LINES) {
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined && isSound(groups)) return { kind, groups };
  }
  const groups = line.length < 300 ? HEAD_LINE.pattern.exec(line)?.groups : undefined;
  return groups !== undefined && isSound(groups) && isNamed(groups.who, names)
    ? { kind: HEAD_LINE.kind, groups: { ...groups, text: '' } }
    : undefined;
}

/** A day alone on its line counts where the next that somebody said gives a time without one. */
function withDays(lines: readonly string[], found: readonly Read[]): Read[] {
  let next: Line | undefined;
  const result: Read[] = [...found];
  for (let i = found.length - 1; i >= 0; i--) {
    const line = found[i];
    if (isSaid(line)) next = line;
    if (line !== undefined || next === undefined || hasDate(next.groups)) continue;
    const groups = dayLine(lines[i] ?? '');
    if (groups !== undefined && hasDate(groups) && isSound(groups)) result[i] = { kind: 'day', groups };
  }
  return result;
}
