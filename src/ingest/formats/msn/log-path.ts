/** What the path of a history says: `<me><hash>/History/<peer><hash>.xml`. */

export interface LogPath {
  readonly account?: string;
  readonly peer?: string;
}

/** The checksum that the client puts after the name before the @: of the address in lower case, times 101 a letter. */
export function addressHash(address: string): number {
  let hash = 0;
  for (const byte of Buffer.from(address.toLowerCase(), 'utf8')) hash = (Math.imul(hash, 101) + byte) >>> 0;
  return hash;
}

/** Where accounts of the network were; a checksum that fits proves the address. */
const DOMAINS = [
  'hotmail.com',
  'msn.com',
  'live.com',
  'passport.com',
  'hotmail.co.uk',
  'live.co.uk',
  'hotmail.fr',
  'live.fr',
  'hotmail.de',
  'live.de',
  'hotmail.it',
  'live.it',
  'hotmail.es',
  'live.nl',
  'hotmail.nl',
  'hotmail.se',
  'live.se',
  'live.ca',
  'hotmail.ca',
  'live.com.au',
  'live.com.mx',
  'hotmail.com.br',
  'hotmail.com.tr',
  'hotmail.co.jp',
  'outlook.com',
  'gmail.com',
  'yahoo.com',
];

/** The address that a name with its checksum stands for; the name as it is where none is known that fits. */
export function addressNamed(name: string, known: readonly string[]): string {
  const match = /^(.*?)(\d{3,10})$/u.exec(name);
  if (match === null) return name;
  // Digits of the name itself may run into those of the checksum.
  for (let cut = name.length - 1; cut > 0 && /\d/u.test(name.charAt(cut)); cut--) {
    const [local, hash] = [name.slice(0, cut), Number(name.slice(cut))];
    const found = [...known, ...DOMAINS.map((domain) => `${local}@${domain}`)].find(
      (address) => addressHash(address) === hash,
    );
    if (found !== undefined) return found.toLowerCase();
  }
  return name;
}

export function logPath(name: string, account: string | undefined): LogPath {
  const parts = name.split('/');
  const known = account === undefined ? [] : [account];
  const file = /^(.+?)(?: - Archive(?: \(\d+\))?)?\.xml$/iu.exec(parts.at(-1) ?? '')?.[1];
  const isTree = /^(?:History|Historique|Verlauf|Historial|Cronologia|Histórico|Geschiedenis)$/iu.test(
    parts.at(-2) ?? '',
  );
  const folder = isTree ? parts.at(-3) : undefined;
  const peer = file !== undefined && (isTree || /\d{6,10}$/u.test(file)) ? file : undefined;
  return {
    ...(folder !== undefined && { account: addressNamed(folder, known) }),
    ...(peer !== undefined && { peer: addressNamed(peer, known) }),
  };
}
