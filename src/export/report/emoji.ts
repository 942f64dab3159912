/** Unicode's own names of emoji (from the package `unicode-emoji-json`), for readers who cannot tell the drawings apart. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
type Names = { readonly [emoji: string]: { readonly name: string } | undefined };
let names: Names | undefined;

const TONES: { readonly [modifier: string]: string } = {
  '🏻': 'light skin tone',
  '🏼': 'medium-light skin tone',
  '🏽': 'medium skin tone',
  '🏾': 'medium-dark skin tone',
  '🏿': 'dark skin tone',
};
const TONE = /[\u{1f3fb}-\u{1f3ff}]/gu;

/** `thumbs up: medium skin tone`; undefined for what Unicode names as no emoji. */
export function emojiName(emoji: string): string | undefined {
  const base = emoji.replaceAll(TONE, '');
  const name = lookUp(emoji) ?? lookUp(base);
  const tones = [...emoji.matchAll(TONE)].map(([tone]) => TONES[tone]);
  if (name === undefined || tones.length === 0 || lookUp(emoji) !== undefined) return name;
  return `${name}: ${[...new Set(tones)].join(', ')}`;
}

function lookUp(emoji: string): string | undefined {
  names ??= require('unicode-emoji-json') as Names;
  // Sources leave the variation selector out as often as not.
  const bare = emoji.replaceAll('\ufe0f', '');
  for (const form of [emoji, bare, `${bare}\ufe0f`]) {
    if (Object.hasOwn(names, form)) return names[form]?.name;
  }
  return undefined;
}
