/** Everybody in the story. Names, firms and addresses are invented; domains are reserved for examples. */
export interface Person {
  readonly name: string;
  readonly mail: string;
  /** Title or firm, as directories show it. */
  readonly title: string;
}

const FIRM = 'callowaybrink.example';

const person = (name: string, mail: string, title: string): Person => ({ name, mail, title });
const colleague = (name: string, title: string): Person =>
  person(name, `${name.toLowerCase().replaceAll('-', '').replaceAll(' ', '.')}@${FIRM}`, title);

export const PEOPLE: { readonly [key: string]: Person } = {
  ruth: colleague('Ruth Adeyemi', 'Head of equities trading'),
  tom: colleague('Tom Vasquez', 'Equities trader'),
  mei: colleague('Mei-Lin Chao', 'Sales trader'),
  arjun: colleague('Arjun Rao', 'Research analyst'),
  bea: colleague('Bea Lindqvist', 'Desk assistant'),
  priya: colleague('Priya Nair', 'Research associate'),
  ingrid: colleague('Ingrid Solberg', 'Chief compliance officer'),
  nikos: colleague('Nikos Pallas', 'Head of credit trading'),
  oksana: colleague('Oksana Hrytsenko', 'Credit sales'),
  yael: colleague('Yael Ben-Ami', 'Credit analyst'),
  kenji: colleague('Kenji Morita', 'Asia credit'),
  layla: colleague('Layla Haddad', 'Gulf coverage'),
  mina: colleague('Mina Seo', 'Seoul coverage'),
  lin: colleague('Lin Suwan', 'Bangkok coverage'),
  pete: colleague('Pete Lindgren', 'Sales trader until 2008'),
  dana: person('Dana Whitlock', 'dana.whitlock@ospreyharbor.example', 'Osprey Harbor Capital'),
  greg: person('Greg Sorensen', 'greg.sorensen@ospreyharbor.example', 'Osprey Harbor Capital'),
  vadym: person('Vadym Kovalenko', 'vadym@kovalenko.example', 'outside'),
  lorna: person('Lorna Finch', 'lorna.finch@settleclear.example', 'SettleClear'),
  jiwoo: person('박지우', 'jiwoo.park@hangang.example', 'Hangang Securities'),
  somchai: person('สมชาย ประเสริฐ', 'somchai@chaophraya.example', 'Chao Phraya Asset Management'),
  karim: person('كريم منصور', 'karim.mansour@dunes.example', 'Dunes Capital'),
  noa: person('נועה שפירא', 'noa.shapira@carmel.example', 'Carmel Funds'),
};

/** Accounts on networks where people are known by other names. A screen name can pass from one person to another. */
export const ACCOUNTS: { readonly [protocol: string]: { readonly [key: string]: string } } = {
  aim: {
    mei: 'CallowayMei',
    ruth: 'CallowayRuth',
    'harborbid.dana': 'harborbid',
    'harborbid.pete': 'harborbid',
    greg: 'OspreyGreg',
  },
  yahoo: { mei: 'mei_callowaybrink', dana: 'dana_whitlock_osprey' },
  icq: { oksana: '204815162', vadym: '312908841' },
  msn: { ruth: 'ruth.adeyemi@callowaybrink.example', lorna: 'lorna.finch@settleclear.example' },
  jabber: { nikos: 'nikos.pallas@im.callowaybrink.example', yael: 'yael.benami@im.callowaybrink.example' },
};

/** The person behind a name in the script: `harborbid.dana` is Dana at the screen name harborbid. */
export function who(key: string): Person {
  const found = PEOPLE[key.split('.').at(-1) ?? key];
  if (found === undefined) throw new Error(`Nobody in the story is called ${key}.`);
  return found;
}

export function account(protocol: string, key: string): string {
  const found = ACCOUNTS[protocol]?.[key];
  if (found === undefined) throw new Error(`${key} has no account on ${protocol}.`);
  return found;
}
