/** The elements of a dump. */
import type { XmlShape } from '../../reading/xml-frames.ts';

export const SHAPE: XmlShape = {
  containers: new Set(['FileDump', 'Conversation']),
  innermost: 'Conversation',
  facts: new Set(['RoomID', 'StartTime', 'StartTimeUTC', 'EndTime', 'EndTimeUTC', 'NextFile', 'Version']),
  units: new Set([
    'ParticipantEntered',
    'ParticipantLeft',
    'Message',
    'FileTransferStarted',
    'FileTransferEnded',
    'Attachment',
    'Invite',
    'History',
    'Disclaimer',
    'SystemMessage',
  ]),
};

/** Names that are tags; any other `<` in a unit is a character that somebody forgot to escape. */
export const KNOWN_TAGS: ReadonlySet<string> = new Set([
  ...SHAPE.units,
  'LoginName',
  'DateTime',
  'DateTimeUTC',
  'ConversationID',
  'InternalFlag',
  'CorporateEmailID',
  'CorporateEmailAddress',
  'EmailAddress',
  'UserType',
  'MessageId',
  'UpdatedType',
  'UpdatedDateTimeUTC',
  'EditedNewMsgId',
  'PreviewsPost',
  'Content',
  'Base64Content',
  'UserFileName',
  'FileName',
  'FileID',
  'FileSize',
  'Status',
  'Reference',
  'User',
  'FirstName',
  'LastName',
  'UUID',
  'FirmNumber',
  'AccountNumber',
  'CompanyName',
  'ClientID1',
  'ClientID2',
  'Inviter',
  'Invitee',
  'InviterLoginName',
  'StartTime',
  'StartTimeUTC',
  'EndTime',
  'EndTimeUTC',
  'DisclaimerReference',
]);

const ASIDE: ReadonlySet<string> = new Set(['Version', 'NextFile']);

/** Names of the first two elements, Version aside: one pass, whatever the text holds. */
export function firstElements(text: string): string[] {
  const names: string[] = [];
  for (let at = text.indexOf('<'); at !== -1 && names.length < 2; at = text.indexOf('<', at + 1)) {
    const head = text.slice(at, at + 64);
    const skipTo = head.startsWith('<!--') ? '-->' : head.startsWith('<?') ? '?>' : undefined;
    if (skipTo !== undefined) {
      const end = text.indexOf(skipTo, at);
      if (end === -1) break;
      at = end;
    } else if (/^<!DOCTYPE/iu.test(head)) {
      const end = text.indexOf('>', at);
      const subset = text.indexOf('[', at);
      const close = subset !== -1 && subset < end ? text.indexOf(']', subset) : end;
      if (close === -1) break;
      at = close;
    } else {
      const name = /^<([A-Za-z_][\w:.-]*)/u.exec(head)?.[1];
      if (name !== undefined && !ASIDE.has(name)) names.push(name);
    }
  }
  return names;
}
