/**
 * On which network something was written. One rule for every format: what the source itself says, or the folders that
 * its own client lays out; else what a person stated (`--network`, the file of `--settings`); else a folder or file that
 * is named after a network; else `unknown`, and no fact says where it comes from.
 */
import type { SourceFile } from '../format.ts';
import { nameOf } from '../source-name.ts';

/** What clients of many networks call them: services, protocols, account types, as one name each. */
const NETWORKS: Readonly<Record<string, string>> = {
  aim: 'aim',
  aol: 'aim',
  'aol im': 'aim',
  'aol instant messenger': 'aim',
  oscar: 'aim',
  mac: 'aim',
  '.mac': 'aim',
  mobileme: 'aim',
  icq: 'icq',
  msn: 'msn',
  'msn messenger': 'msn',
  'windows messenger': 'msn',
  'windows live': 'msn',
  wlm: 'msn',
  live: 'msn',
  'windows live messenger': 'msn',
  yahoo: 'yahoo',
  'yahoo!': 'yahoo',
  'yahoo messenger': 'yahoo',
  'yahoo! messenger': 'yahoo',
  'yahoo im': 'yahoo',
  'yahoo! japan': 'yahoo',
  ymsg: 'yahoo',
  jabber: 'xmpp',
  xmpp: 'xmpp',
  'jabber/xmpp': 'xmpp',
  gtalk: 'xmpp',
  'google talk': 'xmpp',
  google: 'xmpp',
  livejournal: 'xmpp',
  irc: 'irc',
  sametime: 'sametime',
  meanwhile: 'sametime',
  'lotus sametime': 'sametime',
  'ibm sametime': 'sametime',
  'ibm lotus sametime': 'sametime',
  lcs: 'skype-for-business',
  ocs: 'skype-for-business',
  lync: 'skype-for-business',
  'office communicator': 'skype-for-business',
  'live communications server': 'skype-for-business',
  'office communications server': 'skype-for-business',
  'microsoft lync': 'skype-for-business',
  'skype for business': 'skype-for-business',
  teams: 'teams',
  'ms teams': 'teams',
  'microsoft teams': 'teams',
  slack: 'slack',
  symphony: 'symphony',
  whatsapp: 'whatsapp',
  wechat: 'wechat',
  telegram: 'telegram',
  discord: 'discord',
  mattermost: 'mattermost',
  mindalign: 'mindalign',
  hipchat: 'hipchat',
  fxconnect: 'fxconnect',
  pivot: 'pivot',
  imtrader: 'pivot',
  'pivot imtrader': 'pivot',
  'im trader': 'pivot',
  markit: 'markit',
  'markit collaboration services': 'markit',
  'cisco jabber': 'xmpp',
  reuters: 'reuters',
  eikon: 'reuters',
  'refinitiv messenger': 'reuters',
  'lseg messenger': 'reuters',
  'reuters messaging': 'reuters',
  'thomson reuters messenger': 'reuters',
  'eikon messenger': 'reuters',
  'ice chat': 'ice',
  'ice instant messaging': 'ice',
  bloomberg: 'bloomberg',
  'instant bloomberg': 'bloomberg',
  groupwise: 'groupwise',
  novell: 'groupwise',
  'gadu-gadu': 'gadu-gadu',
  gadugadu: 'gadu-gadu',
  gadu: 'gadu-gadu',
  gg: 'gadu-gadu',
  bonjour: 'bonjour',
  rendezvous: 'bonjour',
  facebook: 'facebook',
  fbchat: 'facebook',
  qq: 'qq',
  skype: 'skype',
  zephyr: 'zephyr',
  myspace: 'myspace',
  twitter: 'twitter',
  sms: 'sms',
};

/** Stands where neither the source nor its path nor the settings say on which network something was written. */
export const UNKNOWN_NETWORK = 'unknown';

/** The network that a word stands for, where it is one of those known; undefined for any other word. */
export const networkKnown = (word: string): string | undefined => {
  const name = word.trim().toLowerCase();
  return Object.hasOwn(NETWORKS, name) ? NETWORKS[name] : undefined;
};

/** The network that a client's word stands for: the same word in its form, where it is none of those known. */
export function networkNamed(word: string): string | undefined {
  const name = word
    .trim()
    .toLowerCase()
    .replace(/^prpl-/u, '')
    .replace(/(?:protocol|_\d+)$/u, '');
  if (Object.hasOwn(NETWORKS, name)) return NETWORKS[name];
  return /^[a-z0-9][a-z0-9._-]{0,31}$/u.test(name) ? name : undefined;
}

/** Words that name a network among services, and something else among folders. */
const NOT_IN_PATHS: ReadonlySet<string> = new Set(
  'aol mac .mac live google gg gadu novell twitter zephyr facebook sms'.split(' '),
);

/** What may stand behind a network's name in that of a folder or file. */
const BEHIND: ReadonlySet<string> = new Set(
  'im chat chats log logs archive archives export exports journal journals mail mails message messages messaging messenger transcript transcripts filedump compliance daily feed conversations xml eml zip txt json csv gz tar tgz dump'.split(
    ' ',
  ),
);

/** The network whose name the innermost folder or file bears that bears one: `ICE Chat`, `reuters_messaging-2024`. */
export function networkInPath(path: string): string | undefined {
  const names = path.split('/').slice(-6).reverse();
  for (const name of names) {
    const words = name
      .slice(0, 200)
      .replaceAll(/(\p{Ll})(?=\p{Lu})|(\p{Lu}{2,})(?=\p{Lu}\p{Ll})/gu, '$1$2 ')
      .replaceAll(/[^\p{L}]+/gu, ' ')
      .trim()
      .toLowerCase()
      .split(' ');
    for (let count = Math.min(3, words.length); count > 0; count--) {
      const word = words.slice(0, count).join(' ');
      const network = NOT_IN_PATHS.has(word) ? undefined : networkKnown(word);
      if (network !== undefined && words.slice(count).every((each) => BEHIND.has(each))) return network;
    }
  }
  return undefined;
}

/** The network of a file by the rule above; `said`: by the source itself. */
export function networkFor(
  said: string | undefined,
  file: SourceFile,
): { readonly network: string; readonly from: 'header' | 'setting' | 'path' | undefined } {
  if (said !== undefined) return { network: said, from: 'header' };
  const { network: stated } = file.settings;
  if (stated !== undefined) return { network: stated, from: 'setting' };
  const shown = networkInPath(nameOf(file));
  return shown === undefined
    ? { network: UNKNOWN_NETWORK, from: undefined }
    : { network: shown, from: 'path' };
}
