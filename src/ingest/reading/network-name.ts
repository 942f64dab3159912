/** What clients of many networks call them: services, protocols, account types, as one name each. */
const NETWORKS: Readonly<Record<string, string>> = {
  aim: 'aim',
  oscar: 'aim',
  mac: 'aim',
  '.mac': 'aim',
  mobileme: 'aim',
  icq: 'icq',
  msn: 'msn',
  wlm: 'msn',
  live: 'msn',
  'windows live messenger': 'msn',
  yahoo: 'yahoo',
  'yahoo!': 'yahoo',
  'yahoo! japan': 'yahoo',
  ymsg: 'yahoo',
  jabber: 'xmpp',
  xmpp: 'xmpp',
  gtalk: 'xmpp',
  'google talk': 'xmpp',
  google: 'xmpp',
  livejournal: 'xmpp',
  irc: 'irc',
  sametime: 'sametime',
  meanwhile: 'sametime',
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
