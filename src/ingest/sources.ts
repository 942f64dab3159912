/** Every product whose transcripts are read, by the family of networks that it belongs to. */
import type { Format, System } from './format.ts';
import { FORMATS } from './formats/index.ts';

const FAMILIES = [
  'Consumer',
  'Meta-clients',
  'Enterprise',
  'Financial',
  'Gateways and hosted',
  'Other',
] as const;
type Family = (typeof FAMILIES)[number];

/** Formats of other families than `Consumer`; whatever is named nowhere is `Other`. */
const FORMAT_FAMILIES: { readonly [family in Family]?: readonly string[] } = {
  Consumer: [
    'aim',
    'aim-buddies',
    'amsn',
    'discord',
    'gmail-chats',
    'google-chat',
    'hangouts',
    'ichat',
    'icq',
    'imessage',
    'irc',
    'line',
    'messenger-plus',
    'msn',
    'qip',
    'qq',
    'signal',
    'skype',
    'skype-db',
    'sms',
    'sms-db',
    'telegram',
    'telegram-html',
    'wechat',
    'wechat-json',
    'whatsapp',
    'whatsapp-db',
    'whatsapp-ios',
    'yahoo',
  ],
  'Meta-clients': [
    'adium',
    'centerim',
    'digsby',
    'empathy',
    'historypp',
    'kopete',
    'meebo',
    'miranda',
    'pidgin',
    'pidgin-buddies',
    'psi',
    'trillian',
  ],
  Enterprise: [
    'cisco-jabber',
    'ejabberd',
    'filedump',
    'lcslog',
    'matrix',
    'mattermost-bulk',
    'mattermost-csv',
    'mattermost-mail',
    'openfire',
    'persistent-chat',
    'prosody',
    'rocketchat',
    'rsmf',
    'sametime',
    'slack',
    'slack-responses',
    'symphony',
    'teams',
    'xmpp',
    'zulip',
  ],
  Financial: ['bloomberg'],
  'Gateways and hosted': ['gateway-mail', 'im-syslog'],
};

/** Systems of a family of their own: what a format of another family reads as well. */
const SYSTEM_FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^(?:Google Talk|Google Chat|Hangouts)/u, 'Consumer'],
  [/^(?:FaceTime|Actiance$|Reuters|LSEG|Pivot|Markit|ICE Chat|MindAlign|Bloomberg)/u, 'Financial'],
  [
    /^(?:Akonix|IMlogic|Symantec|MessageLabs|Verizon|USA\.NET|Bantu|Effusia|Cymphonix|Barracuda)/u,
    'Gateways and hosted',
  ],
  [/^(?:Microsoft|Mattermost|IBM|Lotus)/u, 'Enterprise'],
];

export interface SourceSystem {
  readonly family: Family;
  readonly system: System;
  readonly format: Format;
}

/** All systems, family by family, in the order of their names. */
export function sourceSystems(): SourceSystem[] {
  const all = FORMATS.flatMap((format) =>
    format.systems.map((system) => ({ family: familyOf(format, system), system, format })),
  );
  const order = (family: Family): number => FAMILIES.indexOf(family);
  return all.sort(
    (a, b) => order(a.family) - order(b.family) || a.system.name.localeCompare(b.system.name, 'en'),
  );
}

function familyOf(format: Format, system: System): Family {
  for (const [pattern, family] of SYSTEM_FAMILIES) if (pattern.test(system.name)) return family;
  return FAMILIES.find((family) => FORMAT_FAMILIES[family]?.includes(format.name)) ?? 'Other';
}
