/** What the client's own lines say. English only: in another language a line stays a notice with its text. */
export type SystemLine =
  | { readonly kind: 'presence'; readonly who: string; readonly status: string }
  | { readonly kind: 'join' | 'leave'; readonly who: string }
  | { readonly kind: 'topic'; readonly who?: string; readonly topic: string }
  | {
      readonly kind: 'file';
      readonly who?: string;
      readonly name?: string;
      readonly phase: 'offered' | 'started' | 'completed' | 'failed';
    }
  | { readonly kind: 'notice'; readonly type: string };

const PRESENCE: readonly (readonly [RegExp, string])[] = [
  [/^(.+?) has signed on\.?$/u, 'online'],
  [/^(.+?) (?:has signed off|logged out)\.?$/u, 'offline'],
  [/^(.+?) logged in\.?$/u, 'online'],
  [/^(.+?) has gone away\.?$/u, 'away'],
  [/^(.+?) is no longer away\.?$/u, 'available'],
  [/^(.+?) has become idle\.?$/u, 'idle'],
  [/^(.+?) is no longer idle\.?$/u, 'active'],
];

const FILES: readonly (readonly [
  RegExp,
  'offered' | 'started' | 'completed' | 'failed',
  'who' | 'name' | 'both' | 'swapped',
])[] = [
  [/^(.+?) is offering to send file (.+?)\.?$/u, 'offered', 'both'],
  [/^Offering to send (.+?) to (?:.+?)\.?$/u, 'offered', 'name'],
  [/^Starting transfer of (.+?) from (.+?)\.?$/u, 'started', 'swapped'],
  [/^Transfer of file (?:<[^>]*>)?(.+?)(?:<[^>]*>)? complete\.?$/u, 'completed', 'name'],
  [/^(.+?) cancell?ed the transfer of (.+?)\.?$/u, 'failed', 'both'],
  [
    /^(?:You cancell?ed the transfer of|File transfer of|The transfer of) (.+?)(?: (?:failed|cancelled))?\.?$/u,
    'failed',
    'name',
  ],
];

/** Reads one line of the client; `isError`: shown in the colour of errors. */
export function systemLine(text: string, isError: boolean): SystemLine {
  if (isError) return { kind: 'notice', type: 'error' };
  if (text.length > 2048) return { kind: 'notice', type: 'system' };
  for (const [pattern, status] of PRESENCE) {
    const who = pattern.exec(text)?.[1];
    if (who !== undefined) return { kind: 'presence', who, status };
  }
  const entered = /^(.+?)(?: \[.{0,512}\])? entered the room\.?$/u.exec(text)?.[1];
  if (entered !== undefined) return { kind: 'join', who: entered };
  const left = /^(.+?) left the room(?: \(.{0,1024}\))?\.?$/u.exec(text)?.[1];
  if (left !== undefined) return { kind: 'leave', who: left };
  const changed = /^(.+?) has changed the topic to: ?(.*)$/su.exec(text);
  if (changed?.[1] !== undefined) return { kind: 'topic', who: changed[1], topic: changed[2] ?? '' };
  const topic = /^The topic (?:for .{1,512} )?is: ?(.*)$/su.exec(text)?.[1];
  if (topic !== undefined) return { kind: 'topic', topic };
  for (const [pattern, phase, order] of FILES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [, first, second] = match;
    const who = order === 'both' ? first : order === 'swapped' ? second : order === 'who' ? first : undefined;
    const name = order === 'both' ? second : order === 'who' ? undefined : first;
    return { kind: 'file', phase, ...(who !== undefined && { who }), ...(name !== undefined && { name }) };
  }
  if (/ is now known as /u.test(text)) return { kind: 'notice', type: 'renamed' };
  return { kind: 'notice', type: 'system' };
}
