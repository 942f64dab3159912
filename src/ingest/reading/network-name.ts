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
  'reuters messaging': 'reuters',
  'thomson reuters messenger': 'reuters',
  'eikon messenger': 'reuters',
  'ice chat': 'ice',
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
