/** Trillian's names of networks, and what a path says: `…/logs/AIM/Query/bob.log`, `…/logs/IRC/Channel/#desk.xml`. */

const NETWORKS: Readonly<Record<string, string>> = {
  aim: 'aim',
  icq: 'icq',
  msn: 'msn',
  wlm: 'msn',
  yahoo: 'yahoo',
  irc: 'irc',
  jabber: 'xmpp',
  google: 'xmpp',
  gtalk: 'xmpp',
  facebook: 'facebook',
  astra: 'astra',
  rendezvous: 'bonjour',
  skype: 'skype',
};

export function networkOf(medium: string): string | undefined {
  const name = medium.toLowerCase().replace(/^_/u, '');
  if (Object.hasOwn(NETWORKS, name)) return NETWORKS[name];
  return /^[a-z0-9][a-z0-9._-]{0,31}$/u.test(name) ? name : undefined;
}

export interface LogPath {
  readonly network?: string;
  readonly peer?: string;
  readonly room: boolean;
}

export function logPath(name: string): LogPath {
  const parts = name.split('/');
  const kind = parts.at(-2) ?? '';
  const file = (parts.at(-1) ?? '').replace(/(?:-assets)?\.(?:log|xml|txt)$/iu, '');
  if (!/^(?:Query|Channel)$/iu.test(kind)) {
    // An older version has no folder between: `logs/AIM/bob.log`.
    const known = Object.hasOwn(NETWORKS, kind.toLowerCase().replace(/^_/u, ''))
      ? networkOf(kind)
      : undefined;
    return known === undefined
      ? { room: false }
      : { room: false, network: known, ...(file !== '' && { peer: unescaped(file) }) };
  }
  const network = networkOf(parts.at(-3) ?? '');
  return {
    room: /^channel$/iu.test(kind),
    ...(network !== undefined && { network }),
    ...(file !== '' && { peer: unescaped(file) }),
  };
}

export function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
