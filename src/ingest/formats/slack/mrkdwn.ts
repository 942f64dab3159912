/** Slack's markup to readable text, and its names of emoji. Frozen: the text of sealed messages depends on both. */
import type { SlackDirectory } from './directory.ts';

/** Readable text of a message: mentions by name, links with their label, references decoded. */
export function mrkdwnText(source: string, directory: SlackDirectory): string {
  let text = source;
  if (text.includes('<'))
    text = text.replaceAll(/<([^<>]+)>/gu, (all, inner: string) => {
      const bar = inner.indexOf('|');
      const target = bar === -1 ? inner : inner.slice(0, bar);
      const label = bar === -1 ? '' : inner.slice(bar + 1);
      switch (target[0]) {
        case '@':
          return `@${label !== '' ? label : (directory.userName(target.slice(1)) ?? target.slice(1))}`;
        case '#':
          return `#${label !== '' ? label : (directory.channelName(target.slice(1)) ?? target.slice(1))}`;
        case '!':
          return label !== '' ? label : `@${target.slice(1).split('^')[0] ?? ''}`;
        default:
          // Only what looks like an address was a link; anything else somebody wrote that way.
          if (!/^[a-z][a-z0-9+.-]*:/iu.test(target)) return all;
          if (label === '' || label === target || target === `mailto:${label}`)
            return target.startsWith('mailto:') ? target.slice(7) : target;
          return `${label} (${target})`;
      }
    });
  return text.includes('&')
    ? text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
    : text;
}

const EMOJI: Readonly<Record<string, string>> = {
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  thumbsdown: '👎',
  heart: '❤️',
  eyes: '👀',
  tada: '🎉',
  joy: '😂',
  smile: '😄',
  slightly_smiling_face: '🙂',
  grinning: '😀',
  laughing: '😆',
  wink: '😉',
  thinking_face: '🤔',
  cry: '😢',
  sob: '😭',
  rage: '😡',
  scream: '😱',
  open_mouth: '😮',
  pray: '🙏',
  clap: '👏',
  wave: '👋',
  ok_hand: '👌',
  raised_hands: '🙌',
  muscle: '💪',
  fire: '🔥',
  rocket: '🚀',
  '100': '💯',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  exclamation: '❗',
  question: '❓',
  star: '⭐',
  sparkles: '✨',
  zap: '⚡',
  bulb: '💡',
  bell: '🔔',
  chart_with_upwards_trend: '📈',
  chart_with_downwards_trend: '📉',
  moneybag: '💰',
  dollar: '💵',
  no_entry: '⛔',
  coffee: '☕',
  beers: '🍻',
  cake: '🍰',
  see_no_evil: '🙈',
  shrug: '🤷',
  facepalm: '🤦',
  point_up: '☝️',
  lock: '🔒',
};

/** The characters of a reaction, or Slack's own name where it has none here (custom emoji, for example). */
export const emojiOf = (name: string): string =>
  Object.hasOwn(EMOJI, name) ? (EMOJI[name] as string) : name;
